"""One neuron stepped in plain Python: the text of its step function and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.neurons import NeuronKind, arithmetic


@dataclass(frozen=True)
class Trace:
    """What a neuron did.

    Parameters
    ----------
    state : dict of arrays
        Every state variable before the first step and after each step.
    spikes : ndarray of int
        Steps in which it spiked.
    """

    state: dict[str, NDArray[np.float64]]
    spikes: NDArray[np.int64]

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        return self.state[name]


def compiled(neuron: NeuronKind, timing: str = "standard") -> Any:
    """The step function of a neuron, made from its text alone."""
    names: dict[str, Any] = {name: getattr(arithmetic, name) for name in arithmetic.NAMES}
    texts = type(neuron).steps(timing, getattr(neuron, "integrator", None))
    for text in texts:
        exec(text.source, names)
    return names[texts[-1].name], texts[-1].args


def drive(
    neuron: NeuronKind,
    n_steps: int,
    dt: float = 0.1,
    inputs: Mapping[str, Mapping[int, float]] | None = None,
    injected: Any = 0.0,
    initial: Mapping[str, float] | None = None,
    timing: str = "standard",
) -> Trace:
    """Step a neuron.

    Parameters
    ----------
    neuron : NeuronKind
        The neuron.
    n_steps : int
        Number of steps.
    dt : float
        Time step in ms.
    inputs : mapping of input names to mappings of steps to values
        What is due in which step.
    injected : float or sequence
        Current in nA, one for all steps or one per step.
    initial : mapping
        Start values that differ from the declared ones.
    timing : str
        Which of the step functions is used.
    """
    step, args = compiled(neuron, timing)
    kind = type(neuron)
    constants = {**neuron.constants(dt), "dt": dt}
    start = {
        s.name: getattr(neuron, s.initial) if isinstance(s.initial, str) else s.initial
        for s in kind.state
    }
    start.update(initial or {})
    names = [s.name for s in kind.state]
    state = tuple(float(start[name]) for name in names)
    currents = np.broadcast_to(np.asarray(injected, dtype=float), (n_steps,))
    fixed = {a: constants[a] for a in args if a in constants}
    arriving = {name: dict((inputs or {}).get(name, {})) for name in kind.inputs()}
    assert set(inputs or {}) <= set(arriving), "unknown input"
    samples, spikes = [state], []
    for k in range(n_steps):
        given = dict(zip(names, state, strict=True))
        given.update({name: values.get(k, 0.0) for name, values in arriving.items()})
        given["injected"] = float(currents[k])
        *new, spiked = step(**fixed, **{a: given[a] for a in args if a in given})
        state = tuple(new)
        samples.append(state)
        if spiked:
            spikes.append(k)
    columns = np.array(samples).T
    return Trace(dict(zip(names, columns, strict=True)), np.array(spikes, dtype=np.int64))


def errors(
    neuron: NeuronKind,
    exact: NeuronKind,
    steps: tuple[float, ...],
    fine: float,
    duration: float,
    inputs: Mapping[str, Mapping[float, float]] | None = None,
    injected: float = 0.0,
) -> NDArray[np.float64]:
    """Largest error of ``v`` on the grid of ``steps[0]``, for each time step.

    ``exact`` is stepped with the time step ``fine``; ``inputs`` are given by time of arrival in ms,
    all multiples of ``steps[0]``.
    """

    def potential(one: NeuronKind, dt: float) -> NDArray[np.float64]:
        due = {
            name: {round(time / dt) - 1: value for time, value in events.items()}
            for name, events in (inputs or {}).items()
        }
        trace = drive(one, round(duration / dt), dt, due, injected)
        return trace["v"][:: round(steps[0] / dt)]

    reference = potential(exact, fine)
    return np.array([np.abs(potential(neuron, dt) - reference).max() for dt in steps])


def orders(found: NDArray[np.float64]) -> NDArray[np.float64]:
    """Order of convergence between neighbouring errors of :func:`errors`, for halved steps."""
    return np.log2(found[:-1] / found[1:])
