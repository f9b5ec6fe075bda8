from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from neurosim.backends.base import Synapses
from neurosim.recording.recording import Recording, Signal, SpikeTrains
from neurosim.testing.cases import CASES
from neurosim.testing.compare import Outcome, differences, observe, require, require_same
from neurosim.testing.start import start


def made() -> Outcome:
    times, ids = np.array([1.0, 2.5]), np.array([0, 1], dtype=np.int32)
    trains = SpikeTrains(times, ids, ids.copy())
    signal = Signal(np.zeros((3, 2)), np.arange(3.0), 1.0, ids.copy(), "mV")
    synapses = Synapses(ids.copy(), ids.copy(), np.array([0.5, 0.25]), np.array([1.0, 2.0]))
    return Outcome(
        Recording({"a": trains}, {("a", "v"): signal}, 3.0),
        {("a", "v"): np.array([1.0, 2.0])},
        {("p", True): synapses},
    )


def nudge(array: np.ndarray) -> None:
    array[-1] = np.nextafter(array[-1], np.inf)


CHANGES: dict[str, Callable[[Outcome], object]] = {
    "spike times of 'a'": lambda o: nudge(o.recording.spikes["a"].times),
    "spike ids of 'a'": lambda o: o.recording.spikes["a"].ids.sort(),
    "recorded ids of 'a'": lambda o: o.recording.spikes["a"].recorded.fill(7),
    "samples of 'a', v": lambda o: o.recording.signals["a", "v"].values.fill(-0.0),
    "sample times of 'a', v": lambda o: nudge(o.recording.signals["a", "v"].times),
    "sampled ids of 'a', v": lambda o: o.recording.signals["a", "v"].ids.fill(3),
    "present v of 'a'": lambda o: nudge(o.state["a", "v"]),
    "weight of 'p' with pending potentiation": lambda o: nudge(o.synapses["p", True].weight),
    "delay of 'p' with pending potentiation": lambda o: nudge(o.synapses["p", True].delay),
    "pre of 'p' with pending potentiation": lambda o: o.synapses["p", True].pre.fill(1),
    "post of 'p' with pending potentiation": lambda o: o.synapses["p", True].post.fill(1),
}


def test_equal_outcomes() -> None:
    assert differences(made(), made()) == []
    require_same(made(), made(), "never")


@pytest.mark.parametrize("name", [n for n in CHANGES if n != "spike ids of 'a'"])
def test_one_changed_bit_is_named(name: str) -> None:
    other = made()
    CHANGES[name](other)
    texts = differences(made(), other)
    assert [text.split(": ")[0] for text in texts] == [name]


def test_the_first_place_is_named() -> None:
    other = made()
    other.recording.signals["a", "v"].values[1, 1] = 2.0
    (text,) = differences(made(), other)
    assert text == (
        "samples of 'a', v: 1 of 6 values differ, first at (1, 1): "
        "np.float64(0.0) expected, np.float64(2.0) found"
    )


def test_equal_nan_is_equal() -> None:
    one, other = made(), made()
    one.state["a", "v"][0] = other.state["a", "v"][0] = np.nan
    assert differences(one, other) == []


def test_shape_type_and_absence_are_named() -> None:
    short, single, none = made(), made(), made()
    short.state["a", "v"] = np.zeros(1)  # type: ignore[index]
    single.state["a", "v"] = np.array([1.0, 2.0], dtype=np.float32)  # type: ignore[index]
    none.state.clear()  # type: ignore[attr-defined]
    name = "present v of 'a': "
    assert differences(made(), short) == [name + "(2,) float64 expected, (1,) float64 found"]
    assert differences(made(), single) == [name + "(2,) float64 expected, (2,) float32 found"]
    assert differences(made(), none) == [name + "missing"]
    assert differences(none, made()) == []


def test_the_error_holds_the_first_differences() -> None:
    other = made()
    other.recording.spikes.clear()  # type: ignore[attr-defined]
    other.recording.signals.clear()  # type: ignore[attr-defined]
    other.synapses.clear()  # type: ignore[attr-defined]
    with pytest.raises(AssertionError) as caught:
        require_same(made(), other, "they differ")
    lines = str(caught.value).splitlines()
    assert lines[:2] == ["they differ", "spike times of 'a': missing"]
    assert lines[-1] == "... and 2 more"


def test_observe_sees_everything() -> None:
    with start("reference", CASES["recurrent"]) as simulation:
        found = observe(simulation.run(5.0))
    assert found.recording.duration == 5.0
    assert ("exc", "refractory") in found.state
    assert found.synapses["plastic", True].weight.size == 80
    assert ("plastic", False) in found.synapses


def test_require() -> None:
    require(1, "fine")
    with pytest.raises(AssertionError, match="not so"):
        require(0, "not so")
