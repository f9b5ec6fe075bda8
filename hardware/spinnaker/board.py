"""The ``spinnaker-board`` backend: plans run by sPyNNaker on a board that the user named."""

from __future__ import annotations

import weakref
from collections.abc import Mapping as Dictionary
from typing import Any, NoReturn, Self

import numpy as np
from numpy.typing import NDArray

from neurosim.backends.base import Capabilities, Options, Progress, Synapses, Violation
from neurosim.backends.check import require
from neurosim.backends.simulation import Simulation
from neurosim.errors import MappingError, ParameterError, UnsupportedError
from neurosim.hardware.spinnaker import readback
from neurosim.hardware.spinnaker.cells import CELLS
from neurosim.hardware.spinnaker.deployment import Deployment
from neurosim.hardware.spinnaker.lower import board_plan, map_plan
from neurosim.hardware.spinnaker.mapping import Mapping
from neurosim.hardware.spinnaker.rules import violations
from neurosim.hardware.spinnaker.settings import Settings, plain
from neurosim.hardware.spinnaker.stages import misplaced
from neurosim.hardware.spinnaker.targets import Target, find
from neurosim.hardware.spinnaker.toolchain import Toolchain, require_spynnaker
from neurosim.hardware.spinnaker.translate import known_connectors, problems, translate
from neurosim.plan.plan import Plan

WORD = 0xFFFF
"""Largest stored weight."""

EMPTY = "empty: a virtual board computes nothing; samples are NaN and there are no spikes"


class SpinnakerBoard:
    """Runs a plan on a SpiNNaker machine through sPyNNaker 7.4.

    Parameters
    ----------
    target : Virtual, Board, Spalloc, Remote, str or None
        The machine, or its text; ``None`` takes the environment variable ``NEUROSIM_SPINNAKER``.
    settings : Settings, optional
        Choices of the deployment.
    connectors : {"lists", "rules"}
        How synapses are handed over; see :func:`neurosim.hardware.spinnaker.translate.translate`.

    Raises
    ------
    ParameterError
        If an argument is not allowed.

    Examples
    --------
    >>> board = SpinnakerBoard("board:192.168.240.253?version=3")
    >>> recording = ns.simulate(net, 1000.0, dt=1.0, backend=board)  # doctest: +SKIP
    """

    name = "spinnaker-board"
    capabilities = Capabilities(
        neurons=tuple(CELLS),
        currents=("DCSource", "StepSource"),
        synapses=("static", "stdp"),
        features=("plasticity", "weight_readback"),
        notes="SpiNNaker boards by sPyNNaker, on a machine that is named; their own arithmetic",
    )

    def __init__(
        self,
        target: Target | str | None = None,
        settings: Settings | None = None,
        connectors: str = "lists",
    ) -> None:
        settings = Settings() if settings is None else settings
        if not isinstance(settings, Settings):
            raise ParameterError(
                "SpinnakerBoard", "settings", "must be Settings", settings, "Give Settings(...)."
            )
        self.target = None if target is None else find(target)
        self.settings, self.connectors = settings, known_connectors(connectors)

    def check(self, plan: Plan) -> list[Violation]:
        """All that the board cannot run."""
        found = violations(plan, self.name, self.capabilities)
        said = {v.subject for v in found}
        for subject, text in problems(plan):
            whole = f"backend {self.name!r} cannot run {subject}"
            if whole not in said:
                found.append(Violation(whole, text, "Use 'numba' or change it."))
        return found

    def prepare(self, plan: Plan, options: Options) -> Simulation:
        """A simulation at stamp 0.

        Raises
        ------
        NoBoardConfigured
            If no machine was named.
        MissingDependency
            If sPyNNaker is not installed.
        UnsupportedError
            If :meth:`check` found something.
        MappingError
            If a delay is longer than the machine has, or weights or synapses would be lost.
        ToolchainError
            If sPyNNaker refuses the network.
        """
        target = find(self.target)
        require_spynnaker()
        require(self.check(plan))
        make = _Maker(target, self.settings, self.connectors)
        return _BoardSimulation(plan, self.name, make, options, adapt=board_plan, whole=True)


class _BoardSimulation(Simulation):
    """A simulation that gives its machine back when it is closed."""

    def close(self) -> None:
        if isinstance(self._engine, BoardEngine):
            self._engine.close()
        super().close()


class _Maker:
    """Makes engines; never two that hold a machine at once."""

    def __init__(self, target: Target, settings: Settings, connectors: str) -> None:
        self.target, self.settings, self.connectors = target, settings, connectors
        self._last: weakref.ref[BoardEngine] | None = None

    def __call__(self, plan: Plan) -> BoardEngine:
        last = None if self._last is None else self._last()
        if last is not None and last.plan is plan:
            engine = last.again()
        else:
            if last is not None:
                last.close()
            mapping = map_plan(plan, self.settings)
            deployment = translate(mapping, self.connectors)
            _require_rows(mapping, deployment)
            chain = Toolchain(deployment, self.target)
            engine = BoardEngine(plan, deployment, chain, self.settings)
        self._last = weakref.ref(engine)
        return engine


