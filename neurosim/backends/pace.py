"""Whether the threads of a run work side by side or one does all: whichever is faster just now."""

from __future__ import annotations

from dataclasses import dataclass, field

TRIAL_S = 0.01
"""Time that a trial of the other way should take, s."""

FIRST_TRIAL = 16
"""Steps of the first trial."""

PATIENCE_S, LONGEST_S = 1.0, 16.0
"""Time until the other way is tried again, s: at first, and after many trials in vain."""

WORSE = 1.25
"""Cost of a step, as a multiple of the best seen, that calls for a trial at once."""


@dataclass
class Pace:
    """Chooses by measured time per step.

    Threads that meet every step wait for the slowest of them: on a machine that is busy with other
    work two can be slower than one. The other way is tried for some 10 ms now and then, and at once
    when steps have become slower.
    """

    together: bool = True
    cost: dict[bool, float] = field(default_factory=dict)
    best: float = float("inf")
    until: float = 0.0
    wait: float = PATIENCE_S
    trials: int = 0
    alone_steps: int = 0
    few: dict[bool, tuple[int, float]] = field(default_factory=dict)

    def next(self, steps: int) -> tuple[bool, int]:
        """Whether to work side by side, and for how many of ``steps`` steps."""
        for way in (True, False):
            if way not in self.cost:
                return way, min(steps, FIRST_TRIAL)
        worse = self.cost[self.together] > WORSE * self.best
        if self.until <= 0.0 or (worse and self.until < self.wait - PATIENCE_S / 2):
            self.until = self.wait
            self.trials += 1
            trial = max(1, int(TRIAL_S / self.cost[self.together]))
            return not self.together, min(steps, trial)
        return self.together, steps

    def note(self, together: bool, steps: int, seconds: float) -> None:
        """Take in how long some steps took."""
        if not together:
            self.alone_steps += steps
        known = len(self.cost) == 2
        self.until -= seconds
        if together not in self.cost:  # a step or two say little: gather a trial of them
            before, spent = self.few.get(together, (0, 0.0))
            steps, seconds = steps + before, seconds + spent
            self.few[together] = steps, seconds
            if steps < FIRST_TRIAL:
                return
        self.cost[together] = seconds / steps
        if len(self.cost) < 2:
            return
        faster = self.cost[True] <= self.cost[False]
        if faster != self.together:
            self.together, self.wait = faster, PATIENCE_S
            self.best = self.cost[faster]
            self.until = self.wait
        elif known and together != self.together:  # a trial in vain
            self.wait = min(2.0 * self.wait, LONGEST_S)
            self.until = self.wait
            self.best = self.cost[self.together]
        elif not known:
            self.until = self.wait
        self.best = min(self.best, self.cost[self.together])
