"""A progress bar where someone watches, nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

DELAY_S = 1.0
"""Runs shorter than this show no bar."""

_default: bool | None = None


def show_progress(on: bool | None) -> None:
    """Switch all progress bars on, off, or back to automatic (``None``)."""
    global _default
    _default = on


class Silent:
    """Shows nothing."""

    def update(self, done: int) -> None:
        """Do nothing."""


class RichBar:
    """A bar of rich, made when a run has lasted a second; works in terminals and notebooks."""

    def __init__(self, total: int, title: str) -> None:
        self._total, self._title, self._began = total, title, perf_counter()
        self._bar: Any = None
        self._task: Any = None

    def update(self, done: int) -> None:
        """Show that ``done`` of the total steps are done."""
        if self._bar is None:
            if perf_counter() - self._began < DELAY_S or done >= self._total:
                return
            from rich.console import Console
            from rich.progress import Progress

            self._bar = Progress(console=Console(stderr=True), transient=True)
            self._task = self._bar.add_task(self._title, total=self._total)
            self._bar.start()
        self._bar.update(self._task, completed=done)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()


@contextmanager
def bar(total: int, on: bool | None, title: str) -> Iterator[Silent | RichBar]:
    """A bar for ``total`` steps; ``on=None`` decides by whether someone watches."""
    wanted = _default if on is None else on
    if wanted is None:
        wanted = sys.stderr.isatty() or "ipykernel" in sys.modules
    if not wanted:
        yield Silent()
        return
    made = RichBar(total, title)
    try:
        yield made
    finally:
        made.close()
