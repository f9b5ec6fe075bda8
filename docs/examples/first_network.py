"""The example of the README; writes its figure: python docs/examples/first_network.py FILE.png"""

import sys

import neurosim as ns

net = ns.Network("balanced")
kind = ns.IFCurrExp(v_rest=-49.0, v_reset=-60.0, tau_refrac=5.0, cm=0.2, tau_syn_I=10.0)
cells = net.population("cells", 4000, kind, initial={"v": ns.Uniform(-60.0, -50.0)})
exc, inh, wiring = cells[:3200], cells[3200:], ns.FixedProbability(0.02)
net.project(exc, cells, wiring, ns.Static(weight=0.0162))
net.project(inh, cells, wiring, ns.Static(weight=-0.09), receptor="inhibitory")
net.record(cells, "spikes")
rec = ns.simulate(net, 1000.0, dt=0.1, seed=1)
print(rec)
axes = ns.plotting.rate(rec, bin=5.0)

if len(sys.argv) > 1:
    import matplotlib.pyplot as plt

    figure, (top, bottom) = plt.subplots(2, sharex=True, figsize=(8, 5), layout="constrained")
    ns.plotting.raster(rec, ax=top)
    ns.plotting.rate(rec, bin=5.0, ax=bottom)
    figure.savefig(sys.argv[1], dpi=120)
