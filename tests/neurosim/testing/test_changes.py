from neurosim.testing.cases import CASES
from neurosim.testing.changes import check_changes, check_refusal, varied


def test_varied_networks_differ_and_keep_their_structure():
    case = CASES["stdp mixed"]
    made = varied(case.network(), 1.1, current=0.1)
    assert made != case.network()
    assert made.projections.keys() == case.network().projections.keys()
    assert made.injections


def test_only_backends_without_changes_must_refuse():
    check_refusal("numba")
    check_refusal("numba-event")


def test_the_checks_pass_on_the_default_backend():
    check_changes("numba", CASES["currents"])
