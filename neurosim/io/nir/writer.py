"""Network -> NIR graph."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.io.nir.examine import examine_plan
from neurosim.io.nir.matrix import Matrix, total
from neurosim.io.nir.reader import METADATA, START
from neurosim.io.nir.report import Report
from neurosim.io.nir.steps import latency
from neurosim.io.nir.writer_drawn import matrices, meant, parameters, state
from neurosim.io.nir.writer_nodes import Node, node_of, spiking
from neurosim.io.optional import package
from neurosim.network import Network
from neurosim.plan.lower import lower
from neurosim.plan.plan import Plan

TIMES = ("tau", "tau_syn", "tau_mem")


def examine(network: Network, dt: float, seed: int = 0) -> Report:
    """What NIR cannot express of a network.

    Parameters
    ----------
    network : Network
        The network.
    dt : float
        Time step, ms.
    seed : int
        Seed of what the network draws at random.
    """
    return examine_plan(network, lower(network, dt, seed))


def to_graph(network: Network, dt: float, *, seed: int = 0, allow_lossy: bool = False) -> Any:
    """A NIR graph of a network.

    Populations become nodes of their names; each group of synapses with one delay becomes a Linear
    or Affine node, with a Delay node before it unless it takes the step that it takes anyway. What
    is recorded, else what sends to no other population, gets an Output. How steps are made is
    stored in the metadata, where :func:`from_graph` finds it.

    Parameters
    ----------
    network : Network
        The network, with kinds ``NIRMembrane``, ``NIRCurrent``, ``Leaky``, ``IFCurrExp`` or
        ``IFCurrDelta``.
    dt : float
        Time step at which it is simulated, ms.
    seed : int
        Seed of what the network draws at random (connections, weights, parameters).
    allow_lossy : bool
        Write it although spikes will change, as :func:`examine` says.

    Returns
    -------
    nir.NIRGraph

    Raises
    ------
    UnsupportedError
        If NIR cannot express the network, or not without changing its spikes.
    """
    package("nir", "neurosim.io.nir", "nir")
    plan = lower(network, dt, seed)
    examine_plan(network, plan).require(allow_lossy)
    return _Writing(network, plan).graph()


class _Writing:
    """Working state of one export."""

    def __init__(self, network: Network, plan: Plan) -> None:
        self.nir = package("nir", "neurosim.io.nir", "nir")
        self.network, self.plan = network, plan
        late = any(latency(network, name) for name in network.populations)
        self.propagation = "same" if late else "next"
        self.nodes: dict[str, Any] = {}
        self.edges: list[tuple[str, str]] = []

    def graph(self) -> Any:
        made: dict[str, Node] = {}
        for name, population in self.network.populations.items():
            if population.is_source:
                self.nodes[name] = self.nir.Input({"input": np.array([population.size])})
            else:
                made[name] = node_of(population, parameters(self.plan, name), self.plan.dt)
                self.nodes[name] = self.node(name, made[name])
        together: dict[tuple[str, str], dict[int, list[Matrix]]] = {}
        for i, block in enumerate(self.plan.synapses):
            pre, post = (self.plan.populations[p].name for p in (block.pre, block.post))
            for steps, matrix in matrices(self.plan, i):
                together.setdefault((pre, post), {}).setdefault(steps, []).append(matrix)
        constants = {name: node.constant for name, node in made.items() if node.constant.any()}
        for (pre, post), by_delay in together.items():
            if spiking(self.network, pre):
                for steps, parts in by_delay.items():
                    self.connect(pre, post, steps, total(parts), constants.pop(post, None))
        for name, constant in constants.items():
            n = len(constant)
            loop = self.new(f"{name} constant", self.nir.Affine(np.zeros((n, n)), constant))
            self.edges += [(name, loop), (loop, name)]
        for name in self.shown():
            output = self.nir.Output({"output": np.array([self.network[name].size])})
            self.edges.append((name, self.new(f"{name} output", output)))
        return self.nir.NIRGraph(
            self.nodes, self.edges, type_check=False,
            metadata={METADATA: {"propagation": self.propagation}},
        )  # fmt: skip

    def node(self, name: str, made: Node) -> Any:
        if made.type == "Output":
            return self.nir.Output({"output": np.array([self.network[name].size])})
        fields = {k: v / 1000.0 if k in TIMES else v for k, v in made.fields.items()}
        metadata: dict[str, Any] = {METADATA: made.convention}
        start = state(self.plan, name, "v")
        if not np.array_equal(start, made.start):
            metadata[START] = start
        return getattr(self.nir, made.type)(**fields, metadata=metadata)

    def connect(self, pre: str, post: str, steps: int, matrix: Matrix, constant: Any) -> None:
        """Nodes of the synapses with one delay between two populations."""
        wanted = meant(self.network, pre, post, steps)
        if self.network[pre].is_source:
            usual = 0
        else:
            usual = 1 if pre == post or self.propagation == "next" else 0
        at = pre
        if wanted != usual:
            delays = np.full(matrix.n_in, wanted * self.plan.dt / 1000.0)
            at = self.new(f"{pre}->{post} delay", self.nir.Delay(delays))
            self.edges.append((pre, at))
        if constant is None and is_identity(matrix):
            self.edges.append((at, post))
            return
        weight = matrix.dense()
        node = self.nir.Linear(weight) if constant is None else self.nir.Affine(weight, constant)
        between = self.new(f"{pre}->{post}", node)
        self.edges += [(at, between), (between, post)]

    def new(self, name: str, node: Any) -> str:
        """The name under which a node is added."""
        label, count = name, 1
        while label in self.nodes:
            count += 1
            label = f"{name} ({count})"
        self.nodes[label] = node
        return label

    def shown(self) -> list[str]:
        """Populations that get an Output."""
        network = self.network
        recorded = dict.fromkeys(probe.target.name for probe in network.probes)
        sending = {
            pre.name
            for p in network.projections.values()
            for pre in p.pre
            if any(post.name != pre.name for post in p.post)
        }
        neurons = [name for name, p in network.populations.items() if not p.is_source]
        names = recorded or [name for name in neurons if name not in sending] or neurons
        is_output = (getattr(network[name].kind, "node", "") == "Output" for name in names)
        return [name for name, output in zip(names, is_output, strict=True) if not output]


def is_identity(matrix: Matrix) -> bool:
    """Whether a matrix changes nothing."""
    n = matrix.n_in
    ones = len(matrix.values) == n == matrix.n_out and (matrix.values == 1.0).all()
    return bool(ones and (matrix.rows == matrix.columns).all())
