import numpy as np
import pytest

from neurosim.testing.exact import equations, expm, first_crossing


def test_the_exponential_of_a_matrix():
    turn = np.array([[0.0, -3.0], [3.0, 0.0]])
    expected = [[np.cos(3.0), -np.sin(3.0)], [np.sin(3.0), np.cos(3.0)]]
    assert expm(turn) == pytest.approx(np.array(expected), abs=1e-13)
    assert expm(np.diag([-700.0, 0.0])) == pytest.approx(np.diag([np.exp(-700.0), 1.0]), rel=1e-9)


def test_the_equations_are_those_of_a_filtered_current():
    a = equations(20.0, 0.5, 5.0, 2.0)
    v = 4.0 / 0.5 * 100.0 / 15.0 * (np.exp(-7.0 / 20.0) - np.exp(-7.0 / 5.0))
    assert expm(7.0 * a) @ [0.0, 4.0, 0.0, 0.0, 0.0] == pytest.approx(
        [v, 4.0 * np.exp(-1.4), 0.0, 0.0, 0.0], rel=1e-13
    )
    alpha = expm(3.0 * a) @ [0.0, 0.0, 0.0, 0.0, 2.0]
    assert alpha[2] == pytest.approx(2.0 * 3.0 * np.exp(-1.5), rel=1e-13)


def test_crossings():
    a = equations(20.0, 1.0, 5.0, 5.0)
    start = [-16.0, 0.0, 0.0, 0.0, 0.0]
    assert first_crossing(a, start, -1.0, 100.0, 0.5) == pytest.approx(20.0 * np.log(16.0))
    assert first_crossing(a, start, 1.0, 100.0, 0.5) == np.inf
    peak = 20.0 / 15.0 * 5.0 * (4.0 ** (-1 / 3) - 4.0 ** (-4 / 3))  # of 1 nA, after 9.242 ms
    touching = [0.0, 1.0, 0.0, 0.0, 0.0]
    when = first_crossing(a, touching, peak * (1.0 - 1e-12), 100.0, 0.5)
    assert when == pytest.approx(np.log(4.0) * 20.0 / 3.0, abs=1e-3)
    assert first_crossing(a, touching, peak * (1.0 + 1e-12), 100.0, 0.5) == np.inf
