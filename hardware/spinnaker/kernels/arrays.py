"""The arrays that the emulator's loop works on."""

from __future__ import annotations

from typing import Any, NamedTuple

MEMBRANE_LIF, MEMBRANE_IZHIKEVICH = 0, 1
EXPONENTIAL, DELTA, ALPHA, CONDUCTANCE = 0, 1, 2, 3
ADDITIVE, MULTIPLICATIVE = 0, 1
HISTORY = 16
"""Entries of a neuron's history of spikes; the first is always (0, 0)."""
LATEST = 16
"""Ticks that the colour of a packet tells apart."""

(SATURATED, PLASTIC_SATURATED, SKIPPED, LATE, MOST_LATE, CUT) = range(6)
"""Counters of a core: additions that saturated (static and plastic), synapses skipped, late
packets by their lowest bit, the latest packet, and plastic synapses that should have looked further
back than the spikes that are kept."""
COUNTERS = 6


class Cells(NamedTuple):
    """All neurons, end to end; int32 of shape (n,) but for fractions, which are uint32.

    ``k`` is s16.15. A LIF has ``v, rest, resistance, decay, offset, reset, threshold,
    refractory_ticks, refractory``; an Izhikevich ``v, u, a, b, reset, d, offset, threshold, h,
    tick``. Synapses: ``value_*`` (alpha: what was last computed), ``decay_*, charge_*``; alpha
    besides ``linear_*, factor_*, waiting_*, rise_*``; conductance ``reversal_*``; delta ``scale``.
    """

    v: Any
    rest: Any
    resistance: Any
    decay: Any
    offset: Any
    reset: Any
    threshold: Any
    refractory: Any
    refractory_ticks: Any
    u: Any
    a: Any
    b: Any
    d: Any
    h: Any
    value_exc: Any
    value_inh: Any
    decay_exc: Any
    decay_inh: Any
    charge_exc: Any
    charge_inh: Any
    linear_exc: Any
    linear_inh: Any
    factor_exc: Any
    factor_inh: Any
    waiting_exc: Any
    waiting_inh: Any
    rise_exc: Any
    rise_inh: Any
    reversal_exc: Any
    reversal_inh: Any
    injected: Any
    fired: Any


STATE = frozenset({
    "v", "u", "refractory", "h", "value_exc", "value_inh", "linear_exc", "linear_inh", "factor_exc",
    "factor_inh", "waiting_exc", "waiting_inh", "fired",
})  # fmt: skip
"""Fields of cells that are no parameters."""


class Targets(NamedTuple):
    """Populations of cells, one entry each, int64.

    ``first`` and ``size`` in :class:`Cells`; kinds; ``shift_*``; the ring of 16-bit entries is
    ``ring[ring_start:ring_start + slots * 2 * size]``, by slot, receptor and neuron; ``core`` is
    its first core and ``per_core`` the neurons of each; ``plastic`` whether its spikes are kept,
    and with which table (``fall_start``, ``fall_size``); ``nearest`` whether without traces;
    ``tick`` the length of a tick as ``k``.
    """

    first: Any
    size: Any
    membrane: Any
    synapse: Any
    shift_exc: Any
    shift_inh: Any
    ring_start: Any
    slots: Any
    core: Any
    per_core: Any
    plastic: Any
    fall_start: Any
    fall_size: Any
    nearest: Any
    tick: Any


class Routes(NamedTuple):
    """Synapses of routes, end to end, by source and stage, and the routes themselves.

    Synapses: ``target`` (id), ``delay`` (ticks within the ring), ``place`` (in the ring, counted
    from the present slot), ``word`` (uint16). Rows: ``ptr``, ``last`` (tick of the last spike),
    ``trace``, ``received`` (times a packet took it). Routes: ``pre`` (first unit), ``sources``,
    ``to`` (target), ``row`` (first row), ``stages``, ``plastic``, and the rule.
    """

    target: Any
    delay: Any
    place: Any
    word: Any
    ptr: Any
    last: Any
    trace: Any
    received: Any
    pre: Any
    sources: Any
    to: Any
    row: Any
    stages: Any
    plastic: Any
    nearest: Any
    dependence: Any
    shift: Any
    a_plus: Any
    a_minus: Any
    w_min: Any
    w_max: Any
    rise_start: Any
    rise_size: Any
    fall_start: Any
    fall_size: Any
    strict: Any


class Rings(NamedTuple):
    """Accumulators, histories of spikes (shape (n, 16)) and tables of all rules."""

    ring: Any
    time: Any
    trace: Any
    count: Any
    tables: Any
    counters: Any


class Sources(NamedTuple):
    """Spike sources.

    Given spikes: ``stamp, unit`` ascending, ``next`` (shape (1,)). Poisson sources, end to end by
    core: ``unit``, ``rate`` (spikes in a tick as ``k``), ``limit`` (uint32), ``interval`` (ticks),
    ``counter`` (thousandths of a tick), ``kind`` (0 none, 1 slow, 2 fast, 3 very fast), ``begin``,
    ``end`` (ticks), ``seed`` (uint32, shape (cores, 4)), ``core_ptr``; ``fresh``: their spikes in
    this tick.
    """

    stamp: Any
    unit: Any
    next: Any
    poisson_unit: Any
    rate: Any
    limit: Any
    interval: Any
    counter: Any
    kind: Any
    begin: Any
    end: Any
    seed: Any
    core_ptr: Any
    fresh: Any


class Packets(NamedTuple):
    """Packets of a tick, and those that wait.

    ``unit, count`` of this tick; ``history`` (uint8, shape (ticks,
    units)) for delay stages; ``late_unit, late_count`` (shape (16, units)) and ``late_size`` for
    packets that come late, ``late_by``. ``disturbance`` (uint64): whether there is any, thresholds
    of loss and lateness, latest, whether to shuffle, and the key of the random stream.
    """

    unit: Any
    count: Any
    history: Any
    late_unit: Any
    late_count: Any
    late_by: Any
    late_size: Any
    disturbance: Any
    lost: Any


class Network(NamedTuple):
    """Populations by number: ``unit`` (first unit), ``size``, ``target`` (-1 for sources),
    ``wanted`` (spikes recorded); routes by source population: ``route_ptr, route``; currents:
    ``current_ptr, current_cell`` and ``wave`` (int32, shape (currents, ticks))."""

    unit: Any
    size: Any
    target: Any
    wanted: Any
    route_ptr: Any
    route: Any
    current_ptr: Any
    current_cell: Any
    wave: Any


class Probes(NamedTuple):
    """What is recorded: ``stamp, population, id, count`` of spikes; samples: ``variable`` (which
    array), ``target``, ``id_ptr, ids`` (cells), ``first, last, every``, ``next`` and ``out``
    (int32)."""

    stamp: Any
    population: Any
    id: Any
    count: Any
    variable: Any
    id_ptr: Any
    ids: Any
    first: Any
    last: Any
    every: Any
    next: Any
    out: Any
