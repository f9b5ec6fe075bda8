"""NIR graph -> Network."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.declare import Bounds, number
from neurosim.errors import SpecError, UnsupportedError, WiringError
from neurosim.io.nir.convention import Convention, convention_of
from neurosim.io.nir.kinds import CURRENT_BASED, SPIKING, NIRCurrent, NIRMembrane, convention_fields
from neurosim.io.nir.latency import Link, latencies
from neurosim.io.nir.maps import Signal, Term, passed
from neurosim.io.nir.matrix import Matrix, diagonal, total
from neurosim.io.nir.shapes import NEURONS, Flat, Shape, array, flattened, inferred
from neurosim.network import AllToAll, Connector, FromList, Network
from neurosim.neurons.sources import SpikeSourceArray
from neurosim.synapses import Static

METADATA = "neurosim"
"""Entry of a graph's or node's metadata that holds its convention."""
START = "neurosim_v"
"""Entry of a node's metadata that holds the potentials at the start."""

DENSE = 0.75
"""Share of pairs from which on a projection is stored as a matrix."""

FIELDS = {
    "LIF": ("tau", "r", "v_leak", "v_threshold", "v_reset"),
    "IF": ("r", "v_threshold", "v_reset"),
    "LI": ("tau", "r", "v_leak"),
    "I": ("r",),
    "Threshold": (),
    "Output": (),
    "CubaLIF": ("tau_syn", "tau_mem", "r", "v_leak", "v_threshold", "v_reset", "w_in"),
    "CubaLI": ("tau_syn", "tau_mem", "r", "v_leak", "w_in"),
}
"""Parameters that nodes and kinds have in common, under one name."""


def from_graph(graph: Any, dt: float, convention: Any = None) -> Network:
    """A network from a NIR graph.

    Every node with a state becomes a population of its name; Linear, Affine, Scale, convolution,
    pooling, Flatten and Delay nodes between two of them become one projection. Inputs become
    ``SpikeSourceArray`` populations without spikes, for ``simulate_batch`` or ``Simulation.feed``.
    What reaches an Output is recorded: spikes of neurons, or the potential ``v`` of read-outs.
    Populations are flat, units in the order of rows (C order).

    Parameters
    ----------
    graph : nir.NIRGraph
        The graph.
    dt : float
        Time step of the simulation, ms. NIR's times are in seconds.
    convention : Convention, str or mapping, optional
        How equations become steps: ``"nir"``, ``"snntorch"``, ``"norse"``, ``"neurosim"`` or one of
        your own. By default what the metadata say, else ``"nir"``. If given, it is used for all
        nodes.

    Raises
    ------
    SpecError
        If the graph is not valid: missing or wrong shapes, edges to nowhere, a cycle without delay,
        delays off the grid.
    UnsupportedError
        If it holds what a network cannot do.
    """
    dt = number("from_graph", "dt", dt, Bounds("ms", above=0.0), scalar=True)
    chosen = None if convention is None else convention_of(convention)
    flat = flattened(graph)
    return _Reading(flat, inferred(flat), dt, graph, chosen).network()


