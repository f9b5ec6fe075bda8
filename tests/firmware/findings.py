"""Networks that show what descriptions of the board leave open."""

from __future__ import annotations

from tests.firmware.case import Case, Wires
from tests.firmware.goldens import lif, source

CELLS = 200
"""Cells on a core that leave 32 ticks to its ring of accumulators."""
SLOTS = 32
DELAYS = [1, SLOTS, SLOTS + 1, 2 * SLOTS, 2 * SLOTS + 1, 3 * SLOTS, 4 * SLOTS]
"""Delays at the edges of the delay stages."""


def staged(sources: int) -> Case:
    """The first source reaches a cell by each of the delays."""
    return Case(
        f"stages of {sources}",
        1.0,
        150,
        [source("in", [[3], *[[]] * (sources - 1)]), lif("out", [0.0] * CELLS)],
        [Wires("e", "in", "out", "excitatory", [(0, i, 1.0, d) for i, d in enumerate(DELAYS)])],
    )


FEW, MANY = staged(2), staged(CELLS)
ORDER = Case(
    "order of rows",
    1.0,
    30,
    [source("in", [[3, 8]] * 2), lif("out", [0.0] * 3)],
    [
        Wires(
            "second", "in", "out", "inhibitory", [(0, 0, 0.5, 1), (1, 1, 0.5, 1), (1, 2, 0.5, 1)]
        ),
        Wires("first", "in", "out", "excitatory", [(0, 0, 1.0, 1)]),
        Wires("third", "in", "out", "inhibitory", [(i, j, 0.5, 1) for i in (0, 1) for j in (0, 1)]),
    ],
)
FINDINGS = [FEW, MANY, ORDER]
