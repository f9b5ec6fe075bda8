"""Mapping -> the arrays of the emulator's loop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim import seeds
from neurosim.hardware.spinnaker import fixed_point as fp
from neurosim.hardware.spinnaker.kernels import arrays as k
from neurosim.hardware.spinnaker.kernels.sources import FAST, NONE, SLOW, VERY_FAST
from neurosim.hardware.spinnaker.layout_cells import lay_out_cells
from neurosim.hardware.spinnaker.mapping import Mapping, Route, Target
from neurosim.hardware.spinnaker.settings import SOURCES_PER_CORE, Disturbance
from neurosim.plan.plan import Plan, PoissonBlock
from neurosim.synapses import STDP

SYNAPSES = {"exponential": k.EXPONENTIAL, "delta": k.DELTA, "alpha": k.ALPHA}
SLOWEST_FAST = int(0.01 * fp.ONE)
"""Spikes in a tick (``k``) from which a Poisson source counts as fast."""
SLOWEST_VERY_FAST = 10 * fp.ONE
VARIABLES = {"v": 0, "u": 1, "isyn_exc": 2, "gsyn_exc": 2, "isyn_inh": 3, "gsyn_inh": 3}
"""Arrays that probes can sample, by state variable."""


@dataclass
class Layout:
    """All arrays of a run."""

    cells: k.Cells
    targets: k.Targets
    routes: k.Routes
    rings: k.Rings
    sources: k.Sources
    packets: k.Packets
    net: k.Network
    probes: k.Probes
    stages: int
    order: NDArray[np.int64]
    """Populations of the plan in the order of their keys, in which they are laid out."""
    units: NDArray[np.int64]
    """First unit of each population of the plan."""


def int64(values: Any) -> NDArray[np.int64]:
    """The values as a contiguous array of int64."""
    return np.ascontiguousarray(values, dtype=np.int64)


def ends(sizes: Any) -> NDArray[np.int64]:
    """Places where parts of these sizes begin, and the end of the last."""
    return np.concatenate([[0], np.cumsum(int64(sizes))]).astype(np.int64)


class Tables:
    """Exponential windows of all rules, each once, end to end."""

    def __init__(self, dt: float) -> None:
        self.dt = dt
        self.parts: list[NDArray[np.int16]] = [np.zeros(1, dtype=np.int16)]
        self.places: dict[float, tuple[int, int]] = {}

    def place(self, tau: float) -> tuple[int, int]:
        """Start and size of the window of a time constant."""
        if tau not in self.places:
            table = fp.trace_table(tau, self.dt)
            self.places[tau] = (sum(map(len, self.parts)), len(table))
            self.parts.append(table)
        return self.places[tau]


def lay_out(mapping: Mapping, disturbance: Disturbance) -> Layout:
    """The arrays of a mapping at tick 0.

    Parameters
    ----------
    mapping : Mapping
        What to run.
    disturbance : Disturbance
        What goes wrong.
    """
    plan = mapping.plan
    order = key_order(plan)
    laid = ends([plan.populations[i].size for i in order])
    units, n_units = laid[np.argsort(order)], int(laid[-1])
    tables = Tables(plan.dt)
    firsts = ends([t.size for t in mapping.targets])
    targets = _targets(mapping, firsts, tables)
    routes = _routes(mapping, units, tables)
    stages = int(routes.stages.max(initial=1))
    spans = [r.stages * _target(mapping, r).bits.slots for r in mapping.routes if r.stages > 1]
    cores = sum(t.cores for t in mapping.targets)
    n, plastic = int(firsts[-1]), bool(targets.plastic.any())
    history = n * k.HISTORY if plastic else 0
    ring = sum(t.bits.slots * 2 * t.size for t in mapping.targets)
    rings = k.Rings(
        np.zeros(ring, dtype=np.uint16), np.zeros(history, dtype=np.int32),
        np.zeros(history, dtype=np.int32), np.ones(n if plastic else 0, dtype=np.int64),
        np.concatenate(tables.parts), np.zeros(cores * k.COUNTERS, dtype=np.int64),
    )  # fmt: skip
    late = max(1, disturbance.latest * n_units) if disturbance.late > 0.0 else 0
    packets = k.Packets(
        np.zeros(n_units, dtype=np.int64), np.zeros(n_units, dtype=np.int64),
        np.zeros((max([1, *(s + 1 for s in spans)]), n_units if spans else 0), dtype=np.uint8),
        np.zeros((k.LATEST, late), dtype=np.int64), np.zeros((k.LATEST, late), dtype=np.int64),
        np.zeros((k.LATEST, late), dtype=np.int64), np.zeros(k.LATEST, dtype=np.int64),
        np.array(
            [
                not disturbance.none, round(disturbance.loss * 2**32),
                round(disturbance.late * 2**32), disturbance.latest, disturbance.shuffle,
                seeds.child(disturbance.seed, "spinnaker/packets"),
            ],
            dtype=np.uint64,
        ),
        np.zeros(1, dtype=np.int64),
    )  # fmt: skip
    return Layout(
        lay_out_cells(mapping), targets, routes, rings, _sources(plan, units), packets,
        _network(mapping, units, order, firsts), _probes(mapping, firsts), stages, order, units,
    )  # fmt: skip


def key_order(plan: Plan) -> NDArray[np.int64]:
    """Populations in the order of their keys: that in which they are first the source of a
    projection, and then those that are none."""
    sources = dict.fromkeys(block.pre for block in plan.synapses)
    rest = (i for i in range(len(plan.populations)) if i not in sources)
    return int64([*sources, *rest])


def _target(mapping: Mapping, route: Route) -> Target:
    return mapping.target(route.post)


def _targets(mapping: Mapping, firsts: NDArray[np.int64], tables: Tables) -> k.Targets:
    all_ = mapping.targets
    falls = [(0, 0) if t.rule is None else tables.place(t.rule.tau_minus) for t in all_]
    rings = ends([t.bits.slots * 2 * t.size for t in all_])
    kinds = [k.CONDUCTANCE if t.cell.gain > 1 else SYNAPSES[t.cell.synapse] for t in all_]
    tick = fp.to_k(mapping.plan.dt)
    return k.Targets(
        firsts[:-1].copy(), int64([t.size for t in all_]),
        int64([int(t.cell.membrane == "izhikevich") for t in all_]), int64(kinds),
        int64([t.shifts[0] for t in all_]), int64([t.shifts[1] for t in all_]),
        rings[:-1].copy(), int64([t.bits.slots for t in all_]),
        ends([t.cores for t in all_])[:-1].copy(), int64([t.per_core for t in all_]),
        int64([t.rule is not None for t in all_]), int64([f[0] for f in falls]),
        int64([f[1] for f in falls]),
        int64([t.rule is not None and t.rule.pairing == "nearest" for t in all_]),
        int64([tick] * len(all_)),
    )  # fmt: skip


def amplitudes(rule: STDP, gain: float = 1.0) -> tuple[float, float]:
    """Amplitudes of a rule as the board has them: additive ones are changes of the weight."""
    scale = rule.w_max * gain if rule.dependence == "additive" else 1.0
    return rule.A_plus * scale, rule.A_minus * scale


def _routes(mapping: Mapping, units: NDArray[np.int64], tables: Tables) -> k.Routes:
    parts: list[list[Any]] = [[], [], [], []]
    facts: dict[str, list[int]] = {name: [] for name in k.Routes._fields}
    ptr, rows, synapses = [np.zeros(1, dtype=np.int64)], 0, 0
    number = {t.population: i for i, t in enumerate(mapping.targets)}
    for r in mapping.routes:
        target = _target(mapping, r)
        delay, place = row_places(r, target)
        for part, column in zip(parts, (r.targets, delay, place, r.words), strict=True):
            part.append(column)
        ptr.append(r.ptr[1:] + synapses)
        rule, gain = r.rule, float(target.cell.gain)
        a_plus, a_minus = (0.0, 0.0) if rule is None else amplitudes(rule, gain)
        rise = (0, 0) if rule is None else tables.place(rule.tau_plus)
        fall = (0, 0) if rule is None else tables.place(rule.tau_minus)
        for name, value in {
            "pre": units[r.pre], "sources": mapping.plan.populations[r.pre].size,
            "to": number[r.post], "row": rows, "stages": r.stages, "plastic": rule is not None,
            "nearest": rule is not None and rule.pairing == "nearest",
            "dependence": k.MULTIPLICATIVE if rule and rule.dependence == "multiplicative" else 0,
            "shift": target.shifts[r.receptor], "a_plus": fp.to_k(a_plus),
            "a_minus": fp.to_k(a_minus), "w_min": fp.to_k(gain * rule.w_min) if rule else 0,
            "w_max": fp.to_k(gain * rule.w_max) if rule else 0, "rise_start": rise[0],
            "rise_size": rise[1], "fall_start": fall[0], "fall_size": fall[1],
        }.items():  # fmt: skip
            facts[name].append(int(value))
        rows += len(r.ptr) - 1
        synapses += r.size
    columns = [
        np.concatenate([*part, np.empty(0, dtype=dtype)]).astype(dtype)
        for part, dtype in zip(parts, (np.int32, np.int32, np.int32, np.uint16), strict=True)
    ]
    named = {name: int64(values) for name, values in facts.items()}
    return k.Routes(**{
        **named, "target": columns[0], "delay": columns[1], "place": columns[2],
        "word": columns[3], "ptr": np.concatenate(ptr), "last": np.zeros(rows, dtype=np.int32),
        "trace": np.zeros(rows, dtype=np.int32), "received": np.zeros(rows, dtype=np.int64),
        "strict": int64([mapping.settings.strict]),
    })  # fmt: skip


def row_places(route: Route, target: Target) -> tuple[NDArray[Any], NDArray[Any]]:
    """Delay of each synapse within its stage, and its place in the ring from the present slot."""
    slots = target.bits.slots
    delay = (route.delays - 1) % slots + 1
    place = ((delay & (slots - 1)) * 2 + route.receptor) * target.size + route.targets
    return delay, place


def _sources(plan: Plan, units: NDArray[np.int64]) -> k.Sources:
    empty = np.empty(0, dtype=np.int64)
    stamps = np.concatenate([empty, *(b.steps for b in plan.arrays)])
    ids = np.concatenate([empty, *(units[b.population] + b.ids for b in plan.arrays)])
    columns: list[list[Any]] = [[] for _ in range(8)]
    seed: list[NDArray[np.uint32]] = []
    sizes: list[int] = []
    for block in sorted(plan.poisson, key=lambda b: int(units[b.population])):
        n = plan.populations[block.population].size
        made = (units[block.population] + np.arange(n), *poisson_constants(block, plan.dt))
        for column, values in zip(columns, made, strict=True):
            column.append(int64(values))
        for core in range(-(-n // SOURCES_PER_CORE)):
            sizes.append(min(SOURCES_PER_CORE, n - core * SOURCES_PER_CORE))
            seed.append(core_seed(block.key, core))
    unit, rate, limit, interval, counter, kind, begin, end = (
        np.concatenate([empty, *c]) for c in columns
    )
    return sorted_sources(stamps, ids)._replace(
        poisson_unit=unit, rate=rate, limit=limit.astype(np.uint32), interval=interval,
        counter=counter, kind=kind, begin=begin, end=end,
        seed=np.array(seed, dtype=np.uint32).reshape(-1, 4), core_ptr=ends(sizes),
        fresh=np.zeros(len(unit), dtype=np.int64),
    )  # fmt: skip


def sorted_sources(stamps: NDArray[Any], units: NDArray[Any]) -> k.Sources:
    """Given spikes in the order of stamp and unit, and no Poisson sources."""
    order = np.lexsort((units, stamps))
    none = np.empty(0, dtype=np.int64)
    return k.Sources(
        int64(stamps[order]), int64(units[order]), np.zeros(1, dtype=np.int64), none, none,
        none.astype(np.uint32), none, none, none, none, none,
        np.empty((0, 4), dtype=np.uint32), np.zeros(1, dtype=np.int64), none,
    )  # fmt: skip


def poisson_constants(block: PoissonBlock, dt: float) -> tuple[Any, ...]:
    """Rate, limit, interval, counter, kind, begin and end of the sources of a population."""
    seconds = round(dt / 1000.0 * 2**32)
    per_second = 1000.0 / dt

    def constants(rate: float) -> tuple[int, int, int, int]:
        q = (round(rate * 65536) * seconds) >> 33
        if rate <= 0.0 or q >= SLOWEST_VERY_FAST:
            return q, 0, 0, NONE if rate <= 0.0 else VERY_FAST
        if q < SLOWEST_FAST:
            return q, 0, int(per_second / rate), SLOW
        return q, fp.exp_fraction(-q) >> 16 << 16, 0, FAST

    rates, which = np.unique(block.rates, return_inverse=True)
    table = int64([constants(r) for r in rates.tolist()]).reshape(-1, 4)[which]
    rate, limit, interval, kind = table.T
    last = np.minimum(block.last, 1 << 62)
    return rate, limit, interval, np.zeros(len(rate)), kind, block.first, last


def core_seed(key: int, core: int) -> NDArray[np.uint32]:
    """Four words from which the generator of a core of sources starts."""
    words = [seeds.child(key, f"core/{core}/{i}") for i in range(4)]
    x, y, z, c = (w & fp.LOW32 for w in words)
    return np.array([x, y or 1, z, c % 698769068 + 1], dtype=np.uint32)


def _network(
    mapping: Mapping,
    units: NDArray[np.int64],
    order: NDArray[np.int64],
    firsts: NDArray[np.int64],
) -> k.Network:
    plan = mapping.plan
    count = len(plan.populations)
    number = {t.population: i for i, t in enumerate(mapping.targets)}
    by_pre: list[list[int]] = [[] for _ in range(count)]
    for i, r in enumerate(mapping.routes):
        by_pre[r.pre].append(i)
    wanted = np.zeros(count, dtype=np.bool_)
    for probe in plan.probes:
        wanted[probe.population] |= probe.variable == "spikes"
    reached = [firsts[number[c.population]] + c.ids for c in plan.currents]
    none = np.empty(0, dtype=np.int64)
    return k.Network(
        units[order], int64([plan.populations[i].size for i in order]),
        int64([number.get(i, -1) for i in order.tolist()]), wanted[order],
        ends([len(by_pre[i]) for i in order]), int64([r for i in order for r in by_pre[i]]),
        ends([len(r) for r in reached]), int64(np.concatenate([none, *reached])),
        np.empty((len(reached), 0), dtype=np.int32),
    )  # fmt: skip


def _probes(mapping: Mapping, firsts: NDArray[np.int64]) -> k.Probes:
    number = {t.population: i for i, t in enumerate(mapping.targets)}
    samples = [p for p in mapping.plan.probes if p.variable != "spikes"]
    ids = [firsts[number[p.population]] + p.ids for p in samples]
    none = np.empty(0, dtype=np.int64)
    return k.Probes(
        none, none.astype(np.int32), none.astype(np.int32), np.zeros(1, dtype=np.int64),
        int64([VARIABLES[p.variable] for p in samples]), ends([len(i) for i in ids]),
        int64(np.concatenate([none, *ids])), int64([p.first for p in samples]),
        int64([p.last for p in samples]), int64([p.every for p in samples]),
        np.zeros(len(samples), dtype=np.int64), np.empty(0, dtype=np.int32),
    )  # fmt: skip