class _Reading:
    """Working state of one import."""

    def __init__(
        self, flat: Flat, shapes: dict[str, Shape], dt: float, graph: Any, given: Convention | None
    ) -> None:
        self.flat, self.shapes, self.dt, self.given = flat, shapes, dt, given
        self.sizes = {name: int(np.prod(shape)) for name, shape in shapes.items()}
        whole = _metadata(graph).get(METADATA, "nir")
        self.convention = convention_of(whole) if given is None else given
        self.signals: dict[str, Signal] = {}

    def network(self) -> Network:
        flat = self.flat
        inputs = [n for n, what in flat.types.items() if what == "Input"]
        outputs = [n for n, what in flat.types.items() if what == "Output"]
        neurons = [n for n, what in flat.types.items() if what in NEURONS]
        read = {name: self.shown_by(name) for name in outputs}
        neurons += [name for name in outputs if read[name] == name]
        arriving = {name: self.arriving(name) for name in neurons}
        links = {
            name: [Link(term.source, name, self.delay(term, name)) for term in signal.terms]
            for name, signal in arriving.items()
        }
        behind = latencies(inputs, neurons, (link for some in links.values() for link in some))

        network = Network("nir")
        for name in flat.types:
            if name in inputs:
                self.population(network, name, SpikeSourceArray())
            elif name in neurons:
                kind = self.kind(name, arriving[name].constant, behind[name])
                start = _metadata(flat.nodes[name]).get(START)
                values = None if start is None else np.asarray(start, dtype=np.float64).ravel()
                self.population(network, name, kind, None if values is None else {"v": values})
        for name, signal in arriving.items():
            together: dict[tuple[str, int], list[Matrix]] = {}
            for term, link in zip(signal.terms, links[name], strict=True):
                steps = link.delay + behind[name] - behind[term.source]
                together.setdefault((term.source, steps), []).append(term.matrix)
            for (source, steps), matrices in together.items():
                self.project(network, source, name, total(matrices), steps)
        for name in dict.fromkeys(read.values()):
            kind = network[name].kind
            spikes = not isinstance(kind, (NIRMembrane, NIRCurrent)) or kind.node in SPIKING
            network.record(name, "spikes" if spikes else "v")
        return network

    # signals

    def arriving(self, name: str, on_the_way: tuple[str, ...] = ()) -> Signal:
        """The sum of the signals that reach a node."""
        if name in on_the_way:
            raise SpecError(
                "nir graph: every cycle must hold a neuron, got "
                f"{' -> '.join([*on_the_way[on_the_way.index(name) :], name])}. Correct the edges."
            )
        sources = self.flat.before(name)
        if not sources and self.flat.types[name] not in NEURONS:
            raise SpecError(f"{self.flat.where(name)}: must be reached by an edge. Add one.")
        parts = [self.signal(s, (*on_the_way, name)) for s in sources]
        size = self.sizes[sources[0]] if sources else self.sizes[name]
        constant = np.zeros(size)
        for part in parts:
            constant = constant + part.constant
        return Signal(tuple(term for part in parts for term in part.terms), constant)

    def signal(self, name: str, on_the_way: tuple[str, ...]) -> Signal:
        """What a node sends."""
        what, size = self.flat.types[name], self.sizes[name]
        if what == "Output":
            raise SpecError(f"{self.flat.where(name)}: must not have edges to others. Remove them.")
        if what == "Input" or what in NEURONS:
            if what != "Input" and what not in SPIKING:
                raise UnsupportedError(
                    f"{self.flat.where(name)}: sends a potential, which synapses cannot carry, to "
                    f"{on_the_way[-1]!r}. Use it as a read-out, before an Output."
                )
            return Signal((Term(name, None, diagonal(np.ones(size))),), np.zeros(size))
        if name in self.signals:
            return self.signals[name]
        before = self.shapes[(self.flat.before(name) or [name])[0]]
        reaching = self.arriving(name, on_the_way)
        found = passed(self.flat, name, reaching, before, self.shapes[name], self.dt)
        self.signals[name] = found
        return found

    def delay(self, term: Term, target: str) -> int:
        """Steps that the spikes of a term are late for their target."""
        if term.delay is not None:
            return term.delay
        if self.flat.types[term.source] == "Input":
            return 0
        return 1 if term.source == target or self.convention.propagation == "next" else 0

    def shown_by(self, output: str) -> str:
        """The population to record for an Output: the neurons before it, else a sum of its own."""
        place = output
        while True:
            sources = self.flat.before(place)
            if len(sources) != 1:
                return output
            place = sources[0]
            if self.flat.types[place] in NEURONS:
                return place
            if self.flat.types[place] not in ("Pass", "Flatten"):
                return output

    # parts of the network

    def kind(self, name: str, constant: NDArray[np.float64], latency: int) -> Any:
        what, node = self.flat.types[name], self.flat.nodes[name]
        convention = self.convention
        own = _metadata(node).get(METADATA)
        if own is not None and self.given is None:
            convention = convention_of({**convention.to_dict(), **own})
        values: dict[str, Any] = {f: self.spread(name, f) for f in FIELDS[what]}
        for field in ("tau", "tau_syn", "tau_mem"):
            if field in values:
                values[field] = values[field] * 1000.0
        if what == "Threshold":
            values["v_threshold"] = self.spread(name, "threshold")
        values |= {"i_offset": _alike(constant), "latency": float(latency), "node": what}
        fields: dict[str, Any] = convention_fields(convention)
        if what in CURRENT_BASED:
            return NIRCurrent(**values, **fields)
        del fields["current"]
        return NIRMembrane(**values, **fields)

    def spread(self, name: str, field: str) -> Any:
        """A parameter as one number if it is the same everywhere, else one for each neuron."""
        values = np.broadcast_to(array(self.flat, name, field), self.shapes[name])
        return _alike(values.ravel())

    def population(self, network: Network, name: str, kind: Any, initial: Any = None) -> None:
        try:
            network.population(name, self.sizes[name], kind, initial)
        except WiringError as error:
            raise SpecError(f"{self.flat.where(name)}: {error}") from error

    def project(
        self, network: Network, source: str, target: str, matrix: Matrix, steps: int
    ) -> None:
        kept = matrix.values != 0.0
        if not kept.any():
            return
        connector: Connector
        if kept.sum() >= DENSE * matrix.n_in * matrix.n_out:
            connector, weights = AllToAll(), matrix.dense().T
        else:
            pairs = np.stack([matrix.columns[kept], matrix.rows[kept]], axis=1)
            connector, weights = FromList(pairs), _alike(matrix.values[kept])
        network.project(source, target, connector, Static(weights, steps * self.dt))


def _metadata(node: Any) -> dict[str, Any]:
    found = getattr(node, "metadata", None)
    return found if isinstance(found, dict) else {}


def _alike(values: NDArray[np.float64]) -> Any:
    return float(values.flat[0]) if values.size and (values == values.flat[0]).all() else values
