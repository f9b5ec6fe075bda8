"""Expressions and statements of Brian2 as the text of a step function."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

from neurosim.errors import UnsupportedError
from neurosim.neurons.arithmetic import exp

OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Mod: "%", ast.FloorDiv: "//",
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip
RANDOM = ("xi", "rand", "randn", "poisson", "binomial")
TIME = ("t", "t_in_timesteps")
MOST_FACTORS = 16
"""Largest whole exponent that becomes a product."""


def exprel(x: float) -> float:
    """``(exp(x) - 1) / x``, 1 at 0; a series below 0.1, where the difference loses digits."""
    near = abs(x) < 0.1
    series = 1.0 + x * (0.5 + x * (0.16666666666666666 + x * (0.041666666666666664 + x * (
        0.008333333333333333 + x * (0.001388888888888889 + x * (0.0001984126984126984 + x * (
            2.48015873015873e-05 + x * 2.7557319223985893e-06)))))))  # fmt: skip
    return series if near else (exp(x) - 1.0) / (1.0 if near else x)


def tanh(x: float) -> float:
    """Hyperbolic tangent by one exponential; its absolute error is below 3e-16."""
    e = exp(-2.0 * abs(x))
    size = (1.0 - e) / (1.0 + e)
    return size if x > 0.0 else -size


HELPERS: dict[str, Callable[[float], float]] = {"exprel": exprel, "tanh": tanh}
"""Functions of Brian2 that a step function has no name for."""


class Text(NamedTuple):
    """An expression of a step function.

    Parameters
    ----------
    code : str
        Its text.
    condition : bool
        Whether it is true or false, and no number.
    value : float or None
        Its value if it consists of literals and units only.
    """

    code: str
    condition: bool = False
    value: float | None = None


class Translator:
    """Turns expressions of Brian2 into those of a step function, in coherent units.

    Parameters
    ----------
    names : mapping of str to Text
        What each identifier means. Constants have a value.
    formulas : mapping of str to str
        Subexpressions of the equations by name.
    where : str
        What the text is, for error messages.

    Attributes
    ----------
    helpers : set of str
        Names of the helpers that were needed.
    """

    def __init__(self, names: Mapping[str, Text], formulas: Mapping[str, str], where: str) -> None:
        self.names, self.formulas, self.where = dict(names), formulas, where
        self.helpers: set[str] = set()

    def refuse(self, what: str, remedy: str) -> UnsupportedError:
        """The error that names something that has no translation."""
        return UnsupportedError(f"Brian2 {self.where}: {what}. {remedy}")

    def expression(self, text: str) -> Text:
        """An expression.

        Raises
        ------
        UnsupportedError
            Naming what of it a step function cannot say.
        """
        return self.node(ast.parse(text.strip(), mode="eval").body)

    def node(self, node: ast.expr) -> Text:
        """A parsed expression; see :meth:`expression`."""
        if isinstance(node, ast.Name):
            return self._name(node.id)
        if isinstance(node, ast.Constant) and isinstance(node.value, bool):
            return Text(str(node.value), True)
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            return _constant(float(node.value))
        if isinstance(node, ast.BinOp):
            return self._operation(node)
        if isinstance(node, ast.UnaryOp):
            return self._unary(node)
        if isinstance(node, ast.Compare):
            items = [self._number(x) for x in (node.left, *node.comparators)]
            words = [OPERATORS[type(op)] for op in node.ops]
            rest = zip(words, items[1:], strict=True)
            return Text(f"({items[0].code} {' '.join(f'{w} {x.code}' for w, x in rest)})", True)
        if isinstance(node, ast.BoolOp):
            word = " and " if isinstance(node.op, ast.And) else " or "
            return Text(f"({word.join(self._condition(x) for x in node.values)})", True)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return self._call(node.func.id, node.args)
        raise self.refuse(f"{ast.unparse(node)!r} has no form in a step function", "Rewrite it.")

    def _number(self, node: ast.expr) -> Text:
        found = self.node(node)
        if found.condition:
            raise self.refuse(
                f"{ast.unparse(node)!r} is a condition where a number is needed", "Use int(...)."
            )
        return found

    def _condition(self, node: ast.expr) -> str:
        found = self.node(node)
        return found.code if found.condition else f"({found.code} != 0.0)"

    def _name(self, name: str) -> Text:
        if name in self.names:
            return self.names[name]
        if name in self.formulas:
            return self.expression(self.formulas[name])
        if name in TIME:
            raise self.refuse(
                f"depends on the time ({name!r})", "Use spike sources or injected currents."
            )
        if name in RANDOM or name.startswith("xi_"):
            raise self.refuse(f"is stochastic ({name!r})", "Use PoissonInput or a NoisySource.")
        raise self.refuse(f"uses {name!r}, which has no meaning here", "Give it in 'namespace'.")

    def _operation(self, node: ast.BinOp) -> Text:
        a, b = self._number(node.left), self._number(node.right)
        if isinstance(node.op, ast.Pow):
            return self._power(a, b)
        if type(node.op) not in OPERATORS:
            raise self.refuse(
                f"{ast.unparse(node)!r} has no form in a step function", "Rewrite it."
            )
        code = f"({a.code} {OPERATORS[type(node.op)]} {b.code})"
        if a.value is not None and b.value is not None:
            return _constant(float(eval(code)))  # two numbers and an operator
        return Text(code)

    def _power(self, base: Text, exponent: Text) -> Text:
        n = exponent.value
        if n is None:
            return Text(f"exp({exponent.code} * log({base.code}))")
        if base.value is not None:
            return _constant(base.value**n)
        if n == 0.5:
            return Text(f"sqrt({base.code})")
        if n != math.floor(n) or abs(n) > MOST_FACTORS:
            return Text(f"exp({exponent.code} * log({base.code}))")
        product = " * ".join([base.code] * int(abs(n))) or "1.0"
        return Text(f"({product})" if n >= 0 else f"(1.0 / ({product}))")

    def _unary(self, node: ast.UnaryOp) -> Text:
        if isinstance(node.op, ast.Not):
            return Text(f"(not {self._condition(node.operand)})", True)
        if not isinstance(node.op, ast.USub | ast.UAdd):
            raise self.refuse(
                f"{ast.unparse(node)!r} has no form in a step function", "Rewrite it."
            )
        value = self._number(node.operand)
        if isinstance(node.op, ast.UAdd):
            return value
        return Text(f"(-{value.code})") if value.value is None else _constant(-value.value)

    def _call(self, name: str, arguments: list[ast.expr]) -> Text:
        if name in RANDOM:
            raise self.refuse(f"is stochastic ({name!r})", "Use PoissonInput or a NoisySource.")
        if name == "int" and self.node(arguments[0]).condition:
            return Text(f"(1.0 if {self._condition(arguments[0])} else 0.0)")
        given = [self._number(x) for x in arguments]
        codes = [x.code for x in given]
        if name in ("exp", "log", "sqrt") and given[0].value is not None:
            return _constant(float(getattr(math, name)(given[0].value)))
        if name in ("exp", "log", "sqrt", "abs"):
            return Text(f"{name}({codes[0]})")
        if name in HELPERS:
            self.helpers.add(name)
            return Text(f"{name}({codes[0]})")
        if name == "clip":
            return Text(f"min(max({codes[0]}, {codes[1]}), {codes[2]})")
        if name == "log10":
            return Text(f"(log({codes[0]}) * {1.0 / math.log(10.0)!r})")
        if name == "sign":
            return Text(f"(1.0 if {codes[0]} > 0.0 else (-1.0 if {codes[0]} < 0.0 else 0.0))")
        known = ", ".join(["abs", "clip", "exp", "int", "log", "log10", "sign", "sqrt", *HELPERS])
        raise self.refuse(f"function {name!r} has no translation", f"Use one of {known}.")


def assignments(translator: Translator, text: str) -> list[tuple[str, ast.expr]]:
    """The assignments of a text: target, and value (of ``x += y`` it is ``x + y``).

    Raises
    ------
    UnsupportedError
        Naming a statement that is no assignment to a variable.
    """
    found = []
    for node in ast.parse("\n".join(line.strip() for line in text.splitlines())).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.append((node.targets[0].id, node.value))
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            before = ast.Name(node.target.id, ast.Load())
            found.append((node.target.id, ast.BinOp(before, node.op, node.value)))
        else:
            raise translator.refuse(f"{ast.unparse(node)!r} is no assignment", "Rewrite it.")
    return found


def _constant(value: float) -> Text:
    return Text(repr(value) if value >= 0 else f"({value!r})", value=value)
