"""``neurosim bench``: measure, compare, know the machine's limits."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from neurosim.errors import SpecError

if TYPE_CHECKING:
    from neurosim.benchmarks.cases import Settings

Scale = Annotated[float, typer.Option(help="Number of neurons by the published one.")]
Threads = Annotated[
    str, typer.Option(help="Threads of the step loop; a list (1,2) is measured in turn.")
]
Repeats = Annotated[int, typer.Option(help="Spans to time; the fastest counts.")]
Duration = Annotated[float, typer.Option(help="Length of a span, ms.")]
Seed = Annotated[int, typer.Option(help="Root of all randomness.")]
BackendName = Annotated[str, typer.Option("--backend", help="Backend to measure.")]
Precision = Annotated[str, typer.Option(help="Floats of the state: double, single or both.")]
Against = Annotated[
    str,
    typer.Option(
        metavar="PEERS",
        help="Run the same work on peers in turn: nest, brian2, brian2-cpp, annarchy, snntorch.",
    ),
]
PeerPython = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=PATH", help="Interpreter of an environment that has a peer."),
]
PeerRepeats = Annotated[
    int | None, typer.Option(min=1, help="Runs of a peer, as many as of ours by default.")
]
FirstSteps = Annotated[
    bool, typer.Option(help="Whether to time first steps and compiling, in new processes.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Out = Annotated[
    str | None, typer.Option(metavar="FILE", help="Write a result file, to compare with later.")
]
AgainstResults = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="Compare with a result file; exit with 1 if slower."),
]


class Benchmarks(TyperGroup):
    """Commands, and benchmarks by their names: ``bench b1`` is ``bench run b1``."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that the first argument names, or ``run`` with it."""
        if args and args[0] not in self.commands:
            args = ["run", *args]
        return super().resolve_command(ctx, args)


