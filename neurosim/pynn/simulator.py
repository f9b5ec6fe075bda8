"""State of the PyNN front end: what was declared, and the simulation once it runs."""

from __future__ import annotations

from typing import Any

from pyNN import common

from neurosim.backends.simulation import Simulation
from neurosim.facade import prepare
from neurosim.network import Network
from neurosim.pynn import build
from neurosim.pynn.personality import Personality

name = "neurosim"


class ID(int, common.IDMixin):
    """A cell: its number among all cells, with PyNN's access to its parameters."""

    def __init__(self, number: int) -> None:
        common.IDMixin.__init__(self)


class State(common.control.BaseState):
    """What PyNN's common code asks of a simulator.

    The network is made when it is first run. What is declared or set afterwards is taken over at
    the beginning of the next run.
    """

    mpi_rank = 0
    num_processes = 1

    def __init__(self) -> None:
        super().__init__()
        self.clear()

    def clear(self) -> None:
        """Forget everything that was declared."""
        self.dt: float = 0.1
        self.given_min_delay: float | str = "auto"
        self.max_delay: float | str | None = "auto"
        self.options: dict[str, Any] = {}
        self.personality = Personality()
        self.recorders: set[Any] = set()
        self.populations: list[Any] = []
        self.projections: list[Any] = []
        self.electrodes: list[Any] = []
        self.write_on_end: list[Any] = []
        self.id_counter = 0
        self.segment_counter = -1
        self.reset()

    def reset(self) -> None:
        """Back to time 0; the network is made anew for the next run."""
        self.simulation: Simulation | None = None
        self.network: Network | None = None
        self._preview: Simulation | None = None
        self.running = False
        self.changed = False
        self.t_start = 0
        self.segment_counter += 1
        for item in (*self.recorders, *self.electrodes, *self.populations):
            item.forget_run()

    @property
    def t(self) -> float:
        """Current time, ms."""
        return self.simulation.t if self.simulation else 0.0

    @property
    def min_delay(self) -> float:
        """Shortest delay, ms: as given, else the shortest of the projections."""
        if isinstance(self.given_min_delay, str):
            return min((p.min_delay for p in self.projections if len(p)), default=self.dt)
        return self.given_min_delay

    def run(self, simtime: float) -> None:
        """Go on for some time, ms."""
        self.run_until(self.t + simtime)

    def run_until(self, tstop: float) -> None:
        """Go on until a time, ms."""
        simulation = self._ready()
        self.running = True
        for population in self.populations:
            population.feed_until(simulation, tstop)
        if tstop > self.t + 0.25 * self.dt:
            simulation.run_until(tstop)

    def _ready(self) -> Simulation:
        """The simulation, with everything that was declared or set until now."""
        if self.simulation is None:
            self._note(0.0)
            self._preview = None
            self.network = build.network(self)
            self.simulation = self._prepared(self.network)
        elif self.changed:
            before = [(item, item.memory()) for item in (*self.recorders, *self.electrodes)]
            for recorder in self.recorders:
                recorder.keep(self.simulation)
            self._note(self.t)
            try:
                network = build.network(self)
                self.simulation.change(network)
            except BaseException:
                for item, memory in before:
                    item.recall(memory)
                raise
            self.network = network
        self.changed = False
        return self.simulation

    def preview(self) -> Simulation:
        """The simulation; before the first run, one of what is declared so far, to look at."""
        if self.simulation is not None:
            return self.simulation
        if self._preview is None or self.changed:
            self._preview = self._prepared(build.network(self))
            self.changed = False
        return self._preview

    def _prepared(self, network: Network) -> Simulation:
        options = self.personality.options(self.options, self.populations)
        return prepare(network, dt=self.dt, **options)

    def _note(self, now: float) -> None:
        for recorder in self.recorders:
            recorder.begin(now)
        for electrode in self.electrodes:
            electrode.begin(now)


state = State()
