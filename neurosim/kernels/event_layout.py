"""The arrays that the event loop works on, as named tuples (all C-contiguous).

Times are float64 numbers of steps: whole numbers are stamps of the grid. Integers that belong
together are columns of one array, since the loop takes all arrays as arguments and each costs time
to compile; the columns are named below each tuple.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Cells(NamedTuple):
    """Neurons of all blocks, end to end."""

    state: Any  # float64[n, 8], columns in lif_exact
    constants: Any  # float64[rows, CONSTANTS], columns in lif_exact
    who: Any  # int32[n, 2]
    searched: (
        Any  # float64[n], when a neuron's key was found to be its next spike; it is so as long
    )
    # as the neuron's row is of that time
    touched: Any  # uint8[n], 1 if a neuron is in the list below, 2 if its spike is due
    list: Any  # int32[n], neurons that are touched at the present time
    first: Any  # int64[n_populations], neuron of a population's id 0, -1 for sources


ROW, POPULATION = range(2)
"""Columns of ``Cells.who``: row of a neuron's constants, population."""


class Log(NamedTuple):
    """Spikes that are not delivered over all delays yet, in the order of time."""

    time: Any  # float64[capacity]
    who: Any  # int32[capacity, 2], population and id
    count: Any  # int64[1]


class Delays(NamedTuple):
    """Delays that occur, ascending."""

    steps: Any  # float64[n]
    whole: Any  # int64[n, 3]
    carries: Any  # uint8[n, n_populations], has the population synapses of that delay?


CURSOR, LANE, LANES_END = range(3)
"""Columns of ``Delays.whole``: first spike of the log that is not delivered, range of lanes."""


class Lanes(NamedTuple):
    """Synapses of one block and one delay, ordered by delay, then block."""

    whole: Any  # int64[n, 11]
    weight: Any  # float64[n], the weight of all synapses, if shared


(SOURCE, FIRST, SOURCES, SEGMENT, STRIDE, TARGET, COLUMN, SHARED, BLOCK, TARGETS_AT,
 WEIGHTS_AT) = range(11)  # fmt: skip
"""Columns of ``Lanes.whole``: source population; its first id with synapses and their number; place
of its segment in ``Synapses.ptr`` and segments a source; neuron of target id 0; column of the
state that a weight is added to; whether there is one weight; the plan's block; where its targets
and weights begin."""


class Synapses(NamedTuple):
    """Segments of all blocks, end to end."""

    ptr: Any  # int64[:]
    targets: Any  # int32[:]
    weights: Any  # float32[:] or float64[:], weights of blocks that do not share one


class Sources(NamedTuple):
    """Spike arrays and Poisson sources."""

    given: Any  # int64[:, 3], stamp, population and id of given spikes, sorted so
    groups: Any  # int64[n, 5]
    key: Any  # uint64[n]
    threshold: Any  # uint64[:], by unit
    window: Any  # int64[:, 2], by unit, first and last stamp


SPIKING, BEGIN, END, UNITS, UNITS_END = range(5)
"""Columns of ``Sources.groups``: population; range of stamps in which any of its units is active;
range of units."""


class Inputs(NamedTuple):
    """Poisson inputs."""

    groups: Any  # int64[n, 6]
    key: Any  # uint64[n]
    weight: Any  # float64[n]
    who: Any  # int32[:, 2], id and table that it uses
    table_start: Any  # int64[:]
    tables: Any  # uint32[:]


INTO, INTO_COLUMN, FROM_STEP, TO_STEP, IDS, IDS_END = range(6)
"""Columns of ``Inputs.groups``: neuron of population id 0; column of its state; range of steps;
range of ids."""


class Currents(NamedTuple):
    """Changes of injected currents in the present run."""

    change: Any  # int64[:, 2], stamp and source, by stamp
    amount: Any  # float64[:], nA
    groups: Any  # int64[n, 3], by source: neuron of population id 0, range of ids
    id: Any  # int32[:]


class Probes(NamedTuple):
    """Samples of state variables."""

    groups: Any  # int64[n, 7]
    neuron: Any  # int64[:]
    out: Any  # float64[:], samples


VARIABLE, EVERY, SINCE, BEFORE, NEURONS, NEURONS_END, OUT = range(7)
"""Columns of ``Probes.groups``: column of the state; interval and range of stamps; range of
neurons; place of the next sample."""

STAMP, ARRIVAL, GIVEN, CHANGE, BEGUN, SYNAPTIC, POISSON, SPIKES, CHECKS, SEARCHES = range(10)
"""Places in the clock, int64[10]: the first stamp whose samples and sources are not done; the
first at which no Poisson input has arrived yet; the first given spike and change of a current that
are not made; whether all neurons have looked ahead; then what was done: synaptic and Poisson
events, spikes of neurons, check-ups and searches for a crossing."""
