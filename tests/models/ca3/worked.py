"""The worked example that the tests of several modules use: 3 cues, 4 content bits, 125 steps."""

from __future__ import annotations

from pathlib import Path

from neurosim.models.ca3 import CA3Params, Learn, RecallContent, RecallCue, schedule

GOLDEN = Path(__file__).parents[2] / "golden"
SPIKES = GOLDEN / "ca3_worked_example.csv"
WEIGHTS = GOLDEN / "ca3_worked_weights.csv"
PARAMS = CA3Params(3, 4)
STEPS = 125
OPERATIONS = [
    Learn(0, {0, 1}),
    Learn(1, {1, 2}),
    RecallCue(0),
    RecallContent({1}),
    Learn(0, {2, 3}),
    RecallCue(0),
    RecallContent({1}),
    RecallContent({2}),
    RecallContent({0}),
]
TIMED = schedule(OPERATIONS)
TOTALS = {
    "IN": 33,
    "CueCue": 8,
    "ContCue": 22,
    "ContCond": 18,
    "ContCondInt": 12,
    "CueCont": 13,
    "ContCont": 18,
    "MergeCue": 13,
    "MergeCont": 22,
    "OUT": 35,
}
"""Spikes by population."""
