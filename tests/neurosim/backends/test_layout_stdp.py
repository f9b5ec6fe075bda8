"""Constants and decay tables of plastic blocks."""

import numpy as np
import pytest

from neurosim.backends.layout_stdp import Tables, constants
from neurosim.kernels import stdp_rule as place
from neurosim.kernels.layout import GAPS
from neurosim.neurons.arithmetic import exp
from neurosim.synapses import STDP
from neurosim.synapses.stdp import DEPENDENCES


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("tau", "dt"), [(20.0, 0.1), (0.1, 1.0), (5000.0, 0.01)])
def test_tables_hold_what_is_left_after_each_gap(tau, dt, dtype):
    tables = Tables(dt, np.dtype(dtype))
    begin = tables.find(tau)
    table = tables.values[begin : begin + GAPS + 1]
    assert table.dtype == dtype
    assert table[:-1].tolist() == [float(dtype(exp(-(gap * dt) / tau))) for gap in range(GAPS)]
    assert table[-1] == 0.0


def test_equal_time_constants_share_a_table():
    tables = Tables(0.5, np.dtype(np.float32))
    first, second = tables.find(3.0), tables.find(4.0)
    assert (first, second) == (tables.find(3.0), tables.find(4.0)) == (0, GAPS + 1)
    assert len(tables.values) == 2 * (GAPS + 1)


@pytest.mark.parametrize("dependence", DEPENDENCES)
def test_one_formula_stands_for_all_dependences(dependence):
    rule = STDP(0.5, 1.0, w_min=0.25, w_max=2.0, dependence=dependence)
    real, whole = np.zeros(12), np.zeros(8, dtype=np.int64)
    constants(rule, real, whole)
    w = 0.75
    up = real[place.PLUS_AT] - real[place.PLUS_BY] * w
    down = real[place.MINUS_AT] + real[place.MINUS_BY] * w
    assert up == {"multiplicative": 2.0 - w}.get(dependence, 2.0)
    assert down == (2.0 if dependence in ("additive", "gutig") else w - 0.25)
    assert bool(whole[place.GUTIG]) == (dependence == "gutig")
