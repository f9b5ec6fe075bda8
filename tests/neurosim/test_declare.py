import pickle
from fractions import Fraction

import numpy as np
import pytest

from neurosim.declare import (
    Bounds,
    Declared,
    brief,
    choice,
    flag,
    given,
    integer,
    number,
    param,
    same,
)
from neurosim.distributions import Normal, Uniform
from neurosim.errors import ParameterError, SpecError


class Thing(Declared):
    """A class with every form of field."""

    size: float = param(unit="mV", low=0.0, below=10.0, doc="how large")
    rate: float = param(5.0, "Hz", scalar=True)
    end: float | None = param(None, "ms", above=0.0, scalar=True, optional=True)
    count: int = integer(3, low=1, high=9)
    some: int | None = integer(None, optional=True)
    word: str = choice("one", options=("one", "two"))
    on: bool = flag(False)
    text: str = given("x", convert=lambda owner, field, value: str(value), rule="any")
    last: float = param(1.0, kw_only=True)

    def check(self):
        if self.count == 5:
            raise ParameterError("Thing", "count", "must not be 5", 5, "Take 6.")


def refused(match, *args, **named):
    with pytest.raises(ParameterError, match=match):
        Thing(*args, **named)


def test_values_defaults_and_positions():
    thing = Thing(1, "2 kHz", count=4.0, some=np.int64(7), on=np.True_)
    assert thing.values() == {
        "size": 1.0, "rate": 2000.0, "end": None, "count": 4, "some": 7, "word": "one", "on": True,
        "text": "x", "last": 1.0,
    }  # fmt: skip
    assert type(thing.size) is float
    assert type(thing.count) is int
    assert type(thing.on) is bool


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("size", -1.0, r"must be >= 0 mV and < 10 mV, got -1.0. Give a value in mV"),
        ("size", 10.0, "must be >= 0 mV and < 10 mV"),
        ("size", np.nan, "got nan"),
        ("size", np.inf, "got inf"),
        ("size", [1.0, -2.0], r"got -2.0 \(unit 1\)"),
        ("size", [[1.0]], "must be a number or a flat array"),
        ("size", "5 ms", "'ms' is a time, a voltage in mV is needed"),
        ("size", "five", "is not a number"),
        ("size", None, "must be"),
        ("size", True, "must be"),
        ("size", [True, False], "must be"),
        ("size", 1j, "must be"),
        ("size", np.array([1j]), "must be"),
        ("size", ["1", "2"], "must be"),
        ("size", [1.0, None], "must be"),
        ("size", {}, "must be"),
        ("size", object(), "must be"),
        ("size", [[1.0], [1.0, 2.0]], "must be"),
        ("size", np.timedelta64(1, "s"), "must be"),
        ("size", Normal(5.0, 1.0), "for every draw"),
        ("rate", [1.0], "must be one number"),
        ("rate", Uniform(0.0, 1.0), "must be one number"),
        ("end", 0.0, "must be > 0 ms"),
        ("count", 0, "must be a whole number >= 1 and <= 9"),
        ("count", 2.5, "must be a whole number"),
        ("count", True, "must be a whole number"),
        ("count", "3", "must be a whole number"),
        ("count", None, "must be a whole number"),
        ("count", 5, "must not be 5"),
        ("some", np.nan, "must be a whole number"),
        ("word", "tow", "Did you mean 'two'"),
        ("word", None, "must be one of"),
        ("word", ["one"], "must be one of"),
        ("on", 1, "must be True or False"),
        ("on", "yes", "must be True or False"),
    ],
)
def test_values_that_break_their_rule_are_refused(field, value, rule):
    with pytest.raises(ParameterError, match=rule) as caught:
        Thing(**{"size": 1.0, field: value})
    assert (caught.value.owner, caught.value.field) == ("Thing", field)


def test_wrong_calls_are_refused():
    refused(r"Thing.size: .*missing")
    refused(r"Thing.sizes: is not a parameter, got 1.0. Did you mean 'size'", sizes=1.0)
    refused(r"takes at most 8 by position, got 9", *range(9))
    refused(r"Thing.size: must be given once", 1.0, size=2.0)


def test_fractions_and_numpy_numbers_are_numbers():
    assert Thing(Fraction(1, 2)).size == 0.5
    assert Thing(np.float32(0.5)).size == 0.5
    assert Thing(np.array(2)).size == 2.0


