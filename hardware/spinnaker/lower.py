"""Plan -> mapping: delays to rings and stages, weights to 16-bit words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from neurosim import seeds
from neurosim.errors import MappingError
from neurosim.hardware.spinnaker.accumulators import expected_sum, shift_of
from neurosim.hardware.spinnaker.cells import CELLS, Cell
from neurosim.hardware.spinnaker.conversion import board_rule, to_board
from neurosim.hardware.spinnaker.machine import LONGEST_PLASTIC_ROW
from neurosim.hardware.spinnaker.mapping import (
    MOST_STAGES,
    RING_BITS,
    Mapping,
    RingBits,
    Route,
    Statistics,
    Target,
)
from neurosim.hardware.spinnaker.settings import Settings
from neurosim.network.connectors import OneToOne
from neurosim.plan.connect import expand
from neurosim.plan.plan import Plan, PoissonBlock, PopulationPlan, SynapseBlock
from neurosim.synapses import STDP, Static

RECEPTOR_BITS = 1
"""Bits for two receptors."""


def bits(n: int) -> int:
    """Bits for ``n`` different numbers, at least one.

    Examples
    --------
    >>> [bits(n) for n in (0, 1, 2, 3, 256, 257)]
    [0, 1, 1, 2, 8, 9]
    """
    return min(n, 1) if n <= 1 else (n - 1).bit_length()


def board_plan(plan: Plan) -> Plan:
    """The plan as a board runs it: with the board's timing, and Poisson inputs as populations.

    A Poisson input becomes a population of sources of its own, with one synapse each and a delay of
    one tick, since cores do not draw inputs for themselves.
    """
    populations, poisson, synapses = list(plan.populations), list(plan.poisson), []
    for block in plan.inputs:
        n, index = len(block.ids), len(populations)
        name = block.name if all(p.name != block.name for p in populations) else f"{block.name}*"
        populations.append(PopulationPlan(name, n, -1, 0))
        share = np.minimum(block.rates * plan.dt / 1000.0, 1.0)
        poisson.append(
            PoissonBlock(
                index, block.key, np.round(share * 2.0**32).astype(np.uint64),
                np.full(n, block.first), np.full(n, block.last), block.rates,
            )
        )  # fmt: skip
        synapses.append(
            SynapseBlock(
                name, index, block.population, block.input, Static(block.weight, plan.dt),
                OneToOne(), seeds.child(block.key, "synapses"), n, n, 0, 0,
                np.arange(n, dtype=np.int32), block.ids, None, None, np.empty((0, 2), np.int64),
            )
        )  # fmt: skip
    return replace(
        plan, timing="spinnaker", populations=tuple(populations), poisson=tuple(poisson),
        inputs=(), synapses=(*plan.synapses, *synapses),
    )  # fmt: skip


class Drawn(NamedTuple):
    """Synapses of a block, one entry each, ordered by source, delay and target."""

    sources: NDArray[np.int64]
    targets: NDArray[np.int32]
    delays: NDArray[np.int32]
    weights: NDArray[np.float64]


def draw(block: SynapseBlock, dt: float) -> Drawn:
    """All synapses of a block, weights in the unit and with the sign of the plan."""
    found = expand(block, dt, np.float64)
    segments = np.repeat(np.arange(len(found.ptr) - 1), np.diff(found.ptr))
    sources = found.first + segments // len(found.delays)
    delays = found.delays[segments % len(found.delays)]
    weights = np.broadcast_to(np.asarray(found.weights, dtype=np.float64), len(segments))
    return Drawn(sources, found.targets.astype(np.int32), delays, weights)


def map_plan(plan: Plan, settings: Settings | None = None) -> Mapping:
    """What a plan becomes on the machine.

    Parameters
    ----------
    plan : Plan
        A plan that the machine has cells and synapses for (see ``rules``).
    settings : Settings, optional
        Choices of the deployment.

    Raises
    ------
    ParameterError
        If settings name populations that are not there.
    MappingError
        If a delay is longer than rings and delay stages hold.
    """
    settings = Settings() if settings is None else settings
    settings.require_known([p.name for p in plan.populations])
    plan = board_plan(plan)
    drawn = [draw(block, plan.dt) for block in plan.synapses]
    targets = [
        _target(plan, settings, i, drawn) for i, p in enumerate(plan.populations) if p.block >= 0
    ]
    by_population = {t.population: i for i, t in enumerate(targets)}
    parts = [
        part
        for number, found in enumerate(drawn)
        for part in _parts(plan, number, found, targets[by_population[plan.synapses[number].post]])
    ]
    for i, target in enumerate(targets):
        mine = [p for p in parts if plan.synapses[p.block].post == target.population]
        targets[i] = _with_shifts(target, settings, plan.dt, mine)
    routes = tuple(
        _route(plan, part, targets[by_population[plan.synapses[part.block].post]]) for part in parts
    )
    return Mapping(plan, settings, tuple(targets), routes)


def _target(plan: Plan, settings: Settings, index: int, drawn: list[Drawn]) -> Target:
    place = plan.populations[index]
    cell = CELLS[plan.neurons[place.block].kind.kind]
    incoming = [i for i, b in enumerate(plan.synapses) if b.post == index]
    rules = [s for i in incoming if isinstance(s := plan.synapses[i].synapse, STDP)]
    per_core = int(settings.of(place.name, "neurons_per_core"))
    if rules:
        per_core = min(per_core, LONGEST_PLASTIC_ROW)
    longest = max((int(drawn[i].delays.max(initial=0)) for i in incoming), default=0)
    neuron = bits(min(place.size, per_core))
    most = RING_BITS - neuron - RECEPTOR_BITS
    delay = min(bits(longest), most)
    if longest > (MOST_STAGES + 1) << most:
        raise MappingError(
            f"population {place.name!r}: a delay of {longest} ticks needs more than the "
            f"{(MOST_STAGES + 1) << most} that {per_core} neurons on a core leave room for. Use "
            "shorter delays, a longer time step or fewer neurons_per_core."
        )
    return Target(
        index, place.name, place.size, cell, per_core,
        RingBits(neuron, RECEPTOR_BITS, delay), longest, (0.0, 0.0), (0, 0),
        rules[0] if rules else None,
    )  # fmt: skip


class Part(NamedTuple):
    """Synapses of a block that share a receptor, weights and rule in the board's unit."""

    block: int
    receptor: int
    places: NDArray[np.int64]
    sources: NDArray[np.int64]
    targets: NDArray[np.int32]
    delays: NDArray[np.int32]
    weights: NDArray[np.float64]
    statistics: Statistics
    rule: STDP | None


