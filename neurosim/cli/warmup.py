"""``neurosim warmup``."""

from __future__ import annotations

from typing import Annotated

import typer


def warmup(
    threads: Annotated[
        int, typer.Option(help="Compile for this number of threads, and for one.")
    ] = 1,
    precision: Annotated[str, typer.Option(help="Floats of the state: double or single.")] = (
        "double"
    ),
    everything: Annotated[
        bool, typer.Option("--all", help="Every kind with every input and synapse: minutes.")
    ] = False,
) -> None:
    """Compile step loops ahead.

    Every built-in neuron kind alone, the benchmarks and the CA3 memory. Compiled code is kept for
    later processes: do it in a container image, or before the workers of a sweep start.
    """
    from neurosim.cli.info import compiled_size
    from neurosim.models.ca3.network import build
    from neurosim.models.ca3.params import CA3Params
    from neurosim.precompile import compiled, network_work, usual_work

    work = usual_work(precision, threads, everything=everything)
    memory = build(CA3Params(2, 2))
    work.append(network_work(memory, precision, threads, dt=1.0, name="CA3 memory"))
    functions = 0
    for number, one in enumerate(work, 1):
        done = compiled(one)
        functions += done.functions
        took = f"{done.seconds:.2f} s" if done.functions else "there already"
        print(f"[{number}/{len(work)}] {done.name}: {took}", flush=True)
    said = f"compiled {functions} functions" if functions else "everything is there"
    print(f"{said}; cache: {compiled_size()}")
