"""The arrays that the step loop works on, as named tuples (all C-contiguous).

Neurons of a block lie in strips of ``STRIP``: a strip holds ``STRIP`` values of the first state
variable, then of the second, and so on, then those constants that differ between neurons. Distances
inside a strip are known to the compiler, so that loops vectorise whatever the number of variables.

A *shard* is the part of a network that one thread works on: a range of strips of every neuron block
with all synapses onto them. Each shard has arrays of its own; only the spikes of all shards
(:class:`History`) are read by all of them. Ids are those of populations; places of neurons,
accumulators and targets are the shard's own.
"""

from __future__ import annotations

from typing import Any, NamedTuple

STRIP = 128
"""Neurons a strip, a multiple of 8."""

QUEUE = 1024
"""Segments that are listed for delivery at a time, at least."""

RECENT = 8
"""Newest postsynaptic spikes of a neuron that lie side by side."""

GAPS = 1 << 15
"""Gaps (steps) that a decay table holds."""

LONG_AGO = 40000
"""Steps; older spikes are kept in ``Posts.recent`` as if they were that old."""


class Neurons(NamedTuple):
    """A shard's neurons by block: state in strips, scalar constants, input accumulators."""

    state: Any  # float[:], strips of all blocks, end to end
    start: Any  # int64[n_blocks], place of a block's first strip in ``state``
    size: Any  # int64[n_blocks], neurons of the shard
    scalars: Any  # float[:], scalar constants of all blocks, in the order of their step arguments
    scalar_start: Any  # int64[n_blocks]
    inputs: Any  # float[:], accumulators; every (block, input) padded to whole strips
    input_start: Any  # int64[n_blocks, inputs + 1]; the last column is ``injected``
    pop_first: Any  # int64[n_blocks + 1], first population of a block in the arrays below
    pop_index: Any  # int64[:], population
    pop_origin: Any  # int64[:], place of the population's id 0 in the block, < 0 if before it
    pop_end: Any  # int64[:], place after the population's last neuron in the block
    masks: Any  # uint8[(most strips + 1) * STRIP], which neurons spiked, of strips where some did
    groups: Any  # uint64[:], the same memory, eight neurons at a time
    hits: Any  # int64[most strips + 1], strips where some neuron spiked


class History(NamedTuple):
    """Spikes of the last stamps: slot ``stamp % depth`` holds those of one stamp by population.

    A shard writes its own rows: the spikes of its neurons, and of all sources.
    """

    own: Any  # int64, the shard
    ids: Any  # int32[n_shards, depth, capacity]
    count: Any  # int64[n_shards, depth], used of a slot
    low: Any  # int64[n_shards, depth, n_populations], where a population's spikes begin in its slot
    high: Any  # int64[n_shards, depth, n_populations], where they end
    queue: Any  # int64[>= capacity, 3], the shard's working space of delivery


class Arrays(NamedTuple):
    """Given spikes of all spike array populations, sorted by stamp, population, id."""

    stamp: Any  # int64[:]
    population: Any  # int64[:]
    id: Any  # int32[:]
    next: Any  # int64[1], first that is not emitted yet


class Poisson(NamedTuple):
    """Poisson source populations."""

    population: Any  # int64[n]
    key: Any  # uint64[n]
    unit_start: Any  # int64[n + 1], units of a population in the arrays below
    threshold: Any  # uint64[:]
    first: Any  # int64[:]
    last: Any  # int64[:]


class Inputs(NamedTuple):
    """Poisson inputs."""

    key: Any  # uint64[n]
    place: Any  # int64[n], accumulator of population id 0, < 0 if before the shard
    weight: Any  # float[n]
    first: Any  # int64[n]
    last: Any  # int64[n]
    id_start: Any  # int64[n + 1], ids of an input in the two arrays below
    id: Any  # int32[:]
    table: Any  # int32[:], table that an id uses
    shared: Any  # bool[n], one short table for neighbouring ids?
    table_start: Any  # int64[:]
    tables: Any  # uint32[:]
    words: Any  # uint32[:], working space
    counts: Any  # uint32[:], working space


class Currents(NamedTuple):
    """Injected currents of the present chunk."""

    wave: Any  # float[n, steps]
    place: Any  # int64[n], accumulator of population id 0, < 0 if before the shard
    id_start: Any  # int64[n + 1]
    id: Any  # int32[:]


