from __future__ import annotations

import json

import pytest

from neurosim.benchmarks.cases import Case, Settings, plain
from neurosim.benchmarks.first_step import main


@pytest.mark.parametrize("case", [Case("b1", 0.05), Case("b3", 0.01, "one")])
def test_it_makes_one_step_and_says_so(case, capsys):
    main(json.dumps(plain(case, Settings())))
    word, total, used = capsys.readouterr().out.split()
    assert word == "ready"
    assert 0.0 < float(used) <= float(total)


def test_it_does_so_again_if_asked(capsys):
    main(json.dumps({**plain(Case("b1", 0.05), Settings()), "again": True}))
    first, second = capsys.readouterr().out.splitlines()
    word, used = second.split()
    assert word == "again"
    assert float(used) > 0.0
    assert first.startswith("ready")
