"""Random networks by seed: what the emulator and the board's programs are compared on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import neurosim as ns

TICKS = 200


def _spread(rng: np.random.Generator, low: float, high: float, n: int) -> Any:
    return np.round(rng.uniform(low, high, n), 4)


def _leaky(rng: np.random.Generator, n: int) -> dict[str, Any]:
    """Parameters of leaky cells, some driven over their threshold."""
    return {
        "tau_m": _spread(rng, 5.0, 40.0, n),
        "cm": _spread(rng, 0.2, 2.0, n),
        "v_rest": _spread(rng, -70.0, -60.0, n),
        "v_reset": _spread(rng, -75.0, -60.0, n),
        "v_thresh": _spread(rng, -58.0, -45.0, n),
        "tau_refrac": _spread(rng, 0.0, 6.0, n),
        "i_offset": _spread(rng, -0.5, 1.5, n),
    }


def _synapses(rng: np.random.Generator, n: int) -> dict[str, Any]:
    return {"tau_syn_E": _spread(rng, 0.5, 12.0, n), "tau_syn_I": _spread(rng, 0.5, 12.0, n)}


def _exp(rng: np.random.Generator, n: int) -> Any:
    return ns.IFCurrExp(**_leaky(rng, n), **_synapses(rng, n))


def _delta(rng: np.random.Generator, n: int) -> Any:
    return ns.IFCurrDelta(**_leaky(rng, n))


def _alpha(rng: np.random.Generator, n: int) -> Any:
    return ns.IFCurrAlpha(**_leaky(rng, n), **_synapses(rng, n))


def _cond(rng: np.random.Generator, n: int) -> Any:
    reversals = {"e_rev_E": _spread(rng, -5.0, 5.0, n), "e_rev_I": _spread(rng, -90.0, -70.0, n)}
    return ns.IFCondExp(**_leaky(rng, n), **_synapses(rng, n), **reversals)


def _izhikevich(rng: np.random.Generator, n: int) -> Any:
    return ns.IzhikevichCurrExp(
        a=_spread(rng, 0.01, 0.1, n), b=_spread(rng, 0.15, 0.25, n),
        c=_spread(rng, -65.0, -50.0, n), d=_spread(rng, 1.0, 8.0, n),
        i_offset=_spread(rng, 0.0, 12.0, n), **_synapses(rng, n),
    )  # fmt: skip


CELLS: dict[str, tuple[Callable[..., Any], float, float]] = {
    "exp": (_exp, 1.0, -1.0),
    "delta": (_delta, 3.0, -3.0),
    "alpha": (_alpha, 1.0, -1.0),
    "cond": (_cond, 0.05, 0.05),
    "izhikevich": (_izhikevich, 4.0, -4.0),
}
"""Cells, largest weight of excitation, and of inhibition with its sign."""


def _source(rng: np.random.Generator, n: int, dt: float, share: float) -> Any:
    """Sources that fire in a share of the ticks, a few never."""
    fires = rng.random((n, TICKS)) < share * rng.uniform(0.0, 2.0, (n, 1))
    return ns.SpikeSourceArray([np.flatnonzero(row) * dt for row in fires])


def _join(
    net: Any, rng: np.random.Generator, pre: str, post: str, receptor: str, weight: float,
    p: float, delays: Any, dt: float, synapse: Callable[..., Any] = ns.Static,
) -> None:  # fmt: skip
    """Connect at random: weights to the largest given, delays of the given ticks."""
    n_pre, n_post = net[pre].size, net[post].size
    pairs = np.argwhere(rng.random((n_pre, n_post)) < p)
    weights = np.round(weight * rng.random(len(pairs)), 5)
    ticks = rng.choice(np.asarray(delays), len(pairs))
    net.project(pre, post, ns.FromList(pairs), synapse(weight=weights, delay=ticks * dt), receptor)


def _start(rng: np.random.Generator, kind: str, n: int) -> dict[str, Any]:
    """Start values, some above the threshold; synapses that start with a current where they can."""
    start = {"v": _spread(rng, -75.0, -40.0, n)}
    if kind == "izhikevich":
        start["u"] = _spread(rng, -15.0, -10.0, n)
    if kind in ("exp", "izhikevich"):
        start["isyn_exc"] = _spread(rng, 0.0, 2.0, n)
        start["isyn_inh"] = _spread(rng, -2.0, 0.0, n)
    return start


def static(kind: str, dt: float, seed: int) -> Any:
    """Two populations of a kind, driven and recurrent, with delays that fill the ring exactly."""
    rng = np.random.default_rng(seed)
    make, exc, inh = CELLS[kind]
    net = ns.Network(f"static {kind} {dt:g} {seed}")
    net.population("in", 40, _source(rng, 40, dt, 0.03))
    for name, n in (("a", 30), ("b", 20)):
        net.population(name, n, make(rng, n), initial=_start(rng, kind, n))
    _join(net, rng, "in", "a", "excitatory", exc, 0.3, range(1, 9), dt)
    _join(net, rng, "in", "a", "inhibitory", inh, 0.2, [1, 2, 4, 8], dt)
    _join(net, rng, "in", "b", "excitatory", exc, 0.3, [3, 16], dt)
    _join(net, rng, "a", "a", "inhibitory", inh, 0.2, [1, 4, 8], dt)
    _join(net, rng, "a", "b", "excitatory", exc, 0.3, range(1, 17), dt)
    _join(net, rng, "b", "a", "excitatory", exc, 0.2, [2, 5, 7], dt)
    _join(net, rng, "in", "a", "excitatory", 0.3 * exc, 0.1, [1, 8], dt)
    net.record(["a", "b"], ["spikes", *net["a"].kind.recordable()[1:]])
    return net


ALIKE = {"alpha": {"tau_syn_E": 4.0}, "delta": {"tau_m": 15.0, "cm": 0.8}}
"""What cells must have in common, so that one bound of their plastic weights holds for all."""


def plastic(
    dependence: str, pairing: str, longest: int, seed: int, kind: str = "exp", dt: float = 1.0
) -> Any:
    """Driven cells with plastic input from sources and from one another, and static input.

    ``longest`` is the longest delay, in ticks: a power of two brings out the defect of the
    firmware.
    """
    rng = np.random.default_rng(seed)
    make, exc, inh = CELLS[kind]
    net = ns.Network(f"plastic {kind} {dependence} {pairing} {longest} {dt:g} {seed}")
    net.population("in", 30, _source(rng, 30, dt, 0.05))
    net.population("teacher", 20, _source(rng, 20, dt, 0.04))
    cells = make(rng, 24).replace(**ALIKE.get(kind, {}))
    net.population("out", 24, cells, initial=_start(rng, kind, 24))
    rule = {
        "tau_plus": float(np.round(rng.uniform(5.0, 30.0), 2)),
        "tau_minus": float(np.round(rng.uniform(5.0, 40.0), 2)),
        "A_plus": float(np.round(rng.uniform(0.01, 0.08), 4)),
        "A_minus": float(np.round(rng.uniform(0.01, 0.08), 4)),
        "w_min": 0.0,
        "w_max": 0.8 * exc,
        "dependence": dependence,
        "pairing": pairing,
    }

    def learned(**given: Any) -> Any:
        return ns.STDP(**given, **rule)

    delays = range(1, longest + 1)
    _join(net, rng, "in", "out", "excitatory", 0.8 * exc, 0.5, delays, dt, learned)
    _join(net, rng, "out", "out", "excitatory", 0.3 * exc, 0.3, [1, longest], dt, learned)
    _join(net, rng, "teacher", "out", "excitatory", 4.0 * exc, 0.2, [1, longest], dt)
    _join(net, rng, "in", "out", "inhibitory", 0.5 * inh, 0.3, delays, dt)
    net.record("out", ["spikes", *net["out"].kind.recordable()[1:]])
    return net


def long_delays(seed: int) -> Any:
    """A population that fills a core, so that its ring is short and delays need stages."""
    rng = np.random.default_rng(seed)
    net = ns.Network(f"long {seed}")
    # as many sources as targets on a core: else the toolchain misplaces rows of later stages
    net.population("in", 200, _source(rng, 200, 1.0, 0.01))
    net.population("a", 200, _exp(rng, 200))
    _join(net, rng, "in", "a", "excitatory", 1.0, 0.02, [1, 31, 32, 33, 63, 64, 65, 96, 100], 1.0)
    _join(net, rng, "a", "a", "inhibitory", -0.5, 0.02, [1, 32, 40, 64, 70], 1.0)
    net.record("a", ["spikes", "v", "isyn_exc", "isyn_inh"])
    return net


def crossed(seed: int) -> Any:
    """Populations that are connected in another order than they are made, onto tight rings."""
    rng = np.random.default_rng(seed)
    net = ns.Network(f"crossed {seed}")
    for name, n in (("a", 30), ("z", 15)):
        net.population(name, n, _exp(rng, n))
    for name in ("second", "first"):
        net.population(name, 20, _source(rng, 20, 1.0, 0.1))
    _join(net, rng, "first", "a", "excitatory", 1.0, 0.4, [1, 2], 1.0)
    _join(net, rng, "second", "a", "excitatory", 1.0, 0.4, [1, 2], 1.0)
    _join(net, rng, "second", "z", "excitatory", 3.0, 0.4, [1, 2], 1.0)
    _join(net, rng, "z", "a", "excitatory", 1.0, 0.4, [1, 2], 1.0)
    _join(net, rng, "first", "a", "excitatory", 0.5, 0.4, [1, 2], 1.0)
    _join(net, rng, "a", "a", "inhibitory", -0.5, 0.4, [1, 2], 1.0)
    net.record(["a", "z"], ["spikes", "v", "isyn_exc", "isyn_inh"])
    return net


def extremes(seed: int) -> Any:
    """Cells far from any sensible range, where sums and products wrap around."""
    rng = np.random.default_rng(seed)
    net = ns.Network(f"extremes {seed}")
    net.population("in", 10, _source(rng, 10, 1.0, 0.2))
    n = 30
    wild = {
        "cm": _spread(rng, 0.01, 0.1, n), "tau_m": _spread(rng, 0.5, 500.0, n),
        "i_offset": _spread(rng, -60000.0, 60000.0, n), "v_thresh": _spread(rng, 0.0, 3e4, n),
        "v_reset": _spread(rng, -3e4, -1.0, n), "tau_refrac": _spread(rng, 0.0, 20.0, n),
    }  # fmt: skip
    synapses = {"tau_syn_E": _spread(rng, 0.1, 900.0, n), "tau_syn_I": _spread(rng, 0.1, 900.0, n)}
    net.population("exp", n, ns.IFCurrExp(**wild, **synapses))
    net.population("alpha", n, ns.IFCurrAlpha(**wild, **synapses))
    net.population("cond", n, ns.IFCondExp(**wild, **synapses))
    net.population("delta", n, ns.IFCurrDelta(**wild))
    spikes = {"i_offset": _spread(rng, -6e4, 6e4, n), "a": _spread(rng, 0.0, 900.0, n)}
    net.population("izhikevich", n, ns.IzhikevichCurrExp(**spikes, **synapses))
    for name in ("exp", "alpha", "cond", "delta", "izhikevich"):
        _join(net, rng, "in", name, "excitatory", 900.0, 0.5, [1, 2, 3], 1.0)
        sign = 1.0 if name == "cond" else -1.0
        _join(net, rng, "in", name, "inhibitory", sign * 900.0, 0.5, [1, 2, 4], 1.0)
        net.record(name, ["spikes", *net[name].kind.recordable()[1:]])
    return net


def injected(kind: str, dt: float, seed: int) -> Any:
    """Cells that are driven by currents, several into the same ones."""
    rng = np.random.default_rng(seed)
    net = ns.Network(f"injected {kind} {dt:g} {seed}")
    net.population("in", 10, _source(rng, 10, dt, 0.05))
    net.population("a", 25, CELLS[kind][0](rng, 25))
    _join(net, rng, "in", "a", "excitatory", CELLS[kind][1], 0.3, [1, 3], dt)
    net.inject(ns.DCSource(amplitude=0.75, start=10 * dt, stop=120 * dt), net["a"][:15])
    net.inject(ns.DCSource(amplitude=-0.31), net["a"][10:20])
    times = np.sort(rng.choice(np.arange(5, 190), 6, replace=False)) * dt
    net.inject(ns.StepSource(times, _spread(rng, -1.0, 2.0, 6)), net["a"][5:25])
    net.record("a", ["spikes", *net["a"].kind.recordable()[1:]])
    return net


def noisy(dt: float, seed: int) -> Any:
    """Poisson sources slow and fast, some of which begin late or end early."""
    rng = np.random.default_rng(seed)
    net = ns.Network(f"noisy {dt:g} {seed}")
    n = 40
    rate = np.round(np.concatenate([[0.0, 9.9, 10.1], 10.0 ** rng.uniform(0.0, 3.0, n - 3)]), 2)
    start = np.where(rng.random(n) < 0.3, rng.integers(0, 60, n), 0) * dt
    duration = np.where(rng.random(n) < 0.3, rng.integers(10, 100, n), 10**6) * dt
    net.population("noise", n, ns.SpikeSourcePoisson(rate, start, duration))
    net.population("a", 30, _exp(rng, 30))
    _join(net, rng, "noise", "a", "excitatory", 0.2, 0.2, [1, 2, 5], dt)
    _join(net, rng, "noise", "a", "inhibitory", -0.2, 0.2, [1, 4], dt)
    _join(net, rng, "a", "a", "excitatory", 0.2, 0.2, [1, 3], dt)
    net.inject(ns.PoissonInput(rate=3000.0, weight=0.02), "a")
    net.record("a", ["spikes", "v", "isyn_exc", "isyn_inh"])
    return net
