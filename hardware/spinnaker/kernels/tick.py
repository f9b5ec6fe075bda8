"""The loop over ticks: all cores' timers, then all packets in the order of their keys."""

from __future__ import annotations

import numpy as np

from neurosim.hardware.spinnaker.kernels.arrays import LATEST
from neurosim.hardware.spinnaker.kernels.cells import take_inputs, update
from neurosim.hardware.spinnaker.kernels.rows import after_spike, take_packet
from neurosim.hardware.spinnaker.kernels.sources import count_core
from neurosim.kernels._jit import inner, kernel
from neurosim.kernels.rng import philox

ANY, LOSS, LATENESS, MOST, SHUFFLE, KEY = range(6)


@inner
def note_spikes(probes, net, population, tick, unit, count):
    """Record spikes of a unit."""
    if net.wanted[population]:
        for _ in range(count):
            k = probes.count[0]
            probes.stamp[k] = tick
            probes.population[k] = population
            probes.id[k] = unit - net.unit[population]
            probes.count[0] = k + 1


@inner
def send(packets, n, unit, count):
    """Add a packet to those of the tick; the new number of packets."""
    packets.unit[n] = unit
    packets.count[n] = count
    return n + 1


@inner
def given_spikes(sources, net, population, probes, packets, n, tick):
    """Spikes of an array of a population in a tick."""
    k, size = sources.next[0], len(sources.stamp)
    last = net.unit[population] + net.size[population]
    while k < size and sources.stamp[k] <= tick and sources.unit[k] < last:
        unit, count = sources.unit[k], 0
        while k < size and sources.stamp[k] <= tick and sources.unit[k] == unit:
            count += 1
            k += 1
        note_spikes(probes, net, population, tick, unit, count)
        n = send(packets, n, unit, count)
    sources.next[0] = k
    return n


@inner
def sample(cells, probes, p):
    """Record a variable before the update."""
    at, which = probes.next[p], probes.variable[p]
    for i in probes.ids[probes.id_ptr[p] : probes.id_ptr[p + 1]]:
        if which == 0:
            probes.out[at] = cells.v[i]
        elif which == 1:
            probes.out[at] = cells.u[i]
        elif which == 2:
            probes.out[at] = cells.value_exc[i]
        else:
            probes.out[at] = cells.value_inh[i]
        at += 1
    probes.next[p] = at


@inner
def inject(cells, net, k):
    """Currents of a tick."""
    currents = len(net.current_ptr) - 1
    for c in range(currents):
        for i in net.current_cell[net.current_ptr[c] : net.current_ptr[c + 1]]:
            cells.injected[i] = 0
    for c in range(currents):
        for i in net.current_cell[net.current_ptr[c] : net.current_ptr[c + 1]]:
            cells.injected[i] += net.wave[c, k]


@inner
def spread(routes, net, targets, rings, population, unit, count, stage, tick, late):
    """A packet takes the rows of a stage of all routes from its population."""
    for k in range(net.route_ptr[population], net.route_ptr[population + 1]):
        r = net.route[k]
        if stage < routes.stages[r]:
            for _ in range(count):
                take_packet(routes, r, stage, unit - routes.pre[r], targets, rings, tick, late)


@inner
def population_of(net, unit):
    """The population of a unit."""
    low, high = 0, len(net.unit) - 1
    while low < high:
        middle = (low + high + 1) >> 1
        if net.unit[middle] <= unit:
            low = middle
        else:
            high = middle - 1
    return low


@inner
def chance(packets, stream, unit, tick):
    """A word of a stream of the disturbances."""
    counter = (np.uint64(stream) << np.uint64(32)) | np.uint64(unit)
    return philox(packets.disturbance[KEY], counter, np.uint64(tick))[0]


@inner
def disturb(packets, n, tick):
    """Lose packets, hold some back, and shuffle the rest; the number of packets that are left."""
    kept = 0
    for k in range(n):
        unit = packets.unit[k]
        if chance(packets, 0, unit, tick) < packets.disturbance[LOSS]:
            packets.lost[0] += 1
            continue
        if chance(packets, 1, unit, tick) < packets.disturbance[LATENESS]:
            draw = chance(packets, 2, unit, tick) * packets.disturbance[MOST]
            late = np.int64(draw >> np.uint64(32)) + 1
            slot = (tick + late) & (LATEST - 1)
            at = packets.late_size[slot]
            packets.late_unit[slot, at] = unit
            packets.late_count[slot, at] = packets.count[k]
            packets.late_by[slot, at] = late
            packets.late_size[slot] = at + 1
            continue
        packets.unit[kept] = unit
        packets.count[kept] = packets.count[k]
        kept += 1
    if packets.disturbance[SHUFFLE]:
        for k in range(kept - 1, 0, -1):
            draw = chance(packets, 3, k, tick) * np.uint64(k + 1)
            other = np.int64(draw >> np.uint64(32))
            unit, count = packets.unit[k], packets.count[k]
            packets.unit[k], packets.count[k] = packets.unit[other], packets.count[other]
            packets.unit[other], packets.count[other] = unit, count
    return kept


