"""Ctrl-C between chunks: noted while an engine works, and raised when it has stopped."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def noted() -> Iterator[Callable[[], bool]]:
    """A function that tells whether Ctrl-C was pressed; a second Ctrl-C stops at once.

    Outside the main thread, and where someone else handles the signal, nothing is changed and the
    function always says no.
    """
    default = signal.default_int_handler
    mine = threading.current_thread() is threading.main_thread()
    if not mine or signal.getsignal(signal.SIGINT) is not default:
        yield lambda: False
        return
    pressed = False

    def note(number: int, frame: Any) -> None:
        nonlocal pressed
        if pressed:
            default(number, frame)
        pressed = True

    signal.signal(signal.SIGINT, note)
    try:
        yield lambda: pressed
    finally:
        signal.signal(signal.SIGINT, default)
