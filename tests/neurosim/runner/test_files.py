from __future__ import annotations

from pathlib import Path

import pytest

from neurosim.errors import SpecError, StoreError
from neurosim.runner.files import parse_yaml, read_run, value_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1e-3", 1e-3), ("1E3", 1e3), ("-.5", -0.5), ("1.", 1.0), ("+2", 2), ("010", 10),
        ("0x1F", 31), ("-.inf", float("-inf")), ("on", "on"), ("off", "off"), ("yes", "yes"),
        ("No", "No"), ("true", True), ("False", False), ("null", None), ("~", None), ("", None),
        ("2024-01-02", "2024-01-02"), ("1:30", "1:30"), ("1_000", "1_000"), ("'5'", "5"),
        ("[1, a]", [1, "a"]), ("{a: 1e2}", {"a": 100.0}), ("a: b: c", "a: b: c"),
        ("<<", "<<"),
    ],
)  # fmt: skip
def test_values_are_what_people_mean(text, expected):
    value = value_of(text)
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", r"f.yaml:3: key 'a' is given twice \(first in line 1\)"),
        ("s:\n  x: 1\n  x: 1\n", r"f.yaml:3: key 'x' is given twice \(first in line 2\)"),
        ("a: 1\nb: [1,\n", r"f.yaml:3: is not valid YAML"),
        ("? [1, 2]\n: 3\n", r"f.yaml:1: keys must be plain words"),
        ("a: !!int abc\n", r"f.yaml: holds a wrong value"),
        ("a: !!python/object:os.system x\n", r"f.yaml:1: is not valid YAML"),
        ("a: 1\n---\nb: 2\n", r"f.yaml:2: is not valid YAML"),
    ],
)
def test_what_is_wrong_is_refused_with_file_and_line(text, message):
    with pytest.raises(SpecError, match=message):
        parse_yaml(text, "f.yaml")


def test_lines_of_places():
    document = parse_yaml("a: 1\nb:\n  - x\n  - y: 2\n", "f.yaml")
    assert document.where(("b", 1, "y")) == "f.yaml:4"
    assert document.where(("b", 1, "z")) == "f.yaml:4"
    assert document.where(("c",)) == "f.yaml:1"
    assert parse_yaml("").data is None


def test_a_run_file(tmp_path: Path):
    path = tmp_path / "run.yaml"
    path.write_text("experiment: tiny\nset:\n  n: 16\n  cell.tau_m: 1e1\nseed: 3\nout: there\n")
    file = read_run(path)
    assert (file.experiment, file.seed, file.out, file.backend) == ("tiny", 3, "there", None)
    assert file.set == {"n": 16, "cell.tau_m": 10.0}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("experiment: tiny\nsed: 3\n", r":2: unknown key 'sed'\. Did you mean 'se"),
        ("seed: 3\n", r":1: key 'experiment' is missing"),
        ("experiment: tiny\nseed: three\n", r":2: seed: .*integer.*got 'three'"),
        ("experiment: tiny\nseed: -1\n", r":2: seed: .*got -1"),
        ("experiment: 5\n", r":1: experiment: .*string.*got 5"),
        ("- experiment\n", r"must be a mapping"),
        ("", r"must be a mapping"),
    ],
)
def test_a_wrong_run_file_names_file_line_and_key(tmp_path: Path, text, message):
    path = tmp_path / "run.yaml"
    path.write_text(text)
    with pytest.raises(SpecError, match=message) as caught:
        read_run(path)
    assert str(path) in str(caught.value)


def test_all_problems_of_a_run_file_are_told_at_once(tmp_path: Path):
    path = tmp_path / "run.yaml"
    path.write_text("experiment: tiny\nsed: 3\nbackends: numba\n")
    with pytest.raises(SpecError) as caught:
        read_run(path)
    assert len(str(caught.value).splitlines()) == 2


def test_a_file_that_cannot_be_read(tmp_path: Path):
    with pytest.raises(StoreError, match="No such file"):
        read_run(tmp_path / "none.yaml")
    path = tmp_path / "binary.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(StoreError, match="no UTF-8 text"):
        read_run(path)
