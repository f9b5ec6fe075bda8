from __future__ import annotations

import pytest

from neurosim.distributions import Uniform
from neurosim.errors import ParameterError
from neurosim.neurons import IFCurrExp
from neurosim.testing.blocks import varied, volley


def test_varied_is_the_kind_itself() -> None:
    assert varied(IFCurrExp, tau_m=[5.0, 6.0]).tau_m.tolist() == [5.0, 6.0]  # type: ignore[attr-defined]
    assert varied(IFCurrExp, cm=Uniform(1.0, 2.0)).cm == Uniform(1.0, 2.0)
    with pytest.raises(ParameterError, match="tau_m"):
        varied(IFCurrExp, tau_m=[-1.0])


def test_volley_lies_on_the_grid_and_has_pairs() -> None:
    trains = volley(3, start=1.0, every=4.0).spike_times
    assert [train[:2].tolist() for train in trains] == [[1.0, 5.0], [1.0, 5.0], [1.5, 5.5]]
    assert {len(train) for train in trains} == {8}
