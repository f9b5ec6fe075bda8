"""Step functions as abstract code of Brian2: the text of a kind, statement by statement.

Every assignment becomes a new variable of its own, helpers are written out where they are called,
and conditional expressions become calls of :func:`choose`.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import UnsupportedError
from neurosim.neurons.base import Step

OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Mod: "%", ast.FloorDiv: "//",
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip
FUNCTIONS = {"exp": "exp", "log": "log", "sqrt": "sqrt", "abs": "abs"}
EXTREMES = {"min": "least", "max": "most"}


class Text(NamedTuple):
    """An expression of Brian2 and whether it is a condition."""

    code: str
    condition: bool = False

    @property
    def number(self) -> str:
        """The expression where a number is needed."""
        return f"int({self.code})" if self.condition else self.code

    @property
    def truth(self) -> str:
        """The expression where a condition is needed."""
        return self.code if self.condition else f"({self.code} != 0)"


Values = tuple[Text, ...]


class Translation:
    """A step function as statements of Brian2.

    Parameters
    ----------
    steps : sequence of Step
        Texts of the helpers, then of the step function.
    names : mapping of str to str
        What the arguments of the step function are called in Brian2.

    Attributes
    ----------
    lines : list of str
        Statements that compute the results into variables of their own.
    results : tuple of Text
        The returned values.

    Raises
    ------
    UnsupportedError
        Naming what cannot be said in abstract code (loops, an early return).
    """

    def __init__(self, steps: Sequence[Step], names: Mapping[str, str]) -> None:
        self.lines: list[str] = []
        self._helpers = {step.name: ast.parse(step.source).body[0] for step in steps}
        self._owner, self._count, self._open = steps[-1].name, 0, [steps[-1].name]
        arguments = {name: Text(names[name]) for name in steps[-1].args}
        self.results = self._call(self._helpers[steps[-1].name], arguments)

    def _refuse(self, node: ast.AST, why: str) -> UnsupportedError:
        return UnsupportedError(f"{self._owner!r} has {ast.unparse(node)!r}, {why}")

    def _keep(self, name: str, value: Text) -> Text:
        """Give a value a variable of its own."""
        self._count += 1
        variable = f"t_{name}_{self._count}"
        self.lines.append(f"{variable} = {value.number}")
        return Text(f"({variable} > 0)", True) if value.condition else Text(variable)

    # statements

    def _call(self, function: Any, known: dict[str, Text]) -> Values:
        *body, last = function.body
        for node in body:
            self._statement(node, known)
        if not isinstance(last, ast.Return):
            raise self._refuse(last, "where a return must end the function")
        return tuple(
            self._keep(f"result{i}", value) for i, value in enumerate(self._values(last, known))
        )

    def _statement(self, node: ast.stmt, known: dict[str, Text]) -> None:
        if isinstance(node, ast.Assign):
            values = self._values(node, known)
            for target in node.targets:
                self._assign(target, values, known)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            self._assign(node.target, self._values(node, known), known)
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            before = ast.Name(node.target.id, ast.Load())
            made = ast.BinOp(before, node.op, node.value)
            known[node.target.id] = self._keep(node.target.id, self._expression(made, known))
        elif isinstance(node, ast.If):
            self._branch(node, known)
        elif not isinstance(node, ast.Pass):
            raise self._refuse(node, "which abstract code has no form for")

    def _assign(self, target: ast.expr, values: Values, known: dict[str, Text]) -> None:
        targets = target.elts if isinstance(target, ast.Tuple) else [target]
        names = [t.id for t in targets if isinstance(t, ast.Name)]
        if not len(names) == len(targets) == len(values):
            raise self._refuse(target, "to which the values do not fit")
        kept = [self._keep(name, value) for name, value in zip(names, values, strict=True)]
        known.update(zip(names, kept, strict=True))

    def _branch(self, node: ast.If, known: dict[str, Text]) -> None:
        condition = self._keep("if", Text(self._expression(node.test, known).truth, True))
        yes, no = dict(known), dict(known)
        for statements, names in ((node.body, yes), (node.orelse, no)):
            for statement in statements:
                self._statement(statement, names)
        for name in dict.fromkeys([*yes, *no]):
            a, b = yes.get(name), no.get(name)
            if a != b and a is not None and b is not None:
                known[name] = self._keep(name, _chosen(condition, a, b))

    # expressions

    def _values(self, node: Any, known: dict[str, Text]) -> Values:
        """One value, or those of a tuple or of a helper that gives a tuple."""
        value = node.value
        if isinstance(value, ast.Tuple):
            return tuple(self._expression(item, known) for item in value.elts)
        if isinstance(value, ast.Call):
            return self._called(value, known)
        return (self._expression(value, known),)

    def _expression(self, node: ast.expr, known: dict[str, Text]) -> Text:
        if isinstance(node, ast.Name) and node.id in known:
            return known[node.id]
        if isinstance(node, ast.Constant) and isinstance(node.value, bool):
            return Text(str(node.value), True)
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            return Text(repr(float(node.value)))
        if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
            parts = [self._expression(x, known).number for x in (node.left, node.right)]
            return Text(f"({parts[0]} {OPERATORS[type(node.op)]} {parts[1]})")
        if isinstance(node, ast.UnaryOp):
            return self._unary(node, known)
        if isinstance(node, ast.Compare) and all(type(op) in OPERATORS for op in node.ops):
            return self._compared(node, known)
        if isinstance(node, ast.BoolOp):
            word = " and " if isinstance(node.op, ast.And) else " or "
            return Text(
                f"({word.join(self._expression(x, known).truth for x in node.values)})", True
            )
        if isinstance(node, ast.IfExp):
            condition = Text(self._expression(node.test, known).truth, True)
            return _chosen(
                condition, self._expression(node.body, known), self._expression(node.orelse, known)
            )
        if isinstance(node, ast.Call):
            values = self._called(node, known)
            if len(values) == 1:
                return values[0]
        raise self._refuse(node, "which abstract code has no form for")

    def _unary(self, node: ast.UnaryOp, known: dict[str, Text]) -> Text:
        value = self._expression(node.operand, known)
        if isinstance(node.op, ast.Not):
            return Text(f"(not {value.truth})", True)
        if isinstance(node.op, ast.USub | ast.UAdd):
            return Text(f"(-{value.number})" if isinstance(node.op, ast.USub) else value.number)
        raise self._refuse(node, "which abstract code has no form for")

    def _compared(self, node: ast.Compare, known: dict[str, Text]) -> Text:
        items = [self._expression(x, known).number for x in (node.left, *node.comparators)]
        pairs = [
            f"({a} {OPERATORS[type(op)]} {b})"
            for a, op, b in zip(items, node.ops, items[1:], strict=False)
        ]
        return Text(pairs[0] if len(pairs) == 1 else f"({' and '.join(pairs)})", True)

    def _called(self, node: ast.Call, known: dict[str, Text]) -> Values:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if node.keywords or any(isinstance(x, ast.Starred) for x in node.args):
            raise self._refuse(node, "whose arguments must be given by position")
        given = [self._expression(x, known) for x in node.args]
        numbers = [x.number for x in given]
        if name in FUNCTIONS and len(numbers) == 1:
            return (Text(f"{FUNCTIONS[name]}({numbers[0]})"),)
        if name in EXTREMES and len(numbers) > 1:
            found = numbers[0]
            for other in numbers[1:]:
                found = f"{EXTREMES[name]}({found}, {other})"
            return (Text(found),)
        helper: Any = self._helpers.get(name)
        if helper is None or name in self._open:
            raise self._refuse(node, "which abstract code has no form for")
        names = [argument.arg for argument in helper.args.args]
        if len(names) != len(given):
            raise self._refuse(node, f"where {name!r} takes {len(names)} arguments")
        self._open.append(name)
        kept = [self._keep(n, value) for n, value in zip(names, given, strict=True)]
        results = self._call(helper, dict(zip(names, kept, strict=True)))
        self._open.pop()
        return results


def _chosen(condition: Text, yes: Text, no: Text) -> Text:
    if yes.condition and no.condition:
        parts = f"({condition.code} and {yes.code}) or ((not {condition.code}) and {no.code})"
        return Text(f"({parts})", True)
    return Text(f"choose({condition.code}, {yes.number}, {no.number})")


def choose(condition: Any, yes: Any, no: Any) -> NDArray[Any]:
    """``yes if condition else no``, where what is not chosen may be no number."""
    return np.where(condition, yes, no)


def least(a: Any, b: Any) -> Any:
    """The smaller of two numbers."""
    return np.minimum(a, b)


def most(a: Any, b: Any) -> Any:
    """The larger of two numbers."""
    return np.maximum(a, b)


CYTHON = {
    "choose": "bint c, double a, double b|a if c else b",
    "least": "double a, double b|a if a < b else b",
    "most": "double a, double b|a if a > b else b",
}
"""The functions for Brian2's compiled target: arguments and result."""


def functions() -> dict[str, Any]:
    """The functions of this file as Brian2 takes them, by name."""
    from brian2 import Function

    found = {}
    for function in (choose, least, most):
        name = function.__name__
        types = ["boolean", "any", "any"] if function is choose else ["any", "any"]
        made = Function(
            function, arg_units=[1] * len(types), return_unit=1, arg_types=types,
            return_type="float",
        )  # fmt: skip
        arguments, result = CYTHON[name].split("|")
        made.implementations.add_implementation(
            "cython", f"cdef double {name}({arguments}):\n    return {result}\n", name=name
        )
        found[name] = made
    return found
