"""Parameters of an experiment by dotted names: ``neuron.tau_m=15``.

Values are read as YAML scalars or lists and then converted by the declaration of the parameter, so
that ``15``, ``1.5e1``, ``"15 ms"`` and ``true`` mean what they say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

import numpy as np

from neurosim.declare import Declared, Spec
from neurosim.errors import ParameterError, SpecError, close_matches
from neurosim.runner.files import value_of

Params = TypeVar("Params", bound=Declared)


def parse(assignments: Iterable[str]) -> dict[str, str]:
    """``["a.b=3"]`` as ``{"a.b": "3"}``.

    Raises
    ------
    SpecError
        If one is no ``name=value``, or a name is given twice.
    """
    found: dict[str, str] = {}
    for text in assignments:
        name, equals, value = text.partition("=")
        name = name.strip()
        if not equals or not name:
            raise SpecError(f"--set: must be NAME=VALUE, got {text!r}. Write for example a.b=3.")
        if name in found:
            raise SpecError(f"--set: names must differ, got {name!r} twice. Give it once.")
        found[name] = value
    return found


def dotted(overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Values by dotted name; a mapping stands for the parameters of a group.

    Examples
    --------
    >>> dotted({"cell": {"tau_m": 15}, "n": 3})
    {'cell.tau_m': 15, 'n': 3}

    Raises
    ------
    SpecError
        If a name occurs twice.
    """
    found: dict[str, Any] = {}
    for name, value in overrides.items():
        inner = dotted(value) if isinstance(value, Mapping) else {"": value}
        for last, leaf in inner.items():
            full = f"{name}.{last}" if last else str(name)
            if full in found:
                raise SpecError(f"parameter {full!r}: is set twice. Drop one.")
            found[full] = leaf
    return found


def resolve(kind: type[Params], overrides: Mapping[str, Any]) -> Params:
    """Parameters with their defaults, changed by dotted names.

    Parameters
    ----------
    kind : type of Declared
        Class of the parameters; every field must have a default.
    overrides : mapping
        Values by dotted name. Text is read as a YAML value; where that is not allowed, as a word.
        A mapping stands for the parameters of a group.

    Raises
    ------
    ParameterError
        If a name is unknown or a value is not allowed.
    SpecError
        If a group is also set as a whole.
    """
    return _changed(kind(), _tree(overrides), "", kind)


def flat(params: Declared) -> dict[str, Any]:
    """All parameters by dotted name.

    Examples
    --------
    >>> from neurosim.distributions import Uniform
    >>> flat(Uniform(0.0, 1.0))
    {'low': 0.0, 'high': 1.0}
    """
    return dict(_flat(params, ""))


def declared(params: Declared) -> dict[str, Spec]:
    """The declaration of all parameters by dotted name."""
    found: dict[str, Spec] = {}
    for name, spec in type(params).declared().items():
        value = getattr(params, name)
        if is_group(value):
            found |= {f"{name}.{inner}": s for inner, s in declared(value).items()}
        else:
            found[name] = spec
    return found


def is_group(value: Any) -> bool:
    """Whether a value is a group of parameters and not a value of its own, as distributions are."""
    from neurosim.distributions import Distribution

    return isinstance(value, Declared) and not isinstance(value, Distribution)


def plain(value: Any) -> Any:
    """A parameter, metric or array as JSON data; numbers that are not finite become ``None``."""
    if isinstance(value, Declared):
        inner = {name: plain(v) for name, v in value.values().items()}
        return inner if is_group(value) else {type(value).__name__: inner}
    if isinstance(value, Mapping):
        return {str(name): plain(v) for name, v in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, (list, tuple, range)):
        return [plain(v) for v in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value if isinstance(value, (bool, int, str, type(None))) else str(value)


def _flat(params: Declared, prefix: str) -> Iterator[tuple[str, Any]]:
    for name, value in params.values().items():
        if is_group(value):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _tree(overrides: Mapping[str, Any]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, value in dotted(overrides).items():
        *groups, last = name.split(".")
        place = tree
        for group in groups:
            place = place.setdefault(group, {})
            if not isinstance(place, dict):
                raise SpecError(f"parameter {name!r}: {group!r} is also set as a whole. Drop one.")
        if last in place:
            raise SpecError(f"parameter {name!r}: its parameters are also set. Drop one.")
        place[last] = value
    return tree


def _changed(current: Params, changes: Mapping[str, Any], path: str, root: type[Any]) -> Params:
    owner, known = root.__name__, current.values()
    made: dict[str, Any] = {}
    for name, value in changes.items():
        full = f"{path}{name}"
        if name not in known:
            remedy = _suggest(full, flat(root()))
            raise ParameterError(owner, full, "is not a parameter", value, remedy)
        if is_group(known[name]):
            if not isinstance(value, Mapping):
                raise ParameterError(
                    owner, full, "is a group of parameters", value,
                    f"Set one of {', '.join(f'{full}.{inner}' for inner in known[name].values())}.",
                )  # fmt: skip
            made[name] = _changed(known[name], value, f"{full}.", root)
        elif isinstance(value, Mapping):
            inner = ", ".join(map(str, value))
            raise ParameterError(owner, full, "has no parameters of its own", inner, "Drop them.")
        else:
            made[name] = _convert(type(current).declared()[name], owner, full, value)
    return current.replace(**made)


def _convert(spec: Spec, owner: str, full: str, value: Any) -> Any:
    if not isinstance(value, str):
        return spec.convert(owner, full, value)
    try:
        return spec.convert(owner, full, value_of(value))
    except ParameterError as error:
        try:
            return spec.convert(owner, full, value)  # a word that looks like a number
        except ParameterError:
            raise error from None


def _suggest(full: str, known: Iterable[str]) -> str:
    """Names that end alike, for ``tau_m`` where ``neuron.tau_m`` is meant; else close ones."""
    names = list(known)
    last = full.rpartition(".")[2]
    ending = [n for n in names if n.rpartition(".")[2] == last]
    if ending:
        return "Did you mean " + " or ".join(map(repr, ending[:3])) + "?"
    return close_matches(full, names)
