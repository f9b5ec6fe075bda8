from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

import neurosim

HEAVY = ("numba", "matplotlib", "scipy", "pandas")


def python(code: str, *args: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *args]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )


def test_version(call):
    done = call("--version")
    assert (done.exit_code, done.output) == (0, f"neurosim {neurosim.__version__}\n")


def test_help_names_every_command(call):
    done = call("--help")
    assert done.exit_code == 0
    listed = set(re.findall(r"^  (\w+)  ", done.output.partition("Commands:")[2], re.MULTILINE))
    assert listed == {
        "run", "deploy", "experiments", "models", "backends", "info", "warmup", "bench",
    }  # fmt: skip
    assert "..." not in done.output.partition("Commands:")[2]


def test_an_unknown_command_is_wrong_usage(call):
    done = call("rum")
    assert done.exit_code == 2
    assert "rum" in done.stderr


def test_help_is_quick_and_loads_nothing_heavy():
    code = f"""
import sys, time
from neurosim.cli import app
try:
    app(["--help"])
finally:
    used = time.process_time()
    print(used, [m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)
"""
    used, heavy = min(python(code).stderr.split(maxsplit=1) for _ in range(3))
    assert heavy.strip() == "[]"
    assert float(used) < 0.3


def test_module_and_console_script_are_the_same_program():
    done = subprocess.run(
        [sys.executable, "-m", "neurosim", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"neurosim {neurosim.__version__}\n"
    assert "Usage: neurosim" in subprocess.run(
        [sys.executable, "-m", "neurosim", "--help"], capture_output=True, text=True, check=True
    ).stdout  # fmt: skip


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {}])
def test_output_that_is_no_terminal_has_no_escapes(environment):
    done = python("from neurosim.cli import app; app(['backends'])", **environment)
    assert done.returncode == 0, done.stderr
    assert "numba" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr


def test_colours_where_they_are_wanted_and_no_color_is_honoured():
    code = """
from rich.text import Text
from neurosim.runner.report import console
console().print(Text("yes", style="green"))
"""
    wanted = {"TERM": "xterm-256color", "FORCE_COLOR": "1", "NO_COLOR": ""}
    assert python(code, **wanted).stdout == "\x1b[32myes\x1b[0m\n"
    assert python(code, **{**wanted, "NO_COLOR": "1"}).stdout == "yes\n"
