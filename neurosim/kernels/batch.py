"""Delivery for many samples of one network at once: weights are shared, states are not.

Lanes whose sources reach (nearly) all of a range of targets keep their weights as rows. The rows
lie in tiles of ``TILE`` targets: a tile is used by all samples before the next one is touched, so
that its weights come from the second-level cache, and four rows are added in one pass over the
sums. Floats are added in the order of a run of one sample, so the bits are the same.
"""

from __future__ import annotations

from textwrap import indent
from typing import Any, NamedTuple

import numpy as np

from neurosim.kernels._jit import inner, wide_vectors
from neurosim.kernels.driver import BlockCode, Features, units

TILE = 128
"""Targets of a tile."""

SEGMENTS, EQUAL_SEGMENTS, ROWS, EQUAL_ROWS = 0, 1, 2, 3
"""Forms of a lane: targets by index or a range of them, weights of their own or one for all."""


class BatchLanes(NamedTuple):
    """Synapses of one block and one delay, one entry a lane; shared by all samples."""

    form: Any  # int64[n]
    until: Any  # int64[n], lane after those that are delivered together with this one
    delay: Any  # int64[n], steps
    first: Any  # int64[n], first source id
    sources: Any  # int64[n], number of source ids
    population: Any  # int64[n, samples], source population
    place: Any  # int64[n, samples], accumulator of target id 0; rows: of the first target
    start: Any  # int64[n], segments: place in ``ptr`` of the first source; rows: in ``rows``
    stride: Any  # int64[n], segments: segments a source
    width: Any  # int64[n], rows: number of targets
    shift: Any  # int64[n], segments: place in ``weights`` minus place in ``targets``
    weight: Any  # float[n], the one weight
    ptr: Any  # int64[:], segments: places in ``targets``
    targets: Any  # uint16[:] or int32[:]
    weights: Any  # float32[:] or float64[:]
    rows: Any  # float32[:] or float64[:], tiles of (source, TILE), zeros where no synapse
    sums: Any  # float[TILE], working space


@inner
def deliver_batch(arrival: Any, lanes: Any, history: Any, accumulators: Any) -> None:
    """Add the weights of all spikes of all samples that arrive at a stamp."""
    lane = np.int64(0)  # a plain 0 would compile all that takes it twice
    while lane < lanes.delay.shape[0]:
        until = lanes.until[lane]
        if lanes.form[lane] == ROWS:
            _add_rows(lane, until, arrival, lanes, history, accumulators)
        elif arrival >= lanes.delay[lane]:
            slot = (arrival - lanes.delay[lane]) % history.count.shape[1]
            ids, low, high = history.ids[0, slot], history.low[0, slot], history.high[0, slot]
            if lanes.form[lane] == EQUAL_ROWS:
                _add_equal_rows(lane, ids, low, high, lanes, accumulators)
            else:
                _add_segments(lane, ids, low, high, lanes, accumulators)
        lane = until


@inner
def _own(ids: Any, start: Any, stop: Any, first: Any, sources: Any) -> Any:
    """The part of ascending ids that the lane has sources for."""
    while start < stop and ids[start] < first:
        start += 1
    while start < stop and ids[stop - 1] >= first + sources:
        stop -= 1
    return start, stop


@inner
def _add_rows(
    lane: Any, until: Any, arrival: Any, lanes: Any, history: Any, accumulators: Any
) -> None:
    """Add the rows of the lanes from ``lane`` to ``until``, which have the same targets.

    Every other step goes through the tiles backwards, so that it begins with weights that the step
    before has left in the cache.
    """
    width = lanes.width[lane]
    tiles = (width + TILE - 1) // TILE
    for t in range(tiles):
        tile = t if arrival % 2 == 0 else tiles - 1 - t
        n = min(TILE, width - tile * TILE)
        for x in range(lane, until):
            stamp = arrival - lanes.delay[x]
            if stamp < 0:
                continue
            slot, first, sources = stamp % history.count.shape[1], lanes.first[x], lanes.sources[x]
            ids, low, high = history.ids[0, slot], history.low[0, slot], history.high[0, slot]
            begin = lanes.start[x] + tile * sources * TILE
            rows = lanes.rows[begin : begin + sources * TILE]
            population, place = lanes.population[x], lanes.place[x]
            for s in range(place.shape[0]):
                start, stop = low[population[s]], high[population[s]]
                start, stop = _own(ids, start, stop, first, sources)
                if start < stop:
                    begin = place[s] + tile * TILE
                    out = accumulators[begin : begin + n]
                    _add_tile(ids[start:stop], first, rows, out, lanes.sums)


