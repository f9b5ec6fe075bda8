from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from neurosim.backends.reference_spikes import Spikes
from neurosim.backends.reference_stdp import STDPPart, power
from neurosim.network import Network, OneToOne
from neurosim.neurons import IFCurrExp
from neurosim.neurons.sources import SpikeSourceArray
from neurosim.plan import lower
from neurosim.synapses import STDP

PRE, POST = 0, 1


def part(weights: str = "double", steps: int = 4, **values: Any) -> STDPPart:
    """One synapse with a delay of some steps of 1 ms."""
    network = Network()
    network.population("source", 1, SpikeSourceArray())
    network.population("cell", 1, IFCurrExp())
    named = {"tau_plus": 10.0, "tau_minus": 20.0, "A_plus": 0.1, "A_minus": 0.05, **values}
    network.project("source", "cell", OneToOne(), STDP(0.5, float(steps), **named))
    plan = lower(network, 1.0, 1, weights=weights)
    return STDPPart(plan.synapses[0], plan)


def follow(made: STDPPart, pre: list[int], post: list[int], until: int) -> dict[int, float]:
    """Weights that spikes transmit, by emission stamp, with the standard order of events."""
    spikes, sent = Spikes(), {}
    for k in range(until):
        spikes.add(PRE, k, [0] * pre.count(k))
        for _, _, weight in made.emit(k, spikes):
            sent[k] = weight
        into = np.zeros(1)
        made.deliver(k + 1, spikes, into)
        if into[0]:
            sent[k + 1 - made.delays[0]] = into[0]
        spikes.add(POST, k + 1, [0] * post.count(k + 1))
        made.settle(k + 1, spikes)
    return sent


def weight(made: STDPPart, pending: bool = True) -> float:
    return float(made.present(pending)[0])


@pytest.mark.parametrize(
    ("share", "dendritic"), [(0.0, 0), (0.1, 0), (0.125, 1), (0.5, 2), (0.6, 2), (1.0, 4)]
)
def test_the_dendritic_share_is_rounded_to_steps(share: float, dendritic: int) -> None:
    made = part(dendritic_delay_fraction=share)
    assert (made.dendritic, made.axonal) == ([dendritic], [4 - dendritic])


def test_dendritic_delay_shifts_the_postsynaptic_spike() -> None:
    made = part()
    sent = follow(made, [10, 30], [12], 40)  # seen at 16
    potentiated = 0.5 + 0.1 * math.exp(-0.6)
    depressed = potentiated - 0.05 * math.exp(-(30 - 16) / 20.0)
    assert sent[10] == 0.5
    assert sent[30] == pytest.approx(depressed, rel=1e-14)
    assert weight(made) == weight(made, pending=False) == sent[30]


def test_axonal_delay_shifts_the_presynaptic_spike() -> None:
    made = part(dendritic_delay_fraction=0.0)
    sent = follow(made, [10, 30], [12, 16], 40)  # seen at 14 and 34
    assert sent[10] == 0.5
    depressed = 0.5 - 0.05 * math.exp(-2.0 / 20.0)
    potentiated = depressed + 0.1 * math.exp(-2.0 / 10.0)
    assert sent[30] == pytest.approx(potentiated, rel=1e-14)  # before its own depression
    last = (1.0 * math.exp(-4.0 / 20.0) + 1.0) * math.exp(-18.0 / 20.0)
    assert weight(made) == pytest.approx(potentiated - 0.05 * last, rel=1e-14)


def test_events_at_equal_times_depress() -> None:
    made = part()
    sent = follow(made, [10], [6], 20)
    assert sent[10] == pytest.approx(0.45, rel=1e-15)


def test_all_pairs_or_the_nearest() -> None:
    for pairing, trace in (("all_to_all", 1.0 + math.exp(-0.4)), ("nearest", 1.0)):
        made = part(pairing=pairing)
        follow(made, [10, 14], [12], 30)  # seen at 16
        assert weight(made) == pytest.approx(0.5 + 0.1 * trace * math.exp(-0.2), rel=1e-14)
        assert weight(made, pending=False) == 0.5


