"""The process that holds sPyNNaker, and the only module that touches it.

sPyNNaker keeps one network per process, reads and writes files in the user's home and working
folder, and has no stable API for what its tools decided. So it runs in a process of its own, in
folders of its own, and answers requests: pickled tuples of a name and arguments on the standard
input, pickled replies on the standard output. What sPyNNaker prints goes to the standard error.
"""

from __future__ import annotations

import os
import pickle
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from neurosim.hardware.spinnaker.deployment import Counter, Deployment, Facts, Failure, Placed
from neurosim.hardware.spinnaker.settings import SOURCES_PER_CORE
from neurosim.io.pynn_records import Part, made

VERSION: Final = "7.4."
"""Versions of sPyNNaker that are known to have what is used here."""

SYSTEM: Final = "SYSTEM:"
"""How labels of the system's own cores begin."""

COUNTERS: Final = "SELECT core_name, x, y, p, description, the_value FROM core_provenance_view"


class Wrong(Exception):
    """sPyNNaker is not what is supported."""


class _Names:
    """Classes of sPyNNaker, its extra models included, by PyNN's names."""

    def __init__(self, sim: Any) -> None:
        self._sim = sim

    def __getattr__(self, name: str) -> Any:
        extra = self._sim.extra_models
        return getattr(self._sim if hasattr(self._sim, name) else extra, name)


