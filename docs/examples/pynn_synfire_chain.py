"""A volley that runs along a chain of groups.

``python pynn_synfire_chain.py neurosim.pynn`` or ``... pyNN.nest``: one line chooses the simulator.
"""

import sys
from importlib import import_module
from itertools import pairwise

import numpy as np

sim = import_module(sys.argv[1] if len(sys.argv) > 1 else "neurosim.pynn")

sim.setup(timestep=0.1, min_delay=0.1, spike_precision="on_grid")
jitter = np.random.default_rng(5).normal(10.0, 1.0, 20).round(1)
groups = [sim.Population(20, sim.SpikeSourceArray(spike_times=[[t] for t in jitter]))]
for number in range(8):
    cell = sim.IF_curr_exp(tau_refrac=2.0, tau_syn_E=1.0, tau_syn_I=3.0)
    groups.append(sim.Population(20, cell, label=f"group {number}"))
for source, target in pairwise(groups):
    synapse = sim.StaticSynapse(weight=1.3, delay="1.5 + 0.02 * d")
    sim.Projection(source, target, sim.AllToAllConnector(), synapse, receptor_type="excitatory")
for group in groups[1:]:
    group.record("spikes")
sim.run(100.0)
for group in groups[1:]:
    times = np.concatenate([t.magnitude for t in group.get_data().segments[0].spiketrains])
    print(group.label, len(times), " ".join(f"{t:.1f}" for t in sorted(times)))
sim.end()
