"""Pairs of spikes at different intervals, and what they do to a plastic synapse.

``python pynn_stdp_pairing.py neurosim.pynn`` or ``... pyNN.nest``: one line chooses the simulator.
"""

import sys
from importlib import import_module

import numpy as np

sim = import_module(sys.argv[1] if len(sys.argv) > 1 else "neurosim.pynn")

sim.setup(timestep=0.1, min_delay=0.1, spike_precision="on_grid")
intervals = [-40.0, -20.0, -10.0, -4.0, 4.0, 10.0, 20.0, 40.0]
pre_times = np.arange(100.0, 1100.0, 200.0)
last = [1150.0]  # some simulators apply potentiation when the source spikes next
pre = sim.Population(len(intervals), sim.SpikeSourceArray(spike_times=[*pre_times.tolist(), *last]))
teacher = sim.Population(
    len(intervals), sim.SpikeSourceArray(spike_times=[list(pre_times + dt) for dt in intervals])
)
post = sim.Population(len(intervals), sim.IF_curr_exp(tau_refrac=1.0, tau_syn_E=0.5))
strong = sim.StaticSynapse(weight=60.0, delay=0.1)
sim.Projection(teacher, post, sim.OneToOneConnector(), strong)
rule = sim.STDPMechanism(
    timing_dependence=sim.SpikePairRule(tau_plus=20.0, tau_minus=20.0, A_plus=0.01, A_minus=0.012),
    weight_dependence=sim.AdditiveWeightDependence(w_min=0.0, w_max=0.04),
    weight=0.02, delay=1.0,
)  # fmt: skip
plastic = sim.Projection(pre, post, sim.OneToOneConnector(), rule)
post.record("spikes")
sim.run(1200.0)
weights = {int(i): w for i, _, w in plastic.get("weight", format="list")}
for unit, train in enumerate(post.get_data().segments[0].spiketrains):
    times = " ".join(f"{t:.1f}" for t in train.magnitude)
    print(f"{intervals[unit]:+.0f} ms: weight {weights[unit]:.6f}, spikes at {times}")
sim.end()
