from __future__ import annotations

import io

from rich.console import Console

from neurosim.runner.execute import execute
from neurosim.runner.report import console, params_table, report, shown
from tests.neurosim.runner.tiny import Params


def text(renderable, width: int = 120) -> str:
    file = io.StringIO()
    Console(file=file, width=width).print(renderable)
    return file.getvalue()


def test_a_report_tells_metrics_claims_and_notes(tiny, tmp_path):
    made = text(report(execute(tiny, {"gain": "3"}, seed=4, out=tmp_path / "out")))
    assert "tiny  seed 4, backend numba" in made
    assert "with gain=3" in made
    lines = {line.split()[0]: line for line in made.splitlines() if line.strip()}
    assert lines["complete"].split() == ["complete", "yes"]
    assert lines["mean"].split() == ["mean", "~", "6.0", "±", "0.5", "9.75", "NO", "table", "1"]
    assert lines["all"].split() == ["all", "there", "==", "True", "yes", "yes", "figure", "2"]
    assert "The claims are about the default parameters." in made
    assert "A note of the experiment." in made
    assert "out" in made.splitlines()[-1]


def test_names_are_not_taken_for_markup(tiny):
    assert "[/x]" in text(report(execute(tiny, {"label": "[/x]"})))


def test_a_notebook_gets_the_same_report(tiny):
    made = execute(tiny, {"label": "<script>"})._repr_html_()
    assert made.startswith("<pre>")
    assert "claimed" in made
    assert "&lt;script&gt;" in made
    assert "<script" not in made


def test_parameters_by_dotted_name():
    made = text(params_table(Params()))
    row = next(line for line in made.splitlines() if line.startswith("circuit.cell.tau_m"))
    assert row.split() == ["circuit.cell.tau_m", "20.0", "ms", "time", "constant"]


def test_values():
    assert [shown(v) for v in (True, 0.123456789, 3, "x")] == ["yes", "0.123457", "3", "x"]


def test_output_that_nobody_watches_has_a_fixed_width(monkeypatch):
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    made = console()
    assert (made.is_terminal, made.width) == (False, 120)