def _require_rows(mapping: Mapping, deployment: Deployment) -> None:
    """Refuse what the toolchain would store wrongly without a word."""
    lists = {x.block for x in deployment.links if x.wires.connector.name == "FromListConnector"}
    found = [str(item) for item in misplaced(mapping) if item.block in lists]
    for route in mapping.routes:
        target = mapping.target(route.post)
        largest = WORD / target.scale(route.receptor)
        n = int((np.rint(route.weights * target.scale(route.receptor)) > WORD).sum())
        if n:
            found.append(
                f"projection {route.name!r}: {n} weights above {largest:g} would wrap around to "
                f"small ones. Raise max_expected_summed_weight of {target.name!r}, or leave it to "
                "the toolchain"
            )
    if found:
        raise MappingError(". ".join(found) + ".")


class BoardEngine:
    """State of a run; see :class:`neurosim.backends.base.Engine`.

    The machine is given back when the engine is closed, or no longer referred to.

    Parameters
    ----------
    plan : Plan
        What to run.
    deployment : Deployment
        The same in sPyNNaker's terms.
    chain : Toolchain
        The tools that hold it.
    settings : Settings
        Choices of the deployment.
    """

    def __init__(
        self, plan: Plan, deployment: Deployment, chain: Toolchain, settings: Settings
    ) -> None:
        self.plan, self.deployment, self.chain, self.step = plan, deployment, chain, 0
        self.settings = settings
        self._finish = weakref.finalize(self, chain.close)

    def again(self) -> Self:
        """An engine at the start with the same machine; this one is used up."""
        if self.step:
            self.chain.reset()
        self._finish.detach()
        return type(self)(self.plan, self.deployment, self.chain, self.settings)

    def close(self) -> None:
        """Give the machine back."""
        self._finish()

    def advance(self, steps: int) -> Progress:
        """Run that many steps.

        Raises
        ------
        ToolchainError
            If sPyNNaker or the board fails.
        SimulationError
            If what the board recorded is incomplete.
        """
        if not steps:
            return self._progress(self.step, self.step)
        first, last = self.step, self.step + steps
        self.chain.run(steps * self.plan.dt)
        self.step = last
        return self._progress(first, last)

    def _progress(self, first: int, last: int) -> Progress:
        plan = self.plan
        found = self.chain.recorded() if plan.probes and last > first else []
        entries: list[Any] = []
        for i, probe in enumerate(plan.probes):
            if probe.variable == "spikes":
                rows = found[i] if found else np.empty((0, 2))
                entries.append(readback.spikes(rows, probe, plan.dt, first, last))
            elif self.chain.virtual or not found:
                entries.append(readback.missing(probe, first, last))
            else:
                entries.append(readback.samples(found[i], probe, first, last))
        return Progress(entries)

    def synapses(self, block: int, pending: bool) -> Synapses:
        """Synapses of a block as they are in the board's memory, after a run.

        Potentiation that waits for the next spike is not in them, whatever ``pending`` says.
        """
        links = [(i, x) for i, x in enumerate(self.deployment.links) if x.block == block]
        return readback.synapses((self.chain.weights(i), x.scale) for i, x in links)

    def notes(self) -> dict[str, Any]:
        """Versions, the machine, what differs, and the counters of all cores."""
        found = {
            "spynnaker": self.chain.version,
            "target": repr(self.chain.target),
            "virtual": self.chain.virtual,
            "settings": plain(self.settings),
            "translation": list(self.deployment.notes),
        }
        if self.chain.virtual:
            return {**found, "results": EMPTY}
        return {
            **found,
            "counters": readback.counters(self.chain.provenance()) if self.step else {},
        }

    # what a board cannot do

    def read(self, population: int, variable: str) -> NDArray[Any]:
        """Not possible."""
        _cannot("read state variables between runs", "Record them")

    def write(self, population: int, variable: str, values: NDArray[np.float64]) -> None:
        """Not possible."""
        _cannot("set state variables", "Give start values to Network.population")

    def feed(self, population: int, stamps: NDArray[np.int64], ids: NDArray[np.int32]) -> None:
        """Not possible."""
        _cannot("take spikes after the network was made", "Give them to SpikeSourceArray")

    def waiting(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
        """Not possible."""
        _cannot("go on with a changed network", "Prepare a new simulation")

    def set_weights(self, block: int, weights: NDArray[Any]) -> None:
        """Not possible."""
        _cannot("replace weights", "Prepare a new simulation")

    def flush(self, block: int) -> None:
        """Not possible."""
        _cannot("apply waiting potentiation or change the network", "Prepare a new simulation")

    def freeze(self, block: int, frozen: bool) -> None:
        """Not possible."""
        _cannot("stop plasticity", "Use static synapses")

    def state(self) -> dict[str, NDArray[Any]]:
        """Not possible."""
        _cannot("save its state", "Save the recording")

    def restore(self, state: Dictionary[str, NDArray[Any]]) -> None:
        """Not possible."""
        _cannot("go on from a saved state", "Prepare a new simulation")

    def changed(self, plan: Plan) -> BoardEngine:
        """Not possible."""
        _cannot("go on with a changed network", "Prepare a new simulation")


def _cannot(what: str, remedy: str) -> NoReturn:
    raise UnsupportedError(
        f"backend 'spinnaker-board': a board cannot {what}. {remedy}, or use 'spinnaker-emulator'."
    )
