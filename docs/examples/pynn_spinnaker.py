"""A synfire chain and pairs of spikes as they are written for a SpiNNaker board.

``python pynn_spinnaker.py neurosim.pynn_spinnaker`` runs it on the emulator and
``... pyNN.spiNNaker`` on a board: one line chooses the simulator.
"""

import sys
from importlib import import_module

sim = import_module(sys.argv[1] if len(sys.argv) > 1 else "neurosim.pynn_spinnaker")

LINKS, WIDTH = 6, 10
CELL = {
    "cm": 0.25, "tau_m": 20.0, "tau_refrac": 2.0, "tau_syn_E": 1.0, "tau_syn_I": 3.0,
    "v_rest": -65.0, "v_reset": -70.0, "v_thresh": -55.0,
}  # fmt: skip

sim.setup(timestep=1.0)
sim.set_number_of_neurons_per_core(sim.IF_curr_exp, 50)

volley = [[5.0 + (unit % 3)] for unit in range(WIDTH)]
start = sim.Population(WIDTH, sim.SpikeSourceArray(spike_times=volley), label="start")
chain = sim.Population(LINKS * WIDTH, sim.IF_curr_exp(**CELL), label="chain")
groups = [chain[k * WIDTH : (k + 1) * WIDTH] for k in range(LINKS)]
wires = []
for source, target in zip([start, *groups], groups, strict=False):
    forward = sim.StaticSynapse(weight=0.61, delay=3.0)
    wires.append(sim.Projection(source, target, sim.AllToAllConnector(), forward))
brake = [(i, (i + WIDTH) % (LINKS * WIDTH), 0.33, 5.0) for i in range(LINKS * WIDTH)]
inhibition = sim.Projection(
    chain, chain, sim.FromListConnector(brake), receptor_type="inhibitory", label="brake"
)

intervals = [-30.0, -15.0, -5.0, 5.0, 15.0, 30.0]
pre_times = [40.0 + 60.0 * k for k in range(5)]
teacher_times = [[t + shift for t in pre_times] for shift in intervals]
pre = sim.Population(6, sim.SpikeSourceArray(spike_times=[*pre_times, 340.0]), label="pre")
teacher = sim.Population(6, sim.SpikeSourceArray(spike_times=teacher_times), label="teacher")
post = sim.Population(6, sim.IF_cond_exp(tau_refrac=2.0), label="post", spikes_per_second=50.0)
sim.Projection(teacher, post, sim.OneToOneConnector(), sim.StaticSynapse(weight=0.1, delay=1.0))
rule = sim.STDPMechanism(
    timing_dependence=sim.SpikePairRule(tau_plus=20.0, A_plus=0.001, A_minus=0.0012),
    weight_dependence=sim.AdditiveWeightDependence(w_min=0.0, w_max=0.02),
    weight=0.005, delay=1.0,
)  # fmt: skip
plastic = sim.Projection(pre, post, sim.OneToOneConnector(), rule)

chain.record("spikes")
chain[0:2].record(["v", "gsyn_exc", "gsyn_inh"])
post.record(["spikes", "v"])
sim.run(200.0)
sim.run(150.0)

spikes = chain.get_data("spikes").segments[-1].spiketrains
signals = chain.get_data(["v", "gsyn_exc", "gsyn_inh"]).segments[-1].analogsignals
print("chain:", *(f"{float(t):g}" for train in spikes for t in train.magnitude))
for signal in sorted(signals, key=lambda signal: signal.name):
    print(signal.name, signal.shape, f"{float(signal.magnitude.sum()):.6f}" if signal.size else "")
print("post:", [t.magnitude.tolist() for t in post.get_data("spikes").segments[-1].spiketrains])
for name, projection in (("first", wires[0]), ("brake", inhibition), ("plastic", plastic)):
    found = [float(weight) for weight in projection.get("weight", "list", with_address=False)]
    print(name, *sorted(set(found)) if name != "plastic" else found)
sim.end()
