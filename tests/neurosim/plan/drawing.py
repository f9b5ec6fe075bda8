"""Drawing the synapses of a rule between two small populations."""

import numpy as np

import neurosim as ns
from neurosim.plan.connect import expand
from neurosim.plan.lower import lower

SPREAD = np.random.default_rng(0).uniform(0.0, 10.0, (60, 2))


def network(sizes=(60, 60)):
    net = ns.Network()
    for name, size in zip("ab", sizes, strict=True):
        place = np.resize(SPREAD, (size, 2))
        net.population(name, size, ns.IFCurrExp(), positions=place)
    return net


def drawn(rule, pre="a", post="b", weight=1.0, delay=1.0, seed=3, sizes=(60, 60), dt=0.5, **more):
    """All synapses as rows (source, target, weight, delay), by block, in the order of expand."""
    net = network(sizes)
    pre, post = (eval(side, {}, dict(net.populations)) for side in (pre, post))
    net.project(pre, post, rule, ns.Static(weight, delay), "excitatory", "p", **more)
    plan = lower(net, dt, seed, weights="double")
    return plan, [table(expand(block, plan.dt, np.float64)) for block in plan.synapses]


def table(found):
    """Rows of (source, target, weight, delay); checks what holds for all."""
    n_delays = len(found.delays)
    assert (np.diff(found.delays) > 0).all()
    assert len(found.ptr) == found.n_sources * n_delays + 1
    assert found.ptr[0] == 0
    assert found.ptr[-1] == found.size
    segment = np.repeat(np.arange(len(found.ptr) - 1), np.diff(found.ptr))
    source, slot = np.divmod(segment, n_delays)
    inside = segment[1:] == segment[:-1]
    assert (np.diff(found.targets)[inside] >= 0).all()
    weights = np.broadcast_to(found.weights, found.size)
    rows = [source + found.first, found.targets, weights, found.delays[slot]]
    return np.stack(rows, axis=1)


def pairs(rule, pre="a", post="b", **more):
    """The pairs of ids that a rule makes between two populations."""
    (rows,) = drawn(rule, pre, post, **more)[1]
    return rows[:, :2].astype(int)


def degrees(found, n_pre=60, n_post=60):
    """Numbers of synapses of each source and of each target."""
    return np.bincount(found[:, 0], minlength=n_pre), np.bincount(found[:, 1], minlength=n_post)


def unique(found):
    return len(np.unique(found, axis=0)) == len(found)


def selfless(found):
    return (found[:, 0] != found[:, 1]).all()


RULES = {
    "all": ns.AllToAll(),
    "all but self": ns.AllToAll(allow_self_connections=False),
    "one": ns.OneToOne(),
    "p": ns.FixedProbability(0.2),
    "p but self": ns.FixedProbability(0.2, allow_self_connections=False),
    "p 1 but self": ns.FixedProbability(1.0, allow_self_connections=False),
    "p 0": ns.FixedProbability(0.0),
    "pre": ns.FixedNumberPre(7),
    "pre but self": ns.FixedNumberPre(50, allow_self_connections=False),
    "pre again": ns.FixedNumberPre(90, with_replacement=True, allow_self_connections=False),
    "post": ns.FixedNumberPost(7),
    "post but self": ns.FixedNumberPost(50, allow_self_connections=False),
    "post again": ns.FixedNumberPost(90, with_replacement=True, allow_self_connections=False),
    "total": ns.FixedTotalNumber(500),
    "total but self": ns.FixedTotalNumber(900, allow_self_connections=False),
    "total once": ns.FixedTotalNumber(500, False, allow_self_connections=False),
    "distance": ns.DistanceDependent("exp(-d / 3)"),
    "distance but self": ns.DistanceDependent("1", allow_self_connections=False),
    "ring": ns.SmallWorld(6, 0.3),
    "list": ns.FromList(np.random.default_rng(1).integers(0, 60, (300, 2))),
    "matrix": ns.FromArray(np.random.default_rng(2).random((60, 60)) < 0.2),
}
