"""Network -> Plan: times to steps, parameters to constants, views to ids."""

from __future__ import annotations

import math
import warnings
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim import seeds
from neurosim.declare import Bounds, number
from neurosim.distributions import Distribution
from neurosim.errors import LoweringError, ParameterError, RoundingWarning
from neurosim.network.connectors import DistanceDependent
from neurosim.network.network import Network
from neurosim.network.population import View
from neurosim.network.projection import Injection, Input, Probe, Projection, own_pairs
from neurosim.neurons.sources import SpikeSourceArray, SpikeSourcePoisson
from neurosim.plan.lower_neurons import drawn, frozen, neuron_blocks
from neurosim.plan.overflow import require_fit
from neurosim.plan.plan import (
    NEVER,
    CurrentBlock,
    Plan,
    PoissonBlock,
    PoissonInputBlock,
    PopulationPlan,
    ProbePlan,
    SpikeArrayBlock,
    SynapseBlock,
)
from neurosim.plan.poisson import poisson_table

FloatArray = NDArray[np.float64]

LATEST = 2.0**62
"""A stamp after all others."""

MOST_EVENTS = 1e5
"""Mean number of events of a Poisson input in a step, at most: its table has that many entries."""


def lower(
    network: Network,
    dt: float,
    seed: int,
    precision: str = "double",
    weights: str = "single",
) -> Plan:
    """Lower a network to a plan.

    Parameters
    ----------
    network : Network
        The network.
    dt : float
        Time step, ms, > 0.
    seed : int
        Root seed, >= 0.
    precision : {"double", "single"}
        Floats of state and inputs.
    weights : {"single", "double"}
        Floats in which weights that differ between synapses are stored.

    Raises
    ------
    ParameterError
        If ``dt``, ``seed`` or a precision is not allowed.
    LoweringError
        If the network does not fit the time step.
    """
    if not isinstance(network, Network):
        raise ParameterError(
            "simulate", "network", "must be a Network", network, "Build one first."
        )
    dt = number("simulate", "dt", dt, Bounds("ms", above=0.0), scalar=True)
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise ParameterError("simulate", "seed", "must be a whole number >= 0", seed, "Give such.")
    for field, value in (("precision", precision), ("weights", weights)):
        if value not in ("single", "double"):
            raise ParameterError(
                "simulate", field, "must be 'single' or 'double'", value, "Choose one."
            )
    if not network.populations:
        raise LoweringError("network: must hold a population, it is empty. Add one.")
    return _Lowering(network, dt, int(seed)).plan(precision, weights)


def steps_of(time: float, dt: float) -> int:
    """The stamp nearest to a time in ms."""
    return math.floor(time / dt + 0.5)


