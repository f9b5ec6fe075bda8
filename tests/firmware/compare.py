"""Compares words one by one and counts them."""

from __future__ import annotations

from typing import Any

import numpy as np


class Tally:
    """How many words were compared, and how many of them differ."""

    def __init__(self) -> None:
        self.words = 0
        self.different = 0

    def same(self, what: str, ours: Any, board: Any) -> None:
        """Demand that two arrays are equal, and count their words.

        Raises
        ------
        AssertionError
            If they differ: how many, and the first of them.
        """
        ours, board = np.asarray(ours), np.asarray(board)
        assert ours.shape == board.shape, f"{what}: ours {ours.shape}, the board {board.shape}"
        wrong = np.argwhere(ours != board)
        self.words += board.size
        self.different += len(wrong)
        if len(wrong):
            first = tuple(wrong[0])
            raise AssertionError(
                f"{what}: {len(wrong)} of {board.size} words differ, first at "
                f"{[int(i) for i in first]}: ours {ours[first]}, the board {board[first]}"
            )
