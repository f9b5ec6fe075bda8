"""Projections -> PyNN's own connectors, so that the back end draws the synapses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from neurosim import seeds
from neurosim.distributions import Distribution, Exponential, LogNormal, Normal, Uniform
from neurosim.io.pynn_backends import BOARD
from neurosim.io.pynn_records import Call, Part, Wires
from neurosim.io.pynn_wires import Ends, extent, part_of
from neurosim.network.connectors import (
    AllToAll,
    Connector,
    DistanceDependent,
    FixedNumberPost,
    FixedNumberPre,
    FixedProbability,
    FixedTotalNumber,
    FromArray,
    FromList,
    OneToOne,
)
from neurosim.network.population import View
from neurosim.network.projection import Projection, own_pairs
from neurosim.plan.plan import Plan

RULES: Mapping[type[Connector], tuple[str, tuple[str, ...], bool]] = {
    AllToAll: ("AllToAllConnector", ("allow_self_connections",), False),
    OneToOne: ("OneToOneConnector", (), False),
    FixedProbability: (
        "FixedProbabilityConnector", ("p_connect", "allow_self_connections"), True,
    ),
    FixedNumberPre: (
        "FixedNumberPreConnector", ("n", "with_replacement", "allow_self_connections"), True,
    ),
    FixedNumberPost: (
        "FixedNumberPostConnector", ("n", "with_replacement", "allow_self_connections"), True,
    ),
    FixedTotalNumber: (
        "FixedTotalNumberConnector", ("n", "with_replacement", "allow_self_connections"), True,
    ),
    DistanceDependent: (
        "DistanceDependentProbabilityConnector", ("probability", "allow_self_connections"), True,
    ),
    FromArray: ("ArrayConnector", ("connections",), False),
}  # fmt: skip
"""PyNN's connector, its arguments, and whether it draws; ``SmallWorld`` of PyNN is another rule."""

RENAMED = {"probability": "d_expression", "connections": "array"}

DRAWN = "use connections='drawn'"


def ruled_wires(projection: Projection, plan: Plan, ends: Ends) -> Iterator[Wires]:
    """PyNN's connector for a rule, so that the back end draws the synapses."""
    where = f"projection {projection.name!r}"
    synapse = ends.synapse(projection.synapse, projection, where)
    if synapse is None:
        return
    seed = seeds.child(plan.seed, f"projection/{projection.name}")
    try:
        pre, post = (_parts(side, ends.backend) for side in (projection.pre, projection.post))
        board = ends.backend == BOARD
        connector = _connector(projection, None if board else seed)
        flip = _flip(projection, ends)
        values: dict[str, Any] = {}
        for name in ("weight", "delay"):
            value = getattr(projection.synapse, name)
            value = plan.dt if value is None else value
            if name == "weight" and flip:
                value = _negative(value)
            values[name] = _random(value, None if board else seeds.child(seed, name))
    except _NoRule as reason:
        ends.problems.append(f"{where}: {reason}; {DRAWN}")
        return
    if isinstance(projection.connector, FromList):
        flat = {k: v for k, v in values.items() if isinstance(v, np.ndarray)}
        values = {k: v for k, v in values.items() if k not in flat}
        table = np.column_stack([projection.connector.pairs, *flat.values()])
        connector = Call("FromListConnector", {"conn_list": table, "column_names": list(flat)})
    made = Call(synapse.name, {**synapse.args, **values})
    yield Wires(projection.name, pre, post, connector, made, projection.receptor)


class _NoRule(Exception):
    """A rule has no exact PyNN counterpart."""


def _parts(side: tuple[View, ...], backend: str) -> tuple[Part, ...]:
    if any((np.diff(view.array()) < 0).any() for view in side):
        raise _NoRule("PyNN counts the units of a view in ascending order")
    if len(side) > 1 and backend == BOARD:
        raise _NoRule(f"{BOARD} has no projections of assemblies")
    return tuple(part_of(view) for view in side)


def _connector(projection: Projection, seed: int | None) -> Call:
    rule = projection.connector
    if isinstance(rule, FromList):
        return Call("FromListConnector")
    if type(rule) not in RULES:
        raise _NoRule(f"{type(rule).__name__} of PyNN is another rule or missing")
    name, fields, random = RULES[type(rule)]
    if isinstance(rule, DistanceDependent) and "where" in rule.probability:
        raise _NoRule("PyNN's expressions of the distance have no 'where'")
    values = {RENAMED.get(f, f): getattr(rule, f) for f in fields}
    same = projection.pre == projection.post and len(projection.pre) == 1
    apart = not values.get("allow_self_connections", True) and not same
    if apart and len(own_pairs(projection.pre, projection.post)):
        raise _NoRule("PyNN knows self-connections of one and the same group only")
    return Call(name, {**values, **_generator(seed)} if random else values)


def _generator(seed: int | None) -> dict[str, Call]:
    """A random generator as an argument; none for the board, which refuses them."""
    return {} if seed is None else {"rng": Call("NumpyRNG", {"seed": seed % 2**32})}


def _flip(projection: Projection, ends: Ends) -> bool:
    """Whether weights change their sign; refuses what needs another receptor or unit."""
    cells = [ends.cells[view.name] for view in projection.post]
    if any(not np.array_equal(cell.gain, 1.0) for cell in cells):
        raise _NoRule("weights have another unit there")
    low, high = extent(projection.synapse.weight)
    for cell in cells:
        excites = cell.conductance or projection.receptor == "excitatory"
        if (low < 0.0) if excites else (high > 0.0):
            raise _NoRule("weights of the other sign belong to another receptor")
    current = not any(cell.conductance for cell in cells)
    return ends.backend == BOARD and current and projection.receptor == "inhibitory"


def _negative(value: Any) -> Any:
    if isinstance(value, Uniform):
        return Uniform(-value.high, -value.low)
    if isinstance(value, Normal):
        low, high = (None if v is None else -v for v in (value.high, value.low))
        return value.replace(mean=-value.mean, low=low, high=high)
    return -value


def _random(value: Any, seed: int | None) -> Any:
    """A number or array as it is, a distribution as PyNN's."""
    if not isinstance(value, Distribution):
        if np.ndim(value) == 2:
            raise _NoRule("a matrix of weights or delays")
        return value
    bounds = {k: getattr(value, k, None) for k in ("low", "high")}
    free = all(v is None for v in bounds.values())
    if isinstance(value, Uniform):
        name, numbers = "uniform", {"low": value.low, "high": value.high}
    elif isinstance(value, Normal):
        name, numbers = "normal", {"mu": value.mean, "sigma": value.sd}
        if not free:
            name = "normal_clipped" + ("_to_boundary" if value.clip == "boundary" else "")
            numbers["low"] = -np.inf if value.low is None else value.low
            numbers["high"] = np.inf if value.high is None else value.high
    elif isinstance(value, LogNormal) and free:
        name, numbers = "lognormal", {"mu": value.mu, "sigma": value.sigma}
    elif isinstance(value, Exponential) and free:
        name, numbers = "exponential", {"beta": value.scale}
    else:
        raise _NoRule(f"PyNN has no {type(value).__name__} with bounds")
    return Call("RandomDistribution", {"distribution": name, **numbers, **_generator(seed)})