class _Lowering:
    """Working state of one lowering."""

    def __init__(self, network: Network, dt: float, seed: int) -> None:
        self.network, self.dt, self.seed = network, dt, seed
        self.notes: list[str] = []
        self.index = {name: i for i, name in enumerate(network.populations)}

    def plan(self, precision: str, weights: str) -> Plan:
        net = self.network
        neurons, places = neuron_blocks(net, self.dt, self.seed)
        populations = tuple(
            PopulationPlan(p.name, p.size, *places.get(p.name, (-1, 0)))
            for p in net.populations.values()
        )
        arrays, poisson = self.sources()
        for item in net.projections.values():
            require_fit(item.name, item.synapse, item.synapse.weight, precision, weights)
        return Plan(
            name=net.name, dt=self.dt, seed=self.seed, timing=net.timing,
            precision=precision, weights=weights, populations=populations, neurons=neurons,
            arrays=arrays, poisson=poisson,
            inputs=tuple(self.poisson_input(i) for i in net.inputs.values()),
            currents=tuple(self.current(i) for i in net.injections.values()),
            synapses=tuple(b for p in net.projections.values() for b in self.synapses(p)),
            probes=self.probes(),
            notes=tuple(self.notes), network=net.to_dict(),
        )  # fmt: skip

    def note(self, text: str) -> None:
        self.notes.append(text)
        warnings.warn(text, RoundingWarning, stacklevel=6)

    # sources and inputs

    def drawn(self, value: Any, size: int, stream: str) -> Any:
        """The value with a distribution replaced by one number per unit."""
        return drawn(value, size, self.seed, stream)

    def sources(self) -> tuple[tuple[SpikeArrayBlock, ...], tuple[PoissonBlock, ...]]:
        arrays, poisson = [], []
        for name, population in self.network.populations.items():
            if isinstance(population.kind, SpikeSourceArray):
                arrays.append(self.spike_array(name, population.size, population.kind))
            elif isinstance(population.kind, SpikeSourcePoisson):
                poisson.append(self.poisson_source(name, population.size, population.kind))
        return tuple(arrays), tuple(poisson)

    def spike_array(self, name: str, size: int, kind: SpikeSourceArray) -> SpikeArrayBlock:
        trains = kind.spike_times
        trains = trains * size if len(trains) == 1 else trains
        times = np.concatenate([*trains, np.empty(0)])
        ids = np.repeat(np.arange(len(trains), dtype=np.int32), [len(t) for t in trains])
        stamps = np.minimum(np.floor(times / self.dt + 0.5), LATEST).astype(np.int64)
        off = np.abs(times - stamps * self.dt) > 1e-6 * self.dt
        if off.any():
            shown = ", ".join(f"{t:g}" for t in times[off][:5])
            self.note(
                f"population {name!r}: {int(off.sum())} spike times rounded to steps of "
                f"{self.dt:g} ms (first: {shown} ms)"
            )
        order = np.lexsort((ids, stamps))
        return SpikeArrayBlock(self.index[name], frozen(stamps[order]), frozen(ids[order]))

    def poisson_source(self, name: str, size: int, kind: SpikeSourcePoisson) -> PoissonBlock:
        values = {
            k: np.broadcast_to(self.drawn(v, size, f"population/{name}/parameter/{k}"), size)
            for k, v in kind.values().items()
        }
        share = values["rate"] * self.dt / 1000.0
        if (share > 1.0).any():
            raise ParameterError(
                "SpikeSourcePoisson", "rate",
                f"must be <= {1000.0 / self.dt:g} Hz, one spike a step",
                float(values["rate"].max()), "Use PoissonInput, more units or a smaller dt.",
                f"population {name!r}",
            )  # fmt: skip
        first = np.ceil(values["start"] / self.dt - 1e-6)
        last = np.ceil((values["start"] + values["duration"]) / self.dt - 1e-6)
        return PoissonBlock(
            self.index[name], seeds.child(self.seed, f"population/{name}/spikes"),
            frozen(np.round(share * 2.0**32).astype(np.uint64)),
            frozen(np.minimum(first, LATEST).astype(np.int64)),
            frozen(np.minimum(last, LATEST).astype(np.int64)),
            frozen(values["rate"].astype(np.float64)),
        )  # fmt: skip

    def poisson_input(self, item: Input) -> PoissonInputBlock:
        view, source = item.target, item.source
        kind: Any = view.population.kind
        rate = self.drawn(source.rate, view.size, f"input/{item.name}/rate")
        rates = np.broadcast_to(np.float64(rate), view.size)
        means, table = np.unique(rates * self.dt / 1000.0, return_inverse=True)
        if means[-1] > MOST_EVENTS:
            raise ParameterError(
                "PoissonInput", "rate",
                f"must be <= {MOST_EVENTS * 1000.0 / self.dt:g} Hz, {MOST_EVENTS:g} events a step",
                float(np.max(rate)), "Use fewer, larger events, or a NoisySource.",
                f"population {view.name!r}",
            )  # fmt: skip
        tables = [poisson_table(float(m)) for m in means]
        receptor = kind.receptor(source.receptor)
        return PoissonInputBlock(
            item.name, self.index[view.name], frozen(view.array().astype(np.int32)),
            kind.inputs().index(receptor.input), seeds.child(self.seed,
            f"input/{item.name}/counts"), source.weight, frozen(np.concatenate(tables)),
            frozen(np.cumsum([0, *map(len, tables)], dtype=np.int64)),
            frozen(table.astype(np.int32)), *self.window(source.start, source.stop), frozen(rates),
        )  # fmt: skip

    def current(self, item: Injection) -> CurrentBlock:
        view = item.target
        return CurrentBlock(
            item.name, self.index[view.name], frozen(view.array().astype(np.int32)), item.source,
            seeds.child(self.seed, f"current/{item.name}"),
        )  # fmt: skip

    def window(self, start: float, stop: float | None) -> tuple[int, int]:
        first, last = (
            NEVER if t is None or t / self.dt > LATEST else math.ceil(t / self.dt - 1e-6)
            for t in (start, stop)
        )
        return first, last

    # synapses

    def synapses(self, projection: Projection) -> list[SynapseBlock]:
        synapse = projection.synapse
        if synapse.delay is None:
            synapse = synapse.replace(delay=self.dt)
        self.check_delay(projection.name, synapse.delay)
        refused = not getattr(projection.connector, "allow_self_connections", True)
        apart = own_pairs(projection.pre, projection.post) if refused else np.empty((0, 2), int)
        places = _positions(projection.pre), _positions(projection.post)
        missing = places[0] is None or places[1] is None
        if isinstance(projection.connector, DistanceDependent) and missing:
            raise LoweringError(
                f"projection {projection.name!r}: DistanceDependent needs positions on both sides. "
                "Pass positions=... to Network.population."
            )
        blocks = []
        pre_first = 0
        for pre in projection.pre:
            post_first = 0
            for post in projection.post:
                kind: Any = post.population.kind
                receptor = kind.receptor(projection.receptor)
                blocks.append(
                    SynapseBlock(
                        projection.name, self.index[pre.name], self.index[post.name],
                        kind.inputs().index(receptor.input), synapse, projection.connector,
                        seeds.child(self.seed, f"projection/{projection.name}"),
                        projection.n_pre, projection.n_post, pre_first, post_first,
                        frozen(pre.array().astype(np.int32)),
                        frozen(post.array().astype(np.int32)), places[0], places[1], frozen(apart),
                    )
                )  # fmt: skip
                post_first += post.size
            pre_first += pre.size
        return blocks

    def check_delay(self, name: str, delay: Any) -> None:
        half = 0.5 * self.dt
        drawn = isinstance(delay, Distribution)
        low = delay.support[0] if drawn else float(np.min(delay, initial=1e9))
        if low < (half if drawn else self.dt) * (1.0 - 1e-9):
            raise LoweringError(
                f"projection {name!r}: delay {low:g} ms is below one step (dt = {self.dt:g} ms). "
                f"Use delay >= {self.dt:g} ms or a smaller dt."
            )
        if isinstance(delay, Distribution):
            return
        values = np.atleast_1d(np.asarray(delay, dtype=np.float64)).ravel()
        exact = values / self.dt
        off = np.abs(exact - np.floor(exact + 0.5)) > 1e-6
        if off.any():
            self.note(
                f"projection {name!r}: {int(off.sum())} delays rounded to steps of {self.dt:g} ms "
                f"(first: {values[off][0]:g} ms)"
            )

    # probes

    def probes(self) -> tuple[ProbePlan, ...]:
        """One probe per population and variable; ``Network.record`` has seen to equal windows."""
        merged: dict[tuple[int, str], ProbePlan] = {}
        for probe in self.network.probes:
            for variable in probe.variables:
                made = self.probe(probe, variable)
                key = (made.population, variable)
                if key in merged:
                    made = replace(made, ids=frozen(np.union1d(merged[key].ids, made.ids)))
                merged[key] = made
        return tuple(merged.values())

    def probe(self, probe: Probe, variable: str) -> ProbePlan:
        ids = np.sort(probe.target.array()).astype(np.int32)
        first, last = self.window(probe.start, probe.stop)
        every = 1
        if probe.every is not None and variable != "spikes":
            every = max(1, steps_of(probe.every, self.dt))
            if abs(every * self.dt - probe.every) > 1e-6 * self.dt:
                self.note(
                    f"probe of {variable!r} of {probe.target.name!r}: every {probe.every:g} ms "
                    f"rounded to {every * self.dt:g} ms"
                )
        return ProbePlan(self.index[probe.target.name], variable, frozen(ids), every, first, last)


def _positions(side: tuple[View, ...]) -> FloatArray | None:
    places = [view.population.positions for view in side]
    if any(p is None for p in places):
        return None
    width = max(p.shape[1] for p in places if p is not None)
    return frozen(
        np.concatenate(
            [
                np.pad(p[view.array()], ((0, 0), (0, width - p.shape[1])))
                for p, view in zip(places, side, strict=True)
                if p is not None
            ]
        )
    )
