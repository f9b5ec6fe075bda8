"""Populations of the Brian2 backend: neuron groups, and groups that hold the spikes of sources."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.backends.brian2_equations import MODELS, Model
from neurosim.backends.brian2_steps import Translation, functions
from neurosim.neurons.base import INJECTED
from neurosim.plan.plan import NeuronBlock, Plan, PopulationPlan

FloatArray = NDArray[np.float64]

COUNTER = "refractory"
"""State variable that models leave to Brian2's own refractoriness."""
RENAMED = {"cm": "c_m"}
"""Parameters whose name is a unit of Brian2."""


def model_of(block: NeuronBlock) -> Model | None:
    """The equations that stand for the kind's step function, if there are such."""
    return MODELS.get((block.kind, block.steps[-1].name))


def translated(block: NeuronBlock) -> Translation:
    """The step function of a block in Brian2's words.

    Raises
    ------
    UnsupportedError
        Naming what cannot be said there.
    """
    names = {argument: f"p_{argument}" for argument in block.steps[-1].args}
    names |= {state.name: f"s_{state.name}" for state in block.kind.state}
    names |= {name: f"in_{name}" for name in block.kind.inputs()} | {INJECTED: INJECTED}
    return Translation(block.steps, names)


_CODE: dict[tuple[str, str], str] = {}
"""What Brian2's integrators made of equations, which takes seconds for some."""


@functools.cache
def solver(method: str) -> Callable[..., str]:
    """One of Brian2's integrators, which solves equal equations of several groups once."""

    def solve(equations: Any, variables: Any = None, method_options: Any = None) -> str:
        from brian2.stateupdaters.base import StateUpdateMethod

        key = method, str(equations)
        if key not in _CODE:
            _CODE[key] = StateUpdateMethod.stateupdaters[method](equations, variables)
        return _CODE[key]

    return solve


class Sources:
    """Units that spike when they are told to; also what all populations share.

    Parameters
    ----------
    brian2 : module
        Brian2.
    plan : Plan
        The plan.
    place : PopulationPlan
        The population.
    make : mapping
        Arguments that all of Brian2's objects take: the clock, and what runs their code.
    """

    def __init__(self, brian2: Any, plan: Plan, place: PopulationPlan, make: Mapping[str, Any]):
        self.brian2, self.dt, self.place, self.make = brian2, plan.dt, place, make
        self.group: Any = self.made(brian2)

    def made(self, brian2: Any) -> Any:
        """The group of Brian2."""
        return brian2.NeuronGroup(
            self.place.size, "", threshold="False", reset="", namespace={}, **self.make
        )

    def spikes(self) -> NDArray[np.int32]:
        """Ids of the units that spiked last."""
        space = self.group.variables["_spikespace"].get_value()
        ids: NDArray[np.int32] = space[: space[-1]].astype(np.int32)
        return ids

    def emit(self, ids: Any) -> None:
        """Let units spike, each once."""
        space = self.group.variables["_spikespace"].get_value()
        space[: len(ids)], space[-1] = ids, len(ids)


