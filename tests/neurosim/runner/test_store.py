from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

import neurosim as ns
from neurosim.errors import StoreError
from neurosim.runner.experiment import Result
from neurosim.runner.store import output, read_record, require_free, write


def fill(folder: Path, experiment: str = "tiny", value: float = 1.0) -> None:
    write(folder, {"experiment": experiment, "value": value}, Result({}, {"a": np.ones(2)}))


def test_an_outcome_appears_at_the_end(tmp_path: Path):
    out = tmp_path / "new" / "run"
    with output(out, "tiny") as folder:
        fill(folder)
        assert not out.exists()
    assert sorted(p.name for p in out.iterdir()) == ["arrays.npz", "result.json"]
    assert [p.name for p in out.parent.iterdir()] == ["run"]
    assert np.load(out / "arrays.npz")["a"].tolist() == [1.0, 1.0]
    record = read_record(out)
    assert (record["experiment"], record["files"]) == ("tiny", ["arrays.npz", "result.json"])


def test_nothing_is_left_after_an_error(tmp_path: Path):
    def attempt() -> None:
        with output(tmp_path / "run", "tiny") as folder:
            fill(folder)
            raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        attempt()
    assert list(tmp_path.iterdir()) == []


def test_an_outcome_of_the_same_experiment_is_replaced(tmp_path: Path):
    out = tmp_path / "run"
    for value in (1.0, 2.0):
        with output(out, "tiny") as folder:
            fill(folder, value=value)
    assert read_record(out)["value"] == 2.0
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_an_empty_folder_is_taken(tmp_path: Path):
    (tmp_path / "run").mkdir()
    with output(tmp_path / "run", "tiny") as folder:
        fill(folder)
    assert read_record(tmp_path / "run")["experiment"] == "tiny"


def other_experiment(out: Path) -> None:
    out.mkdir()
    fill(out, experiment="other")


def stray_file(out: Path) -> None:
    out.mkdir()
    fill(out)
    (out / "notes.txt").write_text("mine")


def unrelated_folder(out: Path) -> None:
    out.mkdir()
    (out / "thesis.tex").write_text("years of work")


def foreign_record(out: Path) -> None:
    out.mkdir()
    (out / "result.json").write_text('{"experiment": "tiny"}')


def damaged_record(out: Path) -> None:
    out.mkdir()
    (out / "result.json").write_text("{")


def newer_record(out: Path) -> None:
    out.mkdir()
    fill(out)
    record = json.loads((out / "result.json").read_text())
    (out / "result.json").write_text(json.dumps({**record, "version": 99}))


def a_file(out: Path) -> None:
    out.write_text("a file")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (other_experiment, "must hold an outcome of 'tiny' or nothing"),
        (stray_file, "holds 'notes.txt', which is not of the outcome"),
        (unrelated_folder, "must hold an outcome of 'tiny' or nothing, got 'thesis.tex' in it"),
        (foreign_record, "is no outcome of neurosim"),
        (damaged_record, "cannot be read"),
        (newer_record, "was written by a newer neurosim"),
        (a_file, "must be a folder, got the file"),
    ],
)
def test_what_is_not_ours_is_left_alone(tmp_path: Path, make, message):
    out = tmp_path / "run"
    make(out)
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    with pytest.raises(StoreError, match=message), output(out, "tiny"):
        pytest.fail("the run must not start")
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


def test_a_folder_below_a_file_cannot_be_written(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(StoreError, match="cannot be written"),
        output(tmp_path / "file" / "run", "tiny"),
    ):
        pytest.fail("the run must not start")


def test_the_old_outcome_comes_back_if_the_new_one_cannot_take_its_place(
    tmp_path: Path, monkeypatch
):
    out = tmp_path / "run"
    with output(out, "tiny") as folder:
        fill(folder, value=1.0)
    replace = os.replace

    def failing(source, target):
        if str(source).endswith(".part"):
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", failing)

    def again() -> None:
        with output(out, "tiny") as folder:
            fill(folder, value=2.0)

    with pytest.raises(StoreError, match="No space left"):
        again()
    assert read_record(out)["value"] == 1.0
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_what_appears_while_the_run_goes_on_is_not_overwritten(tmp_path: Path):
    out = tmp_path / "run"

    def attempt() -> None:
        with output(out, "tiny") as folder:
            fill(folder)
            unrelated_folder(out)

    with pytest.raises(StoreError, match=r"thesis\.tex"):
        attempt()
    assert (out / "thesis.tex").read_text() == "years of work"


def test_names_of_recordings_become_file_names(tmp_path: Path):
    recording = ns.Recording({}, {}, 10.0, {})
    write(tmp_path, {"experiment": "tiny"}, Result({}, recordings={"a/b c": recording}))
    assert ns.load(tmp_path / "recording-a-b-c.npz").duration == 10.0
    assert "recording-a-b-c.npz" in read_record(tmp_path)["files"]


def test_a_free_place_needs_nothing(tmp_path: Path):
    require_free(tmp_path / "none", "tiny")
    require_free(tmp_path, "tiny")
