"""The step function of a Brian2 group: integration, threshold, arrived weights, reset."""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from neurosim.errors import SpecError, UnsupportedError, close_matches
from neurosim.io.brian2_text import HELPERS, Text, Translator, assignments
from neurosim.io.brian2_units import number, unit_name
from neurosim.neurons.base import ALLOWED_NAMES, INJECTED

RESERVED = {*ALLOWED_NAMES, *HELPERS, INJECTED, "dt", "step", "active", "spiked"}
"""Names that mean something else in a step function."""
SINCE, READY = "steps_since_spike", "ready"
LONG_AGO = 1e15
"""Steps since the last spike of a neuron that has not spiked."""


class Step(NamedTuple):
    """A step function and what its kind needs beside it.

    Parameters
    ----------
    source : str
        Text of the function.
    states : list of (name, dimension, start value)
        State variables.
    hidden : set of str
        Those of them that are no variables of Brian2.
    parameters : mapping of str to (values, dimension)
        Parameters, in SI units.
    receptors : mapping of str to str
        Variables by receptor.
    dimensions : mapping of str to Dimension
        Dimensions of the state variables.
    helpers : set of str
        Names of helpers.
    equations : str
        The equations as Brian2 prints them.
    """

    source: str
    states: list[tuple[str, Any, float]]
    hidden: set[str]
    parameters: dict[str, tuple[Any, Any]]
    receptors: dict[str, str]
    dimensions: dict[str, Any]
    helpers: set[str]
    equations: str


def make_step(
    brian2: Any, group: Any, name: str, namespace: dict[str, Any],
    receptors: Mapping[str, str], current: str | None,
) -> Step:  # fmt: skip
    """The step function of a group.

    Raises
    ------
    SpecError, UnsupportedError
        As :func:`neurosim.io.brian2.import_brian2`.
    """
    return _Maker(brian2, group, name, namespace, receptors, current).made()


