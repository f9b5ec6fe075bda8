from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import neurosim as ns
from neurosim.errors import ParameterError, SpecError, StoreError
from neurosim.runner.execute import DEFAULT_SEED, execute
from neurosim.runner.store import read_record
from tests.neurosim.runner.tiny import CLAIMS


def test_an_outcome(tiny):
    outcome = execute(tiny, {"cell.tau_m": "20 ms"}, seed=3)
    assert (outcome.experiment, outcome.seed, outcome.backend) == ("tiny", 3, "numba")
    assert outcome.params.cell.tau_m == 20.0
    assert outcome.result.metrics["mean"] == 6.0
    assert [v.holds for v in outcome.claims] == [True, True]
    assert outcome.holds
    assert outcome.out is None
    assert outcome.provenance["seconds"] >= 0.0
    assert outcome.provenance["versions"]["numpy"] == np.__version__


def test_an_outcome_is_shown_in_one_line(tiny):
    outcome = execute(tiny, {"gain": 3.0})
    assert repr(outcome) == "Outcome('tiny', seed=1, backend='numba', 1 of 2 claims hold)"


def test_an_outcome_depends_on_its_seed_only(tiny):
    draws = [execute(tiny, seed=s).result.metrics["draw"] for s in (1, 1, 2)]
    assert draws[0] == draws[1] != draws[2]
    assert execute(tiny).seed == DEFAULT_SEED


def test_a_claim_that_fails_is_told(tiny):
    outcome = execute(tiny, {"gain": 3.0})
    assert [v.holds for v in outcome.claims] == [False, True]
    assert not outcome.holds


def test_the_backend_is_handed_on(tiny):
    assert execute(tiny, backend="reference").result.metrics["backend"] == "reference"


def test_what_is_written(tiny, tmp_path: Path):
    out = tmp_path / "out"
    outcome = execute(tiny, {"n": 2, "gain": "2.0"}, seed=5, out=out)
    assert sorted(p.name for p in out.iterdir()) == [
        "arrays.npz", "figure.png", "recording-first-run.npz", "result.json",
    ]  # fmt: skip
    record = read_record(out)
    assert record["set"] == {"n": 2, "gain": "2.0"}
    assert record["params"]["cell"] == {"tau_m": 20.0, "v_thresh": -50.0}
    assert record["metrics"] == outcome.result.metrics
    assert record["claims"][0]["measured"] == 5.25
    assert not record["holds"]
    assert np.load(out / "arrays.npz")["values"].tolist() == [4.25, 6.25]
    assert ns.load(out / "recording-first-run.npz").spikes["cells"].times.tolist() == [1.0, 2.0]
    assert (out / "figure.png").read_bytes().startswith(b"\x89PNG")


def test_a_run_can_be_repeated_from_its_record(tiny, tmp_path: Path):
    first = execute(tiny, {"cell.tau_m": 15.0, "mode": "no"}, seed=7, out=tmp_path / "a")
    record = read_record(tmp_path / "a")
    again = execute(tiny, record["set"], record["backend"], record["seed"])
    assert again.params == first.params
    assert again.result.metrics == first.result.metrics


def test_without_figure_and_arrays(tiny, tmp_path: Path):
    bare = replace(
        tiny, figure=None, run=lambda p, c: replace(tiny.run(p, c), arrays={}, recordings={})
    )
    execute(bare, out=tmp_path / "out")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["result.json"]


def test_numbers_that_are_not_finite_are_null_in_the_record(tiny, tmp_path: Path):
    def run(params, context):
        result = tiny.run(params, context)
        return replace(result, metrics={**result.metrics, "mean": float("nan")})

    outcome = execute(replace(tiny, run=run), out=tmp_path / "out")
    assert not outcome.holds
    text = (tmp_path / "out" / "result.json").read_text()
    assert json.loads(text, parse_constant=pytest.fail)["metrics"]["mean"] is None


@pytest.mark.parametrize("seed", [-1, 1.5, True, "1", None])
def test_the_seed_is_a_whole_number(tiny, seed):
    with pytest.raises(ParameterError, match=r"execute.seed"):
        execute(tiny, seed=seed)


def test_nothing_runs_when_something_is_wrong_beforehand(tiny, tmp_path: Path):
    untouched = replace(tiny, run=lambda p, c: pytest.fail("must not run"))
    with pytest.raises(ParameterError, match="is not a parameter"):
        execute(untouched, {"nn": 1})
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        execute(untouched, out=tmp_path / "file" / "out")
    (tiny.folder / "claims.toml").write_text(CLAIMS.replace("source", "sauce"))
    with pytest.raises(SpecError, match="unknown key 'sauce'"):
        execute(untouched)


def test_a_claim_about_a_missing_metric_is_an_error(tiny, tmp_path: Path):
    (tiny.folder / "claims.toml").write_text(CLAIMS.replace('"mean"\nrel', '"meen"\nrel'))
    with pytest.raises(SpecError, match=r"'meen' was not measured. Did you mean 'mean'"):
        execute(tiny, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_run_that_fails_leaves_nothing(tiny, tmp_path: Path):
    def run(params, context):
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        execute(replace(tiny, run=run), out=tmp_path / "out")
    assert [p.name for p in tmp_path.iterdir()] == ["tiny"]


def test_the_scratch_folder_is_deleted(tiny):
    seen: list[Path] = []

    def run(params, context):
        seen.append(context.scratch)
        return tiny.run(params, context)

    execute(replace(tiny, run=run))
    assert not seen[0].exists()
