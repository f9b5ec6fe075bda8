"""The pre-flight report as tables for terminals and for notebooks."""

from __future__ import annotations

from io import StringIO

from rich.console import Console, Group, RenderableType
from rich.text import Text

from neurosim.hardware.spinnaker.findings import LEVELS
from neurosim.hardware.spinnaker.machine import CHIP
from neurosim.hardware.spinnaker.report import Report
from neurosim.hardware.spinnaker.usage import Usage
from neurosim.network.tables import plural
from neurosim.runner.report import PLAIN_WIDTH, table

STYLES = {
    "error": "bold red", "warning": "yellow", "note": "dim",
    "ok": "green", "risky": "yellow", "overrun": "bold red",
}  # fmt: skip
POPULATIONS = (
    "population", "runs", "units", "cores", "each", "Hz", "shifts", "ring", "DTCM free", "load %",
    "planner", "",
)  # fmt: skip
PROJECTIONS = (
    "projection", "at", "synapses", "weights", "step", "to 0", "wrapped", "changed", "worst",
    "delays", "rounded", "extended",
)  # fmt: skip


def text(report: Report) -> str:
    """The report as plain text."""
    return _recorded(report).export_text()


def html(report: Report) -> str:
    """The report for a notebook: one ``pre`` element, escaped, without scripts."""
    return _recorded(report).export_html(inline_styles=True, code_format="<pre>{code}</pre>")


def page(report: Report) -> str:
    """The report as an HTML page of its own."""
    title = "neurosim deploy"
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"</head><body>{html(report)}</body></html>\n"
    )


def _recorded(report: Report) -> Console:
    recorder = Console(record=True, width=PLAIN_WIDTH, file=StringIO(), highlight=False)
    recorder.print(render(report))
    return recorder


def render(report: Report) -> RenderableType:
    """The report for a console."""
    verdict = Text("fits", style="bold green") if report.fits else Text(
        "does not fit", style="bold red"
    )  # fmt: skip
    title = Text.assemble(
        (f"{report.network}", "bold"), " on ", report.board, f", dt {report.dt:g} ms, run of "
        f"{report.duration:g} ms: ", verdict,
    )  # fmt: skip
    parts: list[RenderableType] = [title]
    if report.findings:
        rows = [
            (Text(f.level, style=STYLES[f.level]), f.subject, f"{f.problem}. {f.remedy}")
            for f in report.findings
        ]
        parts += ["", table(["", "about", "what"], rows)]
    if report.usage is not None:
        parts += ["", _populations(report)]
        if report.projections:
            parts += ["", _projections(report)]
        parts += ["", *_totals(report, report.usage)]
    parts += ["", _toolchain(report)]
    parts += [Text(", ".join(plural(len(report.of(level)), level) for level in LEVELS))]
    return Group(*parts)


def _populations(report: Report) -> RenderableType:
    rows = []
    for p in report.populations:
        known = "" if p.rate.origin in ("given", "measured", "source") else " ?"
        row: list[str | Text] = [
            p.name,
            p.kind,
            str(p.size),
            str(p.cores),
            str(p.per_core),
            f"{p.rate.hz:.4g}{known}",
        ]
        if p.verdict:
            row += [
                "/".join(map(str, p.shifts)), str(p.slots), str(p.dtcm_free),
                "/".join(f"{100.0 * share:.0f}" for share in (p.idle, p.mean, p.peak)),
                f"{100.0 * p.planned:.0f}",
                Text(p.verdict, style=STYLES[p.verdict]),
            ]  # fmt: skip
        else:
            row += [""] * (len(POPULATIONS) - len(row))
        rows.append(row)
    return table(POPULATIONS, rows)


def _projections(report: Report) -> RenderableType:
    rows = []
    for p in report.projections:
        grows = f", up to {p.reach:.4g}" if p.plastic else ""
        rows.append(
            (
                p.name, p.receptor[:3], str(p.synapses),
                f"{_span(p.smallest, p.largest)}{grows} {p.unit}", f"{p.step:.3g}", str(p.zeros),
                str(p.wrapped), str(p.changed), f"{100.0 * p.worst:.2g} %",
                _span(p.shortest, p.longest), str(p.rounded),
                f"{p.extended} in {p.stages - 1} stages" if p.extended else "0",
            )
        )  # fmt: skip
    return table(PROJECTIONS, rows)


def _span(first: float, last: float) -> str:
    return f"{first:.4g}" if first == last else f"{first:.4g} to {last:.4g}"


def _totals(report: Report, usage: Usage) -> list[RenderableType]:
    totals, placed = report.totals, usage.placement
    rows = [
        (
            "cores",
            f"{totals['cores']} of {placed.board.application_cores} of a board, on about "
            f"{totals['chips']} chips; boards: {totals['boards']}",
        ),
        (
            "shared memory",
            f"about {usage.sdram / 1e6:.3g} MB for synapses and tables; free on the fullest chip: "
            f"{totals['sdram_free_on_fullest_chip'] / 1e6:.3g} of {CHIP.sdram / 1e6:.3g} MB",
        ),
        (
            "recordings",
            f"{usage.per_tick:.6g} bytes per tick; longest run without a pause: "
            f"{totals['longest_run_ms']:g} ms or more, parts: {usage.parts}",
        ),
        (
            "routing",
            f"about {usage.entries.each} of {CHIP.entries} entries in the fullest router, "
            f"{usage.entries.merged} if keys merge",
        ),
        (
            "traffic",
            f"{usage.packets:.4g} packets and {usage.events:.4g} synaptic events a second",
        ),
        ("energy", str(usage.energy)),
    ]
    return [
        table(["", ""], rows),
        Text(
            "Load: without input / mean / mean + 3 SD packets; planner: by the toolchain's figures "
            "of synaptic events.\nRates with ? are assumed. Chips, shared memory, routing, loads "
            "and energy are estimates.", style="dim",
        ),
    ]  # fmt: skip


def _toolchain(report: Report) -> RenderableType:
    if report.toolchain is None:
        return Text(report.remark, style="dim")
    if not report.toolchain:
        return Text(f"{report.remark} of a virtual board, in the same way.", style="green")
    lines = [Text(f"{report.remark} of a virtual board, otherwise:", style="bold red")]
    return Group(*lines, *(Text(f"  {difference}") for difference in report.toolchain))
