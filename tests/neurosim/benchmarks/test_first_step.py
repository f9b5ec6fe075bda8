from __future__ import annotations

import json

import pytest

from neurosim.benchmarks.first_step import main
from tests.neurosim.benchmarks.test_measure import OPTIONS


@pytest.mark.parametrize("name", ["b1", "b3"])
def test_it_makes_one_step_and_says_so(name, capsys):
    main(json.dumps({**OPTIONS, "name": name}))
    assert capsys.readouterr().out == "ready at 0.1 ms\n"
