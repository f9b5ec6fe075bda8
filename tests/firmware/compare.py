"""Compares words one by one and counts them."""

from __future__ import annotations

from typing import Any

import numpy as np


class Tally:
    """How many words were compared, and how many of them differ."""

    def __init__(self) -> None:
        self.words = 0
        self.different = 0

    def difference(self, what: str, ours: Any, board: Any) -> str:
        """Compare two arrays and count their words; how they differ, or nothing.

        Parameters
        ----------
        what : str
            What is compared.
        ours, board : array_like of int
            Words.
        """
        ours, board = np.asarray(ours, dtype=np.int64), np.asarray(board, dtype=np.int64)
        self.words += board.size
        if ours.shape != board.shape:
            self.different += max(ours.size, board.size)
            return f"{what}: shape {ours.shape}, on the board {board.shape}"
        wrong = np.argwhere(ours != board)
        self.different += len(wrong)
        if not len(wrong):
            return ""
        first = tuple(wrong[0])
        return (
            f"{what}: {len(wrong)} of {board.size} words differ, first at "
            f"{[int(i) for i in first]}: {ours[first]}, on the board {board[first]}"
        )

    def same(self, what: str, ours: Any, board: Any) -> None:
        """Demand that two arrays are equal, and count their words.

        Raises
        ------
        AssertionError
            If they differ.
        """
        difference = self.difference(what, ours, board)
        assert not difference, difference
