"""The emulator's side of a comparison, in the raw words of the board."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

import neurosim as ns
from neurosim.backends.simulation import Simulation
from neurosim.hardware.spinnaker.cells import CELLS
from neurosim.hardware.spinnaker.conversion import to_board
from neurosim.hardware.spinnaker.emulator import Emulator
from neurosim.hardware.spinnaker.lower import map_plan
from neurosim.hardware.spinnaker.mapping import Mapping
from neurosim.hardware.spinnaker.settings import Disturbance, Settings
from neurosim.plan.lower import lower
from tests.firmware.rows import Synapse

SEED = 7
ONE = 32768
SIGNS = {"v": 1, "isyn_exc": 1, "isyn_inh": -1, "gsyn_exc": 1, "gsyn_inh": 1}


@dataclass(frozen=True)
class Trial:
    """A network to compare, and how it is deployed.

    Parameters
    ----------
    network : Network
        The network; its name is that of the trial.
    dt : float
        Tick, ms.
    steps : tuple of int
        Ticks of each run; the board pauses between them.
    settings : Settings
        Choices of the deployment.
    disturbance : Disturbance
        Packets that come late.
    """

    network: Any
    dt: float = 1.0
    steps: tuple[int, ...] = (200,)
    settings: Settings = field(default_factory=Settings)
    disturbance: Disturbance = field(default_factory=Disturbance)

    def mapping(self) -> Mapping:
        """What the emulator runs."""
        return map_plan(lower(self.network, self.dt, SEED), self.settings)

    def simulation(self) -> Simulation:
        """The emulator at tick 0."""
        backend = Emulator(self.settings, self.disturbance)
        return ns.prepare(self.network, dt=self.dt, seed=SEED, backend=backend)


def signals(recording: Any, mapping: Mapping, label: str) -> dict[str, NDArray[np.int64]]:
    """Recorded variables of a population as words, by the board's names."""
    kind = next(t.cell.kind for t in mapping.targets if t.name == label)
    found = {}
    for ours, theirs in CELLS[kind].recordables.items():
        if ours in SIGNS:
            values = np.asarray(recording.signal(label, ours).values, dtype=np.float64)
            words = values * (SIGNS[ours] * ONE)
            assert np.array_equal(words, np.rint(words)), f"{label} {ours}: not whole words"
            found[theirs] = words.astype(np.int64)
    return found


def spikes(recording: Any, label: str, dt: float) -> list[tuple[int, int]]:
    """Spikes of a population as (tick, cell), sorted."""
    trains = recording.spikes[label]
    ticks = np.rint(trains.times / dt).astype(int)
    return sorted(zip(ticks.tolist(), trains.ids.tolist(), strict=True))


def plastic(simulation: Simulation, mapping: Mapping, label: str) -> list[Synapse]:
    """Plastic synapses onto a population, sorted."""
    found = []
    weights = {}
    for route in mapping.routes:
        target = mapping.target(route.post)
        if route.rule is None or target.name != label:
            continue
        if route.block not in weights:
            weights[route.block] = simulation.weights(route.name, pending=False).weight
        given = weights[route.block][route.places]
        board = to_board(mapping.plan, target, route.receptor, route.targets, given)
        values = board * target.scale(route.receptor)
        pre = mapping.plan.populations[route.pre].name
        columns = (route.sources(), route.targets, route.delays, np.rint(values).astype(int))
        found += [
            Synapse(pre, source, cell, route.receptor, delay, word)
            for source, cell, delay, word in zip(*(c.tolist() for c in columns), strict=True)
        ]
    return sorted(found)
