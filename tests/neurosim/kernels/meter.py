"""A neuron that shows what it is given, and networks of it."""

from types import SimpleNamespace

import numpy as np

import neurosim as ns
from neurosim.backends.clocked import ClockedEngine
from neurosim.declare import param
from neurosim.neurons.base import KINDS
from neurosim.plan.lower import lower


class Meter(ns.NeuronKind):
    """Its state is what arrived in the last step; it spikes when that is ``limit`` or more."""

    limit: float = param(1e300)

    state = (
        ns.StateVar("got", "nA"),
        ns.StateVar("other", "nA"),
        ns.StateVar("current", "nA"),
    )
    receptors = (
        ns.Receptor("excitatory", "first", "nA", 0),
        ns.Receptor("inhibitory", "second", "nA", 0),
    )

    def step(first, second, injected, limit, got, other, current):
        got = first
        other = second
        current = injected
        spiked = first >= limit
        return got, other, current, spiked

    step_spinnaker = step


del KINDS["meter"]  # it is for these tests only


def engine(net, dt=1.0, seed=1, **options):
    """An engine at stamp 0."""
    return ClockedEngine(lower(net, dt, seed, **options))


def entries(made, steps):
    """What the probes got in some steps: spikes as (stamp, id) pairs, or samples."""
    found = SimpleNamespace()
    for probe, entry in zip(made.plan.probes, made.advance(steps).entries, strict=True):
        name = made.plan.populations[probe.population].name
        value = np.stack(entry, axis=1) if probe.variable == "spikes" else entry
        setattr(found, f"{name}_{probe.variable}", value)
    return found


def spikes_in(n_units, n_steps, rng, share=0.2):
    """Random spike times (stamps 1 to ``n_steps``) of each unit, some of them twice."""
    trains = []
    for _ in range(n_units):
        stamps = np.flatnonzero(rng.random(n_steps) < share) + 1.0
        trains.append(np.sort(np.concatenate([stamps, stamps[::7]])))
    return trains
