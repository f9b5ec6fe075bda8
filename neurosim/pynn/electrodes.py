"""Current sources of the PyNN front end."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from pyNN.parameters import ParameterSpace, Sequence
from pyNN.standardmodels import StandardCurrentSource, build_translations, electrodes

from neurosim.neurons import currents
from neurosim.pynn import simulator
from neurosim.pynn.build import places


class _Electrode(StandardCurrentSource):
    """A current source of neurosim under PyNN's interface."""

    kind: ClassVar[type[currents.CurrentSource]]

    def __init__(self, **parameters: Any) -> None:
        personality = simulator.state.personality
        parameters = personality.electrode(type(self).__name__, parameters)
        super().__init__(**parameters)
        self._values: dict[str, Any] = {}
        self.targets: list[tuple[Any, Any]] = []
        self.names: list[str] = []
        self._past: list[tuple[float, currents.CurrentSource]] = []
        space = ParameterSpace(self.default_parameters, self.get_schema(), shape=(1,))
        space.update(**parameters)
        self.set_native_parameters(self.translate(space))
        simulator.state.electrodes.append(self)

    def get_native_parameters(self) -> Any:
        return ParameterSpace(self._values)

    def set_native_parameters(self, parameters: Any) -> None:
        """Use other values from now on."""
        parameters.evaluate(simplify=True)
        given = {
            name: np.asarray(value.value) if isinstance(value, Sequence) else value
            for name, value in parameters.items()
        }
        values = simulator.state.personality.current({**self._values, **given})
        values = self._checked(values)
        self._native = self.kind(**values)
        self._values = values
        simulator.state.changed = True

    def _checked(self, values: dict[str, Any]) -> dict[str, Any]:
        return values

    def inject_into(self, cells: Any) -> None:
        """Inject the current into a population, view, assembly or list of cells."""
        if isinstance(cells, (list, tuple, np.ndarray)):
            groups = [cell.as_view() for cell in cells]
        else:
            groups = [cells]
        found = [place for group in groups for place in places(group)]
        for population, _ in found:
            if not population.celltype.injectable:
                raise TypeError(f"Can't inject current into a spike source ({population.label}).")
        self.targets += found
        simulator.state.changed = True

    def native(self) -> currents.CurrentSource:
        """The source with the present parameters."""
        return self._native

    # what it was in the run

    def record(self) -> None:
        """Nothing to do: the current is known at all times."""

    def begin(self, now: float) -> None:
        """Use the present parameters from a time on."""
        self.names = []
        if not self._past or self._past[-1][1] != self._native:
            self._past.append((now, self._native))

    def forget_run(self) -> None:
        """Begin anew at time 0."""
        self._past = []

    def memory(self) -> Any:
        """What :meth:`recall` needs to undo what follows."""
        return list(self.names), list(self._past)

    def recall(self, memory: Any) -> None:
        """Back to a memory."""
        self.names, self._past = memory

    def _get_data(self) -> Any:
        simulation = simulator.state.simulation
        if simulation is None:
            return np.zeros(1), np.zeros((1, 1))
        dt = simulation.plan.dt
        steps = round(simulation.t / dt) + 1
        keys = {c.name: c.key for c in simulation.plan.currents}
        key = next((keys[name] for name in self.names if name in keys), 0)
        wave = np.zeros(steps)
        for since, source in self._past:
            first = round(since / dt)
            wave[first:] = source.samples(first, steps - first, dt, key)
        return np.arange(steps) * dt, wave.reshape(-1, 1)


class DCSource(_Electrode, electrodes.DCSource):
    __doc__ = electrodes.DCSource.__doc__
    kind = currents.DCSource
    translations = build_translations(*((n, n) for n in electrodes.DCSource.default_parameters))


class ACSource(_Electrode, electrodes.ACSource):
    __doc__ = electrodes.ACSource.__doc__
    kind = currents.ACSource
    translations = build_translations(*((n, n) for n in electrodes.ACSource.default_parameters))


class NoisyCurrentSource(_Electrode, electrodes.NoisyCurrentSource):
    __doc__ = electrodes.NoisyCurrentSource.__doc__
    kind = currents.NoisySource
    translations = build_translations(
        *((n, n) for n in electrodes.NoisyCurrentSource.default_parameters)
    )


class StepCurrentSource(_Electrode, electrodes.StepCurrentSource):
    __doc__ = electrodes.StepCurrentSource.__doc__
    kind = currents.StepSource
    translations = build_translations(
        *((n, n) for n in electrodes.StepCurrentSource.default_parameters)
    )

    def _checked(self, values: dict[str, Any]) -> dict[str, Any]:
        """With times on the grid; of changes in one step the last holds."""
        times, amplitudes = (np.asarray(values[n], dtype=float) for n in ("times", "amplitudes"))
        if (times < 0.0).any() or (np.diff(times) < 0.0).any():
            raise ValueError(
                f"StepCurrentSource.times: must be >= 0 ms and ascending, got {times.tolist()}. "
                "Sort the times."
            )
        if len(times) != len(amplitudes):
            return {"times": times, "amplitudes": amplitudes}  # which the core refuses
        steps = np.rint(times / simulator.state.dt)
        last = np.append(np.diff(steps) > 0, True)[: len(steps)]
        return {"times": steps[last] * simulator.state.dt, "amplitudes": amplitudes[last]}
