"""One-way layers, sizes of files and mirrored tests, read from the sources.

A module imports from its own layer or one further left. Imports at the top of a file and inside
functions follow the same rule, but for the few late imports listed here.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("neurosim", "models", "hardware", "experiments")
LINKS = {ROOT / "neurosim" / name for name in PACKAGES[1:]}
MAX_LINES = 400

LAYERS = (
    {"errors", "units", "seeds", "philox", "declare", "distributions", "sdr"},
    {"neurons", "synapses"},
    {"network"},
    {"plan"},
    {"recording"},
    {"backends"},
    {"facade", "io", "encoding", "analysis", "datasets", "plotting", "testing", "cite"}
    | {"runner", "benchmarks", "precompile", "pynn"},
    {"models", "hardware"},
    {"experiments"},
    {"cli"},
)
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
FRONT = {"__init__", "__main__", "_checkout"}
"""Modules of the package itself: they stand in front of all layers."""
FRONT_NAMES = {"neurosim", "neurosim.__version__"}
"""What any layer may take from the front."""

LATE = {
    ("plan", "kernels"): "drawing connections is compiled",
    ("recording", "io"): "a recording saves itself",
    ("backends", "io"): "a simulation saves itself",
}
"""Imports to the right that are allowed inside functions, with the reason."""

WITHOUT_NUMBA = {"sdr", "neurons", "network", "plan"}
BASE = {"numpy", "numba", "matplotlib", "pydantic", "yaml", "typer", "rich"}
"""What the base install brings."""

OPTIONAL_AT_TOP = {
    "neurosim/testing/strategies.py": {"hypothesis"},
    "neurosim/pynn": {"pyNN"},
}
"""Files and folders that exist to wrap one optional package."""

HEAVY_AT_TOP = {"numba": ("kernels",), "matplotlib": ("plotting",)}
"""Slow imports, and the packages that may have them at the top of a file."""

NOT_MIRRORED = {
    "hardware/spinnaker/kernels/arrays.py": "names of arrays; tested by the loops that use them",
    "models/protocols.py": "protocols without code; tested by the models that satisfy them",
}
"""Public modules without a test file of their own, with the reason."""


class Import(NamedTuple):
    """One imported module and where it stands."""

    path: Path
    line: int
    module: str
    late: bool
    typing: bool

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}: imports {self.module}"


def sources() -> list[Path]:
    found = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if not any(link in path.parents for link in LINKS):
                found.append(path)
    return found


def dotted(path: Path) -> str:
    """Full name of a module: ``models/ca3/params.py`` is ``neurosim.models.ca3.params``."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    parts = parts if parts[0] == "neurosim" else ("neurosim", *parts)
    return ".".join(parts)


