from neurosim.testing.cases import CASES
from neurosim.testing.compare import require_same
from neurosim.testing.start import SEED, outcome, start


def test_a_case_runs_with_its_own_settings():
    case = CASES["weights in double"]
    with start("reference", case) as simulation:
        assert simulation.plan.dt == case.dt
        assert (simulation.plan.seed, simulation.plan.weights) == (SEED, "double")
        assert simulation.t == 0.0
    require_same(outcome("reference", case), outcome("reference", case), "runs differ")
