"""Run a whole schedule of operations at once and read the answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from neurosim.facade import DEFAULT_BACKEND, simulate
from neurosim.models.ca3.network import OUT, Contents, build
from neurosim.models.ca3.operations import Answer, Reading
from neurosim.models.ca3.params import DT, CA3Params
from neurosim.models.ca3.timing import Timed, spike_trains, steps_needed
from neurosim.recording.recording import Recording


def play(
    timed: Sequence[Timed],
    params: CA3Params,
    *,
    steps: int | None = None,
    contents: Contents | None = None,
    record: Sequence[str] = (OUT,),
    backend: str = DEFAULT_BACKEND,
    seed: int = 0,
) -> Recording:
    """Run the network on a schedule.

    Parameters
    ----------
    timed : sequence of Timed
        Operations and their starts, see :func:`~neurosim.models.ca3.timing.schedule`.
    params : CA3Params
        Size and circuit.
    steps : int, optional
        Length of the run in steps of 1 ms; by default until the last answer is complete.
    contents : mapping of int to iterable of int, optional
        Bits by cue that are stored from the start.
    record : sequence of str
        Populations whose spikes are recorded.
    backend : str
        Name of a backend.
    seed : int
        Root seed, stored with the recording; nothing in the model is random.

    Returns
    -------
    Recording
    """
    inputs = spike_trains(timed, params.n_cues, params.n_content)
    network = build(params, inputs=inputs, contents=contents, record=record)
    duration = DT * (steps_needed(timed) if steps is None else steps)
    return simulate(network, duration, dt=DT, seed=seed, backend=backend)


def answers(recording: Recording, timed: Iterable[Timed], n_cues: int) -> list[Answer]:
    """What OUT shows at the steps of the reading rule, one answer per operation.

    Parameters
    ----------
    recording : Recording
        With spikes of ``OUT``.
    timed : iterable of Timed
        The schedule that was run.
    n_cues : int
        Number of cue units in ``OUT``.
    """
    trains = recording.spikes[OUT]
    active = by_step(np.rint(trains.times / DT).astype(np.int64), trains.ids)
    return [read(active, item, n_cues) for item in timed]


def by_step(steps: Iterable[int], ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Active ids by step."""
    active: dict[int, set[int]] = {}
    for step, unit in zip(steps, ids, strict=True):
        active.setdefault(int(step), set()).add(int(unit))
    return {step: frozenset(units) for step, units in active.items()}


def read(
    active: Mapping[int, frozenset[int]], timed: Timed, n_cues: int, rule: Reading | None = None
) -> Answer:
    """The answer to one operation.

    Parameters
    ----------
    active : mapping of int to frozenset of int
        Active units of OUT by step.
    timed : Timed
        The operation and its start.
    n_cues : int
        Number of cue units in ``OUT``.
    rule : Reading, optional
        When to read; by default as the CA3 memory answers.
    """
    rule = timed.operation.reading if rule is None else rule
    at_cue, at_content = (active.get(timed.step + r, frozenset()) for r in rule)
    return Answer(
        frozenset(u for u in at_cue if u < n_cues),
        frozenset(u - n_cues for u in at_content if u >= n_cues),
    )
