"""A mapping in sPyNNaker's terms: names, units, signs and amplitudes of the board."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from neurosim.distributions import Distribution
from neurosim.errors import ParameterError, UnsupportedError
from neurosim.hardware.spinnaker.cells import CELLS, RECEPTORS
from neurosim.hardware.spinnaker.conversion import to_board
from neurosim.hardware.spinnaker.deployment import Deployment, Link
from neurosim.hardware.spinnaker.layout import amplitudes, core_seed
from neurosim.hardware.spinnaker.mapping import Mapping, Route
from neurosim.hardware.spinnaker.settings import SOURCES_PER_CORE
from neurosim.io.pynn_backends import BOARD, BOARD_VARIABLES
from neurosim.io.pynn_cells import Cell
from neurosim.io.pynn_records import Call, Cells, Electrode, Part, Recorded, Trains, Wires
from neurosim.io.pynn_rules import ruled_wires
from neurosim.io.pynn_wires import DEPENDENCES, Ends, extent, grid
from neurosim.network.connectors import DistanceDependent
from neurosim.network.network import Network
from neurosim.network.projection import Projection
from neurosim.neurons.currents import DCSource, StepSource
from neurosim.plan.plan import (
    CurrentBlock,
    NeuronBlock,
    Plan,
    PopulationPlan,
    ProbePlan,
    SynapseBlock,
)
from neurosim.synapses import STDP, Static, SynapseKind

CONNECTORS: Final = ("lists", "rules")
FOREVER: Final = 0xFFFFFFFF
"""Duration (ms) of a Poisson source that never ends; half of it, last tick of a current."""
AFTER: Final = 0.25
"""Steps by which current changes are put after their tick: the toolchain cuts fractions off."""

CURRENTS: Final = {"isyn_exc": 1.0, "isyn_inh": -1.0}
"""Start values that only cells with exponential currents have, and their sign on the board."""
CHOICES: Final = (
    "neurons_per_core", "spikes_per_second", "ring_buffer_sigma", "max_expected_summed_weight",
)  # fmt: skip
"""Settings of populations of cells, by the toolchain's names too."""


def translate(mapping: Mapping, connectors: str = "lists") -> Deployment:
    """A mapping in sPyNNaker's terms.

    Parameters
    ----------
    mapping : Mapping
        The network.
    connectors : {"lists", "rules"}
        ``"lists"`` hands over every synapse that neurosim draws, so that the board has the same
        network. With ``"rules"`` projections between whole populations are made on the board, by
        its own generator where they are random, which is much faster to load; notes say which.

    Raises
    ------
    UnsupportedError
        If the board cannot have parts of the plan; the message lists them all.
    ParameterError
        If ``connectors`` is none of the two.
    """
    known_connectors(connectors)
    found = [f"{subject}: {text}" for subject, text in problems(mapping.plan)]
    if found:
        raise UnsupportedError(
            f"network {mapping.plan.name!r} cannot be handed to sPyNNaker: "
            + "; ".join(found)
            + ". Change these parts."
        )
    return _Translator(mapping, connectors == "rules").deployment()


def known_connectors(connectors: str) -> str:
    """The word, if it is one of those.

    Raises
    ------
    ParameterError
        If it is none.
    """
    if connectors not in CONNECTORS:
        raise ParameterError(
            "deploy", "connectors", "must be 'lists' or 'rules'", connectors, "Choose one."
        )
    return connectors


