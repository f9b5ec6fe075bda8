"""Balanced network of current-based neurons (Brette et al. 2007, after Vogels & Abbott 2005).

``python pynn_vogels_abbott.py neurosim.pynn`` or ``... pyNN.nest``: one line chooses the simulator.
"""

import sys
from importlib import import_module
from time import perf_counter

from pyNN.random import NumpyRNG, RandomDistribution

sim = import_module(sys.argv[1] if len(sys.argv) > 1 else "neurosim.pynn")

began = perf_counter()
sim.setup(timestep=0.1, min_delay=0.1, spike_precision="on_grid")
rng = NumpyRNG(seed=2007)
cell = sim.IF_curr_exp(
    tau_m=20.0, cm=0.2, v_rest=-49.0, v_reset=-60.0, v_thresh=-50.0, tau_refrac=5.0,
    tau_syn_E=5.0, tau_syn_I=10.0,
)  # fmt: skip
excitatory = sim.Population(3200, cell, label="excitatory")
inhibitory = sim.Population(800, cell, label="inhibitory")
connector = sim.FixedProbabilityConnector(0.02, rng=rng)
for source, weight in ((excitatory, 0.00162 * 10.0), (inhibitory, -0.009 * 10.0)):
    for target in (excitatory, inhibitory):
        synapse = sim.StaticSynapse(weight=weight, delay=0.1)
        sim.Projection(source, target, connector, synapse)
for population in (excitatory, inhibitory):
    population.initialize(v=RandomDistribution("uniform", low=-60.0, high=-50.0, rng=rng))
    population.record("spikes")
declared = perf_counter()
sim.run(0.1)
ready = perf_counter()
sim.run(99.9)
settled = perf_counter()
sim.run(400.0)
done = perf_counter()
for population in (excitatory, inhibitory):
    print(f"{population.label}: {population.mean_spike_count() / 0.5:.3f} Hz")
print(f"declared in {declared - began:.2f} s, ready {ready - declared:.2f} s later")
print(f"{2.5 * (done - settled):.3f} s of wall time a second")
sim.end()
