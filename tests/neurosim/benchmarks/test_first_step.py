from __future__ import annotations

import json
from time import process_time

import pytest

from neurosim.benchmarks.first_step import main
from tests.neurosim.benchmarks.test_measure import OPTIONS


@pytest.mark.parametrize("name", ["b1", "b3"])
def test_it_makes_one_step_and_says_so(name, capsys):
    main(json.dumps({**OPTIONS, "name": name}))
    word, seconds = capsys.readouterr().out.split()
    assert word == "ready"
    assert 0.0 < float(seconds) <= process_time()
