"""A benchmark network as plain data, for a peer that runs the same work.

All numbers come from the network's own description; a peer's script holds none. Units are
neurosim's: ms, mV, nA, nF, uS, Hz; weights are in the unit of the receptor, with its sign.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim import seeds
from neurosim.benchmarks.cases import Settings
from neurosim.benchmarks.definition import DT, Bench
from neurosim.distributions import Distribution, Normal, Uniform
from neurosim.errors import UnsupportedError
from neurosim.network.connectors import Connector, FixedNumberPre, FixedTotalNumber
from neurosim.network.population import View
from neurosim.neurons.base import NeuronKind
from neurosim.synapses import STDP, SynapseKind

RULES: dict[type[Connector], str] = {
    FixedNumberPre: "fixed_in_degree",
    FixedTotalNumber: "fixed_total_number",
}
"""Rules of connection that peers are told."""


def network_task(chosen: Bench, settings: Settings) -> dict[str, Any]:
    """A network and what to do with it, as plain data.

    Parameters
    ----------
    chosen : Bench
        The network.
    settings : Settings
        How to measure; a peer times one span.

    Returns
    -------
    dict
        ``bench, dt, seed, threads, precision, warmup, duration`` and ``populations`` (name, size,
        kind, parameters, initial values), ``projections`` (pre and post as name, first, last;
        rule, count, weight, delay, receptor, whether each synapse has a weight of its own, plastic
        rule), ``inputs`` (Poisson) and ``groups`` (name, population, first, last). A distribution
        is ``{"mean", "sd", "low", "high"}``.

    Raises
    ------
    UnsupportedError
        If the network has something that peers are not told.
    """
    net = chosen.network
    populations = []
    for name, population in net.populations.items():
        kind: Any = population.kind
        if not isinstance(kind, NeuronKind):
            raise UnsupportedError(f"population {name!r}: peers run neurons only. Use neurons.")
        values = {k: _listed(v) for k, v in kind.values().items()}
        rng = seeds.generator(settings.seed, f"bench/{name}")
        initial = {k: _drawn(v, population.size, rng) for k, v in population.initial.items()}
        populations.append(
            dict(name=name, size=population.size, kind=kind.kind, parameters=values,
                 initial=initial)
        )  # fmt: skip
    projections = [
        {
            "name": p.name,
            "pre": _range(p.pre),
            "post": _range(p.post),
            **_rule(p.name, p.connector),
            **_synapse(p.name, p.synapse),
            "receptor": p.receptor,
        }
        for p in net.projections.values()
    ]
    inputs = [
        {
            "target": _range((i.target,)),
            "rate": i.source.rate,
            "weight": i.source.weight,
            "receptor": i.source.receptor,
        }
        for i in net.inputs.values()
    ]
    return {
        "bench": chosen.name,
        "dt": DT,
        "seed": settings.seed,
        "threads": settings.threads,
        "precision": settings.precision,
        "warmup": chosen.warmup,
        "duration": settings.duration,
        "populations": populations,
        "projections": projections,
        "inputs": inputs,
        "groups": [list(group) for group in chosen.groups],
    }


def _range(views: tuple[View, ...]) -> list[Any]:
    (view,) = views
    if not isinstance(view.ids, range) or view.ids.step != 1:
        raise UnsupportedError(f"view {view!r}: peers are told ranges only. Use a range.")
    return [view.name, view.ids.start, view.ids.stop]


def _rule(name: str, connector: Connector) -> dict[str, Any]:
    kind = type(connector)
    if kind not in RULES or not getattr(connector, "with_replacement", False):
        raise UnsupportedError(
            f"projection {name!r}: peers know {', '.join(k.__name__ for k in RULES)} with "
            f"replacement, got {connector!r}. Use one of them."
        )
    return {"rule": RULES[kind], "count": connector.n}  # type: ignore[attr-defined]


def _synapse(name: str, synapse: SynapseKind) -> dict[str, Any]:
    plastic = None
    if isinstance(synapse, STDP):
        if synapse.dependence != "additive" or synapse.pairing != "all_to_all" or synapse.w_min:
            raise UnsupportedError(
                f"projection {name!r}: peers know additive pairs from 0, got {synapse!r}. Use such."
            )
        plastic = {
            key: getattr(synapse, key)
            for key in ("tau_plus", "tau_minus", "A_plus", "A_minus", "w_max")
        }
    constant = isinstance(synapse.weight, float)
    return {
        "weight": _value(synapse.weight),
        "own_weights": not constant or plastic is not None,
        "delay": _value(synapse.delay),
        "plastic": plastic,
    }


def _value(value: Any) -> Any:
    """A number, or a distribution as plain data; one without width is a number."""
    if isinstance(value, Normal):
        return {"mean": value.mean, "sd": value.sd, "low": value.low, "high": value.high}
    if isinstance(value, Uniform) and value.low == value.high:
        return value.low
    return float(value)


def _listed(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value


def _drawn(value: Any, size: int, rng: np.random.Generator) -> list[float]:
    if isinstance(value, Distribution):
        value = value.quantile(rng.random(size))
    return [float(x) for x in np.broadcast_to(value, size)]
