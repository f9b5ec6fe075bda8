"""Rows of synapses against the oracle, word by word."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from neurosim.hardware.spinnaker.counters import total
from neurosim.hardware.spinnaker.settings import Settings
from neurosim.network import AllToAll, Network
from neurosim.neurons import IFCurrExp
from neurosim.neurons.sources import SpikeSourceArray
from neurosim.synapses import STDP, Static
from tests.hardware.spinnaker.nets import agree, network, pair_rule

RULES: list[dict[str, Any]] = [
    {}, {"dependence": "multiplicative"}, {"pairing": "nearest"},
    {"pairing": "nearest", "dependence": "multiplicative"},
]  # fmt: skip


@pytest.mark.parametrize("options", RULES, ids=str)
@pytest.mark.parametrize("seed", [1, 2])
def test_plastic_rows(options: dict[str, Any], seed: int) -> None:
    rule = pair_rule(np.random.default_rng(seed), **options)
    _, made = agree(network("if_curr_exp", seed, rule=rule), ticks=120)
    changed = made.arrays.routes.word != np.concatenate([r.words for r in made.mapping.routes])
    assert changed.any()


@pytest.mark.parametrize("strict", [True, False])
def test_plastic_delays_of_a_full_turn(strict: bool) -> None:
    rule = pair_rule(np.random.default_rng(5))
    full = lambda weights, delays, most: rule(weights, 4.0, most)  # noqa: E731
    net = network("if_curr_exp", 5, rule=full, longest=4.0)
    oracle, made = agree(net, ticks=120, settings=Settings(strict=strict))
    skipped = total(made.notes()["provenance"], "n_skipped_synapses")
    assert skipped == oracle.skipped
    assert (skipped > 0) == strict


def test_plastic_rows_onto_conductances() -> None:
    rule = pair_rule(np.random.default_rng(6))
    agree(network("if_cond_exp", 6, rule=rule))


def test_a_history_that_is_full_forgets_the_oldest() -> None:
    net = Network("full")
    pre = net.population("pre", 1, SpikeSourceArray([[3.0, 90.0]]))
    drive = net.population("drive", 1, SpikeSourceArray([[float(t) for t in range(5, 80, 3)]]))
    cells = net.population("cells", 2, IFCurrExp(tau_refrac=1.0))
    net.project(drive, cells, AllToAll(), Static(25.0, 1.0))
    rule = STDP(1.0, 1.0, tau_plus=100.0, tau_minus=100.0, A_plus=0.01, A_minus=0.01, w_max=3.0)
    net.project(pre, cells, AllToAll(), rule)
    net.record(cells, ["spikes", "v", "isyn_exc"])
    oracle, made = agree(net, ticks=100)
    assert len(oracle.post[2][0]) == 16
    assert made.arrays.rings.count.tolist() == [16, 16]
    assert made.notes()["cut_histories"] == 2  # both synapses, at the second packet


def test_entries_of_a_ring_saturate_and_are_counted() -> None:
    settings = Settings(populations={"cells": {"max_expected_summed_weight": [0.5, 0.5]}})
    oracle, made = agree(network("if_curr_exp", 7), settings=settings)
    counted = total(made.notes()["provenance"], "n_saturations")
    assert counted == oracle.saturated > 0
