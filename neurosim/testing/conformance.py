"""Checks of a backend by name. Each is a function that raises ``AssertionError`` when it fails.

A backend of another package registers itself by an entry point (group ``neurosim.backends``) and
runs :data:`CHECKS` (of the backend alone) and :data:`CASE_CHECKS` (of the backend on each of
:data:`neurosim.testing.cases.CASES`), as ``tests/conformance/test_backends.py`` does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from neurosim.backends.registry import backend as find_backend
from neurosim.errors import UnsupportedError
from neurosim.facade import resume
from neurosim.network import AllToAll, FixedProbability, Network
from neurosim.neurons import IFCurrExp
from neurosim.neurons.sources import PoissonInput
from neurosim.synapses import STDP, Static
from neurosim.testing import changes, closed_forms, pair_rule, wiring
from neurosim.testing.cases import CASES, Case
from neurosim.testing.compare import (
    Outcome,
    differences,
    observe,
    require,
    require_close,
    require_same,
)
from neurosim.testing.start import JUDGE, SEED, outcome, start


def steps(case: Case) -> int:
    """Number of steps of a case."""
    return round(case.duration / case.dt)


# checks of a case


def check_agreement(backend: str, case: Case) -> None:
    """The backend and the judge give the same bits."""
    require_same(outcome(JUDGE, case), outcome(backend, case), f"{backend} and {JUDGE} differ")


def check_closeness(backend: str, case: Case, error: float = 1e-11, weights: float = 0.0) -> None:
    """The backend gives the judge's spikes, and its state and weights but for rounding.

    For backends that reach the same numbers by other operations; not among :data:`CASE_CHECKS`.
    ``error`` and ``weights`` are those of :func:`neurosim.testing.compare.require_close`.
    """
    found = outcome(backend, case)
    what = f"{backend} and {JUDGE} differ"
    require_close(outcome(JUDGE, case), found, error, what, weights)


def check_repeats(backend: str, case: Case) -> None:
    """The same seed gives the same bits, in a new simulation and after a reset."""
    first = outcome(backend, case)
    require_same(first, outcome(backend, case), "a second run differs")
    with start(backend, case) as simulation:
        simulation.run(case.duration / 2.0)
        again = observe(simulation.reset().run(case.duration))
        require_same(first, again, "the run after a reset differs")
        simulation.reset(SEED + 1)
        back = observe(simulation.reset(SEED).run(case.duration))
        require_same(first, back, "the run after a reset to another seed and back differs")


def check_additions(backend: str, case: Case) -> None:
    """More probes and unrelated populations change nothing else."""
    plastic = "stdp" in find_backend(backend).capabilities.synapses
    more = case.network(before=lambda network: _unrelated(network, "first", plastic))
    _unrelated(more, "last", plastic)
    recorded = {(p.target.name, variable) for p in more.probes for variable in p.variables}
    for name, population in more.populations.items():
        for variable in population.kind.recordable():
            if (name, variable) not in recorded:
                more.record(population, variable)
    require_same(outcome(backend, case), outcome(backend, case, more), "additions change a result")


def _unrelated(network: Network, name: str, plastic: bool) -> None:
    cells = network.population(name, 3, IFCurrExp(tau_m=7.0, cm=0.3, i_offset=[0.5, 0.8, 0.9]))
    network.inject(PoissonInput(900.0, 0.4), cells)
    network.project(cells, cells, AllToAll(), Static(0.3, 3.0))
    synapse = STDP(0.3, 2.0) if plastic else Static(0.3, 2.0)
    network.project(cells, cells, FixedProbability(0.5), synapse, name=f"{name} more")
    network.record(cells, ["spikes", "v"])


def check_pauses(backend: str, case: Case, precision: str = "double") -> None:
    """Running in pieces, with looks between them, equals running without a break."""
    n = steps(case)
    whole = outcome(backend, case, precision=precision)
    for pieces in ([n // 2], [1, 1, 1, 2], [0, n // 3, 7, n // 4]):
        with start(backend, case, precision=precision) as simulation:
            for piece in pieces:
                observe(simulation.run(piece * case.dt))
            found = observe(simulation.run_until(case.duration))
        require_same(whole, found, f"pauses after {pieces} steps change the result")


def check_saved(backend: str, case: Case, precision: str = "double") -> None:
    """Saving in the middle, with spikes in flight, and loading equals running without a break."""
    whole = outcome(backend, case, precision=precision)
    at = _busy_time(whole, case)
    left = case.duration - at
    with TemporaryDirectory() as folder, start(backend, case, precision=precision) as simulation:
        path = Path(folder) / "state.npz"
        simulation.run(at).save(path)
        require_same(whole, observe(simulation.run(left)), "saving changes what comes")
        loaded = observe(simulation.load(path).run(left))
        require_same(whole, loaded, f"the run from the state at {at:g} ms differs")
        with resume(path, progress=False) as resumed:
            found = observe(resumed.run(left))
        require_same(whole, found, f"the run resumed at {at:g} ms differs")


def _busy_time(whole: Outcome, case: Case) -> float:
    """The time of the spike in the middle of a run, when it is in flight."""
    times = np.concatenate([trains.times for trains in whole.recording.spikes.values()])
    require(len(times), f"case {case.name!r} has no spikes")
    middle = float(np.sort(times)[len(times) // 2])
    return round(middle / case.dt) * case.dt


# checks of a backend alone


def check_seeds(backend: str) -> None:
    """Another seed gives other spikes, weights and start values."""
    case = CASES["recurrent"]
    with start(backend, case) as simulation:
        first = observe(simulation.run(case.duration))
        simulation.reset(SEED + 1)
        texts = differences(first, observe(simulation.run(case.duration)))
    for name in ("spike times of 'exc'", "weight of 'drive'", "samples of 'exc', v"):
        require(any(text.startswith(name) for text in texts), f"{name} do not depend on the seed")


def check_single(backend: str) -> None:
    """Runs in single precision can be paused and saved; where there are none they are refused."""
    case = CASES["recurrent"]
    if "single" in find_backend(backend).capabilities.precisions:
        check_pauses(backend, case, "single")
        check_saved(backend, case, "single")
        return
    try:
        start(backend, case, precision="single")
    except UnsupportedError:
        return
    raise AssertionError(f"{backend} takes single precision, which it does not offer")


def check_feeding(backend: str) -> None:
    """Spikes that are fed in time equal spikes given beforehand."""
    times = [[2.0, 11.5], [2.0, 2.0, 9.0, 30.0], [], [0.0, 9.0, 25.5]]
    given = Case("forward", wiring.forward(times))
    empty = Case("forward", wiring.forward([[], [], [], []]))
    pairs = [(unit, time) for unit, train in enumerate(times) for time in train]
    expected = outcome(backend, given)
    with start(backend, empty) as simulation:
        simulation.feed("source", pairs)
        found = observe(simulation.run(given.duration))
        require_same(expected, found, "spikes fed at the start differ")
    stops = [0.0, 2.0, 9.0, 9.5, 25.5, given.duration]
    with start(backend, empty) as simulation:
        for begin, end in pairwise(stops):
            simulation.feed("source", [p for p in reversed(pairs) if begin <= p[1] < end])
            simulation.run_until(end)
        found = observe(simulation)
        require_same(expected, found, "spikes fed on the way, up to the present time, differ")


def check_control(backend: str) -> None:
    """Freezing, setting weights and going back give the same bits as the judge at every stage."""
    for expected, found, what in _stages(backend):
        require_same(expected, found, what)


def check_control_closeness(backend: str, error: float, weights: float) -> None:
    """As :func:`check_control` but for rounding; not among :data:`CHECKS`."""
    for expected, found, what in _stages(backend):
        require_close(expected, found, error, what, weights)


def _stages(backend: str) -> Iterator[tuple[Outcome, Outcome, str]]:
    for name in ("stdp axonal", "stdp mixed", "stdp dendritic", "stdp spinnaker"):
        case = CASES[name]
        stages = zip(_controlled(JUDGE, case), _controlled(backend, case), strict=True)
        for stage, (expected, found) in enumerate(stages):
            yield expected, found, f"{name!r}: stage {stage} differs from {JUDGE}"


def _controlled(backend: str, case: Case) -> list[Outcome]:
    found = []
    with start(backend, case) as simulation:
        plastic = [b.name for b in simulation.plan.synapses if isinstance(b.synapse, STDP)]

        def stage(duration: float) -> None:
            found.append(observe(simulation))
            found.append(observe(simulation.run(duration)))

        stage(19.0)
        for projection in plastic:
            simulation.freeze(projection)
        stage(11.5)
        kept = zip(*(_weights(o, plastic) for o in found[-2:]), strict=True)
        require(all(np.array_equal(*pair) for pair in kept), f"{backend}: frozen weights move")
        for projection in plastic:
            simulation.freeze(projection, False)
        stage(8.0)
        weights = simulation.weights("recurrent").weight
        simulation.set_weights("recurrent", 0.5 * weights[::-1])
        simulation.set_weights("additive nearest", 0.125)
        for teacher in (7.1, np.linspace(6.0, 9.0, 6)):
            simulation.set_weights("teacher->cells", teacher)
            stage(5.0)
        with TemporaryDirectory() as folder:
            path = Path(folder) / "state.npz"
            simulation.save(path)
            stage(6.0)
            simulation.load(path)
            stage(6.0)
    return found


def _weights(found: Outcome, projections: list[str]) -> list[Any]:
    return [found.synapses[name, False].weight for name in projections]


CaseCheck = Callable[[str, Case], None]
Check = Callable[[str], None]

CASE_CHECKS: dict[str, CaseCheck] = {
    "agreement": check_agreement,
    "repeats": check_repeats,
    "additions": check_additions,
    "pauses": check_pauses,
    "saved": check_saved,
    "unchanged": changes.check_unchanged,
    "changes": changes.check_changes,
}
"""Checks of a backend on a case."""

SUITE: tuple[tuple[str, str], ...] = tuple(
    (check, case)
    for check in CASE_CHECKS
    for case in CASES
    if check == "agreement"
    or (check != "additions" and not case.startswith("neurons "))
    or case in ("poisson", "delays spinnaker", "recurrent", "recurrent spinnaker")
)
"""Which checks run on which cases: agreement on all, the others on those that can tell more."""

CHECKS: dict[str, Check] = {
    "seeds": check_seeds,
    "single": check_single,
    "feeding": check_feeding,
    "control": check_control,
    "refusal": changes.check_refusal,
    **closed_forms.CHECKS,
    **pair_rule.CHECKS,
}
"""Checks of a backend alone."""
