"""A 4 x 4 map of cell states, one memory a cell, then four queries for the cells in some states.

At the published spacing (7 steps after a learn, 6 after a recall) the cell before last in the lowest
row but one step of learning has lost most of its own weight; the run measures it.
"""

from __future__ import annotations

import numpy as np

from neurosim.declare import Declared, integer, nested
from neurosim.experiments._ca3 import judge
from neurosim.models.ca3.network import BACKWARD, build
from neurosim.models.ca3.operations import Learn, Operation, RecallContent
from neurosim.models.ca3.params import DT, CA3Params, Circuit
from neurosim.models.ca3.timing import Timed, schedule, spike_trains
from neurosim.runner.experiment import Context, Result
from neurosim.simulate import prepare

SIDE = 4
FLAGS = ("unknown", "start", "goal", "free", "path", "obstacle")
MAP = ((0, 5, 1, 3), (0, 3, 4, 5), (0, 5, 4, 3), (2, 4, 4, 3))
"""Flag of every cell, by rows."""
QUERIES = (("route", (1, 2, 4)), ("free", (3,)), ("obstacles", (5,)), ("to explore", (0,)))
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


def run(params: Params, context: Context) -> Result:
    """Run the schedule and compare every answer with the oracle's."""
    timed = params.operations()
    steps = timed[-1].step + params.recall_spacing + 4
    judged = judge(timed, params.memory(), context, steps=steps)
    weights = weights_before_queries(params, context)
    result = judged.result(
        weak_cell_own_weight=float(weights[OWN_FLAG, WEAK_CELL]),
        weak_cell_cross_weight=float(weights[OTHER_FLAG, WEAK_CELL]),
    )
    asked = judged.found[-len(QUERIES) :]
    recalled = np.array([[c in answer.cues for c in range(SIDE * SIDE)] for answer in asked])
    arrays = {**result.arrays, "recalled": recalled, "backward_weights": weights}
    return Result(result.metrics, arrays, result.recordings)


def weights_before_queries(params: Params, context: Context) -> np.ndarray:
    """Backward weights (nA) when the first query starts, shape (flags, cells)."""
    memory, timed = params.memory(), params.operations()
    learns = timed[: -len(QUERIES)]
    inputs = spike_trains(learns, memory.n_cues, memory.n_content)
    network = build(memory, inputs=inputs, record=())
    with prepare(network, dt=DT, seed=context.seed, backend=context.backend) as simulation:
        simulation.run(DT * timed[len(learns)].step)
        return simulation.weights(BACKWARD).matrix(memory.n_content, memory.n_cues)
