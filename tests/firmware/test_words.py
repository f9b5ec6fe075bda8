"""Emulator and board: every recorded word, spike, weight and counter on random networks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.firmware.board import Board
from tests.firmware.compare import Tally
from tests.firmware.emulated import Trial, plastic, signals, spikes
from tests.firmware.from_mapping import case_of
from tests.firmware.lateness import lateness
from tests.firmware.poisson import with_seeds
from tests.firmware.rows import plastic_weights
from tests.firmware.trials import TRIALS

pytestmark = pytest.mark.firmware

COMPARED = (
    "current_timer_tick",
    "n_pre_synaptic_events",
    "n_saturations",
    "n_plastic_saturations",
    "n_skipped_synapses",
    "n_late_spikes",
    "max_late_spike",
    "n_spikes_processed",
)
"""Counters of events that the emulator counts."""


def run_board(trial: Trial, images: Any) -> Board:
    """The trial on the board's programs."""
    mapping = trial.mapping()
    case = case_of(mapping, sum(trial.steps))
    late = None if trial.disturbance.none else lateness(mapping, trial.disturbance)
    board = Board(case, with_seeds(images[case.name], mapping), late)
    for ticks in trial.steps:
        board.run(ticks)
    return board


def compared(trial: Trial, board: Board, simulation: Any, tally: Tally) -> Iterator[str]:
    """Differences of everything that was recorded, and nothing where there is none."""
    mapping, recording = trial.mapping(), simulation.recording()
    counted = recording.info["backend_notes"]["provenance"]
    for target in mapping.targets:
        name = target.name
        yield tally.difference(f"{name}: shifts", target.shifts, board.image.shifts[name])
        for variable, words in signals(recording, mapping, name).items():
            yield tally.difference(f"{name}: {variable}", words, board.signal(name, variable))
        ours = spikes(recording, name, trial.dt)
        yield tally.difference(f"{name}: spikes", ours, board.spikes(name))
        cores = board.of(name)
        if target.rule is not None:
            history = 1 if target.rule.pairing == "nearest" else 2
            rows = [s for core in cores for s in plastic_weights(core, board.image, history)]
            ours, theirs = plastic(simulation, mapping, name), sorted(rows)
            for what, part in (("rows", slice(1, -1)), ("weights", slice(-1, None))):
                yield tally.difference(
                    f"{name}: {what}", [s[part] for s in ours], [s[part] for s in theirs]
                )
        for core, mine in zip(cores, counted[name], strict=True):
            counters = board.counters_of(core)
            for counter in COMPARED:
                what = f"{name} from {core.image.first}: {counter}"
                yield tally.difference(what, mine[counter], counters[counter])


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.network.name)
def test_words(images, tally, trial):
    board = run_board(trial, images)
    with trial.simulation() as simulation:
        for ticks in trial.steps:
            simulation.run(ticks * trial.dt)
        wrong = [text for text in compared(trial, board, simulation, tally) if text]
    assert not wrong, "\n".join(wrong)
