"""PyNN scripts in which one line names the simulator: neurosim and NEST on the grid."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "docs" / "examples"


def lines(script, simulator, start):
    """What a script prints in lines that begin in a certain way."""
    done = subprocess.run(
        [sys.executable, str(SCRIPTS / script), simulator], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return [line for line in done.stdout.splitlines() if re.match(start, line)]


def both(script, start):
    return lines(script, "neurosim.pynn", start), lines(script, "pyNN.nest", start)


def test_a_synfire_chain_fires_in_the_same_steps():
    ours, theirs = both("pynn_synfire_chain.py", r"group \d")
    assert ours == theirs
    assert len(ours) == 8
    assert all(line.split()[2] == "20" for line in ours)


def test_pairings_change_weights_alike():
    ours, theirs = both("pynn_stdp_pairing.py", r"[+-]\d+ ms")
    assert ours == theirs
    weights = [float(re.search(r"weight ([\d.]+)", line)[1]) for line in ours]
    assert len(weights) == 8
    assert sum(w > 0.02 for w in weights) == sum(w < 0.02 for w in weights) == 4


@pytest.mark.slow
def test_a_balanced_network_has_the_same_rates():
    ours, theirs = both("pynn_vogels_abbott.py", r"(ex|in)\w+: ")
    rates = [[float(line.split()[1]) for line in found] for found in (ours, theirs)]
    assert rates[0] == pytest.approx(rates[1], rel=0.02)
    assert all(4.0 < rate < 8.0 for rate in rates[0])