class _Maker:
    """Gathers what the names of a group mean, then writes the lines."""

    def __init__(
        self, brian2: Any, group: Any, name: str, namespace: dict[str, Any],
        receptors: Mapping[str, str], current: str | None,
    ) -> None:  # fmt: skip
        self.brian2, self.group, self.receptors = brian2, group, dict(receptors)
        self.equations = group.user_equations
        self.namespace = {**(group.namespace or {}), **namespace}
        self.refractory = group._refractory
        self.reset = group.event_codes.get("spike") or ""
        self.threshold = group.events.get("spike")
        self.lines: list[str] = []
        self.made_of: dict[str, str] = {}
        self.parameters: dict[str, tuple[Any, Any]] = {}
        formulas = {
            e.varname: e.expr.code for e in self.equations.values() if e.type == "subexpression"
        }
        self.text = Translator({}, formulas, f"group of {name!r}")
        self._meanings(current)
        self._check_units()

    # what names mean

    def _meanings(self, current: str | None) -> None:
        equations = self.equations
        changed = {target for target, _ in assignments(self.text, self.reset)}
        changed |= set(self.receptors.values())
        kinds = {e.varname: e.type for e in equations.values()}
        self.integrated = [n for n, kind in kinds.items() if kind == "differential equation"]
        given = [n for n, kind in kinds.items() if kind == "parameter"]
        self.states = self.integrated + [n for n in given if n in changed]
        self.flagged = {
            n for n in self.integrated if "unless refractory" in equations[n].flags
        } if self.refractory is not False else set()  # fmt: skip
        for receptor, variable in self.receptors.items():
            self._require(f"receptors[{receptor!r}]", variable, self.states)
        for variable in [n for n in given if n not in changed]:
            values = self.group.variables[variable]
            self.parameters[variable] = values.get_value(), values.dim
        self._outer_names()
        if current is not None:
            self._require("current", current, self.parameters)
            if self.parameters[current][1] != self.brian2.amp.dim:
                raise SpecError(
                    f"import_brian2.current: must be a parameter in amperes, got {current!r} in "
                    f"{unit_name(self.parameters[current][1])}. Name another."
                )
        names = {n: Text(n) for n in (*self.states, *self.parameters)}
        if current is not None:
            names[current] = Text(f"({current} + {INJECTED})")
        self.current = current
        self.text.names |= names

    def _require(self, what: str, value: Any, known: Any) -> None:
        if value not in known:
            raise SpecError(
                f"import_brian2.{what}: must be a variable that may change so, got {value!r}. "
                f"{close_matches(value, known)}"
            )

    def _outer_names(self) -> None:
        """Names of the namespace become parameters, units and constants become numbers."""
        from brian2.core.namespace import DEFAULT_CONSTANTS, DEFAULT_UNITS
        from brian2.utils.stringtools import get_identifiers

        texts = [self.reset, self.threshold or "", self._refractory_text()]
        used = set(self.equations.identifiers)
        used |= {n for text in texts for n in get_identifiers(text)}
        inner = {*self.equations.names, "dt", "t", "not_refractory", "lastspike"}
        used |= set(DEFAULT_CONSTANTS)  # an integrator may bring them in
        for name in sorted(used - inner):
            if name in self.namespace:
                value = self.namespace[name]
                if callable(value) or isinstance(value, self.brian2.TimedArray):
                    raise UnsupportedError(
                        f"Brian2 name {name!r}: is a function or TimedArray, which has no form in "
                        "a step function. Use spike sources or injected currents."
                    )
                if np.ndim(value) != 0 or isinstance(value, str):
                    raise SpecError(
                        f"import_brian2.namespace[{name!r}]: must be one number, got {value!r}. "
                        "Declare a parameter in the equations for one value per neuron."
                    )
                dimension = self.brian2.get_dimensions(value)
                self.parameters[name] = np.asarray(value, dtype=np.float64), dimension
            elif name in DEFAULT_UNITS or name in DEFAULT_CONSTANTS:
                constant = DEFAULT_UNITS.get(name, DEFAULT_CONSTANTS.get(name))
                value = getattr(constant, "value", constant)
                dimension = getattr(constant, "dim", None)
                dimension = self.brian2.get_dimensions(value) if dimension is None else dimension
                found = number(float(np.asarray(value)), dimension)
                self.text.names[name] = Text(repr(found), value=found)
        if isinstance(self.refractory, self.brian2.Quantity):
            taken = "refractory" in self.parameters or "refractory" in self.states
            self.period = "refractory_period" if taken else "refractory"
            self.parameters[self.period] = (
                np.asarray(float(self.refractory)),
                self.brian2.second.dim,
            )
            self.text.names[self.period] = Text(self.period)
        self.text.names["dt"] = Text("dt")

    def _refractory_text(self) -> str:
        return self.refractory if isinstance(self.refractory, str) else ""

    def _check_units(self) -> None:
        errors = (self.brian2.DimensionMismatchError, KeyError)
        try:
            self.group.equations.check_units(self.group, run_namespace=self.namespace)
        except errors as error:
            raise SpecError(
                f"import_brian2.model: units and names must fit, got {error}. Correct the "
                "equations, or give missing values in 'namespace'."
            ) from error

    # the lines

    def made(self) -> Step:
        """The step function."""
        extra = self._hold()
        self._integrate()
        condition = "(0.0 > 1.0)" if self.threshold is None else self._truth(self.threshold)
        awake = f"({condition} and active)" if extra else condition
        self.lines.append(f"spiked = {awake}")
        for receptor, variable in self.receptors.items():
            sum_ = f"{variable} + in_{receptor}"
            held = f" if (active and not spiked) else {variable}"
            self.lines.append(f"{variable} = {sum_}{held if variable in self.flagged else ''}")
        self._reset()
        if extra:
            self.lines.append(f"{extra} = 0.0 if spiked else {extra}")
        states = [*self.states, *([extra] if extra else [])]
        inputs = [f"in_{receptor}" for receptor in self.receptors]
        injected = [INJECTED] if self.current is not None else []
        arguments = [*states, *inputs, *injected, *self.parameters, "dt"]
        self._check_names([*states, *inputs, *self.parameters])
        body = "\n    ".join([*self.lines, f"return {', '.join([*states, 'spiked'])}"])
        source = f"def step({', '.join(arguments)}):\n    {body}\n"
        dimensions = {n: self.group.variables[n].dim for n in self.states}
        start = {n: number(self.group.variables[n].get_value(), d) for n, d in dimensions.items()}
        described = [(n, d, float(start[n][0])) for n, d in dimensions.items()]
        if extra:
            first = LONG_AGO if extra == SINCE else 1.0
            described.append((extra, self.brian2.get_dimensions(1), first))
        return Step(
            source, described, {extra} - {""}, self.parameters, self.receptors, dimensions,
            self.text.helpers, str(self.equations).replace("\n", "\n    "),
        )  # fmt: skip

    def _check_names(self, names: list[str]) -> None:
        for name in names:
            wrong = keyword.iskeyword(name) or not name.isidentifier() or name in RESERVED
            if wrong or names.count(name) > 1:
                raise SpecError(
                    f"import_brian2.model: {name!r} must not be the name of two things, or one of "
                    f"{', '.join(sorted(RESERVED))}. Rename the variable or receptor."
                )

    def _truth(self, text: str) -> str:
        found = self.text.expression(text)
        return found.code if found.condition else f"({found.code} != 0.0)"

    def _hold(self) -> str:
        """Whether the neuron is active; returns the state variable that tells."""
        if self.refractory is False:
            return ""
        quantity = isinstance(self.refractory, self.brian2.Quantity)
        period = self.text.expression(self.period if quantity else self._refractory_text())
        self.text.names["not_refractory"] = Text("active", True)
        if period.condition:
            self.lines.append(f"active = ({READY} > 0.0 or not {period.code})")
            self.lines.append(f"{READY} = 1.0 if active else 0.0")
            return READY
        self.lines.append(f"{SINCE} = {SINCE} + 1.0")
        # as Brian2: times within 0.001 steps below a whole step count as that step
        self.lines.append(f"active = {SINCE} + 1.0 > {period.code} / dt + 0.001")
        return SINCE

    def _integrate(self) -> None:
        """Statements of Brian2's state updater, for active and for held neurons."""
        on = self._solved(self.equations)
        off = self._solved(self._held()) if self.flagged else on
        for name in self.integrated:
            if name in self.flagged:
                self.lines.append(f"{name} = {on[name]} if active else {name}")
            elif on[name] == off[name]:
                self.lines.append(f"{name} = {on[name]}")
            else:
                self.lines.append(f"{name} = {on[name]} if active else {off[name]}")

    def _held(self) -> Any:
        """The equations with those variables constant that rest while refractory."""
        from brian2.equations.equations import PARAMETER, SingleEquation

        return self.brian2.Equations([
            SingleEquation(PARAMETER, e.varname, e.dim) if e.varname in self.flagged else e
            for e in self.equations.values()
        ])  # fmt: skip

    def _solved(self, equations: Any) -> dict[str, str]:
        """Add the statements that integrate; returns the new value of each variable."""
        if not equations.diff_eq_names:
            return {}
        known = dict(self.text.names)
        results = {}
        for target, node in assignments(self.text, self._code(equations)):
            value = self.text.node(node)
            line = f"{target} = {value.code}"
            if line not in self.made_of:
                self.made_of[line] = f"x{len(self.made_of)}_{target.strip('_')}"
                self.lines.append(f"{self.made_of[line]} = {value.code}")
            self.text.names[target] = Text(self.made_of[line], value.condition)
            results[target] = self.made_of[line]
        self.text.names = known
        return results

    def _code(self, equations: Any) -> str:
        """What the first of the methods that can makes of the equations."""
        from brian2.stateupdaters.base import StateUpdateMethod, UnsupportedEquationsException

        choice = self.group.state_updater.method_choice
        names = set(equations.names) | set(equations.identifiers) | {"dt"}
        variables = self.group.resolve_all(names, self.namespace, user_identifiers=set())
        reasons = []
        for method in [choice] if isinstance(choice, str) else list(choice):
            if not isinstance(method, str) or method.startswith("gsl"):
                raise UnsupportedError(
                    f"Brian2 method {method!r}: has no form in a step function. Use exact, euler, "
                    "rk2, rk4, heun or exponential_euler."
                )
            if method not in StateUpdateMethod.stateupdaters:
                raise SpecError(
                    f"import_brian2.method: must be known to Brian2, got {method!r}. "
                    f"{close_matches(method, StateUpdateMethod.stateupdaters)}"
                )
            try:
                return str(StateUpdateMethod.stateupdaters[method](
                    equations, variables, self.group.state_updater.method_options
                ))  # fmt: skip
            except UnsupportedEquationsException as error:
                reasons.append(f"{method}: {error}")
        raise UnsupportedError(
            f"Brian2 method: none integrates the equations ({'; '.join(reasons)}). Choose another."
        )

    def _reset(self) -> None:
        for target, node in assignments(self.text, self.reset):
            value = self.text.node(node)
            if target in self.states:
                self.lines.append(f"{target} = {value.code} if spiked else {target}")
            else:
                name = f"x{len(self.lines)}_{target}"
                self.lines.append(f"{name} = {value.code}")
                self.text.names[target] = Text(name, value.condition)