class Cells(Sources):
    """Neurons: a group of Brian2 with inputs ``in_...`` and a current that are set in every step.

    Where there is a :class:`~neurosim.backends.brian2_equations.Model`, Brian2 integrates its
    equations, and holds refractory neurons, in its own way; otherwise one block of statements is
    the step.
    """

    def __init__(
        self, brian2: Any, plan: Plan, place: PopulationPlan, make: Mapping[str, Any]
    ) -> None:
        self.block = plan.neurons[place.block]
        self.where = slice(place.offset, place.offset + place.size)
        self.model = model_of(self.block)
        self.inputs = self.block.kind.inputs()
        self.prefix = "s_" if self.model is None else ""
        super().__init__(brian2, plan, place, make)
        for name, values in self.block.state.items():
            self.write(name, values[self.where], 0)

    def made(self, brian2: Any) -> Any:
        if self.model is None:
            return self._stepped(brian2)
        return self._integrated(brian2, self.model)

    def _group(
        self, brian2: Any, equations: str, constants: Mapping[str, Any], **options: Any
    ) -> Any:
        """A group with constants: one number where the population agrees, else one for each."""
        own = {n: v[self.where] if np.ndim(v) else np.array([v]) for n, v in constants.items()}
        space: dict[str, Any] = {n: float(v[0]) for n, v in own.items() if (v == v[0]).all()}
        each = {n: v for n, v in own.items() if n not in space}
        names = [*(f"in_{name}" for name in self.inputs), INJECTED]
        lines = [equations, *(f"{n} : 1" for n in names), *(f"{n} : 1 (constant)" for n in each)]
        space |= options.pop("functions", {})
        group = brian2.NeuronGroup(
            self.place.size, "\n".join(lines), namespace=space, **options, **self.make
        )
        for name, values in each.items():
            group.variables[name].set_value(values)
        return group

    def _integrated(self, brian2: Any, model: Model) -> Any:
        given = {RENAMED.get(n, n): v for n, v in self.block.parameters.items()}
        given |= model.derive(self.block.parameters)
        text = "\n".join((model.equations, model.absorb, model.threshold, model.reset))
        used = set(re.findall(r"\w+", text))
        options: dict[str, Any] = {}
        constants = {n: v for n, v in given.items() if n in used}
        if model.tau_refrac:
            constants["held_steps"] = self.held_steps()
            options["refractory"] = "held_steps * dt"
        group = self._group(
            brian2, model.equations, constants, threshold=model.threshold, reset=model.reset,
            method=solver(model.method), **options,
        )  # fmt: skip
        clear = "\n".join(f"in_{name} = 0" for name in self.inputs)
        absorb = group.run_regularly(f"{model.absorb}\n{clear}", **self.make)
        self.objects = [
            group.state_updater, absorb, group.thresholder["spike"], group.resetter["spike"],
        ]  # fmt: skip
        return group

    def held_steps(self) -> Any:
        """Brian2's refractory period: it counts the step of the spike as well."""
        from neurosim.neurons.propagators import steps_up

        return 1.0 + steps_up(self.block.parameters["tau_refrac"], self.dt)

    def _stepped(self, brian2: Any) -> Any:
        states = [state.name for state in self.block.kind.state]
        step = translated(self.block)
        *values, spiked = step.results
        constants = {f"p_{n}": v for n, v in self.block.constants.items()}
        equations = "\n".join([*(f"s_{name} : 1" for name in states), "fired : 1"])
        group = self._group(
            brian2, equations, constants | {"p_dt": self.dt},
            threshold="fired > 0", reset="", functions=functions(),
        )  # fmt: skip
        code = [
            *step.lines,
            *(f"s_{name} = {value.number}" for name, value in zip(states, values, strict=True)),
            f"fired = int({spiked.truth})",
            *(f"in_{name} = 0" for name in self.inputs),
        ]
        self.objects = [
            group.run_regularly("\n".join(code), **self.make), group.thresholder["spike"],
        ]  # fmt: skip
        return group

    # what happens in a step

    def advance(self) -> None:
        """Make a step with the inputs that have been added."""
        for item in self.objects:
            item.run()

    def array(self, name: str) -> Any:
        """A variable of the group, to be changed in place."""
        return self.group.variables[name].get_value()

    # access

    def read(self, variable: str, step: int) -> FloatArray:
        """Values of a state variable before a step."""
        if self.model is None or variable != COUNTER:
            return np.array(self.array(self.prefix + variable), dtype=np.float64)
        last = np.round(self.array("lastspike") * 1e3 / self.dt)
        left: FloatArray = np.maximum(last + self.held_steps_each() - step, 0.0)
        return left

    def write(self, variable: str, values: FloatArray, step: int) -> None:
        """Set a state variable before a step."""
        if self.model is None or variable != COUNTER:
            self.array(self.prefix + variable)[:] = values
        else:
            last = step + values - self.held_steps_each()
            self.array("lastspike")[:] = last * self.dt * 1e-3

    def held_steps_each(self) -> FloatArray:
        """:meth:`held_steps` of every neuron."""
        steps = np.broadcast_to(self.held_steps(), self.block.size)
        return np.asarray(steps[self.where], dtype=np.float64)
