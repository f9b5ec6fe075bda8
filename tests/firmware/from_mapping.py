"""Cases made of the mappings that the emulator runs: the same words to both."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.hardware.spinnaker.cells import RECEPTORS
from neurosim.hardware.spinnaker.conversion import parameter
from neurosim.hardware.spinnaker.mapping import Mapping, Route
from neurosim.neurons.currents import DCSource, StepSource
from neurosim.plan.plan import CurrentBlock, Plan
from neurosim.synapses import STDP
from tests.firmware.case import POISSON, SOURCE, Case, Cells, Current, Rule, Wires

START = {"v": ("v", 1.0), "u": ("u", 1.0), "isyn_exc": ("isyn_exc", 1.0),
         "isyn_inh": ("isyn_inh", -1.0)}  # fmt: skip
"""Start values that are handed over, by variable: the board's name and sign."""
FOREVER = 1 << 24
"""Ticks of a Poisson source that does not end."""
INSIDE = 0.25
"""Share of a tick by which times of currents lie after its beginning."""
RECORD = ["spikes", "v", "gsyn_exc", "gsyn_inh"]


def case_of(mapping: Mapping, steps: int) -> Case:
    """The case of a mapping: one projection for each route, in their order."""
    plan = mapping.plan
    populations = [_cells(mapping, i) for i in range(len(plan.populations))]
    projections = [
        Wires(
            f"route {i}",
            plan.populations[route.pre].name,
            plan.populations[route.post].name,
            RECEPTORS[route.receptor],
            _list(route),
            None if route.rule is None else _rule(route.rule),
        )
        for i, route in enumerate(mapping.routes)
    ]
    currents = [_current(plan, block) for block in plan.currents]
    return Case(plan.name, plan.dt, steps, populations, projections, currents)


def _current(plan: Plan, block: CurrentBlock) -> Current:
    """A current; its times lie inside their tick, since the toolchain cuts fractions off."""
    source = block.source

    def inside(times: Any) -> list[float]:
        return ((np.ceil(np.asarray(times) / plan.dt - 1e-6) + INSIDE) * plan.dt).tolist()

    if isinstance(source, DCSource):
        # as steps, since the toolchain takes no negative amplitude of a DCSource
        times, amplitudes = [source.start], [source.amplitude]
        if source.stop is not None:
            times, amplitudes = [*times, source.stop], [*amplitudes, 0.0]
    elif isinstance(source, StepSource):
        times, amplitudes = source.times.tolist(), source.amplitudes.tolist()
    else:
        raise TypeError(f"{block.name}: {type(source).__name__} has no counterpart")
    name = plan.populations[block.population].name
    return Current(name, block.ids.tolist(), inside(times), amplitudes)


def _list(route: Route) -> list[tuple[int, int, float, int]]:
    columns = (route.sources(), route.targets, route.weights, route.delays)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def _rule(rule: STDP) -> Rule:
    scale = rule.w_max if rule.dependence == "additive" else 1.0
    return Rule(
        "nearest" if rule.pairing == "nearest" else "pair",
        rule.dependence,
        rule.tau_plus,
        rule.tau_minus,
        rule.A_plus * scale,
        rule.A_minus * scale,
        rule.w_min,
        rule.w_max,
    )


def _cells(mapping: Mapping, index: int) -> Cells:
    plan = mapping.plan
    place = plan.populations[index]
    if place.block >= 0:
        return _neurons(mapping, index)
    for given in plan.arrays:
        if given.population == index:
            ticks: list[list[int]] = [[] for _ in range(place.size)]
            for step, cell in zip(given.steps.tolist(), given.ids.tolist(), strict=True):
                ticks[cell].append(step)
            return Cells(place.name, SOURCE, place.size, ticks=ticks)
    block = next(block for block in plan.poisson if block.population == index)
    ticks = np.minimum(block.last - block.first, FOREVER)
    parameters = {
        "rate": block.rates.tolist(),
        "start": (block.first * plan.dt).tolist(),
        "duration": (ticks * plan.dt).tolist(),
    }
    return Cells(place.name, POISSON, place.size, parameters)


def _neurons(mapping: Mapping, index: int) -> Cells:
    plan, target = mapping.plan, mapping.target(index)
    place = plan.populations[index]
    block = plan.neurons[place.block]
    where = slice(place.offset, place.offset + place.size)
    parameters = {
        name: parameter(plan, index, name).tolist()
        for name in block.parameters
        if name in block.kind.declared()
    }
    initial = {
        START[name][0]: (START[name][1] * values[where]).tolist()
        for name, values in block.state.items()
        if name in START and (name in ("v", "u") or np.any(values[where]))
    }
    settings = mapping.settings
    more: dict[str, Any] = {"neurons_per_core": target.per_core}
    limits = settings.of(place.name, "max_expected_summed_weight")
    if limits is not None:
        more["max_expected_summed_weight"] = list(limits)
    return Cells(place.name, target.cell.name, place.size, parameters, initial, more, record=RECORD)
