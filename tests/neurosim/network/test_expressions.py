import numpy as np
import pytest

from neurosim.errors import ParameterError
from neurosim.network.expressions import FUNCTIONS, check_expression, evaluate


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("exp(-d / 100)", lambda d: np.exp(-d / 100)),
        ("d < 50", lambda d: d < 50),
        ("where(d > 10, 0.5, minimum(d, 1))", lambda d: np.where(d > 10, 0.5, np.minimum(d, 1))),
        ("abs(sin(pi * d)) ** 2", lambda d: np.abs(np.sin(np.pi * d)) ** 2),
        ("-d + 1e3", lambda d: -d + 1e3),
        ("0.1", lambda d: 0.1),
    ],
)
def test_expressions_are_evaluated_on_arrays(text, function):
    d = np.linspace(0.0, 100.0, 7)
    assert check_expression("X", "p", text, ("d",)) == text
    assert np.all(evaluate(text, d=d) == function(d))


@pytest.mark.parametrize(
    "text",
    [
        "", "d +", "x", "open('f')", "__import__('os')", "d.real", "[d]", "d if d else 1",
        "lambda: d", "'a'", "exp(x=d)", "(d)(d)", "d; d", "d[0]", "f'{d}'", "exp(*d)", None, 3,
        "exp", "pi(d)", "exp()", "exp(d, d)", "9**9**9**9", "1j * d", "where(d)", "1 / 0",
    ],
)  # fmt: skip
def test_anything_else_is_refused(text):
    with pytest.raises(ParameterError, match=r"X.p: must be an expression in d"):
        check_expression("X", "p", text, ("d",))


def test_only_the_known_functions_can_be_reached():
    assert set(FUNCTIONS) == {
        "exp", "log", "sqrt", "sin", "cos", "abs", "minimum", "maximum", "where", "pi",
    }  # fmt: skip
    with pytest.raises(NameError):
        evaluate("open('f')")


def test_powers_of_large_integers_end():
    assert evaluate("2 ** 0.5 ** 9 * d", d=np.ones(2)) == pytest.approx(2.0**0.5**9)
