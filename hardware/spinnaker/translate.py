"""A plan in sPyNNaker's terms: names, units, signs and amplitudes of the board."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from neurosim.distributions import Distribution
from neurosim.errors import ParameterError, UnsupportedError
from neurosim.hardware.spinnaker.cells import CELLS, RECEPTORS
from neurosim.hardware.spinnaker.cells import Cell as BoardCell
from neurosim.hardware.spinnaker.deployment import Deployment, Link
from neurosim.hardware.spinnaker.settings import Settings
from neurosim.hardware.spinnaker.units import volts_per_current
from neurosim.io.pynn_backends import BOARD, BOARD_VARIABLES
from neurosim.io.pynn_cells import Cell
from neurosim.io.pynn_records import Call, Cells, Electrode, Part, Recorded, Trains
from neurosim.io.pynn_rules import ruled_wires
from neurosim.io.pynn_wires import DEPENDENCES, Ends, Listed, grid
from neurosim.network.connectors import DistanceDependent
from neurosim.network.network import Network
from neurosim.neurons.currents import DCSource, StepSource
from neurosim.plan.connect import expand
from neurosim.plan.plan import (
    CurrentBlock,
    NeuronBlock,
    Plan,
    PoissonInputBlock,
    PopulationPlan,
    SynapseBlock,
)
from neurosim.synapses import STDP, Static, SynapseKind

CONNECTORS: Final = ("lists", "rules")
FOREVER: Final = 0xFFFFFFFF
"""Duration (ms) of a Poisson source that never ends; also the last tick of a current."""
SEEDS: Final = 2**32
EARLY: Final = 0.25
"""Steps by which current changes are put after their tick: the toolchain cuts fractions off."""

STATES: Final = {"isyn_exc": ("isyn_exc", 1.0), "isyn_inh": ("isyn_inh", -1.0)}
"""Names and signs of start values that differ from 0 only when they were set."""


def adapted(plan: Plan) -> Plan:
    """The plan with the board's order of events and sampling, which a network cannot change."""
    return plan if plan.timing == "spinnaker" else replace(plan, timing="spinnaker")


def translate(plan: Plan, settings: Settings, connectors: str = "lists") -> Deployment:
    """A plan in sPyNNaker's terms.

    Parameters
    ----------
    plan : Plan
        The network.
    settings : Settings
        Choices.
    connectors : {"lists", "rules"}
        ``"lists"`` hands over every synapse that neurosim draws, so that the board has the same
        network. With ``"rules"`` projections between whole populations are made on the board, by
        its own generator where they are random, which is much faster to load; notes say which.

    Raises
    ------
    UnsupportedError
        If the board cannot have parts of the plan; the message lists them all.
    ParameterError
        If ``connectors`` is none of the two, or the settings name an unknown population.
    """
    if connectors not in CONNECTORS:
        raise ParameterError(
            "deploy", "connectors", "must be 'lists' or 'rules'", connectors, "Choose one."
        )
    settings.require_known([p.name for p in plan.populations])
    made = _Translator(plan, settings, connectors == "rules")
    deployment = made.deployment()
    if made.problems:
        raise UnsupportedError(
            f"network {plan.name!r} cannot be handed to sPyNNaker: "
            + "; ".join(dict.fromkeys(made.problems))
            + ". Change these parts."
        )
    return deployment


