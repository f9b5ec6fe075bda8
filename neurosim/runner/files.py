"""Files that a user writes: one strict YAML loader, and run files.

A run file names an experiment and what to change::

    experiment: ca3_recall
    set:
      n_cues: 16
      circuit.plasticity.w_max: 6.5
    seed: 3
    backend: numba
    out: runs/sixteen
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from neurosim.errors import SpecError, StoreError, close_matches

Model = TypeVar("Model", bound=BaseModel)
Path_ = tuple[str | int, ...]


class StrictLoader(yaml.SafeLoader):
    """Safe YAML with numbers as people write them and words left alone.

    ``1e-3`` is a number; ``on``, ``off``, ``yes``, ``no`` and dates are text, ``010`` is ten; a key
    that occurs twice is an error.
    """

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 (PyYAML's own form)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """A mapping, if its keys are plain and differ."""
        seen: dict[Any, int] = {}
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            line = key_node.start_mark.line + 1
            where = f"{key_node.start_mark.name}:{line}"
            if not isinstance(key, (str, int, float, bool, type(None))):
                raise SpecError(f"{where}: keys must be plain words. Write the key as one word.")
            if key in seen:
                raise SpecError(f"{where}: key {key!r} is given twice (first in line {seen[key]}). "
                                "Drop one.")  # fmt: skip
            seen[key] = line
        return super().construct_mapping(node, deep=deep)


def _int(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> int:
    text = str(loader.construct_scalar(node))
    return int(text, 16) if text.lower().lstrip("+-").startswith("0x") else int(text)


_INT = r"[-+]?(?:[0-9]+|0x[0-9a-fA-F]+)"
_FLOAT = (
    r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?|[-+]?[0-9]+[eE][-+]?[0-9]+"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
for _tag, _pattern, _first in (
    ("bool", "true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", _INT, "-+0123456789"),
    ("float", _FLOAT, "-+0123456789."),
    ("null", "~|null|Null|NULL|", ["~", "n", "N", ""]),
):
    StrictLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first)
    )
StrictLoader.add_constructor("tag:yaml.org,2002:int", _int)


@dataclass(frozen=True)
class Document:
    """Data of a YAML file and the line of every key.

    Parameters
    ----------
    name : str
        Name of the file, for messages.
    data : object
        What the file holds.
    lines : mapping
        Line by path of keys and indices.
    """

    name: str
    data: Any
    lines: Mapping[Path_, int]

    def where(self, path: Path_) -> str:
        """``file:line`` of a place or of the closest one around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.name}:{self.lines.get(path, 1)}"


def parse_yaml(text: str, name: str = "<text>") -> Document:
    """Read strict YAML.

    Raises
    ------
    SpecError
        Naming file and line.
    """
    loader = StrictLoader(text)
    loader.name = name
    try:
        node = loader.get_single_node()
        lines: dict[Path_, int] = {}
        if node is None:
            return Document(name, None, lines)
        _find_lines(node, (), lines)
        return Document(name, loader.construct_document(node), lines)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or str(error)
        raise SpecError(f"{name}:{line}: is not valid YAML: {problem}. Correct it.") from error
    except SpecError:
        raise
    except ValueError as error:  # a tag such as !!int before text that is none
        raise SpecError(f"{name}: holds a wrong value: {error}. Correct it.") from error
    finally:
        loader.dispose()


def read_yaml(path: str | PathLike[str]) -> Document:
    """Read a strict YAML file.

    Raises
    ------
    StoreError
        If the file cannot be read.
    SpecError
        If it is not valid; with file and line.
    """
    return parse_yaml(read_text(path), str(path))


def read_text(path: str | PathLike[str]) -> str:
    """Text of a UTF-8 file.

    Raises
    ------
    StoreError
        If it cannot be read.
    """
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no UTF-8 text"
        raise StoreError(
            f"file {str(path)!r}: cannot be read ({reason}). Check path and rights."
        ) from error


def value_of(text: str) -> Any:
    """A value as it would stand in a YAML file; text that is no YAML is left as it is.

    Examples
    --------
    >>> value_of("1e-3"), value_of("on"), value_of("[1, 2]"), value_of("20 ms")
    (0.001, 'on', [1, 2], '20 ms')
    """
    try:
        return parse_yaml(text).data
    except SpecError:
        return text


def checked(model: type[Model], document: Document) -> Model:
    """The data of a document as a model.

    Raises
    ------
    SpecError
        One line per problem: file, line, key, rule.
    """
    if not isinstance(document.data, dict):
        raise SpecError(
            f"{document.name}: must be a mapping of keys to values. Write 'key: value'."
        )
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        lines = [problem(model, e, document.where(tuple(e["loc"]))) for e in error.errors()]
        raise SpecError("\n".join(lines)) from error


def problem(model: type[BaseModel], error: Any, where: str) -> str:
    """One line about an entry of pydantic's error list."""
    name = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"{where}: unknown key {name!r}. {close_matches(name, model.model_fields)}"
    if error["type"] == "missing":
        return f"{where}: key {name!r} is missing. Add it."
    return f"{where}: {name}: {error['msg']}, got {error['input']!r}. Correct it."


class RunFile(BaseModel):
    """What a run file may hold; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    experiment: str
    set: dict[str, Any] = Field(default_factory=dict)
    seed: int | None = Field(default=None, ge=0)
    backend: str | None = None
    out: str | None = None


def read_run(path: str | PathLike[str]) -> RunFile:
    """Read a run file.

    Raises
    ------
    StoreError
        If it cannot be read.
    SpecError
        If it is not valid; with file and line.
    """
    return checked(RunFile, read_yaml(path))


def _find_lines(node: yaml.Node, path: Path_, lines: dict[Path_, int]) -> None:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                lines[*path, key.value] = key.start_mark.line + 1
                _find_lines(value, (*path, key.value), lines)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _find_lines(value, (*path, index), lines)
