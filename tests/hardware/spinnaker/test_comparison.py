from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from neurosim import simulate
from neurosim.errors import ParameterError, WiringError
from neurosim.hardware.spinnaker.comparison import compare, near
from neurosim.network import AllToAll, Network
from neurosim.neurons import IFCurrExp
from neurosim.neurons.sources import SpikeSourceArray
from neurosim.recording.recording import Recording
from neurosim.synapses import Static

NAME = "spinnaker-emulator"


def network(timing: str = "standard", offset: float = 0.8) -> Network:
    net = Network("compared", timing=timing)
    source = net.population("source", 2, SpikeSourceArray([[5.0, 20.0], [12.0, 30.0]]))
    cells = net.population("cells", 4, IFCurrExp(i_offset=offset * np.linspace(0.5, 1.5, 4)))
    net.project(source, cells, AllToAll(), Static(0.8, 2.0))
    net.record(cells, ["spikes", "v"])
    net.record(source, "spikes")
    return net


def run(backend: str, timing: str = "standard", **options: float) -> Recording:
    return simulate(network(timing, **options), 200.0, dt=1.0, seed=1, backend=backend)


def test_a_run_equals_itself() -> None:
    emulated = run(NAME)
    found = compare(emulated, emulated)
    assert found.equal
    assert found.shift == 0
    assert all(s.first is None and s.same == s.near == s.found for s in found.spikes)
    assert all(t.largest == t.before == 0.0 for t in found.traces)


def test_stamps_of_the_standard_timing_are_moved_to_the_boards() -> None:
    found = compare(run("numba"), run(NAME))
    assert found.shift == 1
    cells = next(s for s in found.spikes if s.population == "cells")
    assert cells.expected > 10
    assert cells.same >= cells.expected - 1
    assert compare(run("numba", "spinnaker"), run(NAME)).shift == 0


def test_differences_are_counted_where_they_are() -> None:
    found = compare(run("numba", "spinnaker"), run(NAME, offset=1.0))
    cells = next(s for s in found.spikes if s.population == "cells")
    assert not found.equal
    assert cells.found > cells.expected
    assert cells.first is not None
    assert cells.rate > 1.0
    v = found.traces[0]
    assert v.largest > 1.0
    assert abs(v.mean) <= v.rms <= v.largest
    source = next(s for s in found.spikes if s.population == "source")
    assert source.equal


@pytest.mark.parametrize(
    ("tolerance", "pairs"), [(0, 1), (1, 2), (2, 3), (50, 3)]
)  # fmt: skip
def test_pairs_within_a_tolerance(tolerance: int, pairs: int) -> None:
    a = np.array([[1, 0], [5, 0], [9, 0], [9, 1]])
    b = np.array([[1, 0], [6, 0], [7, 0], [9, 2]])
    assert near(a, b, tolerance) == pairs


def test_what_differs_on_the_board_is_named(tmp_path: Path) -> None:
    found = compare(run("numba"), run(NAME))
    subjects = {(c.subject, c.what.split(" (")[0]) for c in found.causes}
    assert ("projection 'source->cells'", "weight") in subjects
    assert ("population 'cells'", "decay of the membrane in a tick") in subjects
    text = str(found)
    assert "weight (nA)" in text
    assert repr(found) == text
    assert found._repr_html_().startswith("<pre>")
    assert json.loads(json.dumps(found.to_dict()))["spikes"][0]["population"]
    figure = found.figure()
    figure.savefig(tmp_path / "figure.png")
    assert len(figure.axes) == 3
    assert next(a.get_title(loc="right") for a in figure.axes) == "spikes"


def test_recordings_of_different_steps_or_populations_are_refused() -> None:
    emulated = run(NAME)
    with pytest.raises(ParameterError, match="time step of 1 ms"):
        compare(simulate(network(), 10.0, dt=0.5, seed=1), emulated)
    with pytest.raises(ParameterError, match=r"compare.float_recording: must be a Recording"):
        compare(None, emulated)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="tolerance"):
        compare(emulated, emulated, tolerance=-1)
    empty = Network("empty")
    empty.population("cells", 1, IFCurrExp())
    with pytest.raises(WiringError, match="nothing was recorded in both"):
        compare(simulate(empty, 10.0, dt=1.0, seed=1), emulated)
