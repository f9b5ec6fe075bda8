"""The order of events, as ``docs/concepts/update-order.md`` states it, on the judge itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from neurosim.backends.base import Options
from neurosim.backends.reference import Reference, ReferenceEngine
from neurosim.backends.registry import backend
from neurosim.errors import UnsupportedError
from neurosim.network import AllToAll, FromList, Network
from neurosim.neurons import IFCurrExp
from neurosim.neurons.currents import DCSource, StepSource
from neurosim.neurons.sources import PoissonInput, SpikeSourceArray
from neurosim.plan import Plan, lower
from neurosim.synapses import STDP, Static, TsodyksMarkram
from neurosim.testing.cases import CASES

HUGE = 1e16
"""Adding 1 to it changes nothing, so that a sum tells the order of its terms."""


def source(*trains: list[float]) -> Any:
    return SpikeSourceArray(spike_times=list(trains))  # type: ignore[arg-type]


def network(*trains: list[float], timing: str = "standard") -> Network:
    made = Network(timing=timing)
    made.population("source", len(trains), source(*trains))
    made.population("cell", 1, IFCurrExp(v_thresh=1e300, tau_syn_E=1e9, tau_syn_I=1e9))
    return made


def plan(made: Network, dt: float = 1.0) -> Plan:
    return lower(made, dt, 1, weights="double")


def arrived(made: Network, steps: int) -> float:
    """What arrived at the excitatory receptor of the cell in the last of some steps."""
    engine = ReferenceEngine(plan(made))
    engine.advance(steps)
    return float(engine.read(1, "isyn_exc")[0])


def test_it_is_registered_and_can_do_all_but_single_precision() -> None:
    assert isinstance(backend("reference"), Reference)
    double, single = (lower(network([1.0]), 1.0, 1, precision=p) for p in ("double", "single"))
    assert Reference().check(double) == []
    assert [v.problem for v in Reference().check(single)] == [
        "precision 'single' is not among double"
    ]
    with pytest.raises(UnsupportedError, match="Use precision='double'"):
        Reference().prepare(single, Options())


def test_projections_add_in_the_order_in_which_they_were_made() -> None:
    for weights, expected in (((HUGE, 1.0, -HUGE), 0.0), ((HUGE, -HUGE, 1.0), 1.0)):
        made = network([2.0])
        for number, weight in enumerate(weights):
            made.project(
                "source", "cell", AllToAll(), Static(weight, 1.0), signed=True, name=str(number)
            )
        assert arrived(made, 3) == expected


def test_within_a_projection_short_delays_come_first() -> None:
    made = network([5.0], [6.0], [7.0])
    pairs = np.array([(0, 0), (1, 0), (2, 0)])
    synapse = Static(np.array([HUGE, -HUGE, 1.0]), np.array([3.0, 2.0, 1.0]))
    made.project("source", "cell", FromList(pairs), synapse, signed=True)
    assert arrived(made, 8) == 0.0  # 1 - HUGE + HUGE, all of them arrive at 8 ms


def test_within_a_delay_sources_come_by_id() -> None:
    for weights, expected in (((HUGE, 1.0, -HUGE), 0.0), ((HUGE, -HUGE, 1.0), 1.0)):
        made = network([2.0], [2.0], [2.0])
        pairs = np.array([(2, 0), (0, 0), (1, 0)])
        synapse = Static(np.array([weights[2], weights[0], weights[1]]), 1.0)
        made.project("source", "cell", FromList(pairs), synapse, signed=True)
        assert arrived(made, 3) == expected


def test_what_was_fixed_on_emission_is_added_last() -> None:
    made = network([2.0])
    fixed = STDP(1.0, 1.0, w_max=2.0, dendritic_delay_fraction=1.0)
    made.project("source", "cell", AllToAll(), fixed, name="fixed")
    made.project("source", "cell", AllToAll(), Static(HUGE, 1.0), name="a")
    made.project("source", "cell", AllToAll(), Static(-HUGE, 1.0), signed=True, name="b")
    assert arrived(made, 3) == 1.0
    made.projections["fixed"] = made.projections.pop("fixed")  # now the last projection
    assert arrived(made, 3) == 1.0


def test_poisson_input_is_added_after_all_spikes() -> None:
    made = network([2.0])
    made.inject(PoissonInput(1e6, 1.0, start=2.0, stop=3.0), "cell")
    for name, weight in (("a", HUGE), ("b", -HUGE)):
        made.project("source", "cell", AllToAll(), Static(weight, 1.0), signed=True, name=name)
    count = arrived(made, 3)
    assert count == round(count) != 0.0


def test_injected_currents_are_summed_in_their_order() -> None:
    made = network([])
    for number, amplitude in enumerate((HUGE, -HUGE, 2.0)):
        made.inject(DCSource(amplitude), "cell", name=str(number))
    step = StepSource(times=np.array([1.0]), amplitudes=np.array([0.0]))
    made.inject(step, "cell", name="last")
    engine = ReferenceEngine(plan(made))
    engine.advance(1)
    assert engine.read(1, "v")[0] == pytest.approx(-65.0 + 20.0 * 2.0 * (1.0 - np.exp(-1.0 / 20.0)))


@pytest.mark.parametrize(("timing", "first"), [("standard", 1), ("spinnaker", 2)])
def test_samples_are_taken_before_the_step(timing: str, first: int) -> None:
    made = network([0.0], timing=timing)
    made.project("source", "cell", AllToAll(), Static(1.0, 1.0))
    made.record("cell", "isyn_exc")
    entries = ReferenceEngine(plan(made)).advance(3).entries[0][:, 0]
    assert np.flatnonzero(entries)[0] == first


def test_a_spike_with_the_stamp_of_the_end_belongs_to_the_next_run() -> None:
    made = network([2.0, 3.0])
    made.record("source", "spikes")
    engine = ReferenceEngine(plan(made))
    (stamps, ids), (later, _) = engine.advance(3).entries[0], engine.advance(1).entries[0]
    assert (stamps.tolist(), stamps.dtype, ids.dtype) == ([2], np.int64, np.int32)
    assert later.tolist() == [3]
    engine.feed(0, np.array([4, 6]), np.array([0, 0], dtype=np.int32))
    assert engine.advance(5).entries[0][0].tolist() == [4, 6]


def test_a_unit_may_spike_twice_in_a_step() -> None:
    made = network([2.0, 2.0])
    made.project("source", "cell", AllToAll(), Static(0.5, 1.0))
    assert arrived(made, 3) == 1.0


def test_the_state_is_a_copy_and_goes_back() -> None:
    case = CASES["recurrent"]
    engine = ReferenceEngine(lower(case.network(), case.dt, 3))
    engine.advance(50)
    state = engine.state()
    kept = {name: array.copy() for name, array in state.items()}
    assert len(state["spikes/stamp"]) > 0
    assert len(state["fixed/stamps"]) > 0
    first = engine.advance(40)
    assert all(np.array_equal(state[name], kept[name]) for name in kept)
    engine.restore(state)
    again = engine.advance(40)
    assert engine.step == 90
    for one, other in zip(first.entries, again.entries, strict=True):
        np.testing.assert_array_equal(one, other)


def test_it_counts_its_synapses() -> None:
    made = network([1.0], [2.0])
    made.project("source", "cell", AllToAll(), TsodyksMarkram(1.0))
    assert ReferenceEngine(plan(made)).notes() == {"synapses": 2}


def test_spikes_are_kept_as_long_as_the_longest_delay() -> None:
    made = network([1.0])
    made.project("source", "cell", AllToAll(), Static(1.0, 5.0))
    engine = ReferenceEngine(plan(made))
    engine.advance(6)
    assert engine.spikes.at(0, 1) == [0]
    engine.advance(1)
    assert engine.spikes.at(0, 1) == []
    assert engine.read(1, "isyn_exc")[0] == pytest.approx(1.0)
