"""What may differ between a plan and the one that a run goes on with."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.declare import same
from neurosim.errors import WiringError
from neurosim.plan.plan import Plan, SynapseBlock

WIRING = ("name", "pre", "post", "input", "key", "n_pre", "n_post", "pre_first", "post_first")


def require_same_structure(old: Plan, new: Plan) -> None:
    """Raise unless a run of one plan can go on with the other.

    Populations (names, sizes, kinds) and synapses (which, their weights and delays) must be those
    of the old plan. Parameters of neurons, sources and plasticity, inputs, injected currents and
    probes may differ.

    Raises
    ------
    WiringError
        If something else differs.
    """
    remedy = "Make a new simulation, or change weights by set_weights()."
    if old.timing != new.timing:
        _refuse("Network.timing", f"must stay {old.timing!r}, got {new.timing!r}", remedy)
    for what, before, after in (
        ("populations", _populations(old), _populations(new)),
        ("projections", [b.name for b in old.synapses], [b.name for b in new.synapses]),
    ):
        if before != after:
            changed = [x for x in (*before, *after) if x not in before or x not in after]
            shown = changed[0] if changed else "their order"
            _refuse(f"Network.{what}", f"must stay the same, differ in {shown}", remedy)
    for first, second in zip(old.synapses, new.synapses, strict=True):
        field = _difference(first, second)
        if field:
            _refuse(f"projection {first.name!r}", f"{field} must stay the same", remedy)


def _refuse(subject: str, problem: str, remedy: str) -> None:
    raise WiringError(f"Simulation.change: {subject}: {problem}. {remedy}")


def _populations(plan: Plan) -> list[tuple[Any, ...]]:
    """Name, size and kind of each population; sources by the list that holds them."""
    sources = {b.population: "spike array" for b in plan.arrays}
    sources |= {b.population: "Poisson" for b in plan.poisson}
    return [
        (p.name, p.size, plan.neurons[p.block].kind if p.block >= 0 else sources[i])
        for i, p in enumerate(plan.populations)
    ]


def _difference(old: SynapseBlock, new: SynapseBlock) -> str:
    """What differs between two blocks and must not; empty if nothing."""
    for name in WIRING:
        if getattr(old, name) != getattr(new, name):
            return name
    if old.rule is not new.rule and old.rule != new.rule:
        return "connector"
    for name in ("pre_ids", "post_ids"):
        if not same(getattr(old, name), getattr(new, name)):
            return name
    before, after = old.synapse, new.synapse
    if before is after:
        return ""
    if type(before) is not type(after):
        return "synapse kind"
    fixed = ("weight", "delay", "dendritic_delay_fraction")
    differing = [
        name
        for name in fixed
        if hasattr(before, name) and not same(getattr(before, name), getattr(after, name))
    ]
    return differing[0] if differing else ""


Spikes = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]


def fed_spikes(
    waiting: Spikes, plan: Plan
) -> list[tuple[int, NDArray[np.int64], NDArray[np.int32]]]:
    """Those of the waiting spikes (populations, stamps, ids) that do not come from the plan.

    Returns
    -------
    list of (population, stamps, ids)
    """
    left = Counter(zip(*(column.tolist() for column in waiting), strict=True))
    for block in plan.arrays:
        given = zip(block.steps.tolist(), block.ids.tolist(), strict=True)
        left.subtract((block.population, stamp, unit) for stamp, unit in given)
    found = []
    for block in plan.arrays:
        rows = [k[1:] for k, n in left.items() if k[0] == block.population for _ in range(n)]
        if rows:
            table = np.array(rows, dtype=np.int64)
            found.append((block.population, table[:, 0], table[:, 1].astype(np.int32)))
    return found
