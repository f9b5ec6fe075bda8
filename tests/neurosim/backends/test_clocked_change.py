import pytest

from neurosim.testing.cases import CASES
from neurosim.testing.changes import check_changes, check_unchanged
from tests.neurosim.backends.sharded import shards


@pytest.mark.parametrize("check", [check_unchanged, check_changes])
@pytest.mark.parametrize(
    "case",
    [
        "recurrent",
        "stdp mixed",
        *(
            pytest.param(case, marks=pytest.mark.slow)
            for case in ("stdp axonal", "tsodyks-markram", "currents", "poisson")
        ),
    ],
)
def test_several_shards_take_changes(check, case):
    with shards("mixed", 0.3, 0.6) as calls:
        check("numba", CASES[case])
    assert min(calls.values()) > 0
