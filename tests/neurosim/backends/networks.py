"""Networks of more than one strip, for tests of layouts and of shards."""

import numpy as np

import neurosim as ns
from neurosim.kernels.layout import STRIP


def mixed():
    """Sources and two kinds of neurons, declared in turn."""
    net = ns.Network()
    net.population("given", 3, ns.SpikeSourceArray(spike_times=[[1.0, 1.0, 2.0], [1.0], []]))
    net.population("lif", 5, ns.IFCurrExp())
    net.population("jump", STRIP + 3, ns.IFCurrDelta(tau_m=np.linspace(10.0, 20.0, STRIP + 3)))
    net.population("noise", 4, ns.SpikeSourcePoisson(rate=5.0))
    net.population("more", 2 * STRIP, ns.IFCurrExp())
    return net


def plastic(fraction, delay):
    """A plain, a plastic and a dynamic projection between four cells and six."""
    net = ns.Network()
    net.population("a", 4, ns.IFCurrExp())
    net.population("b", 6, ns.IFCurrExp())
    net.project("a", "b", ns.AllToAll(), ns.Static(0.5, 1.0), name="plain")
    rule = ns.STDP(0.25, delay, dendritic_delay_fraction=fraction)
    net.project("a", "b", ns.AllToAll(), rule, name="plastic")
    net.project("b", "a", ns.AllToAll(), ns.TsodyksMarkram(0.5, 2.0), name="dynamic")
    return net
