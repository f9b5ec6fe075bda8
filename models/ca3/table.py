"""Spike tables: the active neurons per step and population, the form of published recordings."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np

from neurosim.errors import StoreError
from neurosim.facade import DEFAULT_BACKEND
from neurosim.io.atomic import replacing
from neurosim.models.ca3.network import (
    CONT_COND,
    CONT_COND_INT,
    CONT_CONT,
    CONT_CUE,
    CUE_CONT,
    CUE_CUE,
    IN,
    MERGE_CONT,
    MERGE_CUE,
    OUT,
    POPULATIONS,
)
from neurosim.models.ca3.operations import Operation
from neurosim.models.ca3.params import DT, CA3Params, Circuit
from neurosim.models.ca3.play import by_step, play
from neurosim.models.ca3.timing import Spacing, schedule, steps_needed
from neurosim.recording.recording import Recording

COLUMNS = (
    "IN cue", "IN cont", CUE_CUE, CONT_CUE, CONT_COND, CONT_COND_INT, CUE_CONT, CONT_CONT,
    MERGE_CUE, MERGE_CONT, "OUT cue", "OUT cont",
)  # fmt: skip
"""Columns of a table; IN and OUT are split into cues and content bits, each counted from 0."""

Cells = Mapping[tuple[int, str], tuple[int, ...]]


@dataclass(frozen=True)
class SpikeTable:
    """Active neurons by step and column.

    Parameters
    ----------
    n_steps : int
        Number of steps, from 0.
    cells : mapping of (int, str) to tuple of int
        Ascending ids by step and column of :data:`COLUMNS`; silent cells are left out.

    Examples
    --------
    >>> table = SpikeTable(3, {(1, "CueCue"): (0, 2)})
    >>> table[1, "CueCue"], table[0, "CueCue"], table.n_spikes
    ((0, 2), (), 2)
    """

    n_steps: int
    cells: Cells

    def __getitem__(self, place: tuple[int, str]) -> tuple[int, ...]:
        step, column = place
        return self.cells.get((step, column), ())

    @property
    def n_spikes(self) -> int:
        """Number of spikes in all columns."""
        return sum(len(ids) for ids in self.cells.values())

    @property
    def steps(self) -> list[int]:
        """Steps in which something is active."""
        return sorted({step for step, _ in self.cells})

    def totals(self) -> dict[str, int]:
        """Number of spikes by column."""
        return {
            name: sum(len(ids) for (_, column), ids in self.cells.items() if column == name)
            for name in COLUMNS
        }

    def differences(self, other: SpikeTable) -> list[tuple[int, str]]:
        """Places at which two tables differ, ascending."""
        places = self.cells.keys() | other.cells.keys()
        return sorted(place for place in places if self[place] != other[place])

    def to_markdown(self) -> str:
        """The table as Markdown, without silent steps."""
        rows = [["t", *COLUMNS], ["---"] * (len(COLUMNS) + 1)]
        for step in self.steps:
            shown = (",".join(map(str, self[step, column])) or "–" for column in COLUMNS)  # noqa: RUF001
            rows.append([str(step), *shown])
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)

    def __str__(self) -> str:
        return self.to_markdown()

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{name}</th>" for name in ("t", *COLUMNS))
        body = "".join(
            f"<tr><th>{step}</th>"
            + "".join(f"<td>{', '.join(map(str, self[step, c]))}</td>" for c in COLUMNS)
            + "</tr>"
            for step in self.steps
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def to_csv(self, path: str | PathLike[str]) -> None:
        """Write a row per step: the step, then the ids of every column, separated by blanks.

        Raises
        ------
        StoreError
            If the file cannot be written.
        """
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["t", *COLUMNS])
        for step in range(self.n_steps):
            writer.writerow([step, *(" ".join(map(str, self[step, c])) for c in COLUMNS)])
        with replacing(path) as file:
            file.write(text.getvalue().encode())

    @classmethod
    def from_csv(cls, path: str | PathLike[str]) -> SpikeTable:
        """Read what :meth:`to_csv` wrote; silent steps may be missing, the last row ends the table.

        Raises
        ------
        StoreError
            If the file cannot be read or is no such table.
        """
        try:
            rows = list(csv.reader(io.StringIO(Path(path).read_text(encoding="utf-8"))))
        except (OSError, ValueError, csv.Error) as error:
            raise StoreError(f"file {str(path)!r}: cannot be read ({error}). Check it.") from error
        if not rows or rows[0] != ["t", *COLUMNS]:
            raise StoreError(
                f"file {str(path)!r}: must be a spike table with the columns t, "
                f"{', '.join(COLUMNS)}. Write one with SpikeTable.to_csv."
            )
        cells, last = {}, -1
        for number, row in enumerate(rows[1:], start=2):
            try:
                last = int(row[0])
                for column, cell in zip(COLUMNS, row[1:], strict=True):
                    if cell:
                        cells[last, column] = tuple(sorted(map(int, cell.split())))
            except (ValueError, IndexError) as error:
                raise StoreError(
                    f"file {str(path)!r}: line {number} must hold a step and {len(COLUMNS)} "
                    f"columns of ids, got {row!r}. Correct it."
                ) from error
        return cls(last + 1, cells)

    @classmethod
    def from_recording(cls, recording: Recording, n_cues: int) -> SpikeTable:
        """The table of a recording that holds the spikes of all populations of a memory.

        Parameters
        ----------
        recording : Recording
            Of a network of :func:`~neurosim.models.ca3.network.build`.
        n_cues : int
            Number of cues.
        """
        cells: dict[tuple[int, str], tuple[int, ...]] = {}
        for name in POPULATIONS:
            trains = recording.spikes[name]
            for step, ids in by_step(np.rint(trains.times / DT).astype(int), trains.ids).items():
                if name in (IN, OUT):
                    parts = {
                        f"{name} cue": {i for i in ids if i < n_cues},
                        f"{name} cont": {i - n_cues for i in ids if i >= n_cues},
                    }
                else:
                    parts = {name: set(ids)}
                cells |= {(step, column): tuple(sorted(p)) for column, p in parts.items() if p}
        return cls(round(recording.duration / DT), cells)


def spike_table(
    operations: Iterable[Operation | tuple[int, Operation]],
    n_cues: int,
    n_content: int,
    *,
    spacing: str | int | tuple[int, int] | Spacing = "safe",
    start: int = 0,
    steps: int | None = None,
    circuit: Circuit | None = None,
    backend: str = DEFAULT_BACKEND,
) -> SpikeTable:
    """Run operations on a fresh memory and say, per step and population, which neurons were active.

    Parameters
    ----------
    operations : iterable of Operation or (step, Operation)
        Operations in order, with or without starts of their own.
    n_cues, n_content : int
        Size of the memory.
    spacing : str, int, (int, int) or Spacing
        Steps between operations that have no start of their own.
    start : int
        Step of the first operation.
    steps : int, optional
        Length of the table; by default until the last answer is complete.
    circuit : Circuit, optional
        Cells, weights, delays and plasticity; the published ones by default.
    backend : str
        Name of a backend.

    Returns
    -------
    SpikeTable

    Examples
    --------
    >>> from neurosim.models.ca3 import Learn, RecallCue
    >>> table = spike_table([Learn(0, {0, 2}), RecallCue(0)], 2, 3)
    >>> table[14 + 6, "OUT cont"]
    (0, 2)
    """
    timed = schedule(operations, spacing, start)
    length = steps_needed(timed) + 1 if steps is None else steps
    params = CA3Params(n_cues, n_content, Circuit() if circuit is None else circuit)
    recording = play(timed, params, steps=length, record=POPULATIONS, backend=backend)
    return SpikeTable.from_recording(recording, n_cues)