def test_arrays_are_copied_and_cannot_be_changed():
    given_array = np.array([1.0, 2.0])
    thing = Thing(given_array)
    given_array[0] = 9.0
    assert thing.size.tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match="read-only"):
        thing.size[0] = 3.0


def test_distributions_are_kept():
    assert Thing(Uniform(0.0, 9.0)).size == Uniform(0.0, 9.0)


def test_replace_checks_again():
    thing = Thing(1.0).replace(size="3 mV", word="two")
    assert (thing.size, thing.word) == (3.0, "two")
    with pytest.raises(ParameterError, match="Did you mean 'size'"):
        thing.replace(sizee=1.0)
    with pytest.raises(ParameterError, match="must not be 5"):
        thing.replace(count=5)


def test_fields_cannot_be_set():
    with pytest.raises(AttributeError):
        Thing(1.0).size = 2.0


def test_equality_and_hash():
    assert Thing([1.0, 2.0]) == Thing(np.array([1.0, 2.0]))
    assert Thing([1.0, 2.0]) != Thing([1.0, 3.0])
    assert Thing(1.0) != Thing([1.0])
    assert Thing(1.0) != "Thing"
    assert hash(Thing(1.0)) == hash(Thing(1))
    assert len({Thing([1.0]), Thing([1.0])}) == 1
    assert pickle.loads(pickle.dumps(Thing([1.0, 2.0]))) == Thing([1.0, 2.0])


def test_repr_shows_what_differs_from_the_default():
    assert repr(Thing(1.0, word="two")) == "Thing(size=1.0, word='two')"
    assert repr(Thing(np.arange(9.0))) == "Thing(size=<9 values>)"


def test_describe_is_a_table():
    lines = Thing.describe().splitlines()
    assert lines[0].split() == ["parameter", "default", "unit", "rule", "meaning"]
    assert lines[1].split("  ")[0] == "size"
    assert "required" in lines[1]
    assert "must be >= 0 mV and < 10 mV" in lines[1]
    assert lines[1].endswith("how large")
    assert len(lines) == 1 + len(Thing.declared())


def test_subclasses_add_fields():
    class More(Thing):
        extra: float = param(2.0)

    assert More(1.0, extra=3.0).values()["extra"] == 3.0
    assert Thing(1.0) != More(1.0)
    with pytest.raises(ParameterError, match=r"More.extra"):
        More(1.0, extra="x")


def test_a_plain_field_is_refused_with_the_right_form():
    with pytest.raises(SpecError, match=r"Plain.tau: must be declared with param.*tau: float"):

        class Plain(Declared):
            tau: float = 20.0


def test_required_fields_come_first():
    with pytest.raises(SpecError, match=r"Late: .*Declare required fields first"):

        class Late(Declared):
            a: float = param(1.0)
            b: float = param()


@pytest.mark.parametrize(
    ("bounds", "rule"),
    [
        (Bounds(), "must be a finite number"),
        (Bounds("mV"), "must be a finite number in mV"),
        (Bounds("ms", low=0.0), "must be >= 0 ms"),
        (Bounds("1", above=0.0, high=1.0), "must be <= 1 and > 0"),
    ],
)
def test_bounds_in_words(bounds, rule):
    assert bounds.rule == rule


def test_number_without_a_class():
    assert number("run", "dt", "100 us", Bounds("ms"), scalar=True) == pytest.approx(0.1)
    with pytest.raises(ParameterError, match=r"run.dt: must be > 0 ms, got 0.0"):
        number("run", "dt", 0.0, Bounds("ms", above=0.0))


def test_quantities_that_cannot_be_converted_are_refused():
    class Quantity:
        dimensionality = "mass"

        def to(self, unit):
            raise TypeError("cannot convert mass")

    with pytest.raises(ParameterError, match=r"Thing.size: .*cannot convert mass"):
        Thing(Quantity())


def test_same_compares_arrays_by_value():
    assert same(np.arange(3), np.arange(3))
    assert not same(np.arange(3), np.arange(4))
    assert not same(np.array([1.0]), 1.0)
    assert same((np.arange(2), 1), (np.arange(2), 1))
    assert not same((1,), (1, 2))


def test_brief_texts():
    assert brief(np.arange(3)) == "[0, 1, 2]"
    assert brief(np.arange(7)) == "<7 values>"
    assert brief((np.array([1.0]), np.arange(9))) == "[[1.0], <9 values>]"
    assert brief(tuple(range(7))) == "<7 items>"
    assert brief("x") == "'x'"
