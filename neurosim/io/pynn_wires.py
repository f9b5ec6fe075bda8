"""Projections -> PyNN as explicit lists of the synapses that neurosim draws."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.distributions import Distribution
from neurosim.io.pynn_backends import BOARD, NEST, synapse_problem
from neurosim.io.pynn_cells import Cell
from neurosim.io.pynn_records import Call, Part, Wires
from neurosim.network.population import View
from neurosim.network.projection import Projection
from neurosim.plan.connect import expand
from neurosim.plan.plan import Plan, SynapseBlock
from neurosim.synapses import STDP, Static, SynapseKind, TsodyksMarkram

OTHER = {"excitatory": "inhibitory", "inhibitory": "excitatory"}

DEPENDENCES = {
    "additive": "AdditiveWeightDependence",
    "multiplicative": "MultiplicativeWeightDependence",
    "additive_potentiation_multiplicative_depression":
        "AdditivePotentiationMultiplicativeDepression",
    "gutig": "GutigWeightDependence",
}  # fmt: skip


def grid(steps: Any, dt: float) -> Any:
    """Times of steps in ms, without the last digits that a product leaves behind."""
    return np.round(np.asarray(steps) * dt, 9)


def part_of(view: View) -> Part:
    """A view as a part, its ids in ascending order."""
    ids = np.sort(view.array())
    return Part(view.name, None if len(ids) == view.population.size else ids)


@dataclass(frozen=True)
class Listed:
    """Synapses from one population to another, pair by pair.

    Parameters
    ----------
    name, pre, post, receptor : str
        Of the projection, the populations and the receptor.
    pairs : ndarray of int, shape (n, 2)
        Ids of source and target.
    synapse : Call
        The synapse without weight and delay.
    """

    name: str
    pre: str
    post: str
    receptor: str
    pairs: NDArray[np.int64]
    synapse: Call


@dataclass
class Ends:
    """What projections are made with: back end, and cells by population name.

    ``problems`` and ``notes`` collect what cannot be made, and what differs; ``rules`` holds the
    first plastic rule onto each population.
    """

    backend: str
    cells: Mapping[str, Cell]
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    rules: dict[str, STDP] = field(default_factory=dict)

    def wires(self, listed: Listed, weights: Any, delays: Any, where: str) -> list[Wires]:
        """PyNN projections by explicit lists; two where weights have both signs.

        ``weights`` and ``delays`` (ms) are numbers, or one per pair.
        """
        count = len(listed.pairs)
        if not count:
            self.notes.append(f"{where}: has no synapses and is left out")
            return []
        weights, delays = (
            np.broadcast_to(np.asarray(v, dtype=np.float64), count) for v in (weights, delays)
        )
        parts = self.by_receptor(listed.post, listed.receptor, weights, where)
        made = []
        for receptor, mine in parts.items():
            flip = self.backend == BOARD and not self.cells[listed.post].conductance
            values = np.abs(weights[mine]) if flip else weights[mine]
            name = listed.name if len(parts) == 1 else f"{listed.name} ({receptor})"
            columns = {"weight": values, "delay": delays[mine]}
            apart = {k: v for k, v in columns.items() if (v != v[0]).any()}
            shared = {k: float(v[0]) for k, v in columns.items() if k not in apart}
            table = np.column_stack([listed.pairs[mine], *apart.values()])
            connector = Call("FromListConnector", {"conn_list": table, "column_names": list(apart)})
            synapse = Call(listed.synapse.name, {**listed.synapse.args, **shared})
            made.append(
                Wires(name, (Part(listed.pre),), (Part(listed.post),), connector, synapse, receptor)
            )
        return made

    def by_receptor(self, post: str, receptor: str, weights: Any, where: str) -> dict[str, Any]:
        """Which pairs go to which receptor: weights of the wrong sign to the other one.

        PyNN has one sign for a receptor. The other one is the same where both have the same effect.
        """
        cell = self.cells[post]
        sign = 1.0 if cell.conductance or receptor == "excitatory" else -1.0
        wrong = weights * sign < 0.0
        if not wrong.any():
            return {receptor: slice(None)}
        if cell.conductance or not cell.either:
            why = (
                "are conductances" if cell.conductance
                else "act by another time constant at the other receptor"
            )  # fmt: skip
            self.problems.append(
                f"{where}: weights of both signs at receptor {receptor!r} of {post!r}, which {why}"
            )
            return {receptor: slice(None)}
        return {k: m for k, m in ((receptor, ~wrong), (OTHER[receptor], wrong)) if m.any()}

    def synapse(self, kind: SynapseKind, projection: Projection, where: str) -> Call | None:
        """The PyNN synapse without weight and delay, or ``None`` with a problem noted."""
        made = _synapse(kind, self.backend)
        if isinstance(made, str):
            self.problems.append(f"{where}: {made}")
            return None
        for view in projection.post:
            cell = self.cells[view.name]
            problem = synapse_problem(self.backend, made, cell.call)
            if isinstance(kind, STDP):
                problem = problem or self.stdp_problem(kind, view.name, cell)
            if problem:
                self.problems.append(f"{where}: {problem}")
                return None
        if isinstance(kind, STDP) and self.backend == NEST:
            self.notes.append(
                f"{where}: a presynaptic and a postsynaptic event that coincide depress in "
                "neurosim and do nothing in NEST"
            )
        if isinstance(kind, TsodyksMarkram) and self.backend == NEST:
            self.notes.append(
                f"{where}: NEST's tsodyks_synapse keeps used resources for the time constant of "
                "the current, so that amounts differ by about tau_syn / tau_rec"
            )
        return made

    def stdp_problem(self, kind: STDP, post: str, cell: Cell) -> str:
        if not np.array_equal(cell.gain, 1.0):
            return f"plastic weights onto {post!r} have another unit there"
        first = self.rules.setdefault(post, kind)
        if self.backend == NEST and first.tau_minus != kind.tau_minus:
            return (
                f"pyNN.nest has one tau_minus for all synapses onto {post!r}, got "
                f"{first.tau_minus:g} and {kind.tau_minus:g} ms"
            )
        if self.backend == BOARD and first.replace(weight=0.0, delay=None) != kind.replace(
            weight=0.0, delay=None
        ):
            return f"{BOARD} has one plastic rule for all synapses onto {post!r}"
        return ""


def _synapse(kind: SynapseKind, backend: str) -> Call | str:
    if isinstance(kind, Static):
        return Call("StaticSynapse")
    if isinstance(kind, TsodyksMarkram):
        values = {name: getattr(kind, name) for name in ("U", "tau_rec", "tau_facil")}
        return Call("TsodyksMarkramSynapse", values)
    if not isinstance(kind, STDP):
        return f"synapse kind {kind.kind!r} is not among PyNN's"
    if kind.pairing != "all_to_all":
        return f"PyNN's SpikePairRule takes all pairs, got pairing={kind.pairing!r}"
    if kind.w_min < 0.0 or extent(kind.weight)[0] < 0.0:
        return "PyNN has STDP with weights >= 0 only"
    bounds = {"w_min": kind.w_min, "w_max": kind.w_max}
    if kind.dependence == "gutig":
        bounds |= {"mu_plus": kind.mu_plus, "mu_minus": kind.mu_minus}
    # the board's additive rule adds amplitudes as they are, PyNN's other back ends times w_max
    scale = kind.w_max if backend == BOARD and kind.dependence == "additive" else 1.0
    rule = {
        "tau_plus": kind.tau_plus, "tau_minus": kind.tau_minus,
        "A_plus": kind.A_plus * scale, "A_minus": kind.A_minus * scale,
    }  # fmt: skip
    return Call(
        "STDPMechanism",
        {
            "timing_dependence": Call("SpikePairRule", rule),
            "weight_dependence": Call(DEPENDENCES[kind.dependence], bounds),
            "dendritic_delay_fraction": kind.dendritic_delay_fraction,
        },
    )


def extent(weight: Any) -> tuple[float, float]:
    """The smallest and the largest weight that may occur, and 0."""
    if isinstance(weight, Distribution):
        return weight.support
    return float(np.min(weight, initial=0.0)), float(np.max(weight, initial=0.0))


def drawn_wires(projection: Projection, plan: Plan, ends: Ends) -> Iterator[Wires]:
    """Lists of the synapses that the plan draws, one projection per pair of populations."""
    where = f"projection {projection.name!r}"
    synapse = ends.synapse(projection.synapse, projection, where)
    if synapse is None:
        return
    blocks = [b for b in plan.synapses if b.name == projection.name]
    for block in blocks:
        pre, post = (plan.populations[i].name for i in (block.pre, block.post))
        name = projection.name if len(blocks) == 1 else f"{projection.name} [{pre}->{post}]"
        pairs, weights, delays = _synapses(block, plan.dt)
        gain = np.broadcast_to(np.asarray(ends.cells[post].gain), plan.populations[block.post].size)
        listed = Listed(name, pre, post, projection.receptor, pairs, synapse)
        yield from ends.wires(listed, weights * gain[pairs[:, 1]], delays, where)


def _synapses(block: SynapseBlock, dt: float) -> tuple[Any, Any, Any]:
    """Pairs of population ids, weights, and delays in ms of a block."""
    found = expand(block, dt, np.float64)
    segments = np.repeat(np.arange(len(found.ptr) - 1), np.diff(found.ptr))
    sources, delays = np.divmod(segments, len(found.delays))
    pairs = np.stack([found.first + sources, found.targets.astype(np.int64)], axis=1)
    return pairs, found.weights, grid(found.delays[delays], dt)
