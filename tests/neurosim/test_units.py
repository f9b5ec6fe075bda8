from types import SimpleNamespace

import numpy as np
import pytest

from neurosim import units


@pytest.mark.parametrize(
    ("unit", "scale", "dimension"),
    [("ms", 1e-3, "time"), ("s", 1.0, "time"), ("mV", 1e-3, "voltage"), ("nA", 1e-9, "current"),
     ("nF", 1e-9, "capacitance"), ("uS", 1e-6, "conductance"), ("µS", 1e-6, "conductance"),
     ("kHz", 1e3, "rate"), ("MOhm", 1e6, "resistance"), ("MΩ", 1e6, "resistance"),
     ("1", 1.0, "number"), ("", 1.0, "number")],
)  # fmt: skip
def test_factors(unit, scale, dimension):
    assert units.factor(unit) == (scale, dimension)


@pytest.mark.parametrize("unit", ["min", "xV", "mmV", "volt", "m V", "ms2"])
def test_unknown_units_are_refused(unit):
    with pytest.raises(ValueError, match="unknown unit"):
        units.factor(unit)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [("20 ms", "ms", 20.0), ("0.02 s", "ms", 20.0), ("20ms", "ms", 20.0), ("-65 mV", "mV", -65.0),
     ("10 nS", "uS", 0.01), ("2e1", "ms", 20.0), (" 1.5 ", "mV", 1.5), ("+.5 kHz", "Hz", 500.0),
     ("1 µS", "uS", 1.0), ("3", "1", 3.0), ("5 steps", "steps", 5.0)],
)  # fmt: skip
def test_texts(text, unit, value):
    assert units.parse(text, unit) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize("text", ["", "ms", "twenty ms", "1 2 ms", "nan ms", "inf", "0x10", "--1"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match=r"is not a number with a unit|unknown unit"):
        units.parse(text, "ms")


@pytest.mark.parametrize(("text", "unit"), [("20 mV", "ms"), ("20 ms", "1"), ("20 Hz", "ms")])
def test_another_dimension_is_refused(text, unit):
    with pytest.raises(ValueError, match="is a "):
        units.parse(text, unit)


@pytest.mark.parametrize("value", [1, 1.5, None, True, [1.0], np.arange(3)])
def test_plain_values_stay_as_they_are(value):
    assert units.plain(value, "ms") is value
    assert units.plain(value, "1") is value


def test_text_without_a_number_has_no_unit():
    assert units.plain("20 ms", "ms") == 20.0


class Quantity:
    """Stands for the quantities of another package, holding milliseconds."""

    dimensionality = "time"

    def __init__(self, ms):
        self.ms = ms


class OfQuantities(Quantity):
    def rescale(self, unit):
        return SimpleNamespace(magnitude=self.ms * {"ms": 1.0, "s": 1e-3}[unit])


class OfPint(Quantity):
    def to(self, unit):
        return SimpleNamespace(magnitude=self.ms * {"ms": 1.0, "s": 1e-3}[unit])


@pytest.mark.parametrize("kind", [OfQuantities, OfPint])
def test_foreign_quantities_are_converted(kind):
    assert units.plain(kind(20.0), "ms") == 20.0
    assert units.plain(kind(20.0), "s") == 0.02
    assert units.plain(kind(np.array([1.0, 2.0])), "ms").tolist() == [1.0, 2.0]


class OfBrian:
    """Stands for a quantity of brian2, which holds SI values."""

    dim = "time"
    is_dimensionless = False

    def __init__(self, seconds):
        self.seconds = seconds

    def has_same_dimensions(self, other):
        return other == "second"

    def __array__(self, dtype=None, copy=None):
        return np.array(self.seconds)


@pytest.fixture
def brian(monkeypatch):
    names = ("second", "volt", "amp", "farad", "siemens", "hertz", "ohm")
    module = SimpleNamespace(**{name: name for name in names})
    monkeypatch.setitem(__import__("sys").modules, "brian2", module)


@pytest.mark.usefixtures("brian")
def test_quantities_of_brian_are_converted():
    assert units.plain(OfBrian(0.02), "ms") == pytest.approx(20.0)
    assert units.plain(OfBrian([0.01, 0.02]), "ms") == pytest.approx([10.0, 20.0])
    with pytest.raises(ValueError, match="another dimension, a voltage in mV is needed"):
        units.plain(OfBrian(0.02), "mV")
