"""An outcome as text tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import StringIO

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from neurosim.declare import Declared, brief
from neurosim.runner.claims import Verdict
from neurosim.runner.execute import Outcome
from neurosim.runner.params import declared, flat

PLAIN_WIDTH = 120
"""Columns of output that is not a terminal's."""


def console(stderr: bool = False) -> Console:
    """A console for tables; without colours when ``NO_COLOR`` is set or nobody looks on."""
    made = Console(stderr=stderr, highlight=False)
    if not made.is_terminal:
        made.width = PLAIN_WIDTH
    return made


def table(head: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> Table:
    """A table with one line of heads."""
    made = Table(box=None, pad_edge=False, header_style="bold", show_header=any(head))
    for title in head:
        made.add_column(title, overflow="fold")
    for row in rows:
        made.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
    return made


def shown(value: object) -> str:
    """A metric as text: numbers with six digits, truth values as words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def report(outcome: Outcome) -> RenderableType:
    """Title, changed parameters, metrics, claims and notes."""
    seconds = float(outcome.provenance["seconds"])
    title = f"{outcome.experiment}  seed {outcome.seed}, backend {outcome.backend}, {seconds:.1f} s"
    parts: list[RenderableType] = [Text(title, style="bold")]
    if outcome.overrides:
        parts.append(Text("with " + ", ".join(f"{k}={v}" for k, v in outcome.overrides.items())))
    metrics = outcome.result.metrics
    parts += ["", table(["metric", "value"], [(name, shown(v)) for name, v in metrics.items()])]
    if outcome.claims:
        parts += ["", claims_table(outcome)]
        if outcome.overrides:
            parts.append(Text("The claims are about the default parameters.", style="dim"))
    parts += [Text(note) for note in outcome.result.notes]
    if outcome.out is not None:
        parts += ["", Text(f"written to {outcome.out}")]
    return Group(*parts)


def html(outcome: Outcome) -> str:
    """The report for a notebook: one ``pre`` element, escaped, without scripts."""
    recorder = Console(record=True, width=PLAIN_WIDTH, file=StringIO(), highlight=False)
    recorder.print(report(outcome))
    return recorder.export_html(inline_styles=True, code_format="<pre>{code}</pre>")


def claims_table(outcome: Outcome) -> Table:
    """Claimed and measured values."""
    rows = [
        (v.claim.name, v.claim.text, shown(v.measured), _verdict(v), v.claim.source)
        for v in outcome.claims
    ]
    return table(["claim", "claimed", "measured", "holds", "source"], rows)


def _verdict(verdict: Verdict) -> Text:
    if verdict.holds:
        return Text("yes", style="green")
    if verdict.fails:
        return Text("NO", style="bold red")
    return Text("not reproduced", style="yellow")


def params_table(params: Declared) -> Table:
    """Parameters by dotted name with value, unit and meaning."""
    values = flat(params)
    rows = [
        (name, brief(values[name]), "" if spec.unit == "1" else spec.unit, spec.doc)
        for name, spec in declared(params).items()
    ]
    return table(["parameter", "default", "unit", "meaning"], rows)
