"""Checks of going on with a changed network; see :mod:`neurosim.testing.conformance`."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np

from neurosim.backends.registry import backend as find_backend
from neurosim.errors import SpecError, UnsupportedError
from neurosim.network import Network
from neurosim.neurons.base import NeuronKind
from neurosim.neurons.currents import DCSource
from neurosim.testing.cases import CASES, Case
from neurosim.testing.compare import Outcome, observe, require, require_close, require_same
from neurosim.testing.start import JUDGE, outcome, start


def check_unchanged(backend: str, case: Case) -> None:
    """A change by an equal network, with spikes in flight, changes nothing."""
    whole = outcome(backend, case)
    with start(backend, case) as simulation:
        for part in (0.3, 0.31, 0.7):
            simulation.run_until(part * case.duration).change(case.network())
        found = observe(simulation.run_until(case.duration))
    require_same(_settled(whole), _settled(found), "changes by an equal network change the result")


def check_changes(backend: str, case: Case) -> None:
    """Other parameters, sources, currents and written states give the judge's bits."""
    expected, found = _changed(JUDGE, case), _changed(backend, case)
    require_same(expected, found, f"after changes {backend} and {JUDGE} differ")


def check_changes_closeness(backend: str, case: Case, error: float, weights: float) -> None:
    """As :func:`check_changes` but for rounding; see :func:`require_close`."""
    expected, found = _changed(JUDGE, case), _changed(backend, case)
    what = f"after changes {backend} and {JUDGE} differ"
    require_close(expected, found, error, what, weights)


def check_refusal(backend: str) -> None:
    """A backend that does not offer changes refuses them."""
    case = CASES["delays"]
    if "change" in find_backend(backend).capabilities.features:
        return
    with start(backend, case) as simulation:
        simulation.run(0.5 * case.duration)
        try:
            simulation.change(case.network())
        except UnsupportedError:
            return
    raise AssertionError(f"{backend} takes changes, which it does not offer")


def _settled(found: Outcome) -> Outcome:
    """Without weights to which pending potentiation was not applied: changes apply it."""
    return found._replace(synapses={k: v for k, v in found.synapses.items() if k[1]})


def _changed(backend: str, case: Case) -> Outcome:
    with start(backend, case) as simulation:
        simulation.run(0.4 * case.duration).change(varied(case.network(), 1.1))
        simulation.run(0.2 * case.duration).change(varied(case.network(), 0.9, current=0.1))
        for place in simulation.plan.populations:
            if place.block >= 0:
                first = simulation.plan.neurons[place.block].kind.state[0].name
                values = simulation.read(place.name, first)
                simulation.write(place.name, first, values - 0.5 * np.arange(place.size))
        return observe(simulation.run_until(case.duration))


def varied(network: Network, factor: float, current: float = 0.0) -> Network:
    """The network with other parameters, and with a current into each population it can reach."""
    data = network.to_dict()
    for item in data["populations"]:
        parameters, size = item["kind"]["parameters"], item["size"]
        for name, shape in (("tau_m", size), ("i_offset", size), ("rate", 1), ("g_leak", 1)):
            value = parameters.get(name)
            if isinstance(value, float):
                each = np.linspace(value, factor * value, size)
                parameters[name] = _plain(each if shape > 1 else min(factor, 0.95) * value)
    for item in data["projections"]:
        for name in ("A_plus", "A_minus", "U", "tau_rec"):
            if name in item["synapse"]["parameters"]:
                item["synapse"]["parameters"][name] *= min(1.0, factor)
    made = Network.from_dict(data)
    for population in made.populations.values():
        if current and isinstance(population.kind, NeuronKind):
            with suppress(SpecError):  # a kind that takes no current
                made.inject(DCSource(amplitude=current), population)
    require(made != network, "nothing has changed")
    return made


def _plain(values: Any) -> Any:
    if isinstance(values, float):
        return values
    return {"array": values.tolist(), "dtype": "float64"}
