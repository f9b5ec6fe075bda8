"""``neurosim bench``."""

from __future__ import annotations

import json
from typing import Annotated

import typer


def bench(
    name: Annotated[str, typer.Argument(help="b1 or b3.")],
    scale: Annotated[float, typer.Option(help="Number of neurons by the published one.")] = 1.0,
    weights: Annotated[
        str | None, typer.Option(help="For b3: 'own' per synapse, or 'one' per projection.")
    ] = None,
    threads: Annotated[int, typer.Option(help="Threads of the step loop.")] = 1,
    repeats: Annotated[int, typer.Option(help="Spans to time.")] = 3,
    duration: Annotated[float, typer.Option(help="Length of a span, ms.")] = 1000.0,
    seed: Annotated[int, typer.Option(min=0, help="Root of all randomness.")] = 1,
    backend: Annotated[str, typer.Option(help="Backend to measure.")] = "numba",
    precision: Annotated[
        str, typer.Option(help="Floats of the state: double or single.")
    ] = "double",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of a table.")
    ] = False,
) -> None:
    """Measure the speed of a benchmark network.

    Exits with 1 if its rate is not the published one.
    """
    from neurosim.benchmarks.measure import measure

    found = measure(
        name, scale=scale, weights=weights, threads=threads, repeats=repeats, duration=duration,
        seed=seed, backend=backend, precision=precision,
    )  # fmt: skip
    if as_json:
        print(json.dumps(found, allow_nan=False))
    else:
        from neurosim.runner.report import console, shown, table

        rows = [
            (key, ", ".join(f"{k} {shown(v)}" for k, v in value.items()))
            if isinstance(value, dict)
            else (key, shown(value))
            for key, value in found.items()
        ]
        console().print(table(["measure", "value"], rows))
    if found["rates_ok"] is False:
        raise typer.Exit(1)
