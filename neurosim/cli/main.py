"""The application: commands, common options and exit codes.

Exit codes: 0 fine; 1 a claim or a benchmark's rate does not hold, or a network does not fit; 2
wrong usage, configuration or any other error that neurosim names; 130 interrupted.
"""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from neurosim.cli import backends, bench, deploy, experiments, info, models, run, warmup
from neurosim.errors import ClaimError, NeurosimError

FAILED, WRONG, INTERRUPTED = 1, 2, 130


class Commands(TyperGroup):
    """Commands whose errors end in one message and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run the chosen command."""
        try:
            return super().invoke(ctx)
        except NeurosimError as error:
            if ctx.params.get("traceback"):
                raise
            print(f"neurosim: {error}", file=sys.stderr)
            raise typer.Exit(FAILED if isinstance(error, ClaimError) else WRONG) from error
        except KeyboardInterrupt as error:
            print("neurosim: interrupted", file=sys.stderr)
            raise typer.Exit(INTERRUPTED) from error


app = typer.Typer(
    cls=Commands,
    name="neurosim",
    help="Spiking networks: experiments with published claims, models, backends, speed.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from neurosim import __version__

        print(f"neurosim {__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
    traceback: Annotated[
        bool, typer.Option("--traceback", help="Show where an error came from.")
    ] = False,
) -> None:
    """Options before the command."""


app.command("run")(run.run)
app.command("deploy")(deploy.deploy)
app.command("experiments")(experiments.experiments)
app.command("models")(models.models)
app.command("backends")(backends.backends)
app.command("info")(info.info)
app.command("warmup")(warmup.warmup)
app.add_typer(bench.app, name="bench")