def problems(plan: Plan) -> list[tuple[str, str]]:
    """Subject and problem of everything that has no counterpart, apart from kinds of neurons."""
    found: list[tuple[str, str]] = []
    for block in plan.neurons:
        if block.kind.kind in CELLS:
            for name in block.slices:
                found += [(f"population {name!r}", text) for text in _state(block, name)]
    rules: dict[int, STDP] = {}
    for synapses in plan.synapses:
        made = synapse_call(synapses.synapse)
        if isinstance(made, str):
            found.append((f"projection {synapses.name!r}", made))
        elif isinstance(synapses.synapse, STDP):
            rule = synapses.synapse.replace(weight=0.0, delay=None)
            if rules.setdefault(synapses.post, rule) != rule:
                text = "a population has one plastic rule for all synapses onto it, got another"
                found.append((f"projection {synapses.name!r}", text))
        low, high = extent(synapses.synapse.weight)
        sign = _sign(plan, synapses)
        if (sign > 0 and low < 0.0) or (sign < 0 and high > 0.0):
            text = f"weights from {low:g} to {high:g} have another sign than their receptor"
            found.append((f"projection {synapses.name!r}", text))
    for current in plan.currents:
        if not isinstance(current.source, (DCSource, StepSource)):
            text = f"{type(current.source).__name__} is not computed there as it is here"
            found.append((f"injection {current.name!r}", text))
    for probe in plan.probes:
        place = plan.populations[probe.population]
        known = _recordables(plan, place)
        if probe.variable not in known:
            text = f"cannot record {probe.variable!r} ({', '.join(known)})"
            found.append((f"probe of {place.name!r}", text))
    return found


def _sign(plan: Plan, block: SynapseBlock) -> int:
    """Sign of the weights at a block's receptor; 0 if the sign decides the receptor."""
    cell = CELLS.get(plan.neurons[plan.populations[block.post].block].kind.kind)
    if cell is None or cell.synapse == "delta":
        return 0
    return -1 if cell.gain == 1 and block.input == 1 else 1


def _recordables(plan: Plan, place: PopulationPlan) -> dict[str, str]:
    """The board's name of each variable that can be recorded there."""
    cell = None if place.block < 0 else CELLS.get(plan.neurons[place.block].kind.kind)
    known = {} if cell is None else cell.recordables
    found = {name: theirs for name, theirs in known.items() if theirs in BOARD_VARIABLES}
    return {"spikes": "spikes", **found}


def _state(block: NeuronBlock, name: str) -> Iterator[str]:
    """What the board cannot start with."""
    where, settable = block.slices[name], CELLS[block.kind.kind].synapse == "exponential"
    for variable in block.kind.state:
        values = block.state[variable.name][where.start : where.stop]
        if variable.name in ("v", "u") or (variable.name in CURRENTS and settable):
            continue
        if isinstance(variable.initial, float) and not (values == variable.initial).all():
            yield f"cannot start with a {variable.name!r} other than {variable.initial:g}"


def synapse_call(kind: SynapseKind) -> Call | str:
    """sPyNNaker's synapse without weight and delay, or why there is none."""
    if isinstance(kind, Static):
        return Call("StaticSynapse")
    if not isinstance(kind, STDP):
        return f"synapse kind {kind.kind!r} is not among static, stdp"
    if kind.dependence not in ("additive", "multiplicative"):
        return f"STDP with dependence {kind.dependence!r} is not among additive, multiplicative"
    if kind.dendritic_delay_fraction != 1.0:
        return f"STDP has dendritic_delay_fraction 1, got {kind.dendritic_delay_fraction:g}"
    if kind.w_min < 0.0:
        return f"STDP has bounds >= 0, got w_min {kind.w_min:g}"
    a_plus, a_minus = amplitudes(kind)
    rule = {
        "tau_plus": kind.tau_plus, "tau_minus": kind.tau_minus,
        "A_plus": a_plus, "A_minus": a_minus,
    }  # fmt: skip
    bounds = {"w_min": kind.w_min, "w_max": kind.w_max}
    timing = "SpikePairRule" if kind.pairing == "all_to_all" else "SpikeNearestPairRule"
    return Call(
        "STDPMechanism",
        {
            "timing_dependence": Call(timing, rule),
            "weight_dependence": Call(DEPENDENCES[kind.dependence], bounds),
        },
    )


