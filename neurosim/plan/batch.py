"""Samples of a batch: what each of them changes in a plan, and many samples side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from neurosim import seeds
from neurosim.errors import ParameterError, WiringError, close_matches
from neurosim.plan.plan import (
    CurrentBlock,
    NeuronBlock,
    Plan,
    PoissonBlock,
    PoissonInputBlock,
    PopulationPlan,
    SpikeArrayBlock,
)

LATEST = 2.0**62
"""A stamp after all others."""

OWNER = "simulate_batch"

Random = TypeVar("Random", PoissonBlock, PoissonInputBlock, CurrentBlock)


class Given(NamedTuple):
    """Spikes of a sample by spike array population, and how many of them were rounded."""

    arrays: tuple[SpikeArrayBlock, ...]
    rounded: int


def given_spikes(plan: Plan, sample: Any, number: int) -> Given:
    """The spike arrays of a plan with a sample's spikes in place of the network's.

    Parameters
    ----------
    plan : Plan
        The plan.
    sample : mapping
        Spikes by name of a spike array population: (id, time in ms) pairs, or a boolean array of
        shape (steps, size). Populations that are not named keep the network's spikes.
    number : int
        Number of the sample, for messages.

    Raises
    ------
    ParameterError
        If spikes are of another form, or ids or times are out of range.
    WiringError
        If a population is unknown or no spike array.
    """
    if not isinstance(sample, Mapping):
        raise ParameterError(
            OWNER, "samples", "must hold mappings of population names to spikes", sample,
            "Give for example [{'in': [(0, 1.0)]}].", f"sample {number}",
        )  # fmt: skip
    names = {plan.populations[a.population].name: i for i, a in enumerate(plan.arrays)}
    arrays, rounded = list(plan.arrays), 0
    for name, spikes in sample.items():
        if name not in names:
            raise WiringError(
                f"{OWNER}.samples: sample {number} names {name!r}, which is no SpikeSourceArray "
                f"population. {close_matches(name, names)}"
            )
        population = arrays[names[name]].population
        size = plan.populations[population].size
        if isinstance(spikes, np.ndarray) and spikes.dtype == np.bool_:
            stamps, ids = _raster(spikes, size, number, name)
        else:
            stamps, ids, off = _pairs(spikes, size, plan.dt, number, name)
            rounded += off
        arrays[names[name]] = SpikeArrayBlock(population, stamps, ids)
    return Given(tuple(arrays), rounded)


def _where(number: int, name: str) -> str:
    return f"sample {number}, population {name!r}"


def _raster(spikes: NDArray[np.bool_], size: int, number: int, name: str) -> tuple[Any, Any]:
    if spikes.ndim != 2 or spikes.shape[1] != size:
        raise ParameterError(
            OWNER, "samples", f"must be boolean arrays of shape (steps, {size})",
            f"shape {spikes.shape}", "Reshape it.", _where(number, name),
        )  # fmt: skip
    stamps, ids = np.divmod(np.flatnonzero(spikes), size)
    return stamps, ids.astype(np.int32)


def _pairs(spikes: Any, size: int, dt: float, number: int, name: str) -> tuple[Any, Any, int]:
    where = _where(number, name)
    rule = f"must be (id, time) pairs with ids from 0 to {size - 1} and times >= 0 ms"
    try:
        shown = spikes if isinstance(spikes, np.ndarray) else list(spikes)
        table = np.array(shown, dtype=np.float64) if len(shown) else np.empty((0, 2))
        if table.ndim != 2 or table.shape[1] != 2:
            raise ValueError("no pairs")
    except (TypeError, ValueError) as error:
        raise ParameterError(
            OWNER, "samples", rule + ", or a boolean array", spikes,
            "Give for example [(0, 105.0)].", where,
        ) from error  # fmt: skip
    ids, times = table[:, 0], table[:, 1]
    wrong = ~((ids >= 0) & (ids < size) & (ids == np.floor(ids)))
    wrong |= ~(np.isfinite(times) & (times >= 0.0))
    if wrong.any():
        raise ParameterError(
            OWNER, "samples", rule, tuple(table[wrong][0].tolist()), "Correct it.", where
        )
    stamps = np.minimum(np.floor(times / dt + 0.5), LATEST).astype(np.int64)
    off = int((np.abs(times - stamps * dt) > 1e-6 * dt).sum())
    order = np.lexsort((ids, stamps))
    return stamps[order], ids[order].astype(np.int32), off


def sample_plan(plan: Plan, arrays: tuple[SpikeArrayBlock, ...], number: int) -> Plan:
    """The plan of a sample: what a run on its own would be given.

    Connections, weights, parameters and start values are those of ``plan``; every random source
    has a stream of its own, named after the sample's number.

    Parameters
    ----------
    plan : Plan
        The plan of the network.
    arrays : tuple of SpikeArrayBlock
        Spikes of the sample; see :func:`given_spikes`.
    number : int
        Number of the sample.
    """
    return replace(
        plan, arrays=arrays,
        poisson=tuple(_own(b, number) for b in plan.poisson),
        inputs=tuple(_own(b, number) for b in plan.inputs),
        currents=tuple(_own(b, number) for b in plan.currents),
    )  # fmt: skip


def _own(block: Random, number: int) -> Random:
    return replace(block, key=seeds.child(block.key, f"sample/{number}"))


def side_by_side(plan: Plan, numbers: Sequence[int]) -> Plan:
    """One plan that holds samples beside each other, without synapses and spike arrays.

    Parameters
    ----------
    plan : Plan
        The plan of the network.
    numbers : sequence of int
        Numbers of the samples. Population ``p`` of the ``i``-th of them becomes population
        ``i * len(populations) + p``; probes are ordered by probe, then sample.
    """
    n, wide = len(numbers), len(plan.populations)

    def moved(blocks: tuple[Random, ...]) -> tuple[Random, ...]:
        return tuple(
            replace(_own(b, number), population=i * wide + b.population)
            for i, number in enumerate(numbers) for b in blocks
        )  # fmt: skip

    return replace(
        plan,
        populations=tuple(
            PopulationPlan(
                f"{i}/{p.name}", p.size, p.block,
                p.offset + (i * plan.neurons[p.block].size if p.block >= 0 else 0),
            )
            for i in range(n) for p in plan.populations
        ),
        neurons=tuple(_repeated(block, n) for block in plan.neurons),
        arrays=(), synapses=(), poisson=moved(plan.poisson), inputs=moved(plan.inputs),
        currents=moved(plan.currents),
        probes=tuple(
            replace(p, population=i * wide + p.population) for p in plan.probes for i in range(n)
        ),
    )  # fmt: skip


def _repeated(block: NeuronBlock, n: int) -> NeuronBlock:
    return NeuronBlock(
        block.kind, block.steps, n * block.size,
        {
            name: value if isinstance(value, float) else np.tile(value, n)
            for name, value in block.constants.items()
        },
        {name: np.tile(value, n) for name, value in block.state.items()},
        {
            f"{i}/{name}": range(span.start + i * block.size, span.stop + i * block.size)
            for i in range(n) for name, span in block.slices.items()
        },
    )  # fmt: skip
