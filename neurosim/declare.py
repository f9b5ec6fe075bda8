"""Parameters declared once: unit, bounds, default and description of every field.

A class derived from :class:`Declared` is a frozen data class whose fields are made with
:func:`param`, :func:`integer`, :func:`choice`, :func:`flag`, :func:`nested` or :func:`given`.
Validation, ``repr``, comparison, serialisation and documentation all derive from the declaration.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Self, dataclass_transform

import numpy as np

from neurosim import units
from neurosim.errors import ParameterError, SpecError, close_matches

Convert = Callable[[str, str, Any], Any]

Value = Any
"""A number, an array with one value per unit, or a distribution."""


@dataclasses.dataclass(frozen=True)
class Spec:
    """What a field is: its unit, rule, description, and how a value becomes a valid one."""

    unit: str
    rule: str
    doc: str
    convert: Convert


def param(
    default: Any = dataclasses.MISSING,
    unit: str = "1",
    *,
    low: float = -math.inf,
    high: float = math.inf,
    above: float = -math.inf,
    below: float = math.inf,
    optional: bool = False,
    scalar: bool = False,
    kw_only: bool = False,
    doc: str = "",
) -> Any:
    """Declare a number, which may differ from unit to unit unless ``scalar``.

    Parameters
    ----------
    default : float, optional
        Value when none is given; without it the field is required.
    unit : str
        Unit of the stored number, ``"1"`` for none.
    low, high : float
        Inclusive bounds.
    above, below : float
        Exclusive bounds.
    optional : bool
        Whether ``None`` is allowed.
    scalar : bool
        Whether one number is required; otherwise arrays and distributions are allowed too.
    kw_only : bool
        Whether it can be given by name only.
    doc : str
        One line for the documentation.
    """
    bounds = Bounds(unit, low, high, above, below)
    many = "" if scalar else " (a number, an array with one value per unit, or a distribution)"

    def convert(owner: str, field: str, value: Any) -> Any:
        if value is None and optional:
            return None
        return number(owner, field, value, bounds, scalar)

    return _field(default, Spec(unit, f"{bounds.rule}{many}", doc, convert), kw_only)


def integer(
    default: Any = dataclasses.MISSING,
    *,
    low: int | None = None,
    high: int | None = None,
    optional: bool = False,
    doc: str = "",
) -> Any:
    """Declare a whole number with inclusive bounds."""
    rule = "must be a whole number"
    if low is not None:
        rule += f" >= {low}"
    if high is not None:
        rule += f"{' and' if low is not None else ''} <= {high}"

    def convert(owner: str, field: str, value: Any) -> Any:
        if value is None and optional:
            return None
        whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
        if isinstance(value, (float, np.floating)) and float(value).is_integer():
            whole = True
        if not whole or (low is not None and value < low) or (high is not None and value > high):
            raise ParameterError(owner, field, rule, value, "Give such a number.")
        return int(value)

    return _field(default, Spec("1", rule, doc, convert))


def choice(
    default: Any = dataclasses.MISSING,
    *,
    options: Sequence[str],
    kw_only: bool = False,
    doc: str = "",
) -> Any:
    """Declare one word out of several."""
    rule = f"must be one of {', '.join(map(repr, options))}"

    def convert(owner: str, field: str, value: Any) -> Any:
        if not isinstance(value, str) or value not in options:
            raise ParameterError(owner, field, rule, value, close_matches(value, options))
        return value

    return _field(default, Spec("", rule, doc, convert), kw_only)


def flag(default: Any = dataclasses.MISSING, *, doc: str = "") -> Any:
    """Declare a truth value."""

    def convert(owner: str, field: str, value: Any) -> Any:
        if not isinstance(value, (bool, np.bool_)):
            raise ParameterError(owner, field, "must be True or False", value, "Give one of them.")
        return bool(value)

    return _field(default, Spec("", "must be True or False", doc, convert))


def given(
    default: Any = dataclasses.MISSING,
    *,
    convert: Convert,
    rule: str,
    unit: str = "",
    doc: str = "",
) -> Any:
    """Declare a field with a conversion of its own, called with owner, field and value."""
    return _field(default, Spec(unit, rule, doc, convert))


def nested(kind: type[Declared], *, doc: str = "") -> Any:
    """Declare a group of parameters of a class of its own, by default with its defaults.

    An instance or a mapping of its fields is accepted.
    """
    rule = f"must be {kind.__name__} or a mapping of its parameters"

    def convert(owner: str, field: str, value: Any) -> Any:
        if isinstance(value, Mapping):
            return kind(**value)
        if not isinstance(value, kind):
            raise ParameterError(owner, field, rule, value, f"Give {kind.__name__}(...).")
        return value

    return _field(kind(), Spec("", rule, doc, convert))


def _field(default: Any, spec: Spec, kw_only: bool = False) -> Any:
    return dataclasses.field(default=default, kw_only=kw_only, metadata={"spec": spec})


@dataclasses.dataclass(frozen=True)
class Bounds:
    """An interval with inclusive (low, high) and exclusive (above, below) ends, in a unit."""

    unit: str = "1"
    low: float = -math.inf
    high: float = math.inf
    above: float = -math.inf
    below: float = math.inf

    @property
    def rule(self) -> str:
        """The interval in words."""
        unit = "" if self.unit in ("", "1") else f" {self.unit}"
        parts = [
            f"{sign} {end:g}{unit}"
            for sign, end in (
                (">=", self.low), ("<=", self.high), (">", self.above), ("<", self.below)
            )
            if math.isfinite(end)
        ]  # fmt: skip
        return (
            "must be " + " and ".join(parts)
            if parts
            else f"must be a finite number{unit and ' in'}{unit}"
        )

    def holds(self, value: Any) -> Any:
        """Whether a number, or each number of an array, lies inside and is finite."""
        inside = (value >= self.low) & (value <= self.high)
        return inside & (value > self.above) & (value < self.below) & np.isfinite(value)


def number(owner: str, field: str, value: Any, bounds: Bounds, scalar: bool = False) -> Any:
    """A float, a read-only float64 array or a distribution that respects ``bounds``.

    Raises
    ------
    ParameterError
        If the value is nothing of the kind or out of bounds.
    """
    from neurosim.distributions import Distribution

    remedy = f"Give a value in {bounds.unit}." if bounds.unit not in ("", "1") else "Give such."
    try:
        plain = units.plain(value, bounds.unit)
    except (TypeError, ValueError) as error:  # pint raises both
        raise ParameterError(owner, field, bounds.rule, value, f"{error}.") from error
    if isinstance(plain, Distribution):
        if scalar:
            raise ParameterError(owner, field, "must be one number", value, "Give a number.")
        plain.require(owner, field, bounds)
        return plain
    try:
        if plain is None or np.asarray(plain).dtype.kind in "bcmMSU":
            raise TypeError("no real number")
        array = np.array(plain, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ParameterError(owner, field, bounds.rule, value, remedy) from error
    if array.ndim > 1 or array.size == 0 or (array.ndim == 1 and scalar):
        rule = "must be one number" if scalar else "must be a number or a flat array"
        raise ParameterError(owner, field, rule, value, remedy)
    good = np.atleast_1d(bounds.holds(array))
    if not good.all():
        worst = int(np.flatnonzero(~good)[0])
        where = f"unit {worst}" if array.ndim else ""
        bad = float(array[worst]) if array.ndim else float(array)
        raise ParameterError(owner, field, bounds.rule, bad, remedy, where)
    if array.ndim == 0:
        return float(array)
    array.setflags(write=False)
    return array


@dataclass_transform(frozen_default=True, eq_default=False)
class Declared:
    """Base of all parameter classes; see the module."""

    __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        try:
            dataclasses.dataclass(frozen=True, eq=False, repr=False)(cls)
        except TypeError as error:
            raise SpecError(f"{cls.__name__}: {error}. Declare required fields first.") from error
        for f in dataclasses.fields(cls):
            if "spec" not in f.metadata:
                raise SpecError(
                    f"{cls.__name__}.{f.name}: must be declared with param, integer, choice or "
                    f"flag, got a plain field. Write for example {f.name}: float = param(1.0)."
                )
        made = cls.__init__

        @functools.wraps(made)
        def init(self: Any, *args: Any, **named: Any) -> None:
            if type(self).__init__ is init:
                type(self)._refuse(args, named)
            made(self, *args, **named)

        cls.__init__ = init  # type: ignore[method-assign]

    @classmethod
    def _refuse(cls, args: tuple[Any, ...], named: Mapping[str, Any]) -> None:
        fields = dataclasses.fields(cls)
        names = [f.name for f in fields]
        for name in named:
            if name not in names:
                raise ParameterError(
                    cls.__name__, name, "is not a parameter", named[name],
                    close_matches(name, names),
                )  # fmt: skip
        positional = [f.name for f in fields if not f.kw_only]
        if len(args) > len(positional):
            raise ParameterError(
                cls.__name__, "arguments", f"takes at most {len(positional)} by position",
                len(args), f"Its parameters are: {', '.join(names)}.",
            )  # fmt: skip
        for f in fields:
            if f.name in positional[: len(args)]:
                if f.name in named:
                    raise ParameterError(
                        cls.__name__, f.name, "must be given once", named[f.name],
                        "Give it by position or by name.",
                    )  # fmt: skip
                continue
            if f.default is dataclasses.MISSING and f.name not in named:
                rule = f.metadata["spec"].rule
                raise ParameterError(cls.__name__, f.name, rule, None, "Give a value.", "missing")

    def __post_init__(self) -> None:
        for f in dataclasses.fields(self):
            spec: Spec = f.metadata["spec"]
            value = spec.convert(type(self).__name__, f.name, getattr(self, f.name))
            object.__setattr__(self, f.name, value)
        self.check()

    def check(self) -> None:
        """Rules that tie several fields together; subclasses raise :class:`ParameterError`."""

    def replace(self, **changes: Any) -> Self:
        """A copy with some fields changed, validated again."""
        type(self)._refuse((), {**self.values(), **changes})
        return dataclasses.replace(self, **changes)

    def values(self) -> dict[str, Any]:
        """The fields by name."""
        return {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}

    @classmethod
    def declared(cls) -> dict[str, Spec]:
        """The declaration of each field by name."""
        return {f.name: f.metadata["spec"] for f in dataclasses.fields(cls)}

    @classmethod
    def describe(cls) -> str:
        """A table of the parameters: name, default, unit, rule and meaning."""
        rows = []
        for f in dataclasses.fields(cls):
            spec: Spec = f.metadata["spec"]
            default = "required" if f.default is dataclasses.MISSING else repr(f.default)
            rule = spec.rule.split(" (a number,")[0]
            rows.append((f.name, default, "" if spec.unit == "1" else spec.unit, rule, spec.doc))
        head = ("parameter", "default", "unit", "rule", "meaning")
        widths = [max(len(row[i]) for row in [head, *rows]) for i in range(5)]
        return "\n".join(
            "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip()
            for row in [head, *rows]
        )

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        mine, theirs = self.values(), other.values()
        return all(same(mine[name], theirs[name]) for name in mine)

    def __hash__(self) -> int:
        plain = (v for v in self.values().values() if isinstance(v, (str, int, float)))
        return hash((type(self), *plain))

    def __repr__(self) -> str:
        parts = [
            f"{f.name}={brief(getattr(self, f.name))}"
            for f in dataclasses.fields(self)
            if f.default is dataclasses.MISSING or not same(getattr(self, f.name), f.default)
        ]
        return f"{type(self).__name__}({', '.join(parts)})"


def same(a: Any, b: Any) -> bool:
    """Equality that also compares arrays, by value."""
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        a, b = np.asarray(a), np.asarray(b)
        return bool(a.shape == b.shape and (a == b).all())
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return bool(a == b)


def brief(value: Any) -> str:
    """A short ``repr`` in which long arrays are only named by their size."""
    if isinstance(value, np.ndarray):
        return repr(value.tolist()) if value.size <= 6 else f"<{value.size} values>"
    if isinstance(value, tuple):
        few = len(value) <= 6
        return f"[{', '.join(map(brief, value))}]" if few else f"<{len(value)} items>"
    return repr(value)
