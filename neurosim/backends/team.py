"""The threads that run the shards of a network."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from typing import Any

import numpy as np

from neurosim.backends.layout import Layout, Shard
from neurosim.backends.pace import Pace
from neurosim.kernels.layout import part_of
from neurosim.kernels.meeting import ABANDONED, CELLS, WAITED


class Team:
    """Runs the step loop of all shards, side by side or by turns; the result is the same.

    Parameters
    ----------
    layout : Layout
        The arrays.
    module : module
        The compiled step loop.
    dt : float
        Time step, ms.
    threads : int, optional
        Threads at most, by default as many as shards; with fewer, shards always go by turns.
    """

    def __init__(self, layout: Layout, module: Any, dt: float, threads: int | None = None) -> None:
        self.layout, self.module, self.dt = layout, module, dt
        self.n = len(layout.shards)
        self.threads = self.n if threads is None else threads
        self.cells = np.zeros(CELLS, dtype=np.int64)
        self.pace = Pace()
        self._pool: ThreadPoolExecutor | None = None
        self._ready = False

    def advance(self, step: int, first: int, last: int, room: int) -> int:
        """Run the steps from ``first`` to ``last`` of a chunk that began at ``step``.

        Returns
        -------
        int
            Where to go on: ``last``, or before it where a buffer is full or the pace may change.
        """
        if self.n == 1:
            return self._call(self.layout.shards[0], step, first, last, room, 1)
        if not self._ready:  # compile before anything is timed
            self._call(self.layout.shards[0], step, first, first, room, 1)
            self._by_turns(step, first, first, room)
            self._ready = True
        if self.threads < self.n:
            return self._by_turns(step, first, last, room)
        together, count = self.pace.next(last - first)
        began = perf_counter()
        work = self._together if together else self._by_turns
        done = work(step, first, first + count, room)
        if done > first:
            self.pace.note(together, done - first, perf_counter() - began)
        return done

    def _call(self, shard: Shard, step: int, first: int, last: int, room: int, threads: int) -> int:
        layout = self.layout
        return int(
            self.module.run(
                step, first, last, layout.window, self.dt, room, layout.split, threads,
                self.cells, *self._groups(shard),
            )
        )  # fmt: skip

    def _groups(self, shard: Shard) -> list[Any]:
        parts, groups = self.layout.features.parts, []
        for name in self.layout.features.arguments:
            group = self.layout.rows if name == "rows" else getattr(shard, name)
            groups.append(part_of(parts[name], group) if name in parts else group)
        return groups

    def _by_turns(self, step: int, first: int, last: int, room: int) -> int:
        """All shards in this thread, a window each in turn."""
        layout = self.layout
        groups = [group for shard in layout.shards for group in self._groups(shard)]
        return int(
            self.module.run_by_turns(
                step, first, last, layout.window, self.dt, room, layout.split, *groups
            )
        )

    def _together(self, step: int, first: int, last: int, room: int) -> int:
        """Each shard in a thread of its own."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self.n - 1, thread_name_prefix="neurosim")
        own, *others = self.layout.shards
        jobs = []
        try:
            for shard in others:
                jobs.append(self._pool.submit(self._share, shard, step, first, last, room))
            done = self._share(own, step, first, last, room)
            for job in jobs:
                job.result()
        except BaseException:
            self.cells[ABANDONED] = 1  # nobody waits for one that does not come
            raise
        return done

    def _share(self, shard: Shard, step: int, first: int, last: int, room: int) -> int:
        """One shard of several; where it fails the others do not wait for it."""
        try:
            return self._call(shard, step, first, last, room, self.n)
        except BaseException:
            self.cells[ABANDONED] = 1
            raise

    def notes(self) -> dict[str, Any]:
        """How the threads worked, for the recording's provenance."""
        if self.n == 1 or self.threads < self.n:
            return {"threads": 1}
        return {
            "threads": self.n,
            "steps_between_meetings": self.layout.window,
            "steps_by_one_thread": self.pace.alone_steps,
            "looks_while_waiting": int(self.cells[WAITED]),
        }
