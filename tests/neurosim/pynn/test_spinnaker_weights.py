import numpy as np
import pytest

from neurosim.neurons import IFCurrAlpha, IFCurrDelta
from neurosim.pynn.spinnaker_weights import factors, on_grid, one_factor, scales


def words(weights, shift):
    return np.rint(weights * 2.0 ** (15 - shift))


@pytest.mark.parametrize("shift", range(16))
def test_a_product_becomes_the_same_word_at_every_scale(shift):
    rng = np.random.default_rng(shift)
    halves = (np.arange(2000) + 0.5) * 2.0 ** (shift - 15)  # between two words of this scale
    wanted = np.concatenate([halves, rng.uniform(0.0, 4.0, 2000), 2.0 ** np.arange(-9, 8)])
    for by in (0.04877, 1.2731, 13.5, rng.uniform(0.01, 30.0, len(wanted))):
        made = factors(wanted, by) * by
        np.testing.assert_allclose(made, wanted, rtol=4e-16)
        own = wanted > 2.0 ** (shift - 16)  # half a word is a power of two, of which one goes up
        assert (words(made, shift)[own] == words(wanted, shift)[own]).all()


def test_plain_division_would_not_do():
    wanted, by = (np.arange(2000) + 0.5) * 2.0**-15, 1.2731
    assert (words(wanted / by * by, 0) != words(wanted, 0)).any()


def test_powers_of_two_do_not_fall_below():
    powers, by = 2.0 ** np.arange(-8, 8), np.random.default_rng(1).uniform(0.01, 30.0, (500, 1))
    made = factors(powers, by) * by
    assert (made >= powers).all()
    assert ((powers / by) * by < powers).any()


def test_nothing_stays_nothing():
    assert factors(np.zeros(2), np.array([0.3, 2.0])).tolist() == [0.0, 0.0]
    assert one_factor(1.5, 0.5) == 3.0


def test_a_delta_weight_is_a_current_of_one_tick():
    kind = IFCurrDelta(tau_m=[20.0, 10.0], cm=[1.0, 0.25])
    found = scales(kind, 2, 1.0, "excitatory")
    # 1 mV takes 1 / (R (1 - exp(-1 / tau_m))) nA, up to the 15 bits of the board's exponential
    exact = [1.0 / (20.0 * -np.expm1(-0.05)), 1.0 / (40.0 * -np.expm1(-0.1))]
    assert found == pytest.approx(exact, rel=2e-3)
    assert found[0] * (20.0 * (1.0 - 31170 / 32768)) == pytest.approx(1.0, rel=1e-15)  # G1's E


def test_an_alpha_weight_is_a_peak():
    kind = IFCurrAlpha(tau_syn_E=2.0, tau_syn_I=3.0)
    assert scales(kind, 1, 1.0, "excitatory").tolist() == pytest.approx([np.e * 2.0])
    assert scales(kind, 1, 1.0, "inhibitory").tolist() == pytest.approx([np.e * 3.0])


def test_stored_weights_lie_on_a_grid():
    stored = np.arange(1, 100) / 2.0**15
    assert (on_grid(stored * (1.0 + 1e-15)) == stored).all()
