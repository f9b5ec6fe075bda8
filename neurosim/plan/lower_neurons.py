"""Neurons of a network -> neuron blocks: parameters to constants, start values to arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim import philox, seeds
from neurosim.distributions import Distribution
from neurosim.errors import LoweringError
from neurosim.network.network import Network
from neurosim.network.population import Population
from neurosim.neurons.base import NeuronKind
from neurosim.plan.plan import NeuronBlock

FloatArray = NDArray[np.float64]


def drawn(value: Any, size: int, seed: int, stream: str) -> Any:
    """The value with a distribution replaced by one number per unit."""
    if not isinstance(value, Distribution):
        return value
    return value.quantile(philox.uniform(seeds.child(seed, stream), np.arange(size)))


def neuron_blocks(
    network: Network, dt: float, seed: int
) -> tuple[tuple[NeuronBlock, ...], dict[str, tuple[int, int]]]:
    """All neuron blocks, and the block and first place of each population by name.

    Raises
    ------
    LoweringError
        If constants, arguments of a step function or start values do not fit together.
    """
    groups: dict[tuple[str, str | None], list[Population]] = {}
    for population in network.populations.values():
        if not population.is_source:
            kind: Any = population.kind
            groups.setdefault((kind.kind, getattr(kind, "integrator", None)), []).append(population)
    blocks, places = [], {}
    for (_, integrator), members in groups.items():
        blocks.append(_neuron_block(members, integrator, network.timing, dt, seed))
        for name, place in blocks[-1].slices.items():
            places[name] = (len(blocks) - 1, place.start)
    return tuple(blocks), places


def _neuron_block(
    members: list[Population], integrator: str | None, timing: str, dt: float, seed: int
) -> NeuronBlock:
    kind = type(members[0].kind)
    assert issubclass(kind, NeuronKind)
    other = next((p.name for p in members if type(p.kind) is not kind), None)
    if other is not None:
        raise LoweringError(
            f"populations {members[0].name!r} and {other!r}: have different kinds of the same "
            f"name {kind.kind!r}. Build the network anew after a kind has been redefined."
        )
    steps = kind.steps(timing, integrator)
    needed = [
        a for a in steps[-1].args
        if a not in {s.name for s in kind.state} | {*kind.inputs(), "injected", "dt"}
    ]  # fmt: skip
    constants: dict[str, list[Any]] = {name: [] for name in needed}
    given: dict[str, list[Any]] = {}
    state: dict[str, list[FloatArray]] = {s.name: [] for s in kind.state}
    slices, start = {}, 0
    for p in members:
        parameters = {
            k: drawn(v, p.size, seed, f"population/{p.name}/parameter/{k}")
            for k, v in p.kind.values().items()
        }
        made = p.kind.replace(**parameters)
        assert isinstance(made, NeuronKind)
        values = made.constants(dt)
        for name, parameter in parameters.items():
            if isinstance(parameter, (float, int, np.ndarray)):
                given.setdefault(name, []).append(_constant(kind, name, parameter, p))
        for name in needed:
            if name not in values:
                raise LoweringError(
                    f"{kind.__name__}.step: argument {name!r} is no state variable, input, "
                    "parameter or constant of 'derive'. Rename it, or return it from 'derive'."
                )
            constants[name].append(_constant(kind, name, values[name], p))
        for s in kind.state:
            value = drawn(
                p.initial.get(s.name, values.get(str(s.initial), s.initial)),
                p.size, seed, f"population/{p.name}/initial/{s.name}",
            )  # fmt: skip
            if isinstance(value, str):
                raise LoweringError(
                    f"{kind.__name__}.state: {s.name!r} starts at {value!r}, which is no "
                    "parameter or constant of 'derive'. Name one, or give a number."
                )
            state[s.name].append(np.broadcast_to(np.asarray(value, dtype=np.float64), p.size))
        slices[p.name] = range(start, start + p.size)
        start += p.size
    sizes = [p.size for p in members]
    return NeuronBlock(
        kind, steps, start,
        {name: _merged(values, sizes) for name, values in constants.items()},
        {name: frozen(np.concatenate(values)) for name, values in state.items()},
        slices,
        {name: _merged(values, sizes) for name, values in given.items()},
    )  # fmt: skip


def _constant(kind: type[NeuronKind], name: str, value: Any, p: Population) -> Any:
    array = np.asarray(value, dtype=np.float64)
    if array.shape not in ((), (p.size,)) or not np.isfinite(array).all():
        raise LoweringError(
            f"{kind.__name__}.derive: {name!r} must be a finite number or {p.size} of them, got "
            f"{value!r} (population {p.name!r}). Check the parameters and 'derive'."
        )
    return array


def _merged(values: list[FloatArray], sizes: list[int]) -> float | FloatArray:
    """One float if all populations agree, else one value per neuron."""
    flat = [np.unique(v) for v in values]
    if all(len(f) == 1 and f[0] == flat[0][0] for f in flat):
        return float(flat[0][0])
    return frozen(
        np.concatenate([np.broadcast_to(v, n) for v, n in zip(values, sizes, strict=True)])
    )


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """The array, contiguous and read-only."""
    array = np.ascontiguousarray(array)
    array.setflags(write=False)
    return array
