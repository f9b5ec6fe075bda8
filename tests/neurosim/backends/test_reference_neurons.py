from __future__ import annotations

import numpy as np
import pytest

from neurosim.backends.reference_neurons import Neurons
from neurosim.declare import param
from neurosim.errors import SimulationError
from neurosim.kernels.layout import TINY
from neurosim.network import Network
from neurosim.neurons import NeuronKind
from neurosim.neurons.base import KINDS
from neurosim.plan import lower


class Counter(NeuronKind):
    """Counts by what arrives; spikes by a number."""

    kind = "test_reference_counter"
    gain: float = param(2.0, doc="factor of the input")
    state = {"n": 0.0, "calls": 1.0}  # noqa: RUF012
    step = """
    def step(n, calls, inhibitory, excitatory, injected, gain, dt):
        n = n + gain * (excitatory - inhibitory) + dt * injected
        return n, calls + 1, n // 2
    """


class Divider(NeuronKind):
    """Divides by what arrives."""

    kind = "test_reference_divider"
    state = {"x": 1.0}  # noqa: RUF012
    step = """
    def step(x, excitatory, inhibitory):
        return x / excitatory, False
    """


KINDS.pop(Counter.kind)
KINDS.pop(Divider.kind)


def neurons(kind: NeuronKind, size: int) -> Neurons:
    network = Network()
    network.population("cells", size, kind)
    return Neurons(lower(network, 0.5, 1).neurons[0], 0.5)


def test_a_step_takes_all_by_name_and_gives_state_and_spikes() -> None:
    made = neurons(Counter(gain=[1.0, 2.0, 3.0]), 3)
    sums = np.array([[1.0, 1.0, 0.0], [0.0, 0.25, 1.0]])
    assert made.advance(sums, np.array([0.0, 0.0, 1.0])) == [2]
    assert made.state["n"].tolist() == [1.0, 1.5, -2.5]
    assert made.state["calls"].tolist() == [2.0, 2.0, 2.0]
    assert made.state["calls"].dtype == np.float64


def test_the_state_goes_back() -> None:
    made = neurons(Counter(), 1)
    before = {name: values.copy() for name, values in made.state.items()}
    made.advance(np.ones((2, 1)), np.ones(1))
    made.restore(before)
    assert {name: values.tolist() for name, values in made.state.items()} == {
        "n": [0.0],
        "calls": [1.0],
    }
    before["n"][0] = 5.0
    assert made.state["n"][0] == 0.0


def test_tiny_values_become_zero() -> None:
    made = neurons(Counter(), 6)
    values = [5e-324, -1e-201, TINY, -TINY, np.nan, -np.inf]
    made.restore({"n": np.array(values), "calls": np.zeros(6)})
    made.clear_tiny()
    np.testing.assert_array_equal(made.state["n"], [0.0, 0.0, *values[2:]])
    assert not np.signbit(made.state["n"][1])


def test_a_failing_step_names_its_kind_and_populations() -> None:
    made = neurons(Divider(), 2)
    with pytest.raises(SimulationError, match=r"Divider.step: .* division .*'?cells") as caught:
        made.advance(np.zeros((2, 2)), np.zeros(2))
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert made.state["x"].tolist() == [1.0, 1.0]
