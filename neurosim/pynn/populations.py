"""Populations, views and assemblies of the PyNN front end."""

from __future__ import annotations

from typing import Any

import numpy as np
from pyNN import common, errors
from pyNN.parameters import LazyArray, ParameterSpace, Sequence, simplify

from neurosim.backends.simulation import Simulation
from neurosim.errors import SimulationError, WiringError
from neurosim.pynn import simulator
from neurosim.pynn.recording import Recorder


class Assembly(common.Assembly):
    __doc__ = common.Assembly.__doc__
    _simulator = simulator

    @property
    def receptor_types(self) -> list[str]:
        """Receptors that all populations have, in the order of the first."""
        first, *others = (population.receptor_types for population in self.populations)
        return [name for name in first if all(name in other for other in others)]


class _Parameters:
    """Access to parameters, the same for populations and views."""

    celltype: Any
    size: int

    def _values(self, name: str) -> Any:
        """The values of a parameter, one for each cell."""
        raise NotImplementedError

    def _get_parameters(self, *names: str) -> Any:
        native = self._get_native_parameters(*self.celltype.get_native_names(*names))
        return self.celltype.reverse_translate(native)

    def _get_native_parameters(self, *names: str) -> Any:
        values = {name: simplify(self._values(name)) for name in names}
        return ParameterSpace(values, shape=(self.size,))


class PopulationView(_Parameters, common.PopulationView):
    __doc__ = common.PopulationView.__doc__
    _assembly_class = Assembly
    _simulator = simulator

    def _indices(self) -> Any:
        return self.index_in_grandparent(np.arange(self.size))

    def _values(self, name: str) -> Any:
        return self.grandparent._parameters[name][self._indices()]

    def _set_parameters(self, parameter_space: Any) -> None:
        parameter_space.evaluate(simplify=False)
        population, indices = self.grandparent, self._indices()
        changed = {n: v.copy() for n, v in population._parameters.items()}
        for name, value in parameter_space.items():
            changed[name][indices] = value
        population.take_parameters(changed)

    def _set_initial_value_array(self, variable: str, initial_values: Any) -> None:
        self.grandparent.take_initial(variable, initial_values, self._indices())

    @property
    def initial_values(self) -> dict[str, Any]:
        """Start values by state variable, one for each cell."""
        indices = self._indices()
        return {name: LazyArray(v[indices]) for name, v in self.grandparent._initial.items()}

    def _get_view(self, selector: Any, label: str | None = None) -> PopulationView:
        return PopulationView(self, selector, label)


class Population(_Parameters, common.Population):
    __doc__ = common.Population.__doc__
    _simulator = simulator
    _recorder_class = Recorder
    _assembly_class = Assembly
    name: str
    """Name in the network, once it is made."""
    settings: dict[str, Any]
    """Its settings that only some backends have."""

    def __init__(
        self,
        size: Any,
        cellclass: Any,
        cellparams: Any = None,
        structure: Any = None,
        initial_values: Any = None,
        label: str | None = None,
        additional_parameters: dict[str, Any] | None = None,
        **extras: Any,
    ) -> None:
        personality = simulator.state.personality
        size, cellclass, cellparams = personality.cells(size, cellclass, cellparams)
        self._extras = {**(additional_parameters or {}), **extras}
        common.Population.__init__(
            self, size, cellclass, cellparams, structure, initial_values or {}, label
        )

    def _create_cells(self) -> None:
        state = simulator.state
        if state.simulation is not None:
            raise SimulationError(
                f"Population {self.label!r}: cannot be added during a run. Make all populations "
                "before the first run, or after reset()."
            )
        self.settings = state.personality.extras(self, self._extras)
        first = state.id_counter
        self.all_cells = np.array(
            [simulator.ID(n) for n in range(first, first + self.size)], dtype=simulator.ID
        )
        self._mask_local = np.ones(self.size, dtype=bool)
        for cell in self.all_cells:
            cell.parent = self
        parameters = self.celltype.native_parameters
        parameters.shape = (self.size,)
        parameters.evaluate(simplify=False)
        self._initial: dict[str, Any] = {}
        self._parameters: dict[str, Any] = {}
        self.take_parameters(parameters.as_dict())
        self._trains = self.celltype.trains(state.populations)
        state.id_counter += self.size
        state.populations.append(self)

    def _values(self, name: str) -> Any:
        return self._parameters[name]

    def _set_parameters(self, parameter_space: Any) -> None:
        parameter_space.evaluate(simplify=False)
        self.take_parameters({**self._parameters, **parameter_space.as_dict()})

    def index(self, ids: Any) -> Any:
        """Indices of some cells, quicker than ``id_to_index``."""
        return np.array([int(i) for i in ids], dtype=np.int64) - int(self.first_id)

    def take_parameters(self, parameters: dict[str, Any]) -> None:
        """Use these values, one for each cell, from now on.

        Raises
        ------
        pyNN.errors.InvalidParameterValueError
            If the neuron kind refuses one.
        """
        parameters = {n: np.broadcast_to(v, (self.size,)) for n, v in parameters.items()}
        native = {name: _native(value) for name, value in parameters.items()}
        try:
            self._kind = self.celltype.native_kind(native)
        except ValueError as error:
            raise errors.InvalidParameterValueError(str(error)) from error
        self._parameters = {name: np.array(value) for name, value in parameters.items()}
        simulator.state.changed = True

    def native_kind(self) -> Any:
        """The neuron kind or spike source with the present parameters."""
        return self._kind

    def _set_initial_value_array(self, variable: str, initial_values: Any) -> None:
        self.take_initial(variable, initial_values, slice(None))

    def take_initial(self, variable: str, values: Any, where: Any) -> None:
        """Use these start values; in a run, also set the state."""
        given = values.evaluate(simplify=False)
        known = self.celltype.states()
        if variable not in known:
            if np.any(given):
                raise WiringError(
                    f"Population.initialize: {type(self.celltype).__name__} has no state variable "
                    f"{variable!r}, it has {', '.join(known) or 'none'}. Leave it out."
                )
            return
        now = self._initial.setdefault(variable, np.zeros(self.size))
        now[where] = given
        simulation = simulator.state.simulation
        if simulation is None:
            simulator.state.changed = True
            return
        present = simulation.read(self.name, variable)
        present[where] = given
        simulation.write(self.name, variable, present)

    def native_initial(self) -> dict[str, Any]:
        """Start values by state variable."""
        return {name: values.copy() for name, values in self._initial.items()}

    def feed_until(self, simulation: Simulation, time: float) -> None:
        """Give the spikes until a time to a source whose spikes are drawn here."""
        if self._trains is not None:
            seed = simulation.plan.seed
            spikes = self._trains.until(time, simulation.plan.dt, seed, self._parameters)
            simulation.feed(self.name, spikes)

    def forget_run(self) -> None:
        """Begin anew at time 0."""
        if self._trains is not None:
            self._trains.restart()

    def _get_view(self, selector: Any, label: str | None = None) -> PopulationView:
        return PopulationView(self, selector, label)


def _native(value: Any) -> Any:
    """Values of a parameter as a neuron kind takes them: one where all are equal."""
    if len(value) and isinstance(value[0], Sequence):
        return [np.asarray(item.value, dtype=np.float64) for item in value]
    array = np.asarray(value, dtype=np.float64)
    return float(array[0]) if len(array) and (array == array[0]).all() else array
