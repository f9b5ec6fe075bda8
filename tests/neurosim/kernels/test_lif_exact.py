import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from neurosim.kernels import lif_exact as lif
from neurosim.kernels._jit import kernel
from neurosim.testing.exact import equations, expm, first_crossing

DT = 0.1


@kernel
def spike_time(row, c, on_grid):
    return lif.next_spike(row, c, on_grid)


@kernel
def look(row, c, time, out):
    out[0], out[1], out[2], out[3], out[4] = lif.at(row, c, time)


@kernel
def bounds(row, c):
    return lif.can_cross(row, c), lif.safe_steps(row, c)


def constants(tau_m=20.0, cm=1.0, tau_e=5.0, tau_i=10.0, refractory=2.0):
    """Threshold at 15 mV above a drive of 0."""
    c = np.zeros(lif.CONSTANTS)
    c[lif.ALPHA], c[lif.BETA_E], c[lif.BETA_I] = DT / tau_m, DT / tau_e, DT / tau_i
    c[lif.CHARGE], c[lif.DT], c[lif.THRESHOLD] = DT / cm, DT, 15.0
    c[lif.REFRACTORY] = refractory / DT
    c[lif.HORIZON] = 40.0 / DT * max(tau_m, tau_e, tau_i)
    for tau, slope, peak, top in (
        (tau_e, lif.SLOPE_E, lif.PEAK_E, lif.TOP_E), (tau_i, lif.SLOPE_I, lif.PEAK_I, lif.TOP_I),
    ):  # fmt: skip
        c[slope] = DT / cm * tau / np.e
        c[peak] = min(tau_m, tau) / cm  # any bound that is not too low
        c[top] = tau * tau / cm
    return c


def row(state, drive=0.0, release=0.0):
    made = np.zeros(lif.COLUMNS)
    made[[lif.X, lif.EXC, lif.INH, lif.RISE_EXC, lif.RISE_INH]] = state
    made[lif.DRIVE], made[lif.RELEASE] = drive, release
    return made


taus = st.sampled_from([0.5, 2.0, 5.0, 5.0000001, 10.0, 20.0, 19.99, 37.5])
potentials = st.floats(-30.0, 14.0)
currents = st.floats(0.0, 12.0)


@st.composite
def states(draw, rises):
    e, i = draw(currents), -draw(currents)
    if draw(st.booleans()):
        e, i = -e, -i  # unusual, but allowed with signed weights
    p, q = (draw(currents), -draw(currents)) if rises else (0.0, 0.0)
    return [draw(potentials), e, i, p, q]


times = {"tau_m": taus, "tau_e": taus, "tau_i": taus}
parameters = st.fixed_dictionaries(times)


@given(p=parameters, state=states(rises=True), h=st.floats(0.001, 300.0))
@example(p={"tau_m": 5.0, "tau_e": 5.0, "tau_i": 5.0}, state=[-3.0, 4.0, -2.0, 1.0, -1.0], h=9.0)
def test_states_are_those_of_the_matrix_exponential(p, state, h):
    out = np.empty(5)
    look(row(state), constants(**p), h / DT, out)
    expected = expm(h * equations(p["tau_m"], 1.0, p["tau_e"], p["tau_i"])) @ state
    assert out == pytest.approx(expected, rel=1e-10, abs=1e-10)


@pytest.mark.parametrize("rises", [False, True])
def test_the_first_crossing_is_found_exactly(rises):
    @given(p=parameters, state=states(rises), drive=st.sampled_from([0.0, 5.0, 14.9, 15.1, 30.0]))
    def found(p, state, drive):
        gap = 15.0 - drive
        assume(state[0] < gap - 1e-6)
        when = DT * spike_time(row(state, drive), constants(**p), False)
        a = equations(p["tau_m"], 1.0, p["tau_e"], p["tau_i"])
        expected = first_crossing(a, state, gap, 300.0, 0.25)
        if expected == np.inf:
            assert when > 300.0 - 1e-6
        else:
            peak = (expm(a * expected) @ state)[0]
            slope = (a @ expm(a * expected) @ state)[0]
            assert peak == pytest.approx(gap, abs=1e-9)
            assert abs(when - expected) <= 1e-10 + 1e-12 / max(slope, 1e-9)

    found()


