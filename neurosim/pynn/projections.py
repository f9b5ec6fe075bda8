"""Projections of the PyNN front end: tables of synapses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyNN import common
from pyNN.space import Space

from neurosim.errors import SimulationError, UnsupportedError
from neurosim.pynn import simulator
from neurosim.pynn.match import engine_order
from neurosim.pynn.synapses import StaticSynapse

MOST_PARTS = 1000
"""Different sets of plasticity constants in a projection."""

AGGREGATES = {
    "sum": np.add, "min": np.minimum, "max": np.maximum,
    "last": lambda a, b: b, "first": lambda a, b: a,
}  # fmt: skip


class Part(NamedTuple):
    """Synapses that share their constants, as a projection of the network."""

    name: str
    rows: NDArray[np.int64]
    pairs: NDArray[np.int64]
    synapse: Any


class Connection(common.Connection):
    """One synapse; attributes are its parameters."""

    _projection: Any
    _row: int

    def __init__(self, projection: Projection, row: int) -> None:
        object.__setattr__(self, "_projection", projection)
        object.__setattr__(self, "_row", row)

    @property
    def presynaptic_index(self) -> int:
        return int(self._projection._pre[self._row])

    @property
    def postsynaptic_index(self) -> int:
        return int(self._projection._post[self._row])

    def __getattr__(self, name: str) -> float:
        if name not in self._projection._values:
            raise AttributeError(f"a connection has no attribute {name!r}")
        return float(self._projection.present(name)[self._row])

    def __setattr__(self, name: str, value: Any) -> None:
        values = self._projection.present(name).copy()
        values[self._row] = value
        self._projection.take({name: values})

    def as_tuple(self, *attribute_names: str) -> tuple[Any, ...]:
        """Some attributes."""
        return tuple(getattr(self, name) for name in attribute_names)


class Projection(common.Projection):
    __doc__ = common.Projection.__doc__
    _simulator = simulator
    _static_synapse_class = StaticSynapse

    def __init__(
        self,
        presynaptic_population: Any,
        postsynaptic_population: Any,
        connector: Any,
        synapse_type: Any = None,
        source: Any = None,
        receptor_type: str | None = None,
        space: Any = None,
        label: str | None = None,
        **extras: Any,
    ) -> None:
        personality = simulator.state.personality
        personality.ends(
            presynaptic_population, postsynaptic_population, {**extras, "source": source}
        )
        receptor_type = receptor_type or personality.receptor
        common.Projection.__init__(
            self, presynaptic_population, postsynaptic_population, connector, synapse_type, source,
            receptor_type, space or Space(), label,
        )  # fmt: skip
        if simulator.state.simulation is not None:
            raise SimulationError(
                f"Projection {self.label!r}: cannot be added during a run. Make all projections "
                "before the first run, or after reset()."
            )
        if not hasattr(self.synapse_type, "native"):
            raise UnsupportedError(
                f"Projection: neurosim has no {type(self.synapse_type).__name__}. Use one of "
                "StaticSynapse, TsodyksMarkramSynapse, STDPMechanism of neurosim.pynn."
            )
        self._lists: list[tuple[Any, int, dict[str, Any]]] = []
        connector.connect(self)
        names = ("weight", "delay", *self.synapse_type.constants)
        self._pre, self._post, self._values = _table(self._lists, names)
        del self._lists
        personality.wire(self, self._values)
        self._parts: list[Part] = []
        simulator.state.projections.append(self)
        simulator.state.changed = True

    def _convergent_connect(
        self, presynaptic_indices: Any, postsynaptic_index: int, location_selector: Any = None,
        **connection_parameters: Any,
    ) -> None:  # fmt: skip
        if location_selector is not None:
            raise UnsupportedError(
                "Projection: neurosim's neurons have no compartments. Leave location_selector out."
            )
        self._lists.append((presynaptic_indices, postsynaptic_index, connection_parameters))

    # the core's side

    @property
    def native_receptor(self) -> str:
        """Name of the receptor in the core."""
        return str(self.receptor_type)

    @property
    def min_delay(self) -> float:
        """Shortest delay, ms."""
        return float(self._values["delay"].min())

    def native_parts(self, name: str) -> list[Part]:
        """The synapses as projections of the network, delays on its grid.

        In a run they stay what they were at its beginning.
        """
        if simulator.state.simulation is not None:
            return self._parts
        constants = self.synapse_type.constants
        if not len(self):
            self._parts = []
            return []
        table = np.stack([self._values[n] for n in constants], axis=1) if constants else None
        sets, member = np.zeros((1, 0)), np.zeros(len(self), dtype=np.int64)
        if table is not None:
            sets, member = np.unique(table, axis=0, return_inverse=True)
        if len(sets) > MOST_PARTS:
            raise UnsupportedError(
                f"Projection {self.label!r}: has {len(sets)} different sets of "
                f"{', '.join(constants)}, at most {MOST_PARTS} can be run. Use fewer values."
            )
        dt = simulator.state.dt
        self._parts = []
        for number, values in enumerate(sets):
            rows = np.flatnonzero(member.ravel() == number)
            delay = np.maximum(1.0, np.rint(self._values["delay"][rows] / dt)) * dt
            shared = dict(zip(constants, values.tolist(), strict=True))
            synapse = self.synapse_type.native(
                _simple(self._native_weights(self._values["weight"], rows)), _simple(delay),
                simulator.state.personality.constants(self, shared),
            )  # fmt: skip
            pairs = np.stack([self._pre[rows], self._post[rows]], axis=1)
            label = name if number == 0 else f"{name}, {number + 1}"
            self._parts.append(Part(label, rows, pairs, synapse))
        return self._parts

    def _native_weights(self, weights: Any, rows: Any) -> NDArray[np.float64]:
        personality = simulator.state.personality
        return personality.native_weights(self, weights[rows], self._post[rows])

    def present(self, name: str) -> NDArray[np.float64]:
        """Values of a parameter of all synapses; in a run, weights as they are now."""
        personality = simulator.state.personality
        if name == "weight" and len(self) and personality.stored(self):
            simulation = simulator.state.preview()
            values = np.array(self._values["weight"], dtype=np.float64)
            for part in self._parts:
                rows = part.rows[engine_order(simulation.plan, part)]
                found = simulation.weights(part.name, personality.pending).weight
                values[rows] = personality.own_weights(self, found, self._post[rows])
            return values
        given: NDArray[np.float64] = self._values[name]
        return given

    def take(self, values: dict[str, NDArray[np.float64]]) -> None:
        """Use these values of parameters, one for each synapse.

        Raises
        ------
        SimulationError
            If a delay would change during a run.
        """
        state = simulator.state
        state.personality.lacks("Projection.set")
        changed = {n: v for n, v in values.items() if not np.array_equal(v, self._values[n])}
        if state.simulation is None:
            self._values.update(values)
            state.changed = True
            return
        fixed = [n for n in changed if n == "delay" or n in self.synapse_type.constants]
        if fixed:
            raise SimulationError(
                f"Projection {self.label!r}: {fixed[0]} cannot change during a run. Set it before "
                "the first run, or after reset()."
            )
        if "weight" in values:
            for part in self._parts:
                order = engine_order(state.simulation.plan, part)
                weights = self._native_weights(values["weight"], part.rows[order])
                state.simulation.set_weights(part.name, weights)
            self._values["weight"] = values["weight"]

    # PyNN's side

    def __len__(self) -> int:
        return len(self._pre)

    def size(self, gather: bool = True) -> int:
        """Number of synapses."""
        simulator.state.personality.lacks("Projection.size")
        return len(self)

    def get(
        self, attribute_names: Any, format: str, gather: Any = True, with_address: bool = True,
        multiple_synapses: str | None = None,
    ) -> Any:  # fmt: skip
        """As PyNN's ``Projection.get``; what is done with several synapses of a pair by default
        depends on what is set up."""
        join = simulator.state.personality.joined(multiple_synapses)
        return super().get(attribute_names, format, gather, with_address, join)

    def __getitem__(self, i: int) -> Connection:
        return Connection(self, range(len(self))[i])

    @property
    def connections(self) -> Iterator[Connection]:
        """All synapses, one object each."""
        return (Connection(self, row) for row in range(len(self)))

    def _set_attributes(self, parameter_space: Any) -> None:
        parameter_space.evaluate(simplify=False)
        values = {
            name: np.asarray(value, dtype=np.float64)[self._pre, self._post]
            for name, value in parameter_space.items()
        }
        self.take(values)

    def _column(self, name: str) -> NDArray[Any]:
        places = {"presynaptic_index": self._pre, "postsynaptic_index": self._post}
        column: NDArray[Any] = places[name] if name in places else self.present(name)
        return column

    def _get_attributes_as_list(self, names: Any) -> list[Any]:
        rows = list(zip(*(self._column(name).tolist() for name in names), strict=True))
        order = simulator.state.personality.order(self._pre, self._post)
        return rows if order is None else [rows[row] for row in order.tolist()]

    def _get_attributes_as_arrays(self, names: Any, multiple_synapses: str = "sum") -> list[Any]:
        join: Any = AGGREGATES[multiple_synapses]
        found = []
        for name in names:
            dense = np.full((self.pre.size, self.post.size), np.nan)
            place = self._pre * self.post.size + self._post
            _, first = np.unique(place, return_index=True)
            more = np.setdiff1d(np.arange(len(place)), first)
            values, flat = self._column(name), dense.reshape(-1)
            flat[place[first]] = values[first]
            for row in more:
                flat[place[row]] = join(flat[place[row]], values[row])
            found.append(dense)
        return found


def _simple(values: NDArray[np.float64]) -> Any:
    return float(values[0]) if (values == values[0]).all() else values


def _table(
    lists: list[tuple[Any, int, dict[str, Any]]], names: tuple[str, ...]
) -> tuple[Any, Any, dict[str, Any]]:
    """Columns of what was connected, target by target."""
    counts = [len(pre) for pre, _, _ in lists]
    pre = np.concatenate([np.empty(0, np.int64), *(p for p, _, _ in lists)]).astype(np.int64)
    post = np.repeat(np.array([p for _, p, _ in lists], dtype=np.int64), counts)
    values = {
        name: np.concatenate(
            [
                np.empty(0),
                *(
                    np.broadcast_to(np.asarray(given[name], dtype=np.float64), count)
                    for (_, _, given), count in zip(lists, counts, strict=True)
                ),
            ]
        )
        for name in names
    }
    return pre, post, values
