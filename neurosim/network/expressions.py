"""Small arithmetic expressions given as text, kept as text and evaluated on arrays."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from neurosim.errors import ParameterError

FUNCTIONS: dict[str, Any] = {
    "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "sin": np.sin, "cos": np.cos, "abs": np.abs,
    "minimum": np.minimum, "maximum": np.maximum, "where": np.where, "pi": np.pi,
}  # fmt: skip

ARGUMENTS = {"minimum": 2, "maximum": 2, "where": 3}
"""Numbers of arguments of the functions that take more than one."""

_NODES = (
    ast.Expression, ast.BinOp, ast.UnaryOp, ast.Compare, ast.Call, ast.Name, ast.Load,
    ast.Constant, ast.operator, ast.unaryop, ast.cmpop,
)  # fmt: skip


def check_expression(owner: str, field: str, text: Any, variables: tuple[str, ...]) -> str:
    """The text, if it is an expression in the variables and the known functions only.

    Raises
    ------
    ParameterError
        If it is anything else.
    """
    rule = f"must be an expression in {', '.join(variables)}"
    remedy = f"Use numbers, {', '.join(sorted({*variables, *FUNCTIONS}))} and operators."
    if not isinstance(text, str):
        raise ParameterError(owner, field, rule, text, remedy)
    try:
        tree = _tree(text)
        known = _is_known(tree, variables)
        if known:
            _value(tree, {name: np.ones(2) for name in variables})
    except (SyntaxError, TypeError, ValueError, ArithmeticError, RecursionError) as error:
        raise ParameterError(owner, field, rule, text, remedy) from error
    if not known:
        raise ParameterError(owner, field, rule, text, remedy)
    return text


def evaluate(text: str, **variables: Any) -> Any:
    """The value of a checked expression."""
    return _value(_tree(text), variables)


def _tree(text: str) -> ast.Expression:
    """The parsed expression; numbers are floats, since powers of integers have no bound."""
    tree = ast.parse(text, mode="eval")
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, int):
            node.value = float(node.value)
    return tree


def _is_known(tree: ast.Expression, variables: tuple[str, ...]) -> bool:
    """Whether there are only numbers, operators, variables, and calls of the functions."""
    nodes = list(ast.walk(tree))
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    called = [node.func for node in calls]
    names = {*variables, *(name for name, value in FUNCTIONS.items() if not callable(value))}
    for node in nodes:
        if not isinstance(node, _NODES):
            return False
        if isinstance(node, ast.Name) and node not in called and node.id not in names:
            return False
        if isinstance(node, ast.Constant) and not isinstance(node.value, float):
            return False
    return all(
        isinstance(call.func, ast.Name)
        and callable(FUNCTIONS.get(call.func.id))
        and len(call.args) == ARGUMENTS.get(call.func.id, 1)
        and not call.keywords
        for call in calls
    )


def _value(tree: ast.Expression, variables: dict[str, Any]) -> Any:
    code = compile(tree, "<expression>", "eval")
    return eval(code, {"__builtins__": {}, **FUNCTIONS}, variables)
