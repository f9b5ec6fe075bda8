"""PyNN's own scenarios as a conformance suite of :mod:`neurosim.pynn`.

``python -m neurosim.testing.pynn_scenarios ARCHIVE`` runs them from a source distribution of PyNN
and prints a table in Markdown. In a checkout ``make test`` puts that archive into the environment's
folder ``sources``.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from neurosim.errors import StoreError

INSIDE = "test/system/scenarios/"

CONFTEST = """
import pytest

import neurosim.pynn

from . import fixtures


def only_neurosim(*names):
    simulator = fixtures.LazySimulator("neurosim")
    return pytest.mark.parametrize("sim", [pytest.param(simulator, id="neurosim")])


fixtures.run_with_simulators = only_neurosim
"""

REASONS = {
    "test_cell_types.test_EIF_cond_alpha_isfa_ista": "adaptive neurons have exponential "
    "conductances only; `EIF_cond_alpha_isfa_ista` says so",
    "test_cell_types.test_composed_neuron_model_homogeneous_receptors": "neurons have the "
    "receptors of their kind; `PointNeuron` and its parts say so",
    "test_recording.test_issue259": "given spikes lie on the grid of steps; times off it are "
    "rounded with a warning",
    "test_scenario5.test_scenario5": "skipped by PyNN without morphology packages; there are no "
    "neurons with compartments, and `MultiCompartmentNeuron` says so",
    "test_synapse_types.test_simple_stochastic_synapse": "no stochastic release; "
    "`SimpleStochasticSynapse` says so",
}
"""Why a scenario does not pass."""


def archive() -> Path:
    """Where ``make test`` puts the source distribution of the installed PyNN."""
    return Path(sys.prefix) / "sources" / f"pynn-{version('pynn')}.tar.gz"


def run(path: Path) -> dict[str, str]:
    """Run the scenarios of a source distribution in another process.

    Parameters
    ----------
    path : Path
        The archive.

    Returns
    -------
    dict
        ``"passed"``, ``"failed"`` or ``"skipped"`` by ``module.test``.

    Raises
    ------
    StoreError
        If the archive is missing or holds no scenarios, or they did not run.
    """
    if not path.is_file():
        raise StoreError(
            f"file {str(path)!r}: the source distribution of PyNN is missing. Get it by 'pip "
            f"download --no-deps --no-binary pynn pynn=={version('pynn')}'."
        )
    with TemporaryDirectory() as folder:
        _extract(path, Path(folder) / "scenarios")
        report = Path(folder) / "report.xml"
        done = subprocess.run(
            [
                sys.executable, "-m", "pytest", "scenarios", "--quiet", "-p", "no:cacheprovider",
                "--rootdir", folder, f"--junitxml={report}", "--override-ini=addopts=",
            ],
            cwd=folder, capture_output=True, text=True,
        )  # fmt: skip
        if not report.is_file() or done.returncode not in (0, 1):
            said = done.stdout[-2000:] + done.stderr
            raise StoreError(f"the scenarios of PyNN did not run: {said}")
        return _outcomes(report)


def _extract(path: Path, into: Path) -> None:
    into.mkdir()
    with tarfile.open(path) as file:
        for member in file:
            _, _, name = member.name.partition(INSIDE)
            if name.endswith(".py") and "/" not in name:
                content = file.extractfile(member)
                assert content is not None
                (into / name).write_bytes(content.read())
    if not (into / "fixtures.py").is_file():
        raise StoreError(f"file {str(path)!r}: holds no scenarios of PyNN. Use its source archive.")
    (into / "conftest.py").write_text(CONFTEST)


def _outcomes(report: Path) -> dict[str, str]:
    found = {}
    for case in ElementTree.parse(report).iter("testcase"):
        name = case.get("classname", "").rpartition(".")[2]
        test = case.get("name", "").partition("[")[0]
        bad = {child.tag for child in case} & {"failure", "error", "skipped"}
        outcome = "skipped" if bad == {"skipped"} else "failed" if bad else "passed"
        found[f"{name}.{test}"] = outcome
    return found


def table(outcomes: Mapping[str, str]) -> str:
    """The outcomes as a table in Markdown: by file, then what does not pass and why."""
    files: dict[str, list[str]] = {}
    for name, outcome in outcomes.items():
        files.setdefault(name.partition(".")[0], []).append(outcome)
    lines = ["| scenarios | passed | of |", "| --- | --- | --- |"]
    for file, each in sorted(files.items()):
        name, passed = file.removeprefix("test").strip("_"), each.count("passed")
        lines.append(f"| {name} | {passed} | {len(each)} |")
    total = list(outcomes.values()).count("passed")
    lines += [f"| all | {total} | {len(outcomes)} |", "", "| not passed | why |", "| --- | --- |"]
    for name, outcome in sorted(outcomes.items()):
        if outcome != "passed":
            lines.append(f"| `{name}` | {REASONS.get(name, 'not explained')} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(run(Path(sys.argv[1]) if len(sys.argv) > 1 else archive())))
