import pytest

import neurosim as ns
from neurosim.errors import ParameterError
from neurosim.synapses.stdp import DEPENDENCES


def test_defaults_are_those_of_pynn():
    rule = ns.STDP(0.5)
    assert (rule.tau_plus, rule.tau_minus, rule.A_plus, rule.A_minus) == (20.0, 20.0, 0.01, 0.01)
    assert (rule.w_min, rule.w_max, rule.dendritic_delay_fraction) == (0.0, 1.0, 1.0)
    assert (rule.dependence, rule.pairing) == ("additive", "all_to_all")


def test_bounds_leave_room():
    for low in (1.0, 2.0):
        with pytest.raises(ParameterError, match=r"STDP.w_min: must be < w_max \(1\)"):
            ns.STDP(0.5, w_min=low, w_max=1.0)


@pytest.mark.parametrize("fraction", [-0.1, 1.1])
def test_the_dendritic_share_is_a_share(fraction):
    with pytest.raises(ParameterError, match=r"dendritic_delay_fraction: must be >= 0 and <= 1"):
        ns.STDP(0.5, dendritic_delay_fraction=fraction)


def test_unknown_words_have_close_matches():
    with pytest.raises(ParameterError, match="Did you mean 'multiplicative'"):
        ns.STDP(0.5, dependence="multiplicativ")
    with pytest.raises(ParameterError, match="Did you mean 'nearest'"):
        ns.STDP(0.5, pairing="nearst")


def test_every_dependence_is_in_the_table_of_the_docstring():
    assert all(f"\n    {name} " in ns.STDP.__doc__ for name in DEPENDENCES)
