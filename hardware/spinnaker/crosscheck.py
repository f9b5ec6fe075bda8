"""Our mapping against the toolchain's: cores, shifts, delay stages and the bytes of static rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from neurosim.hardware.spinnaker.deployment import Facts, Placed
from neurosim.hardware.spinnaker.images import (
    MATRICES,
    TABLE,
    Core,
    Entry,
    population_table,
    regions,
    static_words,
)
from neurosim.hardware.spinnaker.lower import map_plan
from neurosim.hardware.spinnaker.mapping import Mapping, Target
from neurosim.hardware.spinnaker.settings import Settings
from neurosim.hardware.spinnaker.targets import Virtual
from neurosim.hardware.spinnaker.toolchain import Toolchain
from neurosim.hardware.spinnaker.translate import translate
from neurosim.plan.plan import Plan


@dataclass(frozen=True)
class CrossCheck:
    """What a mapping on a virtual board gave.

    Parameters
    ----------
    differences : tuple of str
        Where our figures and the toolchain's differ; empty if they agree.
    facts : Facts
        The toolchain's figures. Its data base is gone.
    words : int
        Words of static rows that were compared.
    """

    differences: tuple[str, ...]
    facts: Facts
    words: int


class Synapses(NamedTuple):
    """Static synapses from one population to the cells of a core, as the program reads them.

    Ordered by source, stage and word: the order of the words of a row does not matter to it.
    """

    sources: NDArray[np.int64]
    stages: NDArray[np.int64]
    words: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.words)

    def sorted(self) -> Synapses:
        """In that order."""
        order = np.lexsort((self.words, self.stages, self.sources))
        return Synapses(*(column[order] for column in self))


def virtual_check(plan: Plan, settings: Settings, duration: float, version: int = 5) -> CrossCheck:
    """Map a plan on a virtual board, in folders of its own, and compare with our mapping.

    Parameters
    ----------
    plan : Plan
        The network.
    settings : Settings
        Choices.
    duration : float
        Biological time that is planned for, ms.
    version : {3, 5}
        Version of the board.

    Raises
    ------
    MissingDependency
        If sPyNNaker is not installed.
    ToolchainError
        If sPyNNaker refuses the network; its own error is in the message.
    """
    mapping = map_plan(plan, settings)
    with Toolchain(translate(mapping), Virtual(version)) as chain:
        chain.run(duration)
        facts, database = chain.facts(), chain.database
        differences = cross_check(mapping, facts, database)
    static = [r for r in mapping.routes if r.rule is None]
    return CrossCheck(tuple(differences), facts, sum(r.size for r in static))


def cross_check(mapping: Mapping, facts: Facts, database: str | PathLike[str]) -> list[str]:
    """Differences between a mapping and what the toolchain made of it.

    Parameters
    ----------
    mapping : Mapping
        Ours.
    facts : Facts
        The toolchain's.
    database : path_like
        Its memory images.
    """
    found = list[str]()
    for target in mapping.targets:
        found += _placement(target, facts)
        if any(r.post == target.population for r in mapping.routes):
            found += _rings(target, facts)
    differ = _stages(mapping, facts)
    found += differ.values()
    tables = {core: population_table(c) for core, c in regions(database, TABLE).items()}
    matrices = regions(database, MATRICES)
    for target in mapping.targets:
        for first, cores in _slices(facts.of(target.name)):
            sources = {r.pre for r in mapping.routes if r.post == target.population}
            for pre in sorted(sources - set(differ)):
                found += _rows(mapping, facts, target, pre, first, cores, tables, matrices)
    return found


def _placement(target: Target, facts: Facts) -> Iterator[str]:
    ours = list(range(0, target.size, target.per_core))
    theirs = [first for first, _ in _slices(facts.of(target.name))]
    if ours != theirs:
        yield (
            f"population {target.name!r}: takes {len(ours)} cores of {target.per_core} neurons "
            f"here and {len(theirs)} there, which begin at neurons {theirs}"
        )


def _slices(cores: tuple[Placed, ...]) -> list[tuple[int, list[Core]]]:
    """Cores by the first neuron that they have to do with: one, or several that share the work."""
    found = dict[int, list[Core]]()
    for core in cores:
        found.setdefault(core.first, []).append((core.x, core.y, core.p))
    return sorted(found.items())


def _rings(target: Target, facts: Facts) -> Iterator[str]:
    shifts, slots = facts.shifts.get(target.name), facts.slots.get(target.name)
    if target.shifts != shifts:
        yield f"population {target.name!r}: shifts are {target.shifts} here and {shifts} there"
    if target.bits.slots != slots:
        yield (
            f"population {target.name!r}: the ring holds {target.bits.slots} ticks here and "
            f"{slots} there"
        )


def _stages(mapping: Mapping, facts: Facts) -> dict[int, str]:
    """Populations whose delay stages differ; their rows cannot be compared."""
    found = {}
    for index, place in enumerate(mapping.plan.populations):
        ours = max([0, *(r.stages - 1 for r in mapping.routes if r.pre == index)])
        theirs = facts.stages.get(place.name, 0)
        if ours != theirs:
            found[index] = (
                f"population {place.name!r}: has {ours} delay stages here and {theirs} there"
            )
    return found


def expected(mapping: Mapping, target: Target, pre: int, first: int) -> Synapses:
    """Our static synapses from a population onto the core whose first neuron is ``first``."""
    bits, parts = target.bits, [_none()]
    for route in mapping.routes:
        if route.pre != pre or route.post != target.population or route.rule is not None:
            continue
        mine = (route.targets >= first) & (route.targets < first + target.per_core)
        delays, stages = route.delays[mine], (route.delays[mine] - 1) // bits.slots
        words = route.words[mine].astype(np.uint32) << np.uint32(16)
        rest = (delays - stages * bits.slots) << (bits.neuron + bits.receptor)
        rest += (route.receptor << bits.neuron) + route.targets[mine] - first
        words = words | rest.astype(np.uint32)
        parts.append(Synapses(route.sources()[mine], stages.astype(np.int64), words))
    return _joined(parts)


def stored(
    entry: Entry | None, late: Entry | None, content: bytes, n_pre: int, stages: int
) -> Synapses:
    """Static synapses from a population in the matrices of a core, as its program finds them.

    Parameters
    ----------
    entry, late : Entry or None
        Entries of the population and of its delay stages.
    content : bytes
        The region of matrices.
    n_pre, stages : int
        Units of the population, and delay stages.
    """
    parts = [_none()]
    for matrix in () if entry is None else entry.matrices:
        rows, words = static_words(content, matrix, n_pre)
        parts.append(Synapses(rows, np.zeros(len(rows), dtype=np.int64), words))
    for matrix in () if late is None else late.matrices:
        assert late is not None
        rows, words = static_words(content, matrix, n_pre * stages)
        per_core = late.neurons // stages
        core, place = np.divmod(rows, late.neurons)
        stage, unit = np.divmod(place, np.minimum(per_core, n_pre - core * per_core))
        parts.append(Synapses(core * per_core + unit, stage + 1, words))
    return _joined(parts)


def _rows(
    mapping: Mapping, facts: Facts, target: Target, pre: int, first: int, cores: list[Core],
    tables: dict[Core, dict[int, Entry]], matrices: dict[Core, bytes],
) -> Iterator[str]:  # fmt: skip
    place = mapping.plan.populations[pre]
    stages = facts.stages.get(place.name, 0)
    keys = facts.keys.get(place.name), facts.delay_keys.get(place.name)
    parts, known = [_none()], False
    for core in cores:
        table = tables.get(core, {})
        entry, late = (None if key is None else table.get(key) for key in keys)
        known = known or entry is not None
        parts.append(stored(entry, late, matrices.get(core, b""), place.size, stages))
    if not known and len(cores) > 1 and place.block < 0:
        return  # sources beside the core may write into its memory, without any rows
    ours, theirs = expected(mapping, target, pre, first), _joined(parts)
    where = f"rows from {place.name!r} to {target.name!r} on core {cores[0]}"
    if len(ours) != len(theirs):
        yield f"{where}: hold {len(ours)} static synapses here and {len(theirs)} there"
        return
    apart = (ours.sources != theirs.sources) | (ours.stages != theirs.stages)
    apart |= ours.words != theirs.words
    if not apart.any():
        return
    i = int(np.flatnonzero(apart)[0])
    shown = [
        f"source {s.sources[i]}, stage {s.stages[i]}, {s.words[i]:#010x}" for s in (ours, theirs)
    ]
    yield (
        f"{where}: {int(apart.sum())} of {len(ours)} static synapses differ, the first is "
        f"({shown[0]}) here and ({shown[1]}) there"
    )


def _none() -> Synapses:
    return Synapses(
        np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0, dtype=np.uint32)
    )


def _joined(parts: list[Synapses]) -> Synapses:
    return Synapses(*(np.concatenate(column) for column in zip(*parts, strict=True))).sorted()
