"""A network as plain JSON data, and back.

The data holds no code. Of neuron kinds it holds the name and a hash of their step functions;
loading asks for a kind of that name with the same hash.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, TypeVar

from neurosim.declare import Declared
from neurosim.errors import SpecError, StoreError, shown
from neurosim.network import connectors
from neurosim.network.encoding import decode, decoded, encode, lookup, parameters
from neurosim.network.network import Network
from neurosim.network.population import Population, View
from neurosim.neurons import currents, sources
from neurosim.neurons.base import NeuronKind, kind_named, text_of
from neurosim.neurons.sources import PoissonInput, SpikeSource
from neurosim.synapses import KINDS as SYNAPSES

FORMAT = "neurosim-network"
VERSION = 1

Data = dict[str, Any]
T = TypeVar("T")


def to_dict(network: Network) -> Data:
    """The network as dictionaries, lists, numbers and words.

    Returns
    -------
    dict
        ``format, version, name, timing`` and lists of ``populations, projections, inputs,
        injections`` and ``probes``; values as in :mod:`neurosim.network.encoding`.
    """
    kinds = {type(p.kind) for p in network.populations.values()}
    hashes = {kind: kind_hash(kind) for kind in kinds if issubclass(kind, NeuronKind)}
    return {
        "format": FORMAT,
        "version": VERSION,
        "name": network.name,
        "timing": network.timing,
        "populations": [_population(p, hashes) for p in network.populations.values()],
        "projections": [
            {
                "name": p.name,
                "pre": [_view(v) for v in p.pre],
                "post": [_view(v) for v in p.post],
                "connector": _named(p.connector),
                "synapse": {"kind": p.synapse.kind, "parameters": parameters(p.synapse)},
                "receptor": p.receptor,
                "signed": p.signed,
            }
            for p in network.projections.values()
        ],
        "inputs": [
            {"name": i.name, "target": _view(i.target), "parameters": parameters(i.source)}
            for i in network.inputs.values()
        ],
        "injections": [
            {"name": i.name, "target": _view(i.target), **_named(i.source)}
            for i in network.injections.values()
        ],
        "probes": [
            {
                "target": _view(p.target),
                "variables": list(p.variables),
                "every": p.every,
                "start": p.start,
                "stop": p.stop,
            }
            for p in network.probes
        ],
    }


def from_dict(data: Mapping[str, Any]) -> Network:
    """The network of what :func:`to_dict` gave; every value is checked again.

    Raises
    ------
    StoreError
        If the data is foreign or damaged, or a neuron kind is missing or another one.
    """
    if not isinstance(data, Mapping) or data.get("format") != FORMAT:
        found = data.get("format") if isinstance(data, Mapping) else data
        raise StoreError(
            f"network data: must be of format {FORMAT!r}, got {shown(found)}. Use what "
            "Network.to_dict returned."
        )
    version = data.get("version")
    if version != VERSION:
        raise StoreError(
            f"network data: must be of version {VERSION}, got {shown(version)}. Use the version of "
            "neurosim that wrote it."
        )
    try:
        return _network(data)
    except (SpecError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise StoreError(f"network data: is damaged ({error!r}). Use another copy.") from error


def kind_hash(kind: type[NeuronKind]) -> str:
    """Hash of all that a neuron kind does in a step: step functions, helpers, state, receptors."""
    names = ("step", "step_spinnaker", *sorted(kind.integrators.values()))
    functions = [getattr(kind, name) for name in names] + list(kind.helpers)
    steps = [None if f is None else text_of(f, kind.__name__).source for f in functions]
    text = repr((steps, kind.state, kind.receptors))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _population(population: Population, hashes: Mapping[type[Any], str]) -> Data:
    kind = population.kind
    what = {"source": kind.kind}
    if isinstance(kind, NeuronKind):
        what = {"neuron": kind.kind, "hash": hashes[type(kind)]}
    return {
        "name": population.name,
        "size": population.size,
        "kind": {**what, "parameters": parameters(kind)},
        "initial": {name: encode(value) for name, value in population.initial.items()},
        "positions": encode(population.positions),
    }


def _named(item: Declared) -> Data:
    return {"type": type(item).__name__, "parameters": parameters(item)}


def _view(view: View) -> Data:
    ids = view.ids
    listed = [ids.start, ids.stop, ids.step] if isinstance(ids, range) else encode(ids)
    return {"population": view.name, "range" if isinstance(ids, range) else "ids": listed}


def _network(data: Mapping[str, Any]) -> Network:
    network = Network(data["name"], data["timing"])
    for item in data["populations"]:
        network.population(
            item["name"], item["size"], _kind(item["kind"]), decoded(item["initial"]),
            decode(item["positions"]),
        )  # fmt: skip
    for item in data["projections"]:
        pre, post = ([_group(network, v) for v in item[side]] for side in ("pre", "post"))
        synapse = lookup(SYNAPSES, item["synapse"]["kind"], "synapse")
        network.project(
            pre, post, _made(connectors.KINDS, item["connector"], "connector"),
            synapse(**decoded(item["synapse"]["parameters"])), item["receptor"], item["name"],
            item["signed"],
        )  # fmt: skip
    for item in data["inputs"]:
        events = PoissonInput(**decoded(item["parameters"]))
        network.inject(events, _group(network, item["target"]), item["name"])
    for item in data["injections"]:
        current = _made(currents.CURRENTS, item, "current")
        network.inject(current, _group(network, item["target"]), item["name"])
    for item in data["probes"]:
        network.record(
            _group(network, item["target"]), item["variables"], item["every"], item["start"],
            item["stop"],
        )  # fmt: skip
    return network


def _made(known: Mapping[str, type[T]], data: Mapping[str, Any], what: str) -> T:
    return lookup(known, data["type"], what)(**decoded(data["parameters"]))


def _kind(data: Mapping[str, Any]) -> NeuronKind | SpikeSource:
    values = decoded(data["parameters"])
    if "source" in data:
        return lookup(sources.SOURCES, data["source"], "source")(**values)
    name = data["neuron"]
    try:
        kind = kind_named(name)
    except SpecError as error:
        raise StoreError(f"network data: {error}") from error
    if kind_hash(kind) != data["hash"]:
        raise StoreError(
            f"network data: neuron kind {name!r} must be the one that was saved, got another "
            f"({kind.__module__}.{kind.__qualname__}). Its step function, helpers, state or "
            "receptors have changed: define it as it was, or build the network anew."
        )
    return kind(**values)


def _group(network: Network, data: Mapping[str, Any]) -> View:
    population = network[data["population"]]
    if "ids" in data:
        return population[decode(data["ids"])]
    ids = range(*data["range"])
    if not ids or not 0 <= min(ids) <= max(ids) < population.size:
        raise ValueError(f"ids {ids} do not fit population {population.name!r}")
    return View(population, ids)