def package_of(name: str) -> str:
    """Second part of a full name: ``network`` for ``neurosim.network.population``."""
    parts = name.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def imports(path: Path) -> Iterator[Import]:
    tree = ast.parse(path.read_text(encoding="utf-8"))

    def visit(node: ast.AST, late: bool, typing: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                for alias in child.names:
                    yield Import(path, child.lineno, alias.name, late, typing)
            elif isinstance(child, ast.ImportFrom):
                if child.level:
                    yield Import(path, child.lineno, "." * child.level, late, typing)
                elif child.module == "neurosim":
                    for alias in child.names:
                        yield Import(path, child.lineno, f"neurosim.{alias.name}", late, typing)
                else:
                    yield Import(path, child.lineno, child.module or "", late, typing)
            elif isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
                yield from visit(child, late, True)
            else:
                function = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
                yield from visit(child, late or function, typing)

    return visit(tree, False, False)


SOURCES = sources()
IMPORTS = [found for path in SOURCES for found in imports(path)]


def is_ours(module: str) -> bool:
    return module == "neurosim" or module.startswith("neurosim.")


def allowed(found: Import) -> bool:
    here, there = package_of(dotted(found.path)), package_of(found.module)
    if here in FRONT or here == there or found.module in FRONT_NAMES:
        return True
    if "kernels" in (here, there):
        return there == "kernels" and _may_use_kernels(found, here)
    if "kernels" in found.path.parts:
        return ".kernels" in found.module
    if {here, there} == {"models", "hardware"} or there == "cli":
        return False
    if LEVEL[there] <= LEVEL[here]:
        return True
    return found.late and (here, there) in LATE


def _may_use_kernels(found: Import, here: str) -> bool:
    if here == "plan":
        return found.late and ("plan", "kernels") in LATE
    own = found.path.name == "kernels.py" or "kernels" in found.path.parts or here == "backends"
    return own or (found.late and LEVEL[here] > LEVEL["backends"])


def test_there_is_something_to_read():
    assert len(SOURCES) > 50
    assert any(found.module == "neurosim.errors" for found in IMPORTS)


def test_every_package_has_a_layer():
    known = {*LEVEL, *FRONT, "kernels"}
    unknown = {package_of(dotted(path)) for path in SOURCES} - known
    assert not unknown, f"give {sorted(unknown)} a place in LAYERS"


def test_layers_are_one_way():
    wrong = [str(i) for i in IMPORTS if is_ours(i.module) and not allowed(i)]
    assert not wrong, "\n".join(wrong)


def test_late_imports_that_are_allowed_exist():
    pairs = {(package_of(dotted(i.path)), package_of(i.module)) for i in IMPORTS if i.late}
    assert set(LATE) <= pairs, f"no longer needed: {set(LATE) - pairs}"


def test_imports_are_absolute_and_by_the_full_name():
    wrong = [
        str(i)
        for i in IMPORTS
        if i.module.startswith(".") or i.module.split(".")[0] in PACKAGES[1:]
    ]
    assert not wrong, "\n".join(wrong)


def test_the_core_does_not_import_numba():
    wrong = [
        str(i)
        for i in IMPORTS
        if i.module.split(".")[0] == "numba" and package_of(dotted(i.path)) in WITHOUT_NUMBA
    ]
    assert not wrong, "\n".join(wrong)


def test_kernels_use_numpy_and_numba_only():
    known = {"numpy", "numba", "llvmlite", *sys.stdlib_module_names}  # llvmlite: Numba's own layer
    wrong = [
        str(i)
        for i in IMPORTS
        if (i.path.name == "kernels.py" or "kernels" in i.path.parts)
        and i.module.split(".")[0] not in known
        and not (is_ours(i.module) and ".kernels" in i.module)
    ]
    assert not wrong, "\n".join(wrong)


def _optional(path: Path) -> set[str]:
    """Optional packages that a file may import at its top."""
    return {
        package
        for place, packages in OPTIONAL_AT_TOP.items()
        if path.is_relative_to(place)
        for package in packages
    }


def test_optional_and_slow_packages_are_imported_where_they_are_used():
    wrong = []
    for found in IMPORTS:
        top, here = found.module.split(".")[0], package_of(dotted(found.path))
        if is_ours(found.module) or found.late or found.typing or top in sys.stdlib_module_names:
            continue
        if top in HEAVY_AT_TOP:
            if here not in HEAVY_AT_TOP[top] and found.path.name != "kernels.py":
                wrong.append(str(found))
        elif top not in BASE | _optional(found.path.relative_to(ROOT)):
            wrong.append(str(found))
    assert not wrong, "\n".join(wrong)


def test_files_are_short():
    lengths = {p: len(p.read_text(encoding="utf-8").splitlines()) for p in SOURCES}
    long = [f"{p.relative_to(ROOT)}: {n} lines" for p, n in lengths.items() if n > MAX_LINES]
    assert not long, "split by topic:\n" + "\n".join(long)


def mirrors(path: Path) -> list[Path]:
    """Where the tests of a module may be.

    Those of an experiment are one file or folder; those of ``x_topic.py`` may be with ``x.py``.
    """
    relative = path.relative_to(ROOT)
    if relative.parts[0] == "experiments":
        name = relative.parts[1]
        folder = ROOT / "tests" / "experiments"
        return [folder / f"test_{name}.py", folder / name]
    stems = [path.stem]
    while "_" in stems[-1]:
        stems.append(stems[-1].rpartition("_")[0])
    whole = [s for s in stems if s == path.stem or path.with_name(f"{s}.py").is_file()]
    return [ROOT / "tests" / relative.with_name(f"test_{stem}.py") for stem in whole]


def test_every_public_module_has_a_mirrored_test():
    missing = [
        f"{p.relative_to(ROOT)} -> {mirrors(p)[0].relative_to(ROOT)}"
        for p in SOURCES
        if not p.name.startswith("_")
        and str(p.relative_to(ROOT)) not in NOT_MIRRORED
        and not any(m.exists() for m in mirrors(p))
    ]
    assert not missing, "\n".join(missing)


def test_modules_that_are_said_not_to_be_mirrored_are_not():
    for name in NOT_MIRRORED:
        assert (ROOT / name).is_file(), f"{name} is gone"
        assert not any(m.exists() for m in mirrors(ROOT / name)), f"{name} has a test"


def test_every_folder_of_tests_and_sources_is_a_package():
    folders = {p.parent for p in [*SOURCES, *(ROOT / "tests").rglob("*.py")]}
    missing = [str(f.relative_to(ROOT)) for f in folders if not (f / "__init__.py").is_file()]
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("neurosim/network/x.py", "from neurosim.plan.plan import Plan"),
        ("neurosim/network/x.py", "def f():\n    from neurosim.plan.plan import Plan"),
        ("neurosim/plan/x.py", "from neurosim.kernels.connect import place_synapses"),
        ("neurosim/kernels/x.py", "from neurosim.errors import NeurosimError"),
        ("neurosim/neurons/x.py", "import neurosim.network"),
        ("neurosim/runner/x.py", "from neurosim import experiments"),
        ("neurosim/runner/x.py", "from neurosim.models.ca3 import CA3Memory"),
        ("models/ca3/x.py", "from neurosim.hardware.rram import device"),
        ("hardware/rram/x.py", "from neurosim.models.ca3 import params"),
        ("experiments/e/x.py", "from neurosim.cli import app"),
        ("neurosim/recording/x.py", "from neurosim.io.npz import save_recording"),
    ],
)
def test_a_wrong_import_is_found(tmp_path, monkeypatch, path, line):
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    file = tmp_path / path
    file.parent.mkdir(parents=True)
    file.write_text(line + "\n")
    (found,) = imports(file)
    assert not allowed(found)
