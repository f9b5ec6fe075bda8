"""What a mapping takes of the machine: cores, memory, time, routers and energy."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from neurosim.hardware.spinnaker import memory
from neurosim.hardware.spinnaker.energy import Energy, energy
from neurosim.hardware.spinnaker.machine import Board
from neurosim.hardware.spinnaker.mapping import Mapping, Route, Target
from neurosim.hardware.spinnaker.rates import Rate
from neurosim.hardware.spinnaker.realtime import Load, Traffic, load
from neurosim.hardware.spinnaker.resources import (
    Entries,
    Placement,
    Share,
    entries,
    place,
    synapse_cores,
)
from neurosim.hardware.spinnaker.rows import Rows, route_bytes, rows_of
from neurosim.hardware.spinnaker.settings import SOURCES_PER_CORE

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Use:
    """What a population of cells takes.

    Parameters
    ----------
    target : Target
        The population.
    routes : tuple of (Route, Rows)
        Synapses onto it and their rows.
    synapse_cores : int
        Cores of its synapses for each core of neurons; 0 if they are together.
    dtcm, dtcm_free : int
        Memory of its own that a core needs, and what is left of it (negative: it does not fit).
    sdram : int
        Shared memory of a slice beside its recordings, bytes.
    per_tick : float
        Shared memory of its recordings, bytes per tick.
    busiest : Traffic
        What arrives at the busiest slice in a tick.
    load : Load
        Load of the busiest core.
    """

    target: Target
    routes: tuple[tuple[Route, Rows], ...]
    synapse_cores: int
    dtcm: int
    dtcm_free: int
    sdram: int
    per_tick: float
    busiest: Traffic
    load: Load

    @property
    def slice_size(self) -> int:
        """Neurons of the largest slice."""
        return min(self.target.size, self.target.per_core)

    @property
    def cores(self) -> int:
        """Cores in all."""
        return self.target.cores * (1 + self.synapse_cores)


@dataclass(frozen=True)
class Usage:
    """What a network takes.

    Parameters
    ----------
    mapping : Mapping
        The network on the machine.
    rates : tuple of Rate
        Rates of its populations, in the order of the mapping's plan.
    duration : float
        Length of the run, ms of biological time.
    uses : tuple of Use
        Populations of cells.
    shares : tuple of Share
        All cores, in the order in which chips are filled.
    placement : Placement
        Where they may be.
    entries : Entries
        Of the fullest router.
    longest : int
        Ticks of the longest run without a pause.
    parts : int
        Parts that the run is made in; 0 if the memory does not suffice for a tick.
    packets, events : float
        Packets of sources a second (each once for every chip that it goes to), and synaptic events
        a second, of biological time.
    """

    mapping: Mapping
    rates: tuple[Rate, ...]
    duration: float
    uses: tuple[Use, ...]
    shares: tuple[Share, ...]
    placement: Placement
    entries: Entries
    longest: int
    parts: int
    packets: float
    events: float

    @property
    def sdram(self) -> int:
        """Shared memory in all, without recordings, bytes."""
        return sum(share.slices * share.sdram for share in self.shares)

    @property
    def per_tick(self) -> float:
        """Shared memory of all recordings, bytes per tick."""
        return sum(share.slices * share.per_tick for share in self.shares)

    @cached_property
    def energy(self) -> Energy:
        """Energy of the run."""
        seconds = self.duration / 1000.0
        placed = self.placement
        return energy(
            placed.board, placed.boards, placed.cores,
            seconds * self.mapping.settings.time_scale_factor,
            self.packets * seconds, self.events * seconds,
        )  # fmt: skip


def usage(mapping: Mapping, board: Board, rates: tuple[Rate, ...], duration: float) -> Usage:
    """Count what a mapping takes.

    Parameters
    ----------
    mapping : Mapping
        The network on the machine.
    board : Board
        Sort of board.
    rates : tuple of Rate
        Rates of its populations, in the order of the mapping's plan.
    duration : float
        Length of the run, ms of biological time.
    """
    return _Count(mapping, board, rates, duration).usage()


def slice_size(mapping: Mapping, population: int) -> int:
    """Units of a population, cells or sources, that are on one core."""
    plan = mapping.plan
    most = plan.populations[population].size
    if plan.populations[population].block >= 0:
        return min(most, mapping.target(population).per_core)
    if any(block.population == population for block in plan.poisson):
        return min(most, SOURCES_PER_CORE)
    return most


class _Count:
    """Working state of one count."""

    def __init__(
        self, mapping: Mapping, board: Board, rates: tuple[Rate, ...], duration: float
    ) -> None:
        self.mapping, self.board, self.rates, self.duration = mapping, board, rates, duration
        self.plan, self.settings = mapping.plan, mapping.settings
        self.recorded = {(p.population, p.variable): p for p in self.plan.probes}
        self.stages: dict[int, int] = defaultdict(lambda: 1)
        for route in mapping.routes:
            self.stages[route.pre] = max(self.stages[route.pre], route.stages)

    def usage(self) -> Usage:
        uses = tuple(self.use(target) for target in self.mapping.targets)
        shares, place_of = self.shares(uses)
        placement = place(self.board, shares)
        sends = self.sends(shares, place_of)
        ticks = max(1, round(self.duration / self.plan.dt))
        limits = [memory.parts(c.free, c.per_tick, ticks) for c in placement.chips]
        longest = min((first for first, _ in limits), default=ticks)
        return Usage(
            self.mapping, self.rates, self.duration, uses, shares, placement,
            entries(placement, shares, sends), longest, -(-ticks // longest) if longest else 0,
            self.packets(placement, shares, sends), self.events(uses),
        )  # fmt: skip

    # populations of cells

    def use(self, target: Target) -> Use:
        routes = tuple(
            (route, rows_of(route, target))
            for route in self.mapping.routes
            if route.post == target.population
        )
        apart = self.apart(target, routes)
        size = min(target.size, target.per_core)
        per_tick, values = self.recordings(target.population, target.per_core, target.cores)
        needed, available = memory.dtcm(
            target.cell, size, target.bits, target.rule, self.plan.dt, values
        )
        if apart:  # neurons are elsewhere; what remains is an estimate
            needed -= (target.cell.state_bytes * size) + 4 * values
        sizes = self.plan.populations
        sdram = memory.CORE_SDRAM + sum(
            route_bytes(rows, sizes[route.pre].size, route.rule) for route, rows in routes
        )
        traffic = self.traffic(target, routes)
        loads = [
            load(
                target.cell, min(target.per_core, target.size - i * target.per_core), t,
                self.plan.dt, self.settings.time_scale_factor, apart,
            )
            for i, t in enumerate(traffic)
        ]  # fmt: skip
        worst = max(range(len(loads)), key=lambda i: loads[i].peak)
        return Use(
            target, routes, apart, needed, available - needed, sdram, per_tick, traffic[worst],
            loads[worst],
        )  # fmt: skip

    def apart(self, target: Target, routes: tuple[tuple[Route, Rows], ...]) -> int:
        """Synapse cores of a slice: below 1 ms the toolchain splits the work."""
        if self.plan.dt >= 1.0:
            return 0
        sizes = self.plan.populations
        counts = [(rows.fan_out, sizes[route.pre].size) for route, rows in routes]
        rate = self.settings.of(target.name, "spikes_per_second")
        plastic = target.rule is not None
        return synapse_cores(counts, rate, plastic, self.settings.time_scale_factor)

    def traffic(self, target: Target, routes: tuple[tuple[Route, Rows], ...]) -> list[Traffic]:
        """What arrives at each slice in a tick."""
        totals = np.zeros((5, target.cores))
        ticks = self.plan.dt / 1000.0
        for route, rows in routes:
            rate = self.rates[route.pre]
            packets = np.bincount(rows.core, minlength=target.cores) * rate.hz * ticks
            events = np.bincount(rows.core, rows.length, target.cores) * rate.hz * ticks
            plastic = int(route.rule is not None)
            totals[plastic] += packets
            totals[2 + plastic] += events
            totals[4] += packets * max(1.0, rate.spread)
        return [Traffic(*map(float, column)) for column in totals.T]

    def recordings(self, population: int, per_core: int, cores: int) -> tuple[float, int]:
        """Bytes per tick and recorded values of the slice that records most."""
        ticks, values = np.zeros(cores), np.zeros(cores, dtype=np.int64)
        for (index, variable), probe in self.recorded.items():
            if index != population:
                continue
            counts = np.bincount(probe.ids // per_core, minlength=cores)
            if variable == "spikes":
                ticks += [memory.spike_bytes(int(n)) for n in counts]
            else:
                ticks += np.array([memory.sample_bytes(int(n)) for n in counts]) / probe.every
                values += counts
        return float(ticks.max()), int(values.max())

    # cores

    def shares(self, uses: tuple[Use, ...]) -> tuple[tuple[Share, ...], dict[tuple[str, int], int]]:
        """All cores, and the number of the share of each population and delay."""
        found: list[Share] = []
        places: dict[tuple[str, int], int] = {}
        of = {use.target.population: use for use in uses}
        arrays = {block.population for block in self.plan.arrays}
        for index, population in enumerate(self.plan.populations):
            places["population", index] = len(found)
            use = of.get(index)
            if use is not None:
                found.append(
                    Share(
                        population.name, "cells", use.target.cores, 1 + use.synapse_cores,
                        use.sdram, use.per_tick,
                    )
                )  # fmt: skip
                continue
            per_core = slice_size(self.mapping, index)
            slices = -(-population.size // per_core)
            per_tick, _ = self.recordings(index, per_core, slices)
            role = "array" if index in arrays else "poisson"
            found.append(Share(population.name, role, slices, 1, memory.SOURCE_SDRAM, per_tick))
        for index, stages in self.stages.items():
            if stages > 1:
                places["delay", index] = len(found)
                source = found[places["population", index]]
                found.append(Share(source.name, "delay", source.slices))
        return tuple(found), places

    def sends(
        self, shares: tuple[Share, ...], places: dict[tuple[str, int], int]
    ) -> dict[int, set[int]]:
        """Numbers of the shares that each share sends packets to."""
        found: dict[int, set[int]] = defaultdict(set)
        for route in self.mapping.routes:
            if not route.size:
                continue
            source, target = places["population", route.pre], places["population", route.post]
            found[source].add(target)
            if route.stages > 1:
                delay = places["delay", route.pre]
                found[source].add(delay)
                found[delay].add(target)
        return found

    # totals

    def packets(
        self, placement: Placement, shares: tuple[Share, ...], sends: dict[int, set[int]]
    ) -> float:
        """Packets a second, each counted once for every chip that has a target of it."""
        sizes = self.plan.populations
        hz = [rate.hz * p.size for rate, p in zip(self.rates, sizes, strict=True)]
        delayed = [index for index, stages in self.stages.items() if stages > 1]
        hz += [hz[index] * (self.stages[index] - 1) for index in delayed]
        total = 0.0
        for source, targets in sends.items():
            chips = sum(any(t in chip.slices for t in targets) for chip in placement.chips)
            total += hz[source] * chips
        return total

    def events(self, uses: tuple[Use, ...]) -> float:
        """Synaptic events a second."""
        return math.fsum(
            self.rates[route.pre].hz * route.size for use in uses for route, _ in use.routes
        )