def _parts(plan: Plan, number: int, found: Drawn, target: Target) -> list[Part]:
    block = plan.synapses[number]
    if target.cell.synapse == "delta":
        receptors = (found.weights < 0.0).astype(np.int64)
    else:
        receptors = np.full(len(found.targets), block.input)
    parts = []
    for receptor in np.unique(receptors).tolist():
        places = np.flatnonzero(receptors == receptor)
        sources, targets = found.sources[places], found.targets[places]
        delays = found.delays[places]
        weights = to_board(plan, target, receptor, targets, found.weights[places])
        rule = board_rule(plan, target, receptor, block)
        parts.append(
            Part(
                number, receptor, places, sources, targets, delays, weights,
                statistics(rule, targets, delays, weights, plan.dt), rule,
            )
        )  # fmt: skip
    return parts


def statistics(
    rule: STDP | None,
    targets: NDArray[np.int32],
    delays: NDArray[np.int32],
    weights: NDArray[np.float64],
    dt: float,
) -> Statistics:
    """What the toolchain computes from an explicit list of these synapses.

    What all synapses have in common is handed over as one number, whose variance is 0 exactly.
    """
    n = int(np.bincount(targets).max(initial=0))
    if not n:
        return Statistics(0, 0.0, 0.0, 0.0, 0.0)
    mean, variance = _mean_and_variance(weights)
    largest = float(weights.max())
    if rule is not None:
        mean = largest = max(largest, rule.w_max)
        variance = 0.0
    return Statistics(
        n, mean, variance, largest, _mean_and_variance(delays.astype(np.float64) * dt)[1]
    )


def _mean_and_variance(values: NDArray[np.float64]) -> tuple[float, float]:
    if (values == values[0]).all():
        return float(values[0]), 0.0
    return float(values.mean()), float(values.var())


def _with_shifts(target: Target, settings: Settings, dt: float, parts: list[Part]) -> Target:
    cell: Cell = target.cell
    limits = settings.of(target.name, "max_expected_summed_weight")
    if limits is not None:
        expected = tuple(limit * cell.gain for limit in limits)
    else:
        rate, sigma = (
            float(settings.of(target.name, f)) for f in ("spikes_per_second", "ring_buffer_sigma")
        )
        expected = tuple(
            expected_sum(
                (p.statistics for p in parts if p.receptor == r), cell.gain, dt, rate, sigma
            )
            for r in (0, 1)
        )
    exc, inh = expected
    return replace(target, expected=(exc, inh), shifts=(shift_of(exc), shift_of(inh)))


def _route(plan: Plan, part: Part, target: Target) -> Route:
    block = plan.synapses[part.block]
    stage = (part.delays - 1) // target.bits.slots
    stages = int(stage.max(initial=0)) + 1
    rows = plan.populations[block.pre].size * stages
    ptr = np.zeros(rows + 1, dtype=np.int64)
    np.cumsum(np.bincount(part.sources * stages + stage, minlength=rows), out=ptr[1:])
    return Route(
        part.block, block.name, block.pre, block.post, part.receptor, part.places, stages, ptr,
        part.targets, part.delays, part.weights, quantised(part.weights, target, part.receptor),
        part.statistics, part.rule,
    )  # fmt: skip


def quantised(weights: Any, target: Target, receptor: int) -> NDArray[np.uint16]:
    """Stored words of magnitudes: rounded half to even, the low 16 bits."""
    return np.rint(np.asarray(weights) * target.scale(receptor)).astype(np.int64).astype(np.uint16)
