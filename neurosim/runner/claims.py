"""Claims: published numbers beside measured ones.

An experiment's ``claims.toml`` holds one table per claim::

    [[claim]]
    name = "recall by cue"
    metric = "recall_accuracy"
    relation = "~"              # one of == >= <= ~
    value = 0.99
    tolerance = 0.01            # with ~ only
    kind = "absolute"           # or "relative", the default is absolute
    source = "Author (year), table 2"
    note = "what differs from the published set-up"    # optional
    reproduced = false          # optional: known not to hold here; the note must say why

A claim that is marked as not reproduced is shown with its measured number and fails no check.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from neurosim.errors import ClaimError, SpecError, close_matches
from neurosim.runner.experiment import Metric
from neurosim.runner.files import problem, read_text

FILE = "claims.toml"


class Claim(BaseModel):
    """A number that an experiment must reproduce.

    Parameters
    ----------
    name : str
        What is claimed, in words.
    metric : str
        Name of the metric that it is about.
    relation : {"==", ">=", "<=", "~"}
        How the metric must relate to ``value``.
    value : float, int, bool or str
        The published value.
    tolerance : float, optional
        Largest distance, with ``"~"`` only.
    kind : {"absolute", "relative"}
        What the tolerance is: a distance, or a share of ``value``.
    source : str
        Where the value was published.
    note : str
        Anything to know about it.
    reproduced : bool
        ``False`` if the number is known not to be reproduced here; then a note is required.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: str = Field(min_length=1)
    metric: str = Field(min_length=1)
    relation: Literal["==", ">=", "<=", "~"]
    value: bool | int | float | str
    tolerance: float | None = Field(default=None, ge=0.0, allow_inf_nan=False)
    kind: Literal["absolute", "relative"] = "absolute"
    source: str = Field(min_length=1)
    note: str = ""
    reproduced: bool = True

    @model_validator(mode="after")
    def _fits(self) -> Claim:
        if (self.tolerance is None) == (self.relation == "~"):
            raise ValueError("tolerance is needed with relation '~', and only there")
        if self.relation != "==" and not _is_number(self.value):
            raise ValueError(f"relation {self.relation!r} needs a finite number as value")
        if not self.reproduced and not self.note:
            raise ValueError("note is needed where reproduced is false, and must say why")
        return self

    def holds(self, measured: Metric) -> bool:
        """Whether a measured value meets the claim; NaN never does."""
        if self.relation == "==":
            same_sort = isinstance(measured, bool) == isinstance(self.value, bool)
            return same_sort and measured == self.value
        if not _is_number(measured):
            return False
        number, value = float(measured), float(self.value)
        if self.relation == ">=":
            return number >= value
        if self.relation == "<=":
            return number <= value
        assert self.tolerance is not None
        return abs(number - value) <= self.tolerance * (
            abs(value) if self.kind == "relative" else 1.0
        )

    @property
    def text(self) -> str:
        """The claim as a short text, for example ``"~ 0.99 ± 0.01"``."""
        shown = f"{self.relation} {self.value}"
        if self.tolerance is None:
            return shown
        percent = self.kind == "relative"
        return (
            f"{shown} ± {100 * self.tolerance:g} %" if percent else f"{shown} ± {self.tolerance:g}"
        )


@dataclass(frozen=True)
class Verdict:
    """A claim, what was measured, and whether it holds."""

    claim: Claim
    measured: Metric
    holds: bool

    @property
    def fails(self) -> bool:
        """Whether it does not hold although it should: it is not marked as not reproduced."""
        return self.claim.reproduced and not self.holds

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {**self.claim.model_dump(), "measured": self.measured, "holds": self.holds}


def read_claims(folder: Path) -> tuple[Claim, ...]:
    """Claims of the experiment in a folder.

    Raises
    ------
    StoreError
        If the file cannot be read.
    SpecError
        If it is not valid.
    """
    path = folder / FILE
    try:
        data = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise SpecError(f"{path}: is not valid TOML: {error}. Correct it.") from error
    unknown = set(data) - {"claim"}
    if unknown or not isinstance(data.get("claim", []), list):
        raise SpecError(f"{path}: must hold [[claim]] tables only, got {sorted(data)}. Correct it.")
    claims = tuple(_claim(path, i, entry) for i, entry in enumerate(data.get("claim", []), start=1))
    names = [claim.name for claim in claims]
    for name in names:
        if names.count(name) > 1:
            raise SpecError(f"{path}: claim names must differ, got {name!r} twice. Rename one.")
    return claims


def evaluate(claims: Sequence[Claim], metrics: Mapping[str, Metric]) -> tuple[Verdict, ...]:
    """Compare claims with metrics.

    Raises
    ------
    SpecError
        If a claim is about a metric that does not exist.
    """
    for claim in claims:
        if claim.metric not in metrics:
            raise SpecError(
                f"claim {claim.name!r}: metric {claim.metric!r} was not measured. "
                f"{close_matches(claim.metric, metrics)}"
            )
    return tuple(Verdict(c, metrics[c.metric], c.holds(metrics[c.metric])) for c in claims)


def require(verdicts: Sequence[Verdict]) -> None:
    """Raise an error that lists the claims that fail.

    Raises
    ------
    ClaimError
        If there is any.
    """
    failed = [v for v in verdicts if v.fails]
    if failed:
        lines = (
            f"claim {v.claim.name!r}: {v.claim.metric} must be {v.claim.text} ({v.claim.source}), "
            f"got {v.measured!r}."
            for v in failed
        )
        raise ClaimError("\n".join(lines))


def _claim(path: Path, index: int, entry: Any) -> Claim:
    try:
        return Claim.model_validate(entry)
    except ValidationError as error:
        where = f"{path}: claim {index}"
        raise SpecError("\n".join(problem(Claim, e, where) for e in error.errors())) from error


def _is_number(value: Any) -> bool:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number and math.isfinite(value)