def test_flushing_makes_pending_potentiation_plain() -> None:
    made = part()
    follow(made, [10], [12], 30)
    assert weight(made, pending=False) == 0.5 < weight(made)
    made.flush()
    assert weight(made, pending=False) == weight(made)


def test_frozen_synapses_transmit_and_see_no_spikes() -> None:
    made = part()
    made.freeze(True)
    assert follow(made, [10, 12], [9, 11], 30) == {10: 0.5, 12: 0.5}
    assert weight(made) == 0.5
    assert made.pre_last[0] == made.post_last[0] == -1


def test_spikes_of_the_frozen_time_stay_unseen_later() -> None:
    made, spikes = part(), Spikes()
    spikes.add(PRE, 1, [0])
    made.emit(1, spikes)
    made.freeze(True)
    made.settle(3, spikes)
    spikes.add(POST, 3, [0])
    made.freeze(False)
    spikes.add(POST, 4, [0])
    made.settle(4, spikes)
    for k in range(4, 12):
        made.emit(k, spikes)
    assert made.post_last[0] == 8
    assert weight(made) == pytest.approx(0.5 + 0.1 * math.exp(-0.7), rel=1e-14)


def test_weights_are_rounded_after_every_term() -> None:
    made = part("single", A_plus=1e-9)
    assert made.weights.dtype == np.float32
    follow(made, [10], [12, 13, 14, 15], 40)
    assert weight(made) == 0.5


DEPENDENCES = {
    "additive": (0.5 + 0.1 * 1.5, 0.5 - 0.1 * 1.5),
    "multiplicative": (0.5 + 0.1 * 1.0, 0.5 - 0.1 * 0.4),
    "additive_potentiation_multiplicative_depression": (0.5 + 0.1 * 1.5, 0.5 - 0.1 * 0.4),
    "gutig": (
        0.5 + 0.1 * 1.5 * (1.0 - 0.4 / 1.4) ** 0.25,
        0.5 - 0.1 * 1.5 * (0.4 / 1.4) ** 0.75,
    ),
}


@pytest.mark.parametrize("dependence", DEPENDENCES)
def test_weight_dependences(dependence: str) -> None:
    made = part(w_min=0.1, w_max=1.5, dependence=dependence, mu_plus=0.25, mu_minus=0.75)
    up, down = DEPENDENCES[dependence]
    assert made.potentiated(0.5, 0.1) == pytest.approx(up, rel=1e-14)
    assert made.depressed(0.5, 0.1) == pytest.approx(down, rel=1e-14)
    assert 0.1 <= made.depressed(0.5, 50.0) <= made.potentiated(0.5, 50.0) <= 1.5


@pytest.mark.parametrize(("start", "expected"), [(-3.0, 0.1), (9.0, 1.5)])
def test_weights_outside_the_bounds_come_back(start: float, expected: float) -> None:
    made = part(w_min=0.1, w_max=1.5)
    assert made.potentiated(start, 0.0) == made.depressed(start, 0.0) == expected


def test_power() -> None:
    assert power(0.3, 1.7) == pytest.approx(0.3**1.7, rel=1e-14)
    assert power(0.0, 0.5) == power(-1e-9, 2.0) == 0.0
    assert power(0.0, 0.0) == power(-1.0, 0.0) == power(5.0, 0.0) == 1.0


def test_set_weights_leaves_nothing_pending() -> None:
    made = part()
    follow(made, [10], [12], 30)
    made.set_weights(np.array([0.25]))
    assert weight(made) == weight(made, pending=False) == 0.25


def test_the_state_goes_back() -> None:
    made, other = part(), part()
    follow(made, [10, 20], [12], 30)
    made.freeze(True)
    other.restore(made.state())
    for name, array in made.state().items():
        np.testing.assert_array_equal(array, other.state()[name])
        assert getattr(other, name) is not array