@inner
def _add_tile(ids: Any, first: Any, rows: Any, out: Any, sums: Any) -> None:
    """Add a tile's rows of some sources."""
    wide_vectors()  # type: ignore[call-arg]
    n = out.shape[0]
    for j in range(n):
        sums[j] = out[j]
    i = 0
    while i + 4 <= ids.shape[0]:
        a, b = (ids[i] - first) * TILE, (ids[i + 1] - first) * TILE
        c, d = (ids[i + 2] - first) * TILE, (ids[i + 3] - first) * TILE
        row_a, row_b = rows[a : a + TILE], rows[b : b + TILE]
        row_c, row_d = rows[c : c + TILE], rows[d : d + TILE]
        for j in range(TILE):
            sums[j] += row_a[j]  # one by one, so that each sum is rounded
            sums[j] += row_b[j]
            sums[j] += row_c[j]
            sums[j] += row_d[j]
        i += 4
    while i < ids.shape[0]:
        a = (ids[i] - first) * TILE
        row_a = rows[a : a + TILE]
        for j in range(TILE):
            sums[j] += row_a[j]
        i += 1
    for j in range(n):
        out[j] = sums[j]


@inner
def _add_equal_rows(
    lane: Any, ids: Any, low: Any, high: Any, lanes: Any, accumulators: Any
) -> None:
    population, place = lanes.population[lane], lanes.place[lane]
    width, weight = lanes.width[lane], lanes.weight[lane]
    for s in range(place.shape[0]):
        start, stop = low[population[s]], high[population[s]]
        start, stop = _own(ids, start, stop, lanes.first[lane], lanes.sources[lane])
        out = accumulators[place[s] : place[s] + width]
        for _ in range(start, stop):
            for j in range(width):
                out[j] += weight


@inner
def _add_segments(lane: Any, ids: Any, low: Any, high: Any, lanes: Any, accumulators: Any) -> None:
    population, place, first = lanes.population[lane], lanes.place[lane], lanes.first[lane]
    targets, weights, weight = lanes.targets, lanes.weights, lanes.weight[lane]
    for s in range(place.shape[0]):
        start, stop = low[population[s]], high[population[s]]
        start, stop = _own(ids, start, stop, first, lanes.sources[lane])
        out = accumulators[place[s] :]
        for i in range(start, stop):
            segment = lanes.start[lane] + (ids[i] - first) * lanes.stride[lane]
            if lanes.form[lane] == EQUAL_SEGMENTS:
                for e in range(lanes.ptr[segment], lanes.ptr[segment + 1]):
                    out[targets[e]] += weight
            else:
                shift = lanes.shift[lane]
                for e in range(lanes.ptr[segment], lanes.ptr[segment + 1]):
                    out[targets[e]] += weights[e + shift]


IMPORT = """from neurosim.kernels.batch import deliver_batch
"""

RUN = """
@kernel
def run_batch(k0, steps, room, split, {arguments}):
    wide_vectors()  # what is called here may be merged into this function
    mode = small_as_zero()
    depth = history.count.shape[1]
    zero = np.int64(0)
    done = np.int64(steps)
    for j in range(steps):
        if probes.count[0] + room > probes.stamp.shape[0]:
            done = np.int64(j)
            break
        k = k0 + j
        arrival = k + {arrival}
        slot = arrival % depth
{body}
    set_mode(mode)
    return done
"""


def arguments(features: Features) -> tuple[str, ...]:
    """Groups of arrays that ``run_batch`` takes after its numbers."""
    optional = {
        "poisson": features.poisson, "inputs": features.inputs, "currents": features.currents,
    }  # fmt: skip
    used = tuple(name for name, wanted in optional.items() if wanted)
    return ("rows", "neurons", "history", "arrays", "lanes", "probes", *used)


def source(blocks: tuple[BlockCode, ...], features: Features) -> str:
    """Source of a module whose ``run_batch`` makes steps of many samples.

    The samples lie side by side, as the populations of one large network; the order of events is
    that of :func:`neurosim.kernels.driver.source`.
    """
    header, *rest = units(blocks, features)
    run = RUN.format(
        arrival=features.arrival,
        arguments=", ".join(arguments(features)),
        body=indent("\n".join(_body(len(blocks), features)), 8 * " "),
    )
    return "\n".join([header + IMPORT, *rest, run])


def _body(blocks: int, features: Features) -> list[str]:
    standard = features.arrival == 1
    slot_now = "k % depth" if standard else "slot"
    body = ["sample(k, neurons, rows, probes)"]
    if not standard:
        body.append("open_slot(history, slot)")
    body.append(f"emit_arrays(k, arrays, history, {slot_now})")
    if features.poisson:
        body.append(f"emit_poisson(k, poisson, history, {slot_now})")
    if standard:
        body.append("record(k, k % depth, split, history.low.shape[2], history, probes)")
    body.append("deliver_batch(arrival, lanes, history, neurons.inputs)")
    if features.inputs:
        body.append("add_poisson(k, inputs, neurons.inputs)")
    if features.currents:
        body.append("add_currents(j, currents, neurons.inputs)")
    if standard:
        body.append("open_slot(history, slot)")
    body += [f"update_{b}(neurons, history, slot, arrival % 2 == 1)" for b in range(blocks)]
    last = "split" if standard else "history.low.shape[2]"
    body.append(f"record(arrival, slot, zero, {last}, history, probes)")
    return body
