from __future__ import annotations

import pytest

from neurosim.errors import StoreError
from neurosim.models.ca3 import Learn, RecallCue, SpikeTable, spike_table
from neurosim.models.ca3.table import COLUMNS

from . import worked


@pytest.fixture(scope="module")
def golden():
    return SpikeTable.from_csv(worked.SPIKES)


@pytest.mark.parametrize("backend", ["numba", "reference", "spinnaker-emulator"])
def test_the_worked_example_spike_for_spike(golden, backend):
    table = spike_table(worked.OPERATIONS, 3, 4, steps=worked.STEPS, backend=backend)
    assert table.differences(golden) == []
    assert table == golden


def test_the_worked_example_holds_the_published_totals(golden):
    totals = golden.totals()
    for name in ("IN", "OUT"):
        totals[name] = totals.pop(f"{name} cue") + totals.pop(f"{name} cont")
    assert totals == worked.TOTALS
    assert golden.n_spikes == sum(worked.TOTALS.values())


def test_schedules_can_be_given(golden):
    table = spike_table(worked.TIMED, 3, 4, steps=worked.STEPS)
    assert table == golden
    later = spike_table(worked.OPERATIONS[:1], 3, 4, start=5)
    assert later.n_steps == 13
    assert later[5 + 3, "CueCont"] == golden[3, "CueCont"]


def test_an_unlearned_cue_only_echoes():
    table = spike_table([RecallCue(1)], 2, 2)
    active = {place: ids for place, ids in table.cells.items() if "OUT" in place[1]}
    assert active == {(5, "OUT cue"): (1,)}


def test_differences_are_found():
    a = SpikeTable(3, {(0, "CueCue"): (0,), (2, "ContCue"): (1,)})
    b = SpikeTable(3, {(0, "CueCue"): (0,), (2, "ContCue"): (1, 2), (1, "OUT cue"): (0,)})
    assert a.differences(b) == [(1, "OUT cue"), (2, "ContCue")]
    assert a != b


def test_round_trip(tmp_path, golden):
    path = tmp_path / "table.csv"
    golden.to_csv(path)
    assert SpikeTable.from_csv(path) == golden
    assert path.read_text() == worked.SPIKES.read_text()


def test_forms_to_read(golden):
    lines = golden.to_markdown().splitlines()
    assert lines[0] == f"| t | {' | '.join(COLUMNS)} |"
    assert lines[2].startswith("| 0 | 0 | 0,1 | – |")  # noqa: RUF001
    assert len(lines) == 2 + len(golden.steps)
    assert str(golden) == golden.to_markdown()
    assert golden._repr_html_().count("<tr>") == 1 + len(golden.steps)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "must be a spike table"),
        ("t,a,b\n", "must be a spike table"),
        ("t," + ",".join(COLUMNS) + "\n0,1\n", "line 2"),
        ("t," + ",".join(COLUMNS) + "\nx" + "," * 12 + "\n", "line 2"),
        ("t," + ",".join(COLUMNS) + "\n0,a" + "," * 11 + "\n", "line 2"),
    ],
)
def test_foreign_files_are_refused(tmp_path, text, problem):
    path = tmp_path / "table.csv"
    path.write_text(text)
    with pytest.raises(StoreError, match=problem):
        SpikeTable.from_csv(path)


def test_files_that_cannot_be_used(tmp_path):
    with pytest.raises(StoreError, match="cannot be read"):
        SpikeTable.from_csv(tmp_path / "missing.csv")
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        spike_table([Learn(0, {0})], 1, 1).to_csv(tmp_path / "file" / "table.csv")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(StoreError, match="cannot be read"):
        SpikeTable.from_csv(tmp_path / "binary")