class _Translator:
    """Working state of one translation."""

    def __init__(self, mapping: Mapping, rules: bool) -> None:
        self.mapping, self.plan, self.rules = mapping, mapping.plan, rules
        self.notes = list(self.plan.notes)
        self.options: dict[str, dict[str, Any]] = {}
        self.seeds: dict[str, tuple[tuple[int, ...], ...]] = {}
        self.names = [p.name for p in self.plan.populations]
        units = len(self.plan.network["populations"])
        self.drawn = sum(b.pre < units for b in self.plan.synapses)  # not of Poisson inputs

    def deployment(self) -> Deployment:
        plan = self.plan
        cells = tuple(self.population(i, p) for i, p in enumerate(plan.populations))
        self.ends = Ends(BOARD, {c.name: Cell(c.cell, c.initial) for c in cells})
        ruled = {i: link for i in range(len(plan.synapses)) if (link := self.by_rule(i))}
        lists = [self.listed(r) for r in self.mapping.routes if r.block not in ruled]
        links = sorted([*ruled.values(), *lists], key=lambda link: link.block)
        return Deployment(
            plan.dt, self.mapping.settings.time_scale_factor, cells, self.options, tuple(links),
            tuple(self.electrode(c) for c in plan.currents), tuple(self.recorded()),
            tuple(dict.fromkeys(self.notes)), self.seeds,
        )  # fmt: skip

    # populations

    def population(self, index: int, place: PopulationPlan) -> Cells:
        plan = self.plan
        if place.block >= 0:
            return self.neurons(index, place, plan.neurons[place.block])
        for array in plan.arrays:
            if array.population == index:
                order = np.argsort(array.ids, kind="stable")
                ends = np.cumsum(np.bincount(array.ids, minlength=place.size))
                times = Trains(grid(array.steps[order], plan.dt), ends)
                trains: Any = times if len(order) else []  # lists of nothing are an error there
                return Cells(
                    place.name, place.size, Call("SpikeSourceArray", {"spike_times": trains})
                )
        source = next(p for p in plan.poisson if p.population == index)
        lasts = np.minimum(grid(source.last - source.first, plan.dt), FOREVER)
        starts = grid(np.minimum(source.first, FOREVER), plan.dt)
        columns = {"rate": source.rates, "start": starts, "duration": lasts}
        call = Call("SpikeSourcePoisson", {k: v.tolist() for k, v in columns.items()})
        cores = range(-(-place.size // SOURCES_PER_CORE))
        words = [tuple(core_seed(source.key, core).tolist()) for core in cores]
        self.seeds[place.name] = tuple(words)
        return Cells(place.name, place.size, call)

    def neurons(self, index: int, place: PopulationPlan, block: NeuronBlock) -> Cells:
        board = CELLS[block.kind.kind]
        where = slice(place.offset, place.offset + place.size)
        values = {k: _part(v, where) for k, v in block.parameters.items()}
        initial = {k: block.state[k][where] for k in ("v", "u") if k in block.state}
        for name, sign in CURRENTS.items():
            if name in block.state and np.any(block.state[name][where]):
                initial[name] = sign * block.state[name][where]
        settings = self.mapping.settings
        found = {field: settings.of(place.name, field) for field in CHOICES}
        found["neurons_per_core"] = self.mapping.target(index).per_core
        limits = found["max_expected_summed_weight"]
        found["max_expected_summed_weight"] = None if limits is None else list(limits)
        self.options[place.name] = found
        return Cells(place.name, place.size, Call(board.name, values), initial)

    # synapses

    def listed(self, route: Route) -> Link:
        """A list of the synapses of a route; what all have in common is no column of it."""
        pre, post = self.names[route.pre], self.names[route.post]
        columns = {"weight": route.weights, "delay": grid(route.delays, self.plan.dt)}
        apart = {k: v for k, v in columns.items() if (v != v[0]).any()}
        shared = {k: float(v[0]) for k, v in columns.items() if k not in apart}
        table = np.column_stack([route.sources(), route.targets, *apart.values()])
        connector = Call("FromListConnector", {"conn_list": table, "column_names": list(apart)})
        call = _synapse(route.rule or self.plan.synapses[route.block].synapse)
        synapse = replace(call, args={**call.args, **shared})
        receptor = RECEPTORS[route.receptor]
        name = f"{route.name} [{pre}->{post}, {receptor}]"
        wires = Wires(name, (Part(pre),), (Part(post),), connector, synapse, receptor)
        return Link(wires, route.block, self.scale(route.post, route.receptor))

    def scale(self, post: int, receptor: int) -> float | NDArray[np.float64]:
        """Weight in the plan over weight on the board, by target where they differ."""
        target = self.mapping.target(post)
        sign = -1.0 if target.cell.gain == 1 and receptor == 1 else 1.0
        if target.cell.synapse == "exponential":
            return sign
        ids = np.arange(target.size, dtype=np.int32)
        return sign / to_board(self.plan, target, receptor, ids, np.ones(target.size))

    def by_rule(self, index: int) -> Link | None:
        """A connector of the board, if it is asked for and the same rule."""
        block = self.plan.synapses[index]
        if not self.rules or index >= self.drawn:
            return None
        projection = Network.from_dict(self.plan.network).projections[block.name]
        wires = self.ruled(projection, index)
        if isinstance(wires, str):
            self.notes.append(f"projection {block.name!r}: is a list of its synapses: {wires}")
            return None
        if _is_random(projection):
            self.notes.append(
                f"projection {block.name!r}: is drawn by the board, other synapses than here"
            )
        rule = next((r.rule for r in self.mapping.routes if r.block == index), None)
        call = _synapse(rule or block.synapse)
        values = {k: wires.synapse.args[k] for k in ("weight", "delay") if k in wires.synapse.args}
        synapse = replace(call, args={**call.args, **values})
        receptor = RECEPTORS.index(wires.receptor)
        return Link(replace(wires, synapse=synapse), index, self.scale(block.post, receptor))

    def ruled(self, projection: Projection, index: int) -> Wires | str:
        """PyNN's connector, or why there is none."""
        target = self.mapping.target(self.plan.synapses[index].post)
        if target.cell.synapse == "delta":
            return "weights have another unit there"
        if isinstance(projection.connector, DistanceDependent):
            return "the board is not given positions"
        trial = Ends(BOARD, self.ends.cells)
        made = list(ruled_wires(projection, self.plan, trial))
        if trial.problems or not made:
            return "; ".join(p.partition(": ")[2].partition(";")[0] for p in trial.problems)
        (wires,) = made
        whole = all(part.ids is None for part in (*wires.pre, *wires.post))
        return wires if whole else "it is between views"

    # currents and probes

    def electrode(self, item: CurrentBlock) -> Electrode:
        place, source, dt = self.plan.populations[item.population], item.source, self.plan.dt

        def tick(time: Any) -> Any:
            return grid(np.ceil(np.asarray(time) / dt - 1e-6) + AFTER, dt)

        if isinstance(source, DCSource) and source.amplitude < 0.0:  # crashes there
            ends = [] if source.stop is None else [source.stop]
            times = tick(np.array([source.start, *ends])).tolist()
            amplitudes = [source.amplitude, *(0.0 for _ in ends)]
            call = Call("StepCurrentSource", {"times": times, "amplitudes": amplitudes})
        elif isinstance(source, DCSource):
            stop = grid(FOREVER // 2, dt) if source.stop is None else tick(source.stop)
            window = {"start": float(tick(source.start)), "stop": float(stop)}
            call = Call("DCSource", {"amplitude": source.amplitude, **window})
        else:
            assert isinstance(source, StepSource)
            call = Call(
                "StepCurrentSource",
                {"times": tick(source.times).tolist(), "amplitudes": source.amplitudes.tolist()},
            )
        return Electrode(item.name, call, _group(place, item.ids))

    def recorded(self) -> Iterator[Recorded]:
        for probe in self.plan.probes:
            place = self.plan.populations[probe.population]
            name = _recordables(self.plan, place)[probe.variable]
            sampled = probe.variable != "spikes"
            every = float(grid(sampling(probe), self.plan.dt)) if sampled else None
            yield Recorded(_group(place, probe.ids), (name,), every)


def sampling(probe: ProbePlan) -> int:
    """Steps between samples on the board, which samples at multiples from the start."""
    return probe.every if probe.first % probe.every == 0 else 1


def _synapse(kind: SynapseKind) -> Call:
    call = synapse_call(kind)
    assert isinstance(call, Call)
    return call


def _group(place: PopulationPlan, ids: NDArray[np.int32]) -> Part:
    return Part(place.name, None if len(ids) == place.size else np.sort(ids).astype(np.int64))


def _part(value: Any, where: slice) -> Any:
    return value[where] if isinstance(value, np.ndarray) else value


def _is_random(projection: Projection) -> bool:
    synapse = projection.synapse
    values = isinstance(synapse.weight, Distribution) or isinstance(synapse.delay, Distribution)
    return values or type(projection.connector).__name__.startswith("Fixed")