class Lanes(NamedTuple):
    """Synapses of one bundle (synapse blocks of the plan that share sources) and one delay."""

    population: Any  # int64[n], source population
    low: Any  # int64[n], first shard whose spikes of that population count
    high: Any  # int64[n], shard after the last
    delay: Any  # int64[n], steps
    first: Any  # int64[n], first source id
    sources: Any  # int64[n], number of source ids
    ptr: Any  # int64[n], place of the segment of the first source in ``Synapses.ptr``
    stride: Any  # int64[n], segments a source
    place: Any  # int64[n], accumulator of target 0
    shared: Any  # bool[n], one weight for all?
    weight: Any  # float[n], that weight
    block: Any  # int64[n], bundle
    kind: Any  # int64[n], 0 plain, 1 Tsodyks-Markram, 2 plastic
    axonal: Any  # int64[n], plastic: steps from emission to the rule's presynaptic event
    dendritic: Any  # int64[n], plastic: steps from a postsynaptic spike to the rule's event


class Synapses(NamedTuple):
    """Segments of all bundles, and their state. Bundles with state come first in ``ptr``."""

    ptr: Any  # int64[:], end to end, one more entry a bundle than it has segments
    targets: Any  # uint16[:] or int32[:]
    weights: Any  # float32[:] or float64[:], weights of bundles that do not share one
    target_start: Any  # int64[n_bundles], targets of a bundle begin here
    weight_start: Any  # int64[n_bundles], weights of a bundle begin here
    trace: Any  # float64[:], by segment: Tsodyks-Markram x, plastic presynaptic trace
    use: Any  # float64[:], by segment: Tsodyks-Markram u
    last: Any  # int64[:], by segment: stamp of its last event, -1 for none
    applied: Any  # int64[:], by segment: plastic, postsynaptic events until then are applied
    real: Any  # float64[n_bundles, 12], constants of a bundle's rule
    whole: Any  # int64[n_bundles, 8], codes and places


class Posts(NamedTuple):
    """Postsynaptic spikes that plastic bundles still need."""

    stamp: Any  # int64[rows, depth], oldest first
    trace: Any  # float64[rows, depth], trace right after the spike
    count: Any  # int64[rows]
    recent: Any  # uint16[rows * RECENT], newest stamps modulo 2**16, newest first
    pairs: Any  # uint32[rows * RECENT / 2], the same memory, two stamps at a time
    fall: Any  # float32[rows] or float64[rows], type of weights: share after the newest spike
    decay: Any  # float32[:] or float64[:], type of weights: tables of ``GAPS`` and a zero
    odd: Any  # uint8[:], longest segment and more, synapses that are looked at one by one
    odds: Any  # uint64[:], the same memory, eight synapses at a time
    margin: Any  # int64, room that a row needs before the next look at ``full``
    block: Any  # int64[n_plastic], plastic bundles
    row: Any  # int64[n_plastic], row of postsynaptic id 0, < 0 if before the shard
    population: Any  # int64[n_plastic], postsynaptic population
    frozen: Any  # uint8[n_bundles]
    full: Any  # int64[1], set when a row has no more than that room left
    ring: Any  # float[depth, accumulators], weights fixed on emission, by stamp of arrival


class Probes(NamedTuple):
    """Samples of state variables, and spikes."""

    block: Any  # int64[n], neuron block of a sampled probe
    variable: Any  # int64[n], row in the strip
    every: Any  # int64[n]
    first: Any  # int64[n]
    last: Any  # int64[n]
    id_start: Any  # int64[n + 1], sampled neurons in the array below
    place: Any  # int64[:], places in the block
    out: Any  # float[:], samples
    out_next: Any  # int64[n], where the next sample of a probe goes
    wanted: Any  # uint8[n_populations], spikes recorded?
    stamp: Any  # int64[:], recorded spikes
    population: Any  # int32[:]
    id: Any  # int32[:]
    count: Any  # int64[1]


# Parts of groups, for step loops that need no more: every array costs compile time.


class PlainLanes(NamedTuple):
    """What :class:`Lanes` holds for plain synapses."""

    population: Any
    low: Any
    high: Any
    delay: Any
    first: Any
    sources: Any
    ptr: Any
    stride: Any
    place: Any
    shared: Any
    weight: Any
    block: Any


class PlainSynapses(NamedTuple):
    """What :class:`Synapses` holds for plain synapses."""

    ptr: Any
    targets: Any
    weights: Any
    target_start: Any
    weight_start: Any


class SpikeProbes(NamedTuple):
    """What :class:`Probes` holds for spikes."""

    wanted: Any
    stamp: Any
    population: Any
    id: Any
    count: Any


def part_of(kind: Any, group: Any) -> Any:
    """The part of a group of arrays that a named tuple with fewer fields holds."""
    return kind(*(getattr(group, name) for name in kind._fields))
