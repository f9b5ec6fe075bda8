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
    names = {*variables, *FUNCTIONS}
    remedy = f"Use numbers, {', '.join(sorted(names))} and operators."
    if not isinstance(text, str):
        raise ParameterError(owner, field, rule, text, remedy)
    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError as error:
        raise ParameterError(owner, field, rule, text, remedy) from error
    for node in ast.walk(tree):
        known = isinstance(node, _NODES)
        if isinstance(node, ast.Name):
            known = node.id in names
        if isinstance(node, ast.Constant):
            known = isinstance(node.value, (int, float))
        if isinstance(node, ast.Call):
            known = isinstance(node.func, ast.Name) and not node.keywords
        if not known:
            raise ParameterError(owner, field, rule, text, remedy)
    return text


def evaluate(text: str, **variables: Any) -> Any:
    """The value of a checked expression."""
    return eval(compile(text, "<expression>", "eval"), {"__builtins__": {}, **FUNCTIONS}, variables)
