"""All cells against the oracle, word by word."""

from __future__ import annotations

import pytest

from tests.hardware.spinnaker.nets import KINDS, agree, network


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("kind", KINDS)
def test_cells_at_1_ms(kind: str, seed: int) -> None:
    agree(network(kind, seed))


@pytest.mark.parametrize("kind", KINDS)
def test_cells_at_a_tenth_of_a_millisecond(kind: str) -> None:
    net = network(kind, 3, longest=1.5, dt=0.1, ticks=300)
    agree(net, ticks=300, dt=0.1)
