"""Random networks for the emulator, drawn by a seed, and how to compare it with the oracle."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.backends.base import Options
from neurosim.hardware.spinnaker.emulator import Emulator, EmulatorEngine
from neurosim.hardware.spinnaker.settings import Settings
from neurosim.network import FixedProbability, Network
from neurosim.neurons import IFCondExp, IFCurrAlpha, IFCurrDelta, IFCurrExp, IzhikevichCurrExp
from neurosim.neurons.sources import SpikeSourceArray
from neurosim.plan.lower import lower
from neurosim.synapses import STDP, Static
from tests.hardware.spinnaker.oracle import Oracle

SIZE = 6


def between(rng: np.random.Generator, low: float, high: float, n: int = SIZE) -> Any:
    return np.round(rng.uniform(low, high, n), 3)


def lif(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "tau_m": between(rng, 5.0, 40.0), "cm": between(rng, 0.2, 2.0),
        "v_rest": between(rng, -75.0, -60.0), "v_reset": between(rng, -80.0, -60.0),
        "v_thresh": between(rng, -55.0, -45.0), "tau_refrac": between(rng, 0.0, 4.0),
        "i_offset": between(rng, -0.5, 1.5),
    }  # fmt: skip


def taus(rng: np.random.Generator) -> dict[str, Any]:
    return {"tau_syn_E": between(rng, 1.0, 20.0), "tau_syn_I": between(rng, 1.0, 20.0)}


def cell(kind: str, rng: np.random.Generator) -> Any:
    if kind == "izhikevich_curr_exp":
        return IzhikevichCurrExp(
            a=between(rng, 0.01, 0.1), b=between(rng, 0.15, 0.27), c=between(rng, -70.0, -50.0),
            d=between(rng, 1.0, 10.0), i_offset=between(rng, 0.0, 15.0), **taus(rng),
        )  # fmt: skip
    if kind == "if_curr_delta":
        return IFCurrDelta(**lif(rng))
    if kind == "if_cond_exp":
        return IFCondExp(
            **lif(rng), **taus(rng), e_rev_E=between(rng, -10.0, 10.0),
            e_rev_I=between(rng, -90.0, -70.0),
        )  # fmt: skip
    return (IFCurrAlpha if kind == "if_curr_alpha" else IFCurrExp)(**lif(rng), **taus(rng))


KINDS = ("if_curr_exp", "if_curr_delta", "if_curr_alpha", "if_cond_exp", "izhikevich_curr_exp")
WEIGHT = {
    "if_curr_delta": 8.0,
    "if_curr_alpha": 8.0,
    "if_cond_exp": 0.06,
    "izhikevich_curr_exp": 12.0,
}


def network(
    kind: str, seed: int, *, longest: float = 7.0, dt: float = 1.0, rule: Any = None,
    ticks: int = 80,
) -> Network:  # fmt: skip
    """Sources onto cells, both ways, and cells onto each other, by a rule if one is given."""
    rng = np.random.default_rng(seed)
    times = [np.sort(rng.integers(0, ticks, 12)) * dt for _ in range(4)]
    net = Network("random")
    source = net.population("source", 4, SpikeSourceArray([t.tolist() for t in times]))
    cells = net.population("cells", SIZE, cell(kind, rng))
    most = WEIGHT.get(kind, 2.0)
    inhibitory = most if kind == "if_cond_exp" else -most

    def delays(shape: tuple[int, int]) -> Any:
        return dt * rng.integers(1, round(longest / dt) + 1, shape)

    shape = (4, SIZE)
    static = Static(most * rng.uniform(0.0, 1.0, shape), delays(shape))
    net.project(source, cells, FixedProbability(0.7), static)
    static = Static(inhibitory * rng.uniform(0.0, 1.0, shape), delays(shape))
    net.project(source, cells, FixedProbability(0.5), static, "inhibitory")
    shape = (SIZE, SIZE)
    weights = most * rng.uniform(0.0, 0.4, shape)
    own = Static(weights, delays(shape)) if rule is None else rule(weights, delays(shape), most)
    net.project(cells, cells, FixedProbability(0.5), own, name="own")
    net.record(cells, net["cells"].kind.recordable())
    return net


def pair_rule(rng: np.random.Generator, **options: Any) -> Any:
    def rule(weights: Any, delays: Any, most: float) -> STDP:
        return STDP(
            weights, delays, tau_plus=float(rng.uniform(5.0, 40.0)),
            tau_minus=float(rng.uniform(5.0, 40.0)), A_plus=float(rng.uniform(0.01, 0.2)),
            A_minus=float(rng.uniform(0.01, 0.2)), w_min=0.0, w_max=0.6 * most, **options,
        )  # fmt: skip

    return rule


def agree(
    net: Network, ticks: int = 80, dt: float = 1.0, settings: Settings | None = None
) -> tuple[Oracle, EmulatorEngine]:
    """Run the emulator and the oracle and demand the same words, spikes and weights."""
    settings = settings or Settings()
    plan = lower(net, dt, 3)
    oracle = Oracle(plan, settings)
    with Emulator(settings).prepare(plan, Options()) as sim:
        made = sim._engine
        assert isinstance(made, EmulatorEngine)
        recording = sim.run(ticks * dt).recording()
    for population, (v, synapses, spikes) in oracle.run(ticks).items():
        name = oracle.plan.populations[population].name
        if (name, "v") not in recording.signals:
            continue
        np.testing.assert_array_equal(recording.signals[name, "v"].values * 32768, v)
        for r, sides in enumerate((("isyn_exc", "gsyn_exc"), ("isyn_inh", "gsyn_inh"))):
            for variable in sides:
                if (name, variable) in recording.signals:
                    sign = -1.0 if variable == "isyn_inh" else 1.0
                    found = sign * recording.signals[name, variable].values * 32768
                    np.testing.assert_array_equal(found, synapses[:, :, r])
        trains = recording.spikes[name]
        stamps = np.rint(trains.times / dt).astype(int).tolist()
        assert list(zip(stamps, trains.ids.tolist(), strict=True)) == spikes
        assert spikes
    start = 0
    for route, rows in zip(made.mapping.routes, oracle.routes, strict=True):
        words = made.arrays.routes.word[start : start + route.size].tolist()
        assert words == [s[2] for source in sorted(rows) for s in rows[source]]
        start += route.size
    return oracle, made
