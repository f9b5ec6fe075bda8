import ast
import inspect
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import neurosim as ns


def run(code):
    return subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout


def test_import_is_quick_and_light():
    code = (
        "import sys, time; before = time.process_time(); import neurosim;"
        "print(time.process_time() - before);"
        "print([m for m in ('numba', 'matplotlib', 'scipy', 'numpy') if m in sys.modules])"
    )
    seconds, loaded = run(code).splitlines()
    assert float(seconds) < 0.3
    assert loaded == "[]"


def test_building_a_network_loads_neither_numba_nor_matplotlib_nor_scipy():
    code = (
        "import sys, neurosim as ns; net = ns.Network(); net.population('a', 3, ns.IFCurrExp());"
        "ns.Network.from_dict(net.to_dict()); ns.simulate, ns.plotting.raster, ns.load;"
        "print([m for m in ('numba', 'matplotlib', 'scipy', 'pandas') if m in sys.modules])"
    )
    assert run(code).strip() == "[]"


def test_every_public_name_is_there():
    assert ns.__all__ == sorted(ns.__all__)
    for name in ns.__all__:
        assert getattr(ns, name) is not None
        assert name in dir(ns)


@pytest.mark.parametrize("name", sorted(set(ns.__all__) - {"__version__"}))
def test_every_public_name_is_documented(name):
    assert (inspect.getdoc(getattr(ns, name)) or "").strip()


def test_type_checkers_see_the_same_names():
    tree = ast.parse(Path(ns.__file__).read_text())
    (block,) = [
        node
        for node in tree.body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    seen = {
        a.asname: (node.module, a.name)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for a in node.names
        if a.asname
    }
    assert set(seen) | {"load"} == set(ns._HOMES)
    for name, (module, attribute) in seen.items():
        home = ns._HOMES[name].partition(":")[0]
        assert home in (module, f"{module}.{attribute}"), name


def test_unknown_names_are_attribute_errors():
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        _ = ns.Nothing


def test_modules_of_the_front_are_modules():
    assert isinstance(ns.errors, ModuleType)
    assert isinstance(ns.plotting, ModuleType)


def test_the_package_is_typed():
    assert (Path(ns.__file__).parent / "py.typed").is_file()
