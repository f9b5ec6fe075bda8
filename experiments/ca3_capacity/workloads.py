"""Random workloads, and the number of recalls in which network and oracle differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from neurosim.experiments._ca3 import Judged, judge
from neurosim.models.ca3.memory import CA3Memory
from neurosim.models.ca3.network import OUT
from neurosim.models.ca3.operations import Learn, Operation, RecallContent, RecallCue
from neurosim.models.ca3.oracle import expected
from neurosim.models.ca3.params import CA3Params
from neurosim.models.ca3.timing import Spacing, schedule
from neurosim.runner.experiment import Context

MOST_BITS = 4
"""Most bits of a query by several bits."""


class Errors(NamedTuple):
    """Recalls that went wrong, of how many."""

    wrong: int
    recalls: int


def content(rng: np.random.Generator, n_content: int, density: float) -> frozenset[int]:
    """A random content: each bit with probability ``density``, at least one."""
    bits = np.flatnonzero(rng.random(n_content) < density)
    return frozenset(bits.tolist() if len(bits) else [int(rng.integers(n_content))])


def address(rng: np.random.Generator, n: int, size: CA3Params, density: float) -> list[Operation]:
    """Learns and recalls by cue, as many of each."""
    return [
        Learn(_cue(rng, size), content(rng, size.n_content, density))
        if rng.random() < 0.5
        else RecallCue(_cue(rng, size))
        for _ in range(n)
    ]


def single(rng: np.random.Generator, n: int, size: CA3Params, density: float) -> list[Operation]:
    """Learns, recalls by cue and recalls by one content bit, as many of each."""
    return list(_mixed(rng, n, size, density, lambda: 1))


def several(rng: np.random.Generator, n: int, size: CA3Params, density: float) -> list[Operation]:
    """Learns, recalls by cue and recalls by one to four content bits, as many of each."""
    return list(_mixed(rng, n, size, density, lambda: int(rng.integers(1, MOST_BITS + 1))))


def once(rng: np.random.Generator, n: int, size: CA3Params, density: float) -> list[Operation]:
    """Each cue learned once, then one recall by two to four content bits; ``n`` is not used."""
    learns = [Learn(c, content(rng, size.n_content, density)) for c in range(size.n_cues)]
    return [*learns, RecallContent(_bits(rng, size, int(rng.integers(2, MOST_BITS + 1))))]


Workload = Callable[[np.random.Generator, int, CA3Params, float], list[Operation]]
WORKLOADS: dict[str, Workload] = {"address": address, "single": single, "several": several}


def _mixed(
    rng: np.random.Generator,
    n: int,
    size: CA3Params,
    density: float,
    n_bits: Callable[[], int],
) -> Iterator[Operation]:
    for kind in rng.integers(3, size=n):
        if kind == 0:
            yield Learn(_cue(rng, size), content(rng, size.n_content, density))
        elif kind == 1:
            yield RecallCue(_cue(rng, size))
        else:
            yield RecallContent(_bits(rng, size, n_bits()))


def _cue(rng: np.random.Generator, size: CA3Params) -> int:
    return int(rng.integers(size.n_cues))


def _bits(rng: np.random.Generator, size: CA3Params, n: int) -> frozenset[int]:
    return frozenset(rng.choice(size.n_content, min(n, size.n_content), replace=False).tolist())


def errors(
    operations: list[Operation], size: CA3Params, spacing: Spacing, context: Context
) -> Errors:
    """Run operations and count the recalls that differ from the oracle's."""
    return counted(judge(schedule(operations, spacing), size, context, record=(OUT,)))


def counted(judged: Judged) -> Errors:
    """The recalls of a judged run that differ from the oracle's."""
    recall = np.array([not isinstance(t.operation, Learn) for t in judged.timed], dtype=bool)
    return Errors(int((~judged.right & recall).sum()), int(recall.sum()))


def errors_frozen(
    operations: list[Operation], size: CA3Params, spacing: Spacing, context: Context
) -> Errors:
    """The same with recalls that do not change the memory."""
    with CA3Memory(
        size.n_cues, size.n_content, spacing=spacing, backend=context.backend,
        seed=context.seed, circuit=size.circuit, forgetting=False,
    ) as memory:  # fmt: skip
        found = memory.perform(operations, plastic=False)
    wanted = expected(operations, size.n_cues, size.n_content)
    pairs = zip(operations, found, wanted, strict=True)
    judged = [f != w for o, f, w in pairs if not isinstance(o, Learn)]
    return Errors(sum(judged), len(judged))
