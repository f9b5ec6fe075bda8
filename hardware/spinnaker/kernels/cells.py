"""One tick of cells: inputs, membrane, threshold, decay."""

from __future__ import annotations

import numpy as np

from neurosim.hardware.spinnaker.kernels.arrays import (
    CONDUCTANCE,
    DELTA,
    EXPONENTIAL,
    MEMBRANE_LIF,
)
from neurosim.hardware.spinnaker.kernels.words import decayed, multiply, wrap
from neurosim.kernels._jit import inline, inner, wide_vectors

ONE = 32768
LONG_STEP = 60620
"""1.85: the step of an Izhikevich cell after a spike."""
MODEL_K, MODEL_B, MODEL_C = 1311, 163840, 4587520
"""0.04, 5 and 140 of Izhikevich's equation, as the compiler cut them off."""
CONDUCTANCE_BITS = 10


@inner
def take_exponential(ring, start, shift, value, charge, first, size):
    """Add a slot of the ring to exponential synapses and clear it."""
    wide_vectors()
    slot, value, charge = (
        ring[start : start + size], value[first : first + size], charge[first : first + size]
    )  # fmt: skip
    for i in range(size):
        given = wrap(np.int64(slot[i]) << shift)
        value[i] = wrap(value[i] + decayed(given, charge[i]))
        slot[i] = 0


@inner
def take_delta(ring, start, shift, value, first, size):
    """Add a slot of the ring to delta synapses and clear it."""
    for i in range(size):
        given = wrap(np.int64(ring[start + i]) << shift)
        value[first + i] = wrap(value[first + i] + given)
        ring[start + i] = 0


