"""When operations start: spacing policies, schedules and warnings about unsafe ones.

After a learn and after a recall a number of steps must pass before the next operation starts. The
published minimum (``"documented"``, 7 and 6) does not keep the waves of neighbouring operations
apart: shared bits are lost and cross links grow. With ``"safe"`` (14 and 14) recall by cue is
right, and recall by single content bits nearly so: under steady overwriting residues of forgotten
bits add up, and about one such recall in 100 also names a former owner of the bit (experiment
``ca3_capacity``).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from neurosim.declare import Declared, integer
from neurosim.errors import ParameterError, TimingWarning
from neurosim.models.ca3.operations import Learn, Operation

LATENCY = 7
"""Steps from the start of an operation until its answer is complete."""


class Spacing(Declared):
    """Steps from the start of an operation to the start of the next one."""

    learn: int = integer(low=3, doc="after a learn")
    recall: int = integer(low=1, doc="after a recall")

    def after(self, operation: Operation) -> int:
        """Steps from the start of this operation to the next."""
        return self.learn if isinstance(operation, Learn) else self.recall

    def __str__(self) -> str:
        return f"{self.learn}/{self.recall}"

    def below(self, other: Spacing) -> bool:
        """Whether one of the two is shorter."""
        return self.learn < other.learn or self.recall < other.recall


DOCUMENTED = Spacing(7, 6)
SAFE = Spacing(14, 14)
POLICIES = {"documented": DOCUMENTED, "safe": SAFE}


def as_spacing(owner: str, field: str, value: Any) -> Spacing:
    """A spacing from a policy's name, a number, a pair, or ``"7/6"``.

    Parameters
    ----------
    owner, field : str
        For messages.
    value : Spacing, str, int or (int, int)
        ``"documented"``, ``"safe"``, steps after learn and recall, or one number for both.

    Raises
    ------
    ParameterError
        If it is anything else.
    """
    if isinstance(value, Spacing):
        return value
    if isinstance(value, str) and value in POLICIES:
        return POLICIES[value]
    parts: Any = value.split("/") if isinstance(value, str) else value
    if isinstance(parts, (int, float, np.number)) and not isinstance(parts, bool):
        parts = [parts]
    try:
        steps = [int(p) if isinstance(p, str) else p for p in parts]
        return Spacing(*(steps * 2 if len(steps) == 1 else steps))
    except (TypeError, ValueError) as error:
        raise ParameterError(
            owner, field, "must be 'documented', 'safe', or steps after a learn (>= 3) and after a "
            "recall (>= 1)", value, "Give for example (14, 14) or '14/14'.",
        ) from error  # fmt: skip


class Timed(NamedTuple):
    """An operation and the step in which it starts."""

    step: int
    operation: Operation


def schedule(
    operations: Iterable[Operation | tuple[int, Operation]],
    spacing: Any = "safe",
    start: int = 0,
) -> list[Timed]:
    """Give every operation a start.

    Parameters
    ----------
    operations : iterable of Operation or (step, Operation)
        Operations in order. Those with a step of their own start there, others follow the one
        before by ``spacing``.
    spacing : str, int, (int, int) or Spacing
        See :func:`as_spacing`.
    start : int
        Step of the first operation.

    Returns
    -------
    list of Timed

    Raises
    ------
    ParameterError
        If an item is no operation, or starts do not ascend.

    Warns
    -----
    TimingWarning
        If an operation starts earlier than the documented 7 steps after a learn or 6 after a
        recall.
    """
    policy = as_spacing("schedule", "spacing", spacing)
    timed: list[Timed] = []
    following = start
    for item in operations:
        step, operation = item if isinstance(item, tuple) and len(item) == 2 else (following, item)
        whole = isinstance(step, (int, np.integer)) and not isinstance(step, bool) and step >= 0
        if not isinstance(operation, Operation) or not whole:
            raise ParameterError(
                "schedule", "operations", "must be operations or (step >= 0, operation) pairs",
                item, "Give for example Learn(0, {1, 2}) or (14, RecallCue(0)).",
            )  # fmt: skip
        if timed and step <= timed[-1].step:
            raise ParameterError(
                "schedule", "operations", f"must start after step {timed[-1].step}", step,
                "Sort them.", f"operation {len(timed)}",
            )  # fmt: skip
        timed.append(Timed(int(step), operation))
        following = int(step) + policy.after(operation)
    _warn_if_overlapping(timed)
    return timed


def _warn_if_overlapping(timed: Sequence[Timed]) -> None:
    for (first, before), (second, _) in pairwise(timed):
        if second - first < DOCUMENTED.after(before):
            warnings.warn(
                f"schedule: operations must start {DOCUMENTED.learn} steps after a learn and "
                f"{DOCUMENTED.recall} after a recall, got {second - first} after {before} at step "
                f"{first}. Their waves overlap and answers will be wrong; use spacing='safe'.",
                TimingWarning, stacklevel=3,
            )  # fmt: skip
            return


def warn_if_unsafe(
    owner: str,
    spacing: Spacing,
    documented: Spacing = DOCUMENTED,
    safe: Spacing = SAFE,
    stacklevel: int = 3,
) -> None:
    """Warn about a spacing below the safe one, and more strongly below the documented minimum.

    Parameters
    ----------
    owner : str
        What the spacing belongs to.
    spacing : Spacing
        The spacing.
    documented, safe : Spacing
        Bounds of the model.
    stacklevel : int
        As for :func:`warnings.warn`.
    """
    if spacing.below(documented):
        what = (
            f"must be at least the documented {documented}, got {spacing}. The waves of "
            "neighbouring operations overlap and most recalls fail"
        )
    elif spacing.below(safe):
        what = (
            f"should be at least {safe}, got {spacing}. Bits shared by memories learned in "
            "succession are lost and cross links grow, so that recalls err"
        )
    else:
        return
    warnings.warn(f"{owner}.spacing: {what}; use 'safe'.", TimingWarning, stacklevel=stacklevel)


def spike_trains(timed: Iterable[Timed], n_cues: int, n_content: int) -> list[list[float]]:
    """Spike times (ms) of the input units for a schedule, one sorted list per unit.

    Raises
    ------
    ParameterError
        If an operation does not fit the size.
    """
    trains: list[set[int]] = [set() for _ in range(n_cues + n_content)]
    for step, operation in timed:
        operation.require(n_cues, n_content)
        for unit, offset in operation.spikes(n_cues):
            trains[unit].add(step + offset)
    return [[float(step) for step in sorted(train)] for train in trains]


def steps_needed(timed: Sequence[Timed]) -> int:
    """Steps after which the answers of a schedule are complete."""
    return timed[-1].step + LATENCY if timed else 0
