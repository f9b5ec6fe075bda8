"""Run every network in floating point and on the emulator, and say how far they are apart."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.backends.base import Backend
from neurosim.declare import Declared, given, param
from neurosim.errors import ParameterError
from neurosim.experiments.ca3_functional.experiment import Params as Functional
from neurosim.experiments.ca3_stress.experiment import Params as Stress
from neurosim.experiments.spinnaker_agreement.networks import (
    LAGS,
    PLASTIC,
    ROUNDS,
    Case,
    ca3,
    izhikevich,
    pairing,
    vogels_abbott,
)
from neurosim.facade import prepare
from neurosim.hardware.spinnaker.board import SpinnakerBoard
from neurosim.hardware.spinnaker.comparison import Comparison, compare
from neurosim.hardware.spinnaker.targets import VARIABLE, Virtual, find
from neurosim.recording.recording import Recording
from neurosim.runner.experiment import Context, Metric, Result

EMULATOR = "spinnaker-emulator"
SETTLED = 200.0
"""Time (ms) after which the rhythm is looked at."""


def _text(owner: str, field: str, value: Any) -> str:
    if not isinstance(value, str):
        raise ParameterError(owner, field, "must be a text", value, "Give 'board:HOSTNAME'.")
    return value


class Params(Declared):
    """Parameters of the experiment."""

    vogels_abbott: float = param(
        1000.0, "ms", low=100.0, scalar=True, doc="how long the network of Vogels & Abbott runs"
    )
    izhikevich: float = param(
        1000.0, "ms", low=500.0, scalar=True, doc="how long the network of Izhikevich cells runs"
    )
    board: str = given(
        "", convert=_text, rule="must be a text",
        doc="machine to run on too, such as 'board:HOSTNAME?version=5'; else NEUROSIM_SPINNAKER",
    )  # fmt: skip


def run(params: Params, context: Context) -> Result:
    """Run all networks both ways.

    Spikes of the chaotic networks part within some milliseconds, as they do after any change of the
    last bit; their rates and rhythms are what can be compared.
    """
    board = configured(params.board)
    cases = {
        "functional": ca3(Functional()),
        "stress": ca3(Stress()),
        "vogels_abbott": vogels_abbott(params.vogels_abbott),
        "izhikevich": izhikevich(context.seed, params.izhikevich),
    }
    metrics: dict[str, Metric] = {"board": "none" if board is None else str(board.target)}
    recordings: dict[str, Recording] = {}
    notes = []
    for name, case in context.track(cases.items(), "networks"):
        float_, emulated = (play(case, b, context.seed) for b in (context.backend, EMULATOR))
        found = compare(float_, emulated)
        metrics |= agreement(name, found)
        if board is not None:
            metrics |= agreement(
                f"{name}_board", compare(emulated, play(case, board, context.seed))
            )
        recordings |= {name: emulated, f"{name}_float": float_}
        notes += [f"{name}: {cause}" for cause in found.causes[:2]]
    for name in ("vogels_abbott", "izhikevich"):
        for kind, suffix in (("", "emulated"), ("_float", "float")):
            metrics[f"{name}_rate_{suffix}"] = rate(recordings[name + kind])
    for kind, suffix in (("", "emulated"), ("_float", "float")):
        metrics[f"izhikevich_rhythm_{suffix}"] = rhythm(recordings[f"izhikevich{kind}"])
    windows = {
        suffix: window(backend, context.seed)
        for suffix, backend in (("float", context.backend), ("emulated", EMULATOR))
    }
    apart = windows["emulated"] - windows["float"]
    metrics["stdp_largest_difference"] = float(np.abs(apart).max())
    metrics["stdp_mean_difference"] = float(apart.mean())
    arrays = {"lags": LAGS, **{f"stdp_{k}": v for k, v in windows.items()}}
    return Result(metrics, arrays, recordings, tuple(notes))


def configured(text: str) -> SpinnakerBoard | None:
    """The board that the user named, None if there is none (a virtual one computes nothing)."""
    if not text and not os.environ.get(VARIABLE):
        return None
    target = find(text or None)
    return None if isinstance(target, Virtual) else SpinnakerBoard(target)


def play(case: Case, backend: str | Backend, seed: int) -> Recording:
    """A run of a case from the start."""
    with prepare(case.network, dt=case.dt, seed=seed, backend=backend, progress=False) as sim:
        return sim.run(case.duration).recording()


def agreement(name: str, found: Comparison) -> dict[str, Metric]:
    """Spikes of both runs and what they share, over all populations."""
    firsts = [s.first for s in found.spikes if s.first is not None]
    return {
        f"{name}_spikes": sum(s.found for s in found.spikes),
        f"{name}_differing": sum(s.expected + s.found - 2 * s.same for s in found.spikes),
        f"{name}_first_difference": min(firsts, default=-1.0),
        f"{name}_saturations": found.saturations,
    }


def rate(recording: Recording) -> float:
    """Mean rate over all recorded units, Hz."""
    spikes = sum(len(t.times) for t in recording.spikes.values())
    units = sum(len(t.recorded) for t in recording.spikes.values())
    return spikes / units / recording.duration * 1000.0


def rhythm(recording: Recording, population: str = "exc") -> float:
    """Strongest frequency of a population's activity above 3 Hz, in Hz."""
    power, frequencies = spectrum(recording, population)
    return float(frequencies[np.argmax(np.where(frequencies > 3.0, power, 0.0))])


def spectrum(recording: Recording, population: str) -> tuple[NDArray[Any], NDArray[Any]]:
    """Power of the number of spikes in each millisecond, smoothed over five bins, and frequencies
    in Hz."""
    bins = np.arange(SETTLED, recording.duration + 0.5)
    counts = np.histogram(recording.spikes[population].times, bins)[0]
    power = np.abs(np.fft.rfft(counts - counts.mean())) ** 2
    return np.convolve(power, np.ones(5) / 5.0, "same"), np.fft.rfftfreq(len(counts), 0.001)


def window(backend: str | Backend, seed: int) -> NDArray[np.float64]:
    """Change of the weight for each lag and pair, in units of the amplitude times ``w_max``.

    The weights are read as a board would report them, after a last presynaptic spike.
    """
    case = pairing()
    with prepare(case.network, dt=case.dt, seed=seed, backend=backend, progress=False) as sim:
        rule: Any = next(b.synapse for b in sim.plan.synapses if b.name == PLASTIC)
        before = sim.weights(PLASTIC, pending=False).weight
        after = sim.run(case.duration).weights(PLASTIC, pending=False).weight
    return np.asarray((after - before) / (ROUNDS * rule.A_plus * rule.w_max))
