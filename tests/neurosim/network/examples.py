"""Networks that hold everything a description can hold, fixed and random."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

import neurosim as ns

UNITS = 6


def everything():
    """A network with every connector, synapse, source, current, kind and form of value."""
    rng = np.random.default_rng(1)
    net = ns.Network("everything")
    kinds = [
        ns.IFCurrExp(tau_m=rng.uniform(10.0, 20.0, UNITS), v_thresh=ns.Uniform(-50.0, -45.0)),
        ns.IFCurrAlpha(), ns.IFCurrDelta(), ns.IFCondExp(), ns.IFCondAlpha(), ns.Izhikevich(),
        ns.AdEx(), ns.HHCondExp(), ns.Leaky(reset="zero"),
    ]  # fmt: skip
    place = rng.random((UNITS, 2))
    cells = [net.population(k.kind, UNITS, k, positions=place) for k in kinds]
    net.population("started", 3, ns.IFCurrExp(), {"v": [-60.0, -61.0, -62.0], "isyn_exc": 0.5})
    net.population("drawn", 3, ns.IFCurrExp(), {"v": ns.Normal(-60.0, 2.0, high=-55.0)})
    shared = net.population("shared", 2, ns.SpikeSourceArray(spike_times=[0.1, 7.3]))
    each = net.population("each", 2, ns.SpikeSourceArray(spike_times=[[], [1.0 / 3.0, 2.0]]))
    net.population("silent", 2, ns.SpikeSourceArray())
    net.population("noise", 4, ns.SpikeSourcePoisson(rate=ns.LogNormal(1.0, 0.5), start=1.0))
    exc = cells[0]
    matrix = rng.random((UNITS, UNITS)) < 0.5
    pairs = rng.integers(0, UNITS, (80, 2))
    for connector, weight, delay in [
        (ns.AllToAll(allow_self_connections=False), rng.random((UNITS, UNITS)), 1.0),
        (ns.OneToOne(), 0.1, None),
        (ns.FixedProbability(0.2), ns.Uniform(0.0, 1.0), ns.Uniform(1.0, 2.0)),
        (ns.FixedNumberPre(2, with_replacement=True), ns.Exponential(0.2), 1.0),
        (ns.FixedNumberPost(2), ns.Normal(0.2, 0.1, low=0.0, high=0.4, clip="boundary"), 1.0),
        (ns.FixedTotalNumber(7), 0.1, 1.5),
        (ns.DistanceDependent("exp(-d / 0.5)"), 0.1, 1.0),
        (ns.SmallWorld(2, 0.1), 0.1, 1.0),
        (ns.FromList(pairs), rng.random(80), rng.uniform(1.0, 2.0, 80)),
        (ns.FromList([(0, 1)]), [0.3], [1.0]),
        (ns.FromList([]), 0.1, 1.0),
        (ns.FromArray(matrix), 0.1, 1.0),
    ]:
        net.project(exc, exc, connector, ns.Static(weight, delay))
    net.project(shared, exc, ns.AllToAll(), ns.STDP(0.5, 1.0, A_plus=0.1, dependence="gutig"))
    net.project(each, cells[3], ns.AllToAll(), ns.TsodyksMarkram(0.5, U=0.2, tau_facil=50.0))
    net.project(exc, cells[1], ns.AllToAll(), ns.Static(-0.5), "inhibitory", name="inh")
    net.project(exc, cells[1], ns.AllToAll(), ns.Static(-0.5), "excitatory", signed=True)
    net.project([exc[1:], shared], cells[2][::-2], ns.AllToAll(), ns.Static(0.5), name="parts")
    net.project(exc[[3, 1]], cells[4][1:4] + cells[4][5], ns.AllToAll(), ns.Static(0.001))
    net.inject(ns.PoissonInput(rate=100.0, weight=0.1, start=2.0), exc)
    net.inject(ns.PoissonInput(rate=[1.0, 2.0], weight=-0.1, receptor="inhibitory"), exc[:2], "p")
    net.inject(ns.DCSource(0.2, stop=5.0), exc)
    net.inject(ns.StepSource([1.0, 2.0], [0.5, 0.0]), [exc[0], cells[1]], "steps")
    net.inject(ns.ACSource(phase=90.0), cells[1])
    net.inject(ns.NoisySource(dt=1.0), cells[1])
    net.record(exc, ["spikes", "v"], every=0.5, start=1.0, stop=20.0)
    net.record([shared, each])
    net.record(cells[3][2:4], "gsyn_exc")
    return net


finite = st.floats(-10.0, 10.0)
positive = st.floats(0.01, 10.0)
names = st.text(min_size=1).filter(lambda s: s.strip() and "/" not in s)


@st.composite
def values(draw, size, low=0.01, high=10.0):
    """A number, an array of one number per unit, or a distribution, above zero."""
    number = st.floats(low, high)
    form = draw(st.sampled_from(["number", "array", "uniform", "normal", "lognormal"]))
    if form == "array":
        return np.array(draw(st.lists(number, min_size=size, max_size=size)))
    if form == "uniform":
        return ns.Uniform(*sorted((draw(number), draw(number))))
    if form == "normal":
        return ns.Normal(draw(number), draw(number), low=low, clip="boundary")
    if form == "lognormal":
        return ns.LogNormal(0.0, draw(number), low=low)
    return draw(number)


@st.composite
def sources(draw, size):
    """A spike source of any form."""
    if draw(st.booleans()):
        return ns.SpikeSourcePoisson(rate=draw(values(size)), start=draw(positive))
    train = st.lists(st.floats(0.0, 100.0), max_size=4).map(sorted)
    shared = draw(train)
    return ns.SpikeSourceArray(
        spike_times=draw(
            st.one_of(st.just([shared]), st.lists(train, min_size=size, max_size=size))
        )
    )


@st.composite
def views(draw, population):
    """The population, or some of its units in any order."""
    if draw(st.booleans()):
        return population
    size = population.size
    if draw(st.booleans()):
        return population[:: draw(st.sampled_from([1, 2, -1, -2]))]
    ids = draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=size, unique=True))
    return population[ids]


@st.composite
def synapses(draw):
    """A synapse kind with random values."""
    weight, delay = draw(st.one_of(positive, st.just(ns.Uniform(0.0, 1.0)))), draw(positive)
    kind = draw(st.sampled_from([ns.Static, ns.STDP, ns.TsodyksMarkram]))
    more = {"tau_plus": draw(positive)} if kind is ns.STDP else {}
    return kind(weight, draw(st.sampled_from([None, delay])), **more)


@st.composite
def connectors(draw, n_pre, n_post):
    """A connector that fits the sizes."""
    pairs = st.tuples(st.integers(0, n_pre - 1), st.integers(0, n_post - 1))
    rules = [
        st.builds(ns.AllToAll, st.booleans()),
        st.builds(ns.FixedProbability, st.floats(0.0, 1.0), st.booleans()),
        st.builds(ns.FixedNumberPre, st.integers(0, 3), st.just(True)),
        st.builds(ns.FixedNumberPost, st.integers(0, 3), st.just(True)),
        st.builds(ns.FixedTotalNumber, st.integers(0, 99)),
        st.builds(ns.FromList, st.lists(pairs, max_size=40)),
        st.builds(
            lambda seed: ns.FromArray(np.random.default_rng(seed).random((n_pre, n_post)) < 0.5),
            st.integers(0, 99),
        ),
    ]
    return draw(st.one_of(rules))


@st.composite
def networks(draw):
    """A random small network."""
    net = ns.Network(draw(names))
    size = st.integers(2, 5)
    for name in draw(st.lists(names, min_size=1, max_size=3, unique=True)):
        n = draw(size)
        kind = ns.IFCurrExp(tau_m=draw(values(n)), v_rest=draw(finite))
        positions = draw(st.sampled_from([None, np.linspace(0.0, 1.0, n)]))
        net.population(name, n, kind, {"v": draw(values(n))}, positions)
    neurons = list(net.populations.values())
    for name in draw(st.lists(names.filter(lambda s: s not in net.populations), max_size=2,
                              unique=True)):  # fmt: skip
        n = draw(size)
        net.population(name, n, draw(sources(n)))
    every = list(net.populations.values())
    for _ in range(draw(st.integers(0, 3))):
        pre = [
            draw(views(p)) for p in draw(st.lists(st.sampled_from(every), min_size=1, max_size=2))
        ]
        post = draw(views(draw(st.sampled_from(neurons))))
        connector = draw(connectors(sum(len(v) for v in pre), len(post)))
        net.project(pre, post, connector, draw(synapses()), signed=draw(st.booleans()))
    for _ in range(draw(st.integers(0, 2))):
        target = draw(views(draw(st.sampled_from(neurons))))
        net.inject(ns.PoissonInput(rate=draw(positive), weight=draw(positive)), target)
        net.inject(ns.DCSource(draw(finite)), target)
    net.record(draw(views(draw(st.sampled_from(every)))), stop=draw(positive))
    net.record(draw(views(draw(st.sampled_from(neurons)))), "v", every=draw(positive))
    return net
