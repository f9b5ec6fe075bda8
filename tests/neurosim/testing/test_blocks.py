from __future__ import annotations

from neurosim.testing.blocks import volley


def test_volley_lies_on_the_grid_and_has_pairs() -> None:
    trains = volley(3, start=1.0, every=4.0).spike_times
    assert [train[:2].tolist() for train in trains] == [[1.0, 5.0], [1.0, 5.0], [1.5, 5.5]]
    assert {len(train) for train in trains} == {8}