def problems(plan: Plan) -> list[tuple[str, str]]:
    """Subject and problem of everything that has no counterpart, apart from kinds and sources."""
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
        if variable.name in ("v", "u") or (variable.name in STATES and settable):
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
    # the board adds amplitudes as they are, here they are multiplied by w_max
    scale = kind.w_max if kind.dependence == "additive" else 1.0
    rule = {
        "tau_plus": kind.tau_plus, "tau_minus": kind.tau_minus,
        "A_plus": kind.A_plus * scale, "A_minus": kind.A_minus * scale,
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

    def __init__(self, plan: Plan, settings: Settings, rules: bool) -> None:
        self.plan, self.settings, self.rules = plan, settings, rules
        self.problems = [f"{subject}: {text}" for subject, text in problems(plan)]
        self.notes = list(plan.notes)
        self.cells: list[Cells] = []
        self.options: dict[str, dict[str, Any]] = {}
        self.links: list[Link] = []
        self.ends = Ends(BOARD, {})

    def deployment(self) -> Deployment:
        plan = self.plan
        cells = {p.name: self.population(i, p) for i, p in enumerate(plan.populations)}
        self.ends = Ends(BOARD, cells)
        if not self.problems:
            for i, block in enumerate(plan.synapses):
                self.synapses(i, block)
            for item in plan.inputs:
                self.poisson_input(item)
            self.problems += self.ends.problems
            self.notes += self.ends.notes
        electrodes = tuple(self.electrode(c) for c in plan.currents) if not self.problems else ()
        return Deployment(
            plan.dt, self.settings.time_scale_factor, tuple(self.cells), self.options,
            tuple(self.links), electrodes, tuple(self.recorded()) if not self.problems else (),
            tuple(dict.fromkeys(self.notes)),
        )  # fmt: skip

    # populations

    def population(self, index: int, place: PopulationPlan) -> Cell:
        plan = self.plan
        if place.block >= 0:
            return self.neurons(place, plan.neurons[place.block])
        for array in plan.arrays:
            if array.population == index:
                order = np.argsort(array.ids, kind="stable")
                ends = np.cumsum(np.bincount(array.ids, minlength=place.size))
                trains = Trains(grid(array.steps[order], plan.dt), ends)
                call = Call("SpikeSourceArray", {"spike_times": trains})
                self.cells.append(Cells(place.name, place.size, call))
                return Cell(call, {})
        source = next(p for p in plan.poisson if p.population == index)
        return self.poisson(
            place.name, source.rates, source.first, source.last - source.first, source.key
        )

    def neurons(self, place: PopulationPlan, block: NeuronBlock) -> Cell:
        board = CELLS.get(block.kind.kind)
        if board is None:
            self.problems.append(
                f"population {place.name!r}: kind {block.kind.kind!r} is not among "
                f"{', '.join(CELLS)}"
            )
            return Cell(Call(""), {})
        where = slice(place.offset, place.offset + place.size)
        values = {k: _part(v, where) for k, v in block.parameters.items()}
        initial = {k: block.state[k][where] for k in ("v", "u") if k in block.state}
        for name, (theirs, sign) in STATES.items():
            if name in block.state and np.any(block.state[name][where]):
                initial[theirs] = sign * block.state[name][where]
        call = Call(board.name, values)
        self.cells.append(Cells(place.name, place.size, call, initial))
        self.options[place.name] = self.choices(place.name)
        if board.synapse != "delta":
            return Cell(call, initial)
        gain = 1.0 / volts_per_current(values["cm"], values["tau_m"], self.plan.dt, place.size)
        return Cell(call, initial, gain=gain, either=True)

    def choices(self, name: str) -> dict[str, Any]:
        fields = (
            "neurons_per_core", "spikes_per_second", "ring_buffer_sigma",
            "max_expected_summed_weight",
        )  # fmt: skip
        found = {field: self.settings.of(name, field) for field in fields}
        if found["max_expected_summed_weight"] is not None:
            found["max_expected_summed_weight"] = list(found["max_expected_summed_weight"])
        return found

    def poisson(
        self, name: str, rates: NDArray[np.float64], first: Any, steps: Any, key: int
    ) -> Cell:
        """Poisson sources of sPyNNaker; ``first`` and ``steps`` may be one number."""
        start = np.broadcast_to(grid(first, self.plan.dt), len(rates))
        lasts = np.minimum(grid(steps, self.plan.dt), FOREVER)
        columns = {"rate": rates, "start": start, "duration": np.broadcast_to(lasts, len(rates))}
        call = Call("SpikeSourcePoisson", {k: v.tolist() for k, v in columns.items()})
        self.cells.append(Cells(name, len(rates), call))
        self.options[name] = {"seed": key % SEEDS}
        return Cell(call, {})

    # synapses

    def synapses(self, index: int, block: SynapseBlock) -> None:
        if self.rules and self.by_rule(index, block):
            return
        pairs, weights, delays = _drawn(block, self.plan.dt)
        pre, post = (self.plan.populations[i].name for i in (block.pre, block.post))
        call = synapse_call(block.synapse)
        assert isinstance(call, Call)
        alone = sum(b.name == block.name for b in self.plan.synapses) == 1
        name = block.name if alone else f"{block.name} [{pre}->{post}]"
        self.listed(index, name, pre, block, pairs, call, weights, delays)

    def listed(
        self, index: int, name: str, pre: str, block: SynapseBlock | PoissonInputBlock,
        pairs: NDArray[np.int64], call: Call, weights: Any, delays: Any,
    ) -> None:  # fmt: skip
        """Links by explicit lists: one, or one for each sign at cells with one input."""
        place = self.plan.populations[
            block.post if isinstance(block, SynapseBlock) else block.population
        ]
        receptor = self.receptor(place, block.input)
        gain = np.broadcast_to(np.asarray(self.ends.cells[place.name].gain), place.size)
        listed = Listed(name, pre, place.name, receptor, pairs, call)
        made = self.ends.wires(listed, weights * gain[pairs[:, 1]], delays, f"projection {name!r}")
        for wires in made:
            sign = self.sign(place, wires.receptor)
            self.links.append(Link(wires, index, sign / gain if (gain != 1.0).any() else sign))

    def by_rule(self, index: int, block: SynapseBlock) -> bool:
        """Let the board make the synapses, if its connector is the same rule."""
        projection = Network.from_dict(self.plan.network).projections[block.name]
        trial = Ends(BOARD, self.ends.cells, rules=dict(self.ends.rules))
        reason = ""
        if isinstance(projection.connector, DistanceDependent):
            reason = "the board is not given positions"
        else:
            made = list(ruled_wires(projection, self.plan, trial))
            whole = all(p.ids is None for w in made for p in (*w.pre, *w.post))
            said = [text.partition(": ")[2].partition(";")[0] for text in trial.problems]
            reason = "" if made and whole else "; ".join(said) or "it is between views"
        if reason:
            self.notes.append(f"projection {block.name!r}: is a list of its synapses: {reason}")
            return False
        call = synapse_call(block.synapse)
        assert isinstance(call, Call)
        (wires,) = made
        synapse = replace(wires.synapse, args={**wires.synapse.args, **call.args}, name=call.name)
        place = self.plan.populations[block.post]
        self.links.append(
            Link(replace(wires, synapse=synapse), index, self.sign(place, wires.receptor))
        )
        if _random(projection):
            self.notes.append(
                f"projection {block.name!r}: is drawn by the board, other synapses than here"
            )
        return True

    def poisson_input(self, item: PoissonInputBlock) -> None:
        """A source of its own for every neuron, connected one to one over one step."""
        name = item.name
        while name in {c.name for c in self.cells} | {x.wires.name for x in self.links}:
            name += " (poisson)"
        self.poisson(name, item.rates, item.first, item.last - item.first, item.key)
        self.notes.append(f"input {item.name!r}: is a population of sources, one for each neuron")
        pairs = np.stack([np.arange(len(item.ids)), item.ids], axis=1).astype(np.int64)
        self.listed(-1, name, name, item, pairs, Call("StaticSynapse"), item.weight, self.plan.dt)

    def receptor(self, place: PopulationPlan, number: int) -> str:
        """Receptor of an input; where one input serves both, the sign of weights decides."""
        kind = self.plan.neurons[place.block].kind
        return next(r.name for r in kind.receptors if r.input == kind.inputs()[number])

    def sign(self, place: PopulationPlan, receptor: str) -> float:
        """Sign in the plan of the weights at a receptor; the board has magnitudes."""
        board: BoardCell = CELLS[self.plan.neurons[place.block].kind.kind]
        return -1.0 if board.gain == 1 and receptor == RECEPTORS[1] else 1.0

    # currents and probes

    def electrode(self, item: CurrentBlock) -> Electrode:
        place, source, dt = self.plan.populations[item.population], item.source, self.plan.dt

        def tick(time: Any) -> Any:
            return grid(np.ceil(np.asarray(time) / dt - 1e-6) + EARLY, dt)

        if isinstance(source, DCSource):
            stop = grid(FOREVER // 2, dt) if source.stop is None else tick(source.stop)
            call = Call(
                "DCSource",
                {"amplitude": source.amplitude, "start": float(tick(source.start)),
                 "stop": float(stop)},
            )  # fmt: skip
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


def sampling(probe: Any) -> int:
    """Steps between samples on the board, which samples at multiples from the start."""
    return int(probe.every) if probe.first % probe.every == 0 else 1


def _group(place: PopulationPlan, ids: NDArray[np.int32]) -> Part:
    return Part(place.name, None if len(ids) == place.size else np.sort(ids).astype(np.int64))


def _part(value: Any, where: slice) -> Any:
    return value[where] if isinstance(value, np.ndarray) else value


def _random(projection: Any) -> bool:
    synapse = projection.synapse
    values = isinstance(synapse.weight, Distribution) or isinstance(synapse.delay, Distribution)
    return values or type(projection.connector).__name__.startswith("Fixed")


def _drawn(block: SynapseBlock, dt: float) -> tuple[NDArray[np.int64], Any, NDArray[np.float64]]:
    """Pairs of ids, weights, and delays in ms of a block, by source, delay and target."""
    found = expand(block, dt, np.float64)
    segments = np.repeat(np.arange(len(found.ptr) - 1), np.diff(found.ptr))
    sources, delays = np.divmod(segments, len(found.delays))
    pairs = np.stack([found.first + sources, found.targets.astype(np.int64)], axis=1)
    return pairs, found.weights, grid(found.delays[delays], dt)
