from __future__ import annotations

import sys

import pytest

from neurosim.benchmarks.cases import Case, Settings
from neurosim.benchmarks.processes import answer, own
from neurosim.errors import SimulationError


def python(code):
    return [sys.executable, "-c", code]


def test_the_last_answer_is_read():
    assert answer(python("print('noise'); print('RESULT {\"a\": 1}'); print('end')"), "x") == {
        "a": 1
    }


def test_an_environment_is_handed_on():
    code = "import os; print('RESULT \"' + os.environ['WORD'] + '\"')"
    assert answer(python(code), "x", {"WORD": "given"}) == "given"


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("print('ERROR b1.scale: must be > 0')", "^b1.scale: must be > 0$"),
        ("print('nothing')", r"(?s)x: .* code 0 and gave no result.*nothing"),
        ("raise ValueError('in the process')", r"(?s)code 1.*in the process"),
        ("import sys; print('RESULT {}'); sys.exit(3)", "code 3"),
    ],
)
def test_a_process_without_an_answer_is_an_error(code, message):
    with pytest.raises(SimulationError, match=message):
        answer(python(code), "x")


def test_a_program_that_is_not_there_is_an_error():
    with pytest.raises(SimulationError, match="'/no/such/program' cannot be started"):
        answer(["/no/such/program"], "x")


def test_a_case_is_measured_in_a_process_of_its_own():
    found = own(Case("b1", 0.05), Settings(repeats=1, duration=20.0))
    assert (found["bench"], found["neurons"]) == ("b1", 200)
    with pytest.raises(SimulationError, match="backend: must be known"):
        own(Case("b1", 0.05), Settings(backend="none"))
