"""The ``brian2`` backend: plans run by Brian2, as an opinion from outside (extra ``brian2``)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from neurosim.backends.base import Capabilities, Options, Violation
from neurosim.backends.brian2_engine import BrianEngine, plastic_sources, twice
from neurosim.backends.brian2_load import load
from neurosim.backends.brian2_neurons import model_of, translated
from neurosim.backends.check import require, violations
from neurosim.backends.simulation import Simulation
from neurosim.errors import UnsupportedError
from neurosim.plan.plan import NeuronBlock, Plan


class Brian2:
    """Runs a plan with Brian2's objects, integrators and generated code.

    Brian2's preference ``codegen.target`` decides how: ``"cython"`` compiles (at first use, for a
    minute), anything else is NumPy.
    """

    name = "brian2"
    capabilities = Capabilities(
        features=(
            "plasticity", "closed_loop", "weight_readback", "state_readback", "exact_delays",
            "save_state", "change",
        ),
        notes="Brian2 as a second opinion: its own integrators where it has the scheme of the kind",
    )  # fmt: skip

    def check(self, plan: Plan) -> list[Violation]:
        """All that the backend cannot run."""
        found = violations(plan, self.name, self.capabilities)
        for block in plan.neurons:
            found += _neurons(block)
        plastic = plastic_sources(plan)
        for array in plan.arrays:
            pairs = np.stack([array.steps, array.ids], axis=1)
            if array.population in plastic and len(np.unique(pairs, axis=0)) < len(pairs):
                found.append(twice(plan.populations[array.population].name))
        return found

    def prepare(self, plan: Plan, options: Options) -> Simulation:
        """A simulation at stamp 0.

        Raises
        ------
        UnsupportedError
            If :meth:`check` found something, or if Brian2 is set to write a program, to use other
            floats or to time refractoriness as it once did.
        MissingDependency
            If Brian2 is not installed.
        """
        require(self.check(plan))
        brian2 = load("backend 'brian2'")
        _require_settings(brian2)
        return Simulation(plan, self.name, partial(BrianEngine, target=_target(brian2)), options)


def _require_settings(brian2: Any) -> None:
    """Raise if Brian2 is set to something under which the backend's results would not hold."""
    prefs, runtime = brian2.prefs, brian2.devices.RuntimeDevice
    for wrong, found, remedy in (
        (
            not isinstance(brian2.get_device(), runtime), "a device that writes programs",
            "Call brian2.set_device('runtime').",
        ),
        (
            prefs.core.default_float_dtype != np.float64, "other floats",
            "Set brian2.prefs.core.default_float_dtype to float64.",
        ),
        (
            prefs.legacy.refractory_timing, "the refractoriness of old versions",
            "Set brian2.prefs.legacy.refractory_timing to False.",
        ),
    ):  # fmt: skip
        if wrong:
            raise UnsupportedError(
                f"backend 'brian2': needs Brian2's usual settings, got {found}. {remedy}"
            )


def _target(brian2: Any) -> str:
    return "cython" if brian2.prefs.codegen.target == "cython" else "numpy"


def _neurons(block: NeuronBlock) -> Iterator[Violation]:
    """What Brian2 cannot say of the populations of a kind."""
    model = model_of(block)
    if model is None:
        try:
            translated(block)
        except UnsupportedError as error:
            for name in block.slices:
                yield Violation(
                    f"backend 'brian2' cannot run population {name!r}",
                    f"the step of its kind {block.kind.kind!r}: {error}",
                    "Use 'numba', or write the step with assignments only.",
                )
        return
    for first, second, share in model.apart:
        a, b = (np.broadcast_to(block.parameters[n], block.size) for n in (first, second))
        for name, places in block.slices.items():
            near = np.abs(a - b) < share * np.maximum(a, b)
            if near[places.start : places.stop].any():
                yield Violation(
                    f"backend 'brian2' cannot run population {name!r}",
                    f"{first} and {second} must differ by a share of {share:g}, since Brian2's "
                    "exact solution divides by their difference",
                    f"Use 'numba' or change {second} a little.",
                )
