"""Nine operations on a memory of 5 cues and 10 content bits, judged by the oracle."""

from __future__ import annotations

from neurosim.declare import Declared, integer, nested
from neurosim.experiments._ca3 import judge, memory_setup
from neurosim.models.ca3.operations import Learn, RecallContent, RecallCue
from neurosim.models.ca3.params import CA3Params, Circuit
from neurosim.models.ca3.timing import Timed, schedule
from neurosim.runner.experiment import Context, Result, Setup

N_CUES, N_CONTENT = 5, 10
OVERWRITE = 6
"""Index of the operation that replaces a content."""


class Params(Declared):
    """Parameters of the experiment."""

    spacing: int = integer(10, low=7, doc="steps between the starts of operations")
    circuit: Circuit = nested(Circuit, doc="cells, weights, delays, plasticity")

    def memory(self) -> CA3Params:
        """Size and circuit."""
        return CA3Params(N_CUES, N_CONTENT, self.circuit)

    def operations(self) -> list[Timed]:
        """The schedule."""
        return schedule(
            [
                Learn(0, {0, 1, 8, 9}),
                Learn(4, {1, 5, 6}),
                Learn(3, {4, 5, 6}),
                RecallCue(0),
                RecallContent({6}),
                RecallContent({0, 4}),
                Learn(3, {1, 3, 4, 8}),
                RecallCue(3),
                RecallContent({6}),
            ],
            self.spacing,
        )

    def steps(self) -> int:
        """Length of the run."""
        return self.operations()[-1].step + self.spacing


def setup(params: Params) -> Setup:
    """The memory and its schedule."""
    return memory_setup(params.memory(), params.operations(), params.steps())


def run(params: Params, context: Context) -> Result:
    """Run the schedule and compare every answer with the oracle's."""
    timed = params.operations()
    judged = judge(timed, params.memory(), context, steps=params.steps())
    passing = judged.table()[timed[OVERWRITE].step + 6, "OUT cont"]
    return judged.result(forgotten_passing=",".join(map(str, passing)))
