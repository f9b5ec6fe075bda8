"""B6: a batch of samples through a recurrent layer with dense weights."""

from __future__ import annotations

import os
import platform
from statistics import median
from time import perf_counter, process_time
from typing import Any

import numpy as np

from neurosim import seeds
from neurosim.benchmarks.machine import peak_mb
from neurosim.declare import Bounds, number
from neurosim.facade import prepare_batch
from neurosim.network.connectors import AllToAll
from neurosim.network.network import Network
from neurosim.neurons.leaky import Leaky
from neurosim.neurons.sources import SpikeSourceArray
from neurosim.recording.provenance import versions
from neurosim.synapses import Static

INPUTS, HIDDEN, BATCH, STEPS = 700, 1000, 64, 100
DT = 1.0
"""Time step, ms: nothing depends on it."""

ACCEPTED = (0.032, 0.040)
"""Lowest and highest number of spikes of a hidden unit and step that counts; 0.036 is expected."""

Samples = list[dict[str, Any]]


def build(seed: int = 1, batch: int = BATCH) -> tuple[Network, Samples]:
    """The network and its samples.

    700 inputs, 1,000 recurrent leaky integrators: ``v <- 0.95 v + W_in x + W_rec s - s`` with the
    spikes ``s`` (v > 1) of the step before; ``W_in`` ~ 0.1 N(0, 1), ``W_rec`` ~ 0.02 N(0, 1).

    Parameters
    ----------
    seed : int
        Root of all randomness.
    batch : int
        Number of samples.

    Returns
    -------
    network : Network
        Populations ``"in"`` and ``"hidden"``; the spikes of the latter are recorded.
    samples : list of dict
        Boolean arrays of shape (100, 700) by population: an input spikes with probability 0.02 a
        step.
    """
    rng = seeds.generator(seed, "b6")
    w_in = 0.1 * rng.standard_normal((INPUTS, HIDDEN))
    w_rec = 0.02 * rng.standard_normal((HIDDEN, HIDDEN))
    net = Network("b6")
    net.population("in", INPUTS, SpikeSourceArray())
    net.population("hidden", HIDDEN, Leaky(beta=0.95))
    net.project("in", "hidden", AllToAll(), Static(w_in, DT))
    net.project("hidden", "hidden", AllToAll(), Static(w_rec, DT))
    net.record("hidden", "spikes")
    return net, [{"in": rng.random((STEPS, INPUTS)) < 0.02} for _ in range(batch)]


def measure(repeats: int = 5, precision: str = "double", seed: int = 1) -> dict[str, Any]:
    """Measure the forward pass of a batch of 64 samples and 100 steps.

    Parameters
    ----------
    repeats : int
        Batches that are timed, after one that is not.
    precision : {"double", "single"}
        Floats of state and inputs; weights are stored in single precision.
    seed : int
        Root of all randomness.

    Returns
    -------
    dict
        Plain data, with the keys of :func:`neurosim.benchmarks.measure.measure` where they apply.
        ``wall_s`` and ``cpu_s`` are the smallest times of a batch, from the boolean arrays to the
        numbers of spikes by sample and unit; ``wall_median_s`` and ``cpu_median_s`` the medians.
        ``events`` are synaptic events of a batch: spikes times 1,000 targets. ``build_s`` is the
        time to lay out the network, ``first_batch_s`` that of the first batch, which compiles or
        loads the code. ``rate`` is in spikes a unit and step.

    Raises
    ------
    NeurosimError
        If an option is not allowed.
    """
    repeats = int(number("measure", "repeats", repeats, Bounds(low=1.0), scalar=True))
    load = os.getloadavg()[0]
    network, samples = build(seed)
    began = perf_counter()
    prepared = prepare_batch(network, dt=DT, seed=seed, precision=precision, progress=False)
    build_s = perf_counter() - began
    wall, cpu, counts = [], [], np.empty((0, 0), np.int64)
    for _ in range(repeats + 1):
        began, worked = perf_counter(), process_time()
        counts = prepared.run(samples, STEPS * DT).counts("hidden")
        wall.append(perf_counter() - began)
        cpu.append(process_time() - worked)
    given = sum(int(sample["in"].sum()) for sample in samples)
    events = (given + int(counts.sum())) * HIDDEN
    rate = float(counts.mean()) / STEPS
    return {
        "bench": "b6",
        "batch": BATCH,
        "steps": STEPS,
        "threads": 1,
        "precision": precision,
        "seed": seed,
        "repeats": repeats,
        "neurons": HIDDEN,
        "synapses": (INPUTS + HIDDEN) * HIDDEN,
        "events": events,
        "spikes": int(counts.sum()),
        "rate": rate,
        "rates_ok": ACCEPTED[0] <= rate <= ACCEPTED[1],
        "wall_s": min(wall[1:]),
        "wall_median_s": median(wall[1:]),
        "cpu_s": min(cpu[1:]),
        "cpu_median_s": median(cpu[1:]),
        "ns_per_event": 1e9 * min(wall[1:]) / events,
        "build_s": build_s,
        "first_batch_s": wall[0],
        "peak_mb": peak_mb(),
        "load": load,
        "machine": platform.machine(),
        "cpu_count": os.cpu_count(),
        "versions": versions(),
    }
