"""B7: what neurons cost that do not fire.

A network whose synapses cost delivery and change nothing, of which a share fires regularly.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from neurosim import seeds
from neurosim.benchmarks.definition import MEAN, Bench, Range, checked_scale, halves, sizes
from neurosim.declare import Bounds, number
from neurosim.errors import ParameterError, close_matches
from neurosim.network.connectors import FixedNumberPre
from neurosim.network.network import Network
from neurosim.neurons.lif import IFCurrExp
from neurosim.synapses import Static

ACTIVITIES = {"silent": 0.0, "sparse": 0.01, "active": 1.0}
"""Shares of neurons that fire, by name."""

ACCEPTED: dict[str, Range] = {"silent": (0.0, 0.0), "sparse": (0.095, 0.107), "active": (9.9, 10.1)}
"""Mean rates that count, Hz."""

N = 100_000
IN_DEGREES = (80, 20)
JUMPS = (0.001, -0.004)
RATE = 10.0
"""Of a neuron that fires, Hz."""

TAU_M, T_REF, THRESHOLD = 20.0, 2.0, 15.0


def b7(scale: float = 1.0, activity: str | float = "active", seed: int = 1) -> Bench:
    """100,000 neurons, 100 synapses each, of which a share fires at 10 Hz.

    Parameters
    ----------
    scale : float
        Number of neurons as a multiple of 100,000.
    activity : str or float
        ``"silent"``, ``"sparse"`` (1 %), ``"active"`` (all), or the share.
    seed : int
        Decides which neurons fire, and their phases.
    """
    scale = checked_scale(scale)
    share = checked_activity(activity)
    n, n_exc = sizes(N, scale)
    rng = seeds.generator(seed, "bench/b7")
    firing = rng.permutation(n)[: round(share * n)]
    phase = rng.random(len(firing)) * (1000.0 / RATE - T_REF)
    current, start = np.zeros(n), np.zeros(n)
    current[firing] = drive()
    start[firing] = drive() * -np.expm1(-phase / TAU_M)
    net = Network("b7")
    same = bool((current == current[0]).all())
    cell = IFCurrExp(
        v_rest=0.0, v_thresh=THRESHOLD, v_reset=0.0, tau_m=TAU_M, tau_refrac=T_REF,
        cm=TAU_M,  # a resistance of 1 MOhm: currents in nA are drives in mV
        tau_syn_E=2.0, tau_syn_I=2.0, i_offset=float(current[0]) if same else current,
    )  # fmt: skip
    cells = net.population("cells", n, cell, initial={"v": start})
    for view, count, jump, receptor in zip(
        (cells[:n_exc], cells[n_exc:]), IN_DEGREES, JUMPS, ("excitatory", "inhibitory"),
        strict=True,
    ):  # fmt: skip
        rule = FixedNumberPre(count, with_replacement=True)
        net.project(view, cells, rule, Static(weight=jump, delay=1.5), receptor, receptor)
    net.record(cells, "spikes")
    name = next((k for k, v in ACTIVITIES.items() if v == share), "")
    accepted = {MEAN: ACCEPTED[name]} if name and scale == 1.0 else {}
    variant = name or f"{share:g}"
    return Bench("b7", scale, variant, net, halves("cells", n_exc, n), accepted=accepted)


def drive(rate: float = RATE) -> float:
    """Constant drive (mV) at which a neuron fires at a rate (Hz)."""
    q = math.exp((1000.0 / rate - T_REF) / TAU_M)
    return THRESHOLD * q / (q - 1.0)


def checked_activity(activity: Any) -> float:
    """The share of neurons that fire.

    Raises
    ------
    ParameterError
        If it is neither a name nor a number from 0 to 1.
    """
    if activity in ACTIVITIES:
        return ACTIVITIES[activity]
    try:
        share = float(activity)
    except (TypeError, ValueError) as error:
        rule = f"must be one of {tuple(ACTIVITIES)} or a number from 0 to 1"
        hint = close_matches(activity, ACTIVITIES)
        raise ParameterError("b7", "activity", rule, activity, hint) from error
    return float(number("b7", "activity", share, Bounds(low=0.0, high=1.0), scalar=True))
