"""A 4 x 4 map of cell states, one memory a cell, then four queries for the cells in some states.

At the published spacing (7 steps after a learn, 6 after a recall) learning a flag weakens its link
to the cell that was learned just before with the same flag. The run measures such a link and the
cross link that makes up for it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neurosim.declare import Declared, integer, nested
from neurosim.experiments._ca3 import judge, memory_setup
from neurosim.facade import prepare
from neurosim.models.ca3.network import BACKWARD, build
from neurosim.models.ca3.operations import Learn, Operation, RecallContent
from neurosim.models.ca3.params import DT, CA3Params, Circuit
from neurosim.models.ca3.timing import Timed, schedule, spike_trains
from neurosim.runner.experiment import Context, Result, Setup

SIDE = 4
FLAGS = ("unknown", "start", "goal", "free", "path", "obstacle")
MAP = ((0, 5, 1, 3), (0, 3, 4, 5), (0, 5, 4, 3), (2, 4, 4, 3))
"""Flag of every cell, by rows."""
CARRIED = 3
"""Steps after a query's start in which its bits spike in ContCont."""
TAIL = 4
"""Steps of the published run after the last query's share."""
QUERIES = (("route", (1, 2, 4)), ("can go", (3,)), ("blocked", (5,)), ("to explore", (0,)))
"""What is asked, and the flags presented for it."""
WEAK_CELL, OWN_FLAG, OTHER_FLAG = 13, 4, 2
"""A cell of the route, its flag, and the flag of the cell learned before it."""


class Params(Declared):
    """Parameters of the experiment."""

    learn_spacing: int = integer(7, low=7, doc="steps after a learn")
    recall_spacing: int = integer(6, low=6, doc="steps after a recall")
    circuit: Circuit = nested(Circuit, doc="cells, weights, delays, plasticity")

    def memory(self) -> CA3Params:
        """Size and circuit."""
        return CA3Params(SIDE * SIDE, len(FLAGS), self.circuit)

    def operations(self) -> list[Timed]:
        """The schedule."""
        flags = [flag for row in MAP for flag in row]
        operations: list[Operation] = [Learn(cell, {flag}) for cell, flag in enumerate(flags)]
        operations += [RecallContent(flags) for _, flags in QUERIES]
        return schedule(operations, (self.learn_spacing, self.recall_spacing))

    def steps(self) -> int:
        """Length of the run."""
        return self.operations()[-1].step + self.recall_spacing + TAIL


def setup(params: Params) -> Setup:
    """The memory and its schedule."""
    return memory_setup(params.memory(), params.operations(), params.steps())


def run(params: Params, context: Context) -> Result:
    """Run the schedule and compare every answer with the oracle's."""
    timed = params.operations()
    judged = judge(timed, params.memory(), context, steps=params.steps())
    weights = weights_at_first_query(params, context)
    result = judged.result(
        weak_cell_own_weight=float(weights[OWN_FLAG, WEAK_CELL]),
        weak_cell_cross_weight=float(weights[OTHER_FLAG, WEAK_CELL]),
    )
    asked = judged.found[-len(QUERIES) :]
    recalled = np.array([[c in answer.cues for c in range(SIDE * SIDE)] for answer in asked])
    arrays = {**result.arrays, "recalled": recalled, "backward_weights": weights}
    return Result(result.metrics, arrays, result.recordings)


def weights_at_first_query(params: Params, context: Context) -> NDArray[np.float64]:
    """Backward weights (nA) that the first query's spikes carry, shape (flags, cells).

    Those of the presented flags are exact; the others are as at their last spike.
    """
    memory, timed = params.memory(), params.operations()
    asked = timed[: 1 - len(QUERIES)]
    inputs = spike_trains(asked, memory.n_cues, memory.n_content)
    network = build(memory, inputs=inputs, record=())
    with prepare(network, dt=DT, seed=context.seed, backend=context.backend) as simulation:
        simulation.run(DT * (asked[-1].step + CARRIED + 1))
        carried = simulation.weights(BACKWARD, pending=False)
        return carried.matrix(memory.n_content, memory.n_cues)
