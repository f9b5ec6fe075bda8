from __future__ import annotations

import json

from neurosim.benchmarks.cases import Case, Settings, plain
from neurosim.benchmarks.measure import main


def test_it_answers_with_one_line(capsys):
    settings = Settings(repeats=1, duration=20.0)
    assert main(json.dumps(plain(Case("b1", 0.05), settings))) == 0
    (line,) = capsys.readouterr().out.splitlines()
    found = json.loads(line.removeprefix("RESULT "))
    assert (found["bench"], found["scale"], found["duration_ms"]) == ("b1", 0.05, 20.0)


def test_what_is_wrong_is_one_line_too(capsys):
    settings = Settings(backend="none")
    assert main(json.dumps(plain(Case("b1", 0.05), settings))) == 2
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("ERROR backend: must be known, got 'none'")
