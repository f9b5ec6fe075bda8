"""PyNN's own scenarios as a conformance suite of :mod:`neurosim.pynn`.

``python -m neurosim.testing.pynn_scenarios ARCHIVE`` runs them from a source distribution of PyNN
and prints a table in Markdown; with ``--board`` on the emulator of SpiNNaker boards. In a checkout
``make test`` puts that archive into the environment's folder ``sources``.
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
import neurosim.pynn_spinnaker

from . import fixtures


def only_neurosim(*names):
    simulator = fixtures.LazySimulator("SIMULATOR")
    return pytest.mark.parametrize("sim", [pytest.param(simulator, id="SIMULATOR")])


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

_BOARD = {
    "model that boards have not got": """
        cell_types.EIF_cond_alpha_isfa_ista cell_types.HH_cond_exp cell_types.SpikeSourceGamma
        cell_types.SpikeSourcePoissonRefractory
        cell_types.composed_neuron_model_homogeneous_receptors
        connectors.all_to_all_tsodyksmarkram
        connectors.fixed_number_post_with_replacement_heterogeneous_parameters
        connectors.fixed_number_pre_with_replacement_heterogeneous_parameters
        parameter_handling.issue505 parameter_handling.set_synaptic_parameters_fully_connected
        parameter_handling.set_synaptic_parameters_multiply_connected
        parameter_handling.set_synaptic_parameters_partially_connected
        recording.record_vm_and_gsyn_from_assembly scenario1.scenario1a scenario4.scenario4
        scenario5.scenario5 synapse_types.simple_stochastic_synapse
    """,
    "`ACSource` and `NoisyCurrentSource` are not emulated": """
        electrodes.issue437 electrodes.issue442 electrodes.issue445 electrodes.issue497
        electrodes.issue631 electrodes.issue_465_474_630
    """,
    "`Projection.set` and `Projection.size` are not implemented, as in sPyNNaker": """
        connectors.issue309 issue274.issue274 parameter_handling.issue302 scenario3.scenario3
    """,
    "N steps give N samples": """
        electrodes.issue483 recording.reset_recording recording.sampling_interval
    """,
    "weights are read as boards store them": """
        connection_handling.connection_access_weight_and_delay connectors.issue622
    """,
    "of several synapses of a pair the last is read, not their sum": """
        connectors.fixed_number_post_with_replacement connectors.fixed_number_pre_with_replacement
    """,
    "`DCSource` without `stop` gives no current there": """
        electrodes.changing_electrode electrodes.issue321
    """,
    "times of currents are cut to ticks, not rounded": "electrodes.issue512",
    "the shortest delay is one tick unless it is given": "issue231.issue231",
    "spikes lie on ticks": "recording.issue259",
    "at 0.01 ms the decay of the membrane has an error of 2 percent": "scenario2.scenario2",
}

BOARD_REASONS = {
    "test_{}.test_{}".format(*name.split(".")): reason
    for reason, names in _BOARD.items()
    for name in names.split()
}
"""Why a scenario does not pass on the emulator of SpiNNaker boards."""


def archive() -> Path:
    """Where ``make test`` puts the source distribution of the installed PyNN."""
    return Path(sys.prefix) / "sources" / f"pynn-{version('pynn')}.tar.gz"


def run(path: Path, simulator: str = "neurosim") -> dict[str, str]:
    """Run the scenarios of a source distribution in another process.

    Parameters
    ----------
    path : Path
        The archive.
    simulator : {"neurosim", "neurosim_spinnaker"}
        PyNN's name of :mod:`neurosim.pynn`, or of :mod:`neurosim.pynn_spinnaker`.

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
        _extract(path, Path(folder) / "scenarios", simulator)
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


def _extract(path: Path, into: Path, simulator: str) -> None:
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
    (into / "conftest.py").write_text(CONFTEST.replace("SIMULATOR", simulator))


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


def board_table(outcomes: Mapping[str, str]) -> str:
    """Outcomes on the emulator of boards as a table in Markdown: reasons and how many they are."""
    failed = [name for name, outcome in outcomes.items() if outcome != "passed"]
    lines = ["| outcome | scenarios |", "| --- | --- |"]
    lines.append(f"| passed | {len(outcomes) - len(failed)} |")
    why = [BOARD_REASONS.get(name, "not explained") for name in failed]
    lines += [f"| {reason} | {why.count(reason)} |" for reason in sorted(set(why))]
    lines.append(f"| all | {len(outcomes)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "--board"]
    source = Path(words[0]) if words else archive()
    if "--board" in sys.argv:
        print(board_table(run(source, "neurosim_spinnaker")))
    else:
        print(table(run(source)))