app = typer.Typer(cls=Benchmarks, no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def bench() -> None:
    """Measure the speed of benchmark networks.

    'bench b1' measures one, 'bench all' the usual ones. Exits with 1 if a rate is not the published
    one or a stored result was faster.
    """


@app.command("run")
def run(
    name: Annotated[str, typer.Argument(help="b1 to b7.")],
    scale: Scale = 1.0,
    weights: Annotated[
        str | None,
        typer.Option(help="For b3 and b4: 'own' per static synapse, or 'one' per projection."),
    ] = None,
    activity: Annotated[
        str | None,
        typer.Option(help="For b7: silent, sparse, active, or the share of neurons that fire."),
    ] = None,
    threads: Threads = "1",
    repeats: Repeats = 3,
    duration: Duration = 1000.0,
    seed: Seed = 1,
    backend: BackendName = "numba",
    precision: Precision = "double",
    against: Against = "",
    peer_python: PeerPython = None,
    peer_repeats: PeerRepeats = None,
    first_steps: FirstSteps = True,
    as_json: AsJson = False,
    out: Out = None,
    against_results: AgainstResults = None,
) -> None:
    """Measure one benchmark, under one or several settings."""
    from neurosim.benchmarks.registry import case_of
    from neurosim.benchmarks.rivals import chosen_peers, supported
    from neurosim.benchmarks.session import compete

    case = case_of(name, scale, weights=weights, activity=activity)
    settings = configurations(threads, precision, repeats, duration, seed, backend)
    peers = chosen_peers(_words(against), peer_python or [])
    for peer in peers:
        if not supported(peer, case):
            raise SpecError(f"bench.against: {peer} has no {name}, got {against!r}. Leave it out.")
    before = _before(out, against_results)
    reports = compete(
        case, settings, peers, peer_repeats=peer_repeats, first_steps=first_steps, tell=tell
    )
    if as_json:
        print(json.dumps(reports[0] if len(reports) == 1 else reports, allow_nan=False))
    else:
        for report in reports:
            _print_report(report)
    _finish(reports, out, before)


@app.command("all")
def everything(
    threads: Threads = "1",
    repeats: Repeats = 3,
    duration: Duration = 1000.0,
    seed: Seed = 1,
    backend: BackendName = "numba",
    precision: Precision = "double",
    against: Against = "",
    peer_python: PeerPython = None,
    peer_repeats: PeerRepeats = None,
    first_steps: FirstSteps = True,
    only: Annotated[
        str, typer.Option(metavar="NAMES", help="Benchmarks to measure, all by default.")
    ] = "",
    as_json: AsJson = False,
    out: Out = None,
    against_results: AgainstResults = None,
) -> None:
    """Measure all benchmarks but b5.

    Each is measured in a process of its own. Runs of several settings and peers alternate.
    """
    from neurosim.benchmarks.registry import BENCHMARKS, benchmark
    from neurosim.benchmarks.rivals import chosen_peers
    from neurosim.benchmarks.session import compete

    settings = configurations(threads, precision, repeats, duration, seed, backend)
    peers = chosen_peers(_words(against), peer_python or [])
    names = _words(only) or list(BENCHMARKS)
    cases = [case for name in names for case in benchmark(name).cases]
    before = _before(out, against_results)
    reports = []
    for number, case in enumerate(cases, 1):
        place = f"[{number}/{len(cases)}]"

        def told(text: str, place: str = place) -> None:
            tell(f"{place} {text}")

        reports += compete(
            case, settings, peers, peer_repeats=peer_repeats, first_steps=first_steps, tell=told
        )
    if as_json:
        print(json.dumps(reports, allow_nan=False))
    else:
        from neurosim.benchmarks.show import SUMMARY, summary_rows

        _print_table(SUMMARY, summary_rows(reports))
        print(REMARK)
    _finish(reports, out, before)


@app.command("compare")
def compare(
    old: Annotated[str, typer.Argument(help="A result file.")],
    new: Annotated[str, typer.Argument(help="A later one.")],
    as_json: AsJson = False,
) -> None:
    """Compare two result files.

    Exits with 1 if the new one is slower beyond noise.
    """
    from neurosim.benchmarks.results import load

    _compare(load(old), load(new), as_json)


@app.command("limits")
def limits(as_json: AsJson = False) -> None:
    """Measure what the machine can do at best.

    Scattered adds, streams of synapses, and reading memory, on one core.
    """
    from neurosim.benchmarks.limits import measure_limits

    found = measure_limits()
    if as_json:
        print(json.dumps(found))
    else:
        rows = [[key, f"{value:.3g}", unit] for key, (value, unit) in found.items()]
        _print_table(("limit", "value", "unit"), rows)


@app.command("scaling")
def scaling(
    plot: Annotated[
        str | None, typer.Option(metavar="FILE", help="Draw the figure into this file.")
    ] = None,
    repeats: Repeats = 3,
    precision: Precision = "double",
    as_json: AsJson = False,
) -> None:
    """Measure how cost grows.

    With neurons, synapses, rates and delays, on small networks.
    """
    from neurosim.benchmarks.scaling import AXES, draw, measure_scaling

    found = measure_scaling(repeats=repeats, precision=precision, tell=tell)
    if as_json:
        print(json.dumps(found))
    else:
        rows = [
            [AXES[axis].label, f"{x:g}", f"{ns:.4g}"]
            for axis, points in found.items()
            for x, ns in points
        ]
        _print_table(("axis", "value", "us per step"), rows)
    if plot is not None:
        draw(found, plot)


REMARK = (
    "'counts': whether the rates are the published ones. Goals in seconds per biological second, "
    "from peers measured here or recorded on another machine; 'neurosim bench b1' says which."
)


def configurations(
    threads: str, precision: str, repeats: int, duration: float, seed: int, backend: str
) -> list[Settings]:
    """Settings for every number of threads and every precision that were asked for.

    Raises
    ------
    SpecError
        If one is not allowed.
    """
    from neurosim.benchmarks.cases import PRECISIONS, Settings

    precisions = PRECISIONS if precision == "both" else (precision,)
    counts = []
    for word in _words(threads):
        if not word.isdigit():
            raise SpecError(
                f"bench.threads: must be whole numbers, got {threads!r}. Write for example 1,2."
            )
        counts.append(int(word))
    return [Settings(n, repeats, duration, seed, backend, p) for p in precisions for n in counts]


def tell(text: str) -> None:
    """Say on standard error what is being done."""
    print(text, file=sys.stderr, flush=True)


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from neurosim.runner.report import console, table

    console().print(table(head, rows))


def _print_report(report: dict[str, Any]) -> None:
    from neurosim.benchmarks.show import GOAL, PEER, detail_rows, goal_rows, peer_rows

    _print_table(("measure", "value"), detail_rows(report))
    if report["peers"]:
        print()
        _print_table(PEER, peer_rows(report))
    if report["goals"]:
        print()
        _print_table(GOAL, goal_rows(report))
    print()


def _before(out: str | None, against_results: str | None) -> dict[str, Any] | None:
    """The stored results to compare with; files are looked at before anything is measured."""
    from neurosim.benchmarks.results import load, require_place

    if out is not None:
        require_place(out)
    return None if against_results is None else load(against_results)


def _finish(reports: list[dict[str, Any]], out: str | None, before: dict[str, Any] | None) -> None:
    """Store the reports, compare them with stored ones, and end with 1 if a run does not count."""
    from neurosim.benchmarks.results import save, stored
    from neurosim.benchmarks.session import counts

    if out is not None:
        save(out, reports)
    if before is not None:
        _compare(before, stored(reports), stderr=True)
    if not all(counts(report) for report in reports):
        raise typer.Exit(1)


def _compare(
    old: dict[str, Any], new: dict[str, Any], as_json: bool = False, stderr: bool = False
) -> None:
    from neurosim.benchmarks.results import compare as compared
    from neurosim.benchmarks.show import CHANGE, change_rows
    from neurosim.runner.report import console, table

    changes = compared(old, new)
    if as_json:
        print(json.dumps([{**c._asdict(), "slower": c.slower} for c in changes]))
    else:
        console(stderr=stderr).print(table(CHANGE, change_rows(changes)))
        if old["machine"]["cpu"] != new["machine"]["cpu"]:
            print("The processors differ: only large slowdowns can be seen.", file=sys.stderr)
    if any(change.slower for change in changes):
        raise typer.Exit(1)