@inner
def take_alpha(ring, start, shift, linear, factor, waiting, rise, decay, value, first, size):
    """Add a slot of the ring to alpha synapses and clear it; sets their values."""
    for i in range(size):
        cell = first + i
        given = wrap(np.int64(ring[start + i]) << shift)
        if given > 0:
            waiting[cell] = given
            moved = wrap(decayed(factor[cell], decay[cell]) + ONE)
            factor[cell] = moved
            rest = wrap(ONE - ((ONE << 15) // moved))
            linear[cell] = multiply(wrap(linear[cell] + multiply(given, rise[cell])), rest)
        value[cell] = multiply(linear[cell], factor[cell])
        ring[start + i] = 0


@inner
def take_inputs(cells, targets, t, ring, tick):
    """What arrives in a tick is added to the synapses of a population."""
    first, size = targets.first[t], targets.size[t]
    start = targets.ring_start[t] + (tick & (targets.slots[t] - 1)) * 2 * size
    kind = targets.synapse[t]
    exc, inh = targets.shift_exc[t], targets.shift_inh[t]
    if kind in (EXPONENTIAL, CONDUCTANCE):
        take_exponential(ring, start, exc, cells.value_exc, cells.charge_exc, first, size)
        take_exponential(ring, start + size, inh, cells.value_inh, cells.charge_inh, first, size)
    elif kind == DELTA:
        take_delta(ring, start, exc, cells.value_exc, first, size)
        take_delta(ring, start + size, inh, cells.value_inh, first, size)
    else:
        take_alpha(
            ring, start, exc, cells.linear_exc, cells.factor_exc, cells.waiting_exc,
            cells.rise_exc, cells.decay_exc, cells.value_exc, first, size,
        )  # fmt: skip
        take_alpha(
            ring, start + size, inh, cells.linear_inh, cells.factor_inh, cells.waiting_inh,
            cells.rise_inh, cells.decay_inh, cells.value_inh, first, size,
        )  # fmt: skip


@inline
def moved(v, waits, current, resistance, rest, decay):
    """Potential of a LIF after a tick, and the ticks that it still waits."""
    goal = wrap(multiply(current, resistance) + rest)
    free = wrap(goal - multiply(decay, wrap(goal - v)))
    held = waits > 0
    return v if held else free, waits - 1 if held else waits


@inner
def lif_current(cells, first, size):
    """LIF cells whose synapses give currents."""
    wide_vectors()
    here = slice(first, first + size)  # indices that are seen not to be negative: vectors
    potential, refractory, fired = cells.v[here], cells.refractory[here], cells.fired[here]
    exc, inh, offset = cells.value_exc[here], cells.value_inh[here], cells.offset[here]
    injected, resistance, rest = cells.injected[here], cells.resistance[here], cells.rest[here]
    decay, threshold, reset = cells.decay[here], cells.threshold[here], cells.reset[here]
    refractory_ticks = cells.refractory_ticks[here]
    for i in range(size):
        v, waits = np.int64(potential[i]), np.int64(refractory[i])
        current = wrap(np.int64(exc[i]) - inh[i])
        current = wrap(current + offset[i] + injected[i])
        v, waits = moved(v, waits, current, resistance[i], rest[i], decay[i])
        spiked = v >= threshold[i]
        potential[i] = reset[i] if spiked else v
        refractory[i] = refractory_ticks[i] if spiked else waits
        fired[i] = spiked


@inner
def lif_delta(cells, first, size, scale):
    """LIF cells whose synapses give the current of one tick; ``scale`` is one over the tick."""
    for i in range(first, first + size):
        cells.value_exc[i] = multiply(cells.value_exc[i], scale)
        cells.value_inh[i] = multiply(cells.value_inh[i], scale)
    lif_current(cells, first, size)


@inner
def lif_conductance(cells, first, size):
    """LIF cells whose synapses are conductances, stored times 1024."""
    wide_vectors()
    here = slice(first, first + size)
    potential, refractory, fired = cells.v[here], cells.refractory[here], cells.fired[here]
    exc, inh, offset = cells.value_exc[here], cells.value_inh[here], cells.offset[here]
    injected, resistance, rest = cells.injected[here], cells.resistance[here], cells.rest[here]
    decay, threshold, reset = cells.decay[here], cells.threshold[here], cells.reset[here]
    reversal_exc, reversal_inh = cells.reversal_exc[here], cells.reversal_inh[here]
    refractory_ticks = cells.refractory_ticks[here]
    for i in range(size):
        v, waits = np.int64(potential[i]), np.int64(refractory[i])
        g_exc = np.int64(exc[i]) >> CONDUCTANCE_BITS
        g_inh = np.int64(inh[i]) >> CONDUCTANCE_BITS
        current = multiply(g_exc, wrap(reversal_exc[i] - v))
        current = wrap(current - multiply(-g_inh, wrap(reversal_inh[i] - v)))
        current = wrap(current + offset[i] + injected[i])
        v, waits = moved(v, waits, current, resistance[i], rest[i], decay[i])
        spiked = v >= threshold[i]
        potential[i] = reset[i] if spiked else v
        refractory[i] = refractory_ticks[i] if spiked else waits
        fired[i] = spiked


@inner
def izhikevich(cells, first, size, tick):
    """Izhikevich cells; the order of operations matters in the last bit."""
    wide_vectors()
    here = slice(first, first + size)
    potential, recovery, lengths = cells.v[here], cells.u[here], cells.h[here]
    exc, inh, offset = cells.value_exc[here], cells.value_inh[here], cells.offset[here]
    injected, threshold, reset = cells.injected[here], cells.threshold[here], cells.reset[here]
    rates, slopes, steps, fired = cells.a[here], cells.b[here], cells.d[here], cells.fired[here]
    for i in range(size):
        v, u, h = np.int64(potential[i]), np.int64(recovery[i]), np.int64(lengths[i])
        a, b = np.int64(rates[i]), np.int64(slopes[i])
        current = wrap(np.int64(exc[i]) - inh[i])
        current = wrap(current + offset[i] + injected[i])
        pre = wrap(MODEL_C + current - u)
        alpha = wrap(pre + multiply(wrap(MODEL_B + multiply(MODEL_K, v)), v))
        eta = wrap(v + (multiply(h, alpha) >> 1))
        ah = multiply(a, h)
        beta = multiply(ah, wrap(multiply(b, v) - u)) >> 1
        slope = wrap(pre - beta + multiply(wrap(MODEL_B + multiply(MODEL_K, eta)), eta))
        v = wrap(v + multiply(h, slope))
        u = wrap(u + multiply(ah, wrap(multiply(b, eta) - u - beta)))
        spiked = v >= threshold[i]
        potential[i] = reset[i] if spiked else v
        recovery[i] = wrap(u + steps[i]) if spiked else u
        lengths[i] = multiply(tick, LONG_STEP) if spiked else tick
        fired[i] = spiked


@inner
def shape_exponential(value, decay, first, size):
    """Decay of exponential synapses."""
    wide_vectors()
    value, decay = value[first : first + size], decay[first : first + size]
    for i in range(size):
        value[i] = decayed(value[i], decay[i])


@inner
def shape_alpha(linear, factor, waiting, rise, decay, first, size):
    """Decay of alpha synapses."""
    for i in range(first, first + size):
        linear[i] = wrap(linear[i] + multiply(waiting[i], rise[i]))
        factor[i] = decayed(factor[i], decay[i])


@inner
def shape(cells, kind, first, size):
    """Decay of the synapses of a population at the end of a tick."""
    if kind in (EXPONENTIAL, CONDUCTANCE):
        shape_exponential(cells.value_exc, cells.decay_exc, first, size)
        shape_exponential(cells.value_inh, cells.decay_inh, first, size)
    elif kind == DELTA:
        for i in range(first, first + size):
            cells.value_exc[i] = 0
            cells.value_inh[i] = 0
    else:
        shape_alpha(
            cells.linear_exc, cells.factor_exc, cells.waiting_exc, cells.rise_exc,
            cells.decay_exc, first, size,
        )  # fmt: skip
        shape_alpha(
            cells.linear_inh, cells.factor_inh, cells.waiting_inh, cells.rise_inh,
            cells.decay_inh, first, size,
        )  # fmt: skip


@inner
def update(cells, targets, t):
    """Move the membranes of a population, mark who fired, and let its synapses decay."""
    first, size, kind = targets.first[t], targets.size[t], targets.synapse[t]
    if targets.membrane[t] != MEMBRANE_LIF:
        izhikevich(cells, first, size, targets.tick[t])
    elif kind == CONDUCTANCE:
        lif_conductance(cells, first, size)
    elif kind == DELTA:
        lif_delta(cells, first, size, (ONE << 15) // targets.tick[t])
    else:
        lif_current(cells, first, size)
    shape(cells, kind, first, size)