@inner
def deliver(packets, n, routes, net, targets, rings, tick, stages):
    """All packets of a tick take their rows, then those that come late, then delay stages."""
    for k in range(n):
        unit, count = packets.unit[k], packets.count[k]
        population = population_of(net, unit)
        spread(routes, net, targets, rings, population, unit, count, 0, tick, 0)
        if stages > 1:
            packets.history[tick % len(packets.history), unit] += count
    slot = tick & (LATEST - 1)
    for k in range(packets.late_size[slot]):
        unit, late = packets.late_unit[slot, k], packets.late_by[slot, k]
        population = population_of(net, unit)
        count = packets.late_count[slot, k]
        spread(routes, net, targets, rings, population, unit, count, 0, tick, late)
        if stages > 1:
            packets.history[(tick - late) % len(packets.history), unit] += count
    packets.late_size[slot] = 0


@inner
def deliver_stages(packets, routes, net, targets, rings, tick):
    """Packets that delay stages send in a tick."""
    ticks = len(packets.history)
    for r in range(len(routes.stages)):
        for stage in range(1, routes.stages[r]):
            past = tick - stage * targets.slots[routes.to[r]]
            if past < 0:
                continue
            for source in range(routes.sources[r]):
                for _ in range(packets.history[past % ticks, routes.pre[r] + source]):
                    take_packet(routes, r, stage, source, targets, rings, tick, 0)


@kernel
def run(
    first, done, steps, room, stages, cells, targets, routes, rings, sources, packets, net, probes
):  # fmt: skip
    """Run ticks until all are done or the record of spikes is nearly full.

    Parameters
    ----------
    first : int
        Tick of the call's beginning.
    done, steps : int
        Ticks of the call that are done, and all of them.
    room : int
        Spikes that are recorded in a tick at most.
    stages : int
        Most stages of a route.
    cells, targets, routes, rings, sources, packets, net, probes
        See :mod:`neurosim.hardware.spinnaker.kernels.arrays`.

    Returns
    -------
    int
        Ticks that are done.
    """
    while done < steps and probes.count[0] + room <= len(probes.stamp):
        tick = first + done
        for core in range(len(sources.core_ptr) - 1):
            count_core(sources, core, tick, sources.fresh)
        for t in range(len(targets.first)):
            take_inputs(cells, targets, t, rings.ring, tick)
        for p in range(len(probes.variable)):
            due = probes.first[p] <= tick < probes.last[p]
            if due and (tick - probes.first[p]) % probes.every[p] == 0:
                sample(cells, probes, p)
        if len(net.current_ptr) > 1:
            inject(cells, net, done)
        n, j = 0, 0
        for population in range(len(net.unit)):
            t = net.target[population]
            if t >= 0:
                update(cells, targets, t)
                low, unit = targets.first[t], net.unit[population]
                fired = cells.fired[low : low + targets.size[t]]
                for i in range(len(fired)):
                    if fired[i]:
                        note_spikes(probes, net, population, tick, unit + i, 1)
                        n = send(packets, n, unit + i, 1)
                        if targets.plastic[t]:
                            after_spike(targets, t, i, rings, low + i, tick)
                continue
            n = given_spikes(sources, net, population, probes, packets, n, tick)
            last = net.unit[population] + net.size[population]
            while j < len(sources.poisson_unit) and sources.poisson_unit[j] < last:
                count = sources.fresh[j]
                if count > 0:
                    note_spikes(probes, net, population, tick, sources.poisson_unit[j], count)
                    n = send(packets, n, sources.poisson_unit[j], count)
                j += 1
        if (
            packets.disturbance[LOSS]
            or packets.disturbance[LATENESS]
            or packets.disturbance[SHUFFLE]
        ):
            n = disturb(packets, n, tick)
        if stages > 1:
            packets.history[tick % len(packets.history), :] = 0
        deliver(packets, n, routes, net, targets, rings, tick, stages)
        if stages > 1:
            deliver_stages(packets, routes, net, targets, rings, tick)
        done += 1
    return done
