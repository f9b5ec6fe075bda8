"""A small network with everything, to be run, saved and interrupted."""

import neurosim as ns
from neurosim.backends.base import Options
from neurosim.backends.simulation import Simulation
from neurosim.plan.lower import lower
from tests.neurosim.recording.fake import CountingEngine


def network(every=None):
    net = ns.Network("small")
    net.population("in", 2, ns.SpikeSourceArray(spike_times=[[1.0, 6.0], [3.0]]))
    start = {"v": ns.Uniform(-65.0, -51.0)}
    net.population("a", 4, ns.IFCurrExp(i_offset=0.9), start)
    net.population("b", 3, ns.IFCurrExp())
    net.project("in", "a", ns.AllToAll(), ns.Static(ns.Uniform(0.5, 2.0), 2.0), name="drive")
    net.project("a", ["b", "a"], ns.AllToAll(), ns.Static(0.4, 1.0), name="both")
    net.project("a", "b", ns.FixedProbability(0.6), ns.STDP(0.3, 1.5), name="plastic")
    net.record("in", "spikes")
    net.record("a", ["spikes", "v"], every=every)
    return net


def simulation(net=None, backend="numba", **options):
    return ns.prepare(net or network(), **{"dt": 0.5, "seed": 7, "backend": backend, **options})


def fake(engine=CountingEngine, **options):
    return Simulation(lower(network(), 0.5, 1), "fake", engine, Options(**options))


def content(recording):
    """What was recorded, without where it comes from."""
    data = recording.to_dict()
    return {"spikes": data["spikes"], "signals": data["signals"], "duration": data["duration"]}
