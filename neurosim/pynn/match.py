"""The order in which a simulation lists the synapses of a projection."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.plan.plan import Plan


def engine_order(plan: Plan, part: Any) -> NDArray[np.int64]:
    """Places in ``part.pairs`` of the synapses that ``Simulation.weights(part.name)`` lists.

    Blocks follow each other (one for each pair of populations); in a block the order is by source,
    delay and target.
    """
    pre, post = part.pairs.T
    steps = np.floor(np.broadcast_to(part.synapse.delay, len(pre)) / plan.dt + 0.5)
    found = []
    for block in plan.synapses:
        if block.name != part.name:
            continue
        source, target = pre - block.pre_first, post - block.post_first
        here = (source >= 0) & (source < len(block.pre_ids))
        here &= (target >= 0) & (target < len(block.post_ids))
        rows = np.flatnonzero(here)
        keys = block.post_ids[target[rows]], steps[rows], block.pre_ids[source[rows]]
        found.append(rows[np.lexsort(keys)])
    order: NDArray[np.int64] = np.concatenate([np.empty(0, np.int64), *found])
    return order
