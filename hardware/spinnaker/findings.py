"""What the pre-flight check says: a level, a subject, what is the matter and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

LEVELS = ("error", "warning", "note")
"""``error``: it cannot run as described; ``warning``: it may go wrong; ``note``: to know."""


@dataclass(frozen=True)
class Finding:
    """One thing that a design rule found.

    Parameters
    ----------
    level : {"error", "warning", "note"}
        How bad it is.
    rule : str
        Name of the rule.
    subject : str
        What it is about, for example ``"projection 'a->b'"``.
    problem : str
        What is the matter, with the numbers.
    remedy : str
        What to do about it.
    numbers : mapping of str to float
        The numbers by name.
    """

    level: str
    rule: str
    subject: str
    problem: str
    remedy: str
    numbers: Mapping[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.level}: {self.subject}: {self.problem}. {self.remedy}"


def projection(name: str) -> str:
    """A projection as the subject of a finding."""
    return f"projection {name!r}"


def population(name: str) -> str:
    """A population as the subject of a finding."""
    return f"population {name!r}"
