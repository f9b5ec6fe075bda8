"""Every example in a docstring does what it shows."""

from __future__ import annotations

import doctest
import pkgutil
from importlib import import_module

import pytest

import neurosim


def modules() -> list[str]:
    found = pkgutil.walk_packages(neurosim.__path__, "neurosim.")
    return sorted(m.name for m in found if not m.name.endswith("__main__"))


def examples(name: str) -> list[doctest.DocTest]:
    made = doctest.DocTestFinder(exclude_empty=True).find(import_module(name), name)
    return [test for test in made if test.examples]


def test_there_are_examples():
    assert sum(len(examples(name)) for name in modules()) > 5


@pytest.mark.parametrize("name", modules())
def test_examples(name):
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    report: list[str] = []
    for test in examples(name):
        runner.run(test, out=report.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(report)