class Session:
    """A network in sPyNNaker."""

    def __init__(self) -> None:
        self._populations: dict[str, Any] = {}
        self._projections: list[Any] = []
        self._recorded: tuple[Any, ...] = ()
        self._virtual = False

    def build(self, deployment: Deployment, virtual: bool) -> str:
        """Make the network; gives sPyNNaker's version.

        On a virtual board all parameters are written as memory images, not as descriptions that
        cores would expand, so that the images are complete.
        """
        self._sim = import_module("spynnaker.pyNN")
        version = str(import_module("spynnaker").__version__)
        if not version.rpartition("!")[2].startswith(VERSION):
            raise Wrong(f"needs sPyNNaker {VERSION}x, got {version}")
        self._view = import_module("spynnaker.pyNN.data").SpynnakerDataView
        neuron = import_module("spynnaker.pyNN.models.neuron")
        delays = import_module("spynnaker.pyNN.models.utility_models.delays")
        slices = import_module("pacman.model.graphs.common")
        self._vertex, self._extension = neuron.PopulationVertex, delays.DelayExtensionVertex
        self._virtual, self._version = virtual, version
        if virtual:
            _ = self._vertex.can_generate_on_machine
            self._vertex.can_generate_on_machine = lambda vertex: False
        sim, names = self._sim, _Names(self._sim)
        sim.setup(
            timestep=deployment.dt, min_delay=deployment.dt,
            time_scale_factor=deployment.time_scale_factor,
        )  # fmt: skip
        for cells in deployment.cells:
            population = sim.Population(
                cells.size, made(cells.cell, names), label=cells.name,
                additional_parameters=dict(deployment.options.get(cells.name, {})),
            )  # fmt: skip
            if cells.initial:
                population.initialize(**cells.initial)
            for core, words in enumerate(deployment.seeds.get(cells.name, ())):
                first = core * SOURCES_PER_CORE
                last = min(first + SOURCES_PER_CORE, cells.size) - 1
                population._vertex.update_kiss_seed(slices.Slice(first, last), words)
            self._populations[cells.name] = population
        for link in deployment.links:
            wires = link.wires
            (pre,), (post,) = wires.pre, wires.post
            self._projections.append(
                sim.Projection(
                    self._part(pre), self._part(post), made(wires.connector, names),
                    made(wires.synapse, names), receptor_type=wires.receptor, label=wires.name,
                )
            )  # fmt: skip
        for electrode in deployment.electrodes:
            self._part(electrode.target).inject(made(electrode.source, names))
        for item in deployment.recorded:
            every = {} if item.every is None else {"sampling_interval": item.every}
            self._part(item.target).record(list(item.variables), **every)
        self._recorded = deployment.recorded
        return version

    def _part(self, part: Part) -> Any:
        population = self._populations[part.population]
        return population if part.ids is None else population[part.ids.tolist()]

    def run(self, duration: float) -> None:
        """Go on for that many ms."""
        self._sim.run(duration)

    def reset(self) -> None:
        """Back to the start."""
        self._sim.reset()

    def recorded(self) -> list[NDArray[Any]]:
        """By record: rows of (id, time in ms) of spikes; or samples, shape (samples, ids)."""
        found = []
        for item in self._recorded:
            population = self._populations[item.target.population]
            (variable,), ids = item.variables, item.target.ids
            found.append(
                np.asarray(
                    population.spinnaker_get_data(
                        variable, as_matrix=variable != "spikes",
                        view_indexes=None if ids is None else ids.tolist(),
                    )
                )
            )  # fmt: skip
        return found

    def weights(self, link: int) -> NDArray[np.float64]:
        """Synapses of a projection: source, target, weight and delay (ms), shape (n, 4)."""
        rows = self._projections[link].get(["weight", "delay"], format="list", with_address=True)
        table = np.array([tuple(row) for row in rows], dtype=np.float64)
        return table.reshape(-1, 4)

    def facts(self) -> Facts:
        """What the tools decided; after the first run."""
        view = self._view
        cells = {
            name: population._vertex
            for name, population in self._populations.items()
            if isinstance(population._vertex, self._vertex)
        }
        names = {id(p._vertex): name for name, p in self._populations.items()}
        routing = view.get_routing_infos()
        stages, keys, delay_keys = {}, {}, {}
        for vertex in view.iterate_vertices():
            if isinstance(vertex, self._extension):
                stages[names[id(vertex.source_vertex)]] = int(vertex.n_delay_stages)
        for partition in view.iterate_partitions():
            vertex = partition.pre_vertex
            key = int(routing.get_info_from(vertex, partition.identifier).key)
            if isinstance(vertex, self._extension):
                delay_keys[names[id(vertex.source_vertex)]] = key
            elif id(vertex) in names:
                keys[names[id(vertex)]] = key
        return Facts(
            self._version, self._virtual,
            tuple(_placed(p, names) for p in view.iterate_placemements()),
            {n: tuple(int(s) for s in v.get_ring_buffer_shifts()) for n, v in cells.items()},
            {n: int(v.splitter.max_support_delay()) for n, v in cells.items()},
            stages, keys, delay_keys, str(view.get_ds_database_path()),
        )  # fmt: skip

    def provenance(self) -> list[Counter]:
        """Counters of all cores."""
        reader = import_module("spinn_front_end_common.interface.provenance").ProvenanceReader
        with reader() as database:
            rows = database.run_query(COUNTERS)
        return [
            Counter(_text(core), int(x), int(y), int(p), _text(name), int(value))
            for core, x, y, p, name, value in rows
        ]

    def end(self) -> None:
        """Give the board back."""
        self._sim.end()


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _placed(placement: Any, names: dict[int, str]) -> Placed:
    vertex, label = placement.vertex, str(placement.vertex.label)
    owner = vertex.app_vertex
    population = names.get(id(owner), "" if owner is None else str(owner.label))
    units = vertex.vertex_slice
    return Placed(
        label, "" if label.startswith(SYSTEM) else population,
        int(placement.x), int(placement.y), int(placement.p), str(vertex.get_binary_file_name()),
        int(units.lo_atom), int(units.hi_atom),
    )  # fmt: skip


def answered(session: Any, name: str, arguments: tuple[Any, ...]) -> Any:
    """The reply to a request: what the session's method of that name gives, or a failure."""
    try:
        method: Callable[..., Any] = getattr(session, name)
        return method(*arguments)
    except Exception as error:
        unknown = isinstance(error, (AttributeError, ImportError, Wrong))
        return Failure(type(error).__name__, str(error), traceback.format_exc(), unknown)


def serve(session: Any, requests: BinaryIO, replies: BinaryIO) -> None:
    """Answer requests until there are no more, or the last one is ``end``."""
    while True:
        try:
            name, arguments = pickle.load(requests)
        except EOFError:
            return
        pickle.dump(answered(session, name, arguments), replies)
        replies.flush()
        if name == "end":
            return


def main() -> None:
    """Serve on the standard streams."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    serve(Session(), sys.stdin.buffer, replies)


if __name__ == "__main__":
    main()
