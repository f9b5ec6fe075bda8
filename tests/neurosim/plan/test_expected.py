"""Expected numbers of synapses are those that are drawn."""

import numpy as np
import pytest

import neurosim as ns
from neurosim.plan.expected import expected
from tests.neurosim.plan.drawing import RULES, drawn

RANDOM = ("p", "p but self", "distance", "distance but self")


@pytest.mark.parametrize("name", RULES)
def test_the_number_of_a_rule_over_whole_groups(name):
    plan, (rows,) = drawn(RULES[name], "a", "a")
    found = expected(plan.synapses[0])
    if name in RANDOM:
        assert abs(found - len(rows)) < 4.5 * np.sqrt(len(rows))
    else:
        assert found == len(rows)


@pytest.mark.parametrize("name", [n for n in RULES if n != "ring"])
def test_the_numbers_of_parts_add_up_to_the_whole(name):
    plan, blocks = drawn(RULES[name], "a[:13] + a[13:14] + a[14:]", "a[:40] + a[40:]")
    found = [expected(block) for block in plan.synapses]
    rows = np.array([len(b) for b in blocks])
    if name in (*RANDOM, "p 0", "pre", "pre but self", "pre again", "post", "post but self",
                "post again", "total", "total but self", "total once"):  # fmt: skip
        assert (np.abs(found - rows) < 5.0 * np.sqrt(rows + 1.0)).all()
        if name not in RANDOM:
            assert sum(found) == pytest.approx(rows.sum())
    else:
        assert found == rows.tolist()


def test_distances_decide():
    rule = ns.DistanceDependent("0.25")
    plan, _ = drawn(rule, "a[:5]", "b")
    assert expected(plan.synapses[0]) == pytest.approx(75.0)
