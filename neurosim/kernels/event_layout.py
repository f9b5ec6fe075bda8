"""The arrays that the event loop works on, as named tuples (all C-contiguous).

Times are float64 numbers of steps: whole numbers are stamps of the grid.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Cells(NamedTuple):
    """Neurons of all blocks, end to end."""

    state: Any  # float64[n, COLUMNS], see lif_exact
    constants: Any  # float64[rows, CONSTANTS]
    row: Any  # int32[n], row of a neuron's constants
    population: Any  # int32[n]
    exact: Any  # uint8[n], whether a neuron's key is its next spike, else a time before it
    first: Any  # int64[n_populations], neuron of a population's id 0, -1 for sources
    touched: Any  # uint8[n], whether a neuron is in the list below
    list: Any  # int32[n], neurons that got input at the present time


class Log(NamedTuple):
    """Spikes that are not delivered over all delays yet, in the order of time."""

    time: Any  # float64[capacity]
    population: Any  # int32[capacity]
    id: Any  # int32[capacity]
    count: Any  # int64[1]


class Delays(NamedTuple):
    """Delays that occur, ascending. All spikes of the log before a cursor are delivered."""

    steps: Any  # float64[n]
    cursor: Any  # int64[n]
    carries: Any  # uint8[n, n_populations], has the population synapses of that delay?
    first: Any  # int64[n + 1], lanes of a delay


class Lanes(NamedTuple):
    """Synapses of one block and one delay, ordered by delay, then block."""

    population: Any  # int64[n], source population
    first: Any  # int64[n], first source id
    sources: Any  # int64[n], number of source ids
    ptr: Any  # int64[n], place of the segment of the first source in ``Synapses.ptr``
    stride: Any  # int64[n], segments a source
    target: Any  # int64[n], neuron of target id 0
    column: Any  # int64[n], column of a neuron's state that a weight is added to
    shared: Any  # bool[n], one weight for all?
    weight: Any  # float64[n], that weight
    block: Any  # int64[n], plan's synapse block


class Synapses(NamedTuple):
    """Segments of all blocks, end to end."""

    ptr: Any  # int64[:]
    targets: Any  # int32[:]
    weights: Any  # float32[:] or float64[:], weights of blocks that do not share one
    target_start: Any  # int64[n_blocks]
    weight_start: Any  # int64[n_blocks]


class Sources(NamedTuple):
    """Spike arrays and Poisson sources."""

    stamp: Any  # int64[:], given spikes of all spike array populations, by stamp, population, id
    population: Any  # int64[:]
    id: Any  # int32[:]
    poisson: Any  # int64[n], Poisson populations
    key: Any  # uint64[n]
    begin: Any  # int64[n], range of stamps in which any unit of a population is active
    end: Any  # int64[n]
    start: Any  # int64[n + 1], units of a population in the arrays below
    threshold: Any  # uint64[:]
    first: Any  # int64[:]
    last: Any  # int64[:]


class Inputs(NamedTuple):
    """Poisson inputs."""

    key: Any  # uint64[n]
    target: Any  # int64[n], neuron of population id 0
    column: Any  # int64[n], column of a neuron's state
    weight: Any  # float64[n]
    first: Any  # int64[n], range of steps
    last: Any  # int64[n]
    start: Any  # int64[n + 1], ids of an input in the two arrays below
    id: Any  # int32[:]
    table: Any  # int32[:], table that an id uses
    table_start: Any  # int64[:]
    tables: Any  # uint32[:]


class Currents(NamedTuple):
    """Changes of injected currents in the present run."""

    stamp: Any  # int64[:], ascending
    source: Any  # int64[:]
    change: Any  # float64[:], nA
    target: Any  # int64[n], neuron of population id 0
    start: Any  # int64[n + 1], ids that a source reaches in the array below
    id: Any  # int32[:]


class Probes(NamedTuple):
    """Samples of state variables."""

    column: Any  # int64[n], column of a neuron's state
    every: Any  # int64[n]
    first: Any  # int64[n]
    last: Any  # int64[n]
    start: Any  # int64[n + 1], sampled neurons in the array below
    neuron: Any  # int64[:]
    out: Any  # float64[:], samples
    next: Any  # int64[n], where the next sample of a probe goes


class Clock(NamedTuple):
    """Where the loop is, and what it has done."""

    stamp: Any  # int64[1], the first stamp whose samples and sources are not done
    input: Any  # int64[1], the first stamp at which no Poisson input has arrived yet
    given: Any  # int64[1], the first given spike that is not emitted
    change: Any  # int64[1], the first change of a current that is not made
    work: Any  # int64[5]: synaptic events, Poisson events, spikes, check-ups, searches
