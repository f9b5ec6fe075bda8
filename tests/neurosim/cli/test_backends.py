from __future__ import annotations

from itertools import pairwise

from neurosim.backends import registry
from neurosim.backends.registry import BUILT_IN, backend
from neurosim.cli.matrix import markdown


def heads(text):
    """The heads of all tables: they stand above the rows of neurons."""
    lines = text.splitlines()
    return [
        name
        for above, line in pairwise(lines)
        if line.startswith("neurons")
        for name in above.split()
    ]


def test_every_backend_has_a_column(call):
    done = call("backends")
    assert done.exit_code == 0
    assert heads(done.stdout) == list(BUILT_IN)
    assert "all, and your own" in done.stdout


def test_markdown(call):
    made = markdown({name: backend(name).capabilities for name in BUILT_IN})
    assert call("backends", "--markdown").stdout == made + "\n"


def test_a_backend_that_does_not_load_is_named_with_the_reason(call, monkeypatch):
    monkeypatch.setitem(registry.BUILT_IN, "broken", "neurosim.no_such_module:Nothing")
    done = call("backends")
    assert done.exit_code == 0
    line = next(x for x in done.stdout.splitlines() if x.startswith("not available"))
    assert "backend 'broken' cannot be loaded" in line
    assert "no_such_module" in done.stdout
    assert heads(done.stdout) == [n for n in BUILT_IN if n != "broken"]