@pytest.mark.parametrize("excess", [1e-13, 1e-10, 1e-6, 1e-3])
@pytest.mark.parametrize(
    ("p", "state"),
    [
        ({}, [0.0, 1.0, 0.0, 0.0, 0.0]),
        ({"tau_e": 20.0}, [0.0, 1.0, 0.0, 0.0, 0.0]),
        ({}, [0.0, 0.0, 0.0, 1.0, 0.0]),
        ({"tau_i": 5.0}, [-4.0, 5.0, -1.0, 0.0, 0.0]),
        ({"tau_i": 2.0}, [-1.0, 5.0, -5.0, 0.0, 0.0]),
    ],
)
def test_a_potential_that_touches_the_threshold_is_told_from_one_that_does_not(p, state, excess):
    values = {"tau_m": 20.0, "cm": 1.0, "tau_e": 5.0, "tau_i": 10.0, **p}
    a = equations(**values)
    low, high = 0.0, 1000.0  # times around the maximum: the slope changes its sign once
    start = next(t for t in np.arange(0.0, 50.0, 0.5) if (a @ expm(a * t) @ state)[0] > 0.0)
    low = start
    high = next(t for t in np.arange(low, 200.0, 0.5) if (a @ expm(a * t) @ state)[0] < 0.0)
    for _ in range(60):
        middle = 0.5 * (low + high)
        rising = (a @ expm(a * middle) @ state)[0] > 0.0
        low, high = (middle, high) if rising else (low, middle)
    peak = (expm(a * low) @ state)[0]
    c = constants(**values)
    above, below = (
        row(state, 15.0 - peak * (1.0 - excess)),
        row(state, 15.0 - peak * (1.0 + excess)),
    )
    assert abs(DT * spike_time(above, c, False) - low) < 1e-3 + 60.0 * np.sqrt(excess)
    assert spike_time(below, c, False) == np.inf


def test_a_driven_neuron_crosses_when_its_solution_does():
    when = DT * spike_time(row([-16.0, 0, 0, 0, 0], 16.0), constants(), False)
    assert when == pytest.approx(20.0 * np.log(16.0), abs=1e-11)
    held = DT * spike_time(row([-16.0, 0, 0, 0, 0], 16.0, release=50.0), constants(), False)
    assert held == pytest.approx(5.0 + 20.0 * np.log(16.0), abs=1e-11)


def test_a_drive_at_the_threshold_never_crosses():
    for x in (-15.0, -1e-12, -1e-300):
        assert spike_time(row([x, 0, 0, 0, 0], 15.0), constants(), False) == np.inf


def test_on_the_grid_the_first_stamp_above_counts():
    c = constants()
    whole = spike_time(row([-16.0, 0, 0, 0, 0], 16.0), c, True)
    assert whole == np.ceil(200.0 * np.log(16.0))
    # a potential that is above the threshold between two stamps only
    c = constants(tau_m=0.2, tau_e=0.02, tau_i=0.02, cm=0.001)
    brief = row([0.0, 1.0, 0, 0, 0])
    out = np.empty(5)
    crossing = spike_time(brief, c, False)
    assert 0.0 < crossing < 1.0
    look(brief, c, 1.0, out)
    assert out[0] < 15.0
    assert spike_time(brief, c, True) == np.inf


@pytest.mark.parametrize("on_grid", [False, True])
def test_a_start_above_the_threshold(on_grid):
    expected = 1.0 if on_grid else 0.0
    assert spike_time(row([20.0, 0, 0, 0, 0]), constants(), on_grid) == expected
    falls = row([15.02, 0, 0, 0, 0])
    assert spike_time(falls, constants(), on_grid) == (np.inf if on_grid else 0.0)


@given(p=parameters, state=states(rises=True), drive=st.floats(-5.0, 30.0))
def test_bounds_are_bounds(p, state, drive):
    assume(state[0] < 15.0 - drive)
    c, made = constants(**p), row(state, drive)
    possible, safe = bounds(made, c)
    when = spike_time(made, c, False)
    assert possible or when == np.inf
    assert when >= safe * (1.0 - 1e-12)
