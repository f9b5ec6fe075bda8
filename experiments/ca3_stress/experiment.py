"""Three rounds of learning five memories, recalling all cues, then all bits.

Cue ``k`` holds the binary code of ``k + 1`` in rounds 1 and 3, and its complement over the ten bits
in round 2, so that every learn of the later rounds replaces a content by its exact complement.
"""

from __future__ import annotations

from neurosim.declare import Declared, integer, nested
from neurosim.experiments._ca3 import judge, memory_setup
from neurosim.models.ca3.operations import Learn, Operation, RecallContent, RecallCue
from neurosim.models.ca3.params import CA3Params, Circuit
from neurosim.models.ca3.timing import Timed, schedule
from neurosim.runner.experiment import Context, Result, Setup

N_CUES, N_CONTENT, ROUNDS, START = 5, 10, 3, 1
TAIL = 10
"""Steps of the published run after the last operation's share."""


class Params(Declared):
    """Parameters of the experiment."""

    spacing: int = integer(14, low=7, doc="steps between the starts of operations")
    circuit: Circuit = nested(Circuit, doc="cells, weights, delays, plasticity")

    def memory(self) -> CA3Params:
        """Size and circuit."""
        return CA3Params(N_CUES, N_CONTENT, self.circuit)

    def operations(self) -> list[Timed]:
        """The schedule."""
        return schedule(
            [o for index in range(ROUNDS) for o in one_round(complement=index == 1)],
            self.spacing,
            START,
        )

    def steps(self) -> int:
        """Length of the run."""
        return self.operations()[-1].step + self.spacing + TAIL


def one_round(complement: bool) -> list[Operation]:
    """Operations of a round."""
    operations: list[Operation] = []
    for cue in range(N_CUES):
        bits = {b for b in range(N_CONTENT) if ((cue + 1) >> b & 1) != complement}
        operations.append(Learn(cue, bits))
    operations += [RecallCue(cue) for cue in range(N_CUES)]
    operations += [RecallContent({bit}) for bit in range(N_CONTENT)]
    return operations


def setup(params: Params) -> Setup:
    """The memory and its schedule."""
    return memory_setup(params.memory(), params.operations(), params.steps())


def run(params: Params, context: Context) -> Result:
    """Run the schedule and compare every answer with the oracle's."""
    timed = params.operations()
    judged = judge(timed, params.memory(), context, steps=params.steps())
    by_round = judged.right.reshape(ROUNDS, -1).sum(axis=1)
    return judged.result(**{f"right_round_{i + 1}": int(n) for i, n in enumerate(by_round)})
