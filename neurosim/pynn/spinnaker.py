"""The personality of SpiNNaker boards: what ``pyNN.spiNNaker`` does, on the emulator."""

from __future__ import annotations

import sys
import warnings
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyNN import errors

from neurosim.backends.registry import backend as find_backend
from neurosim.declare import Bounds, number
from neurosim.errors import NeurosimWarning, ParameterError, RoundingWarning, UnsupportedError
from neurosim.pynn import simulator
from neurosim.pynn.build import places
from neurosim.pynn.personality import FloatArray, Personality
from neurosim.pynn.spinnaker_cells import CELLS
from neurosim.pynn.spinnaker_weights import factors, on_grid, one_factor, scales

BACKEND = "spinnaker-emulator"
SYNAPSES = frozenset({
    "StaticSynapse", "STDPMechanism", "SpikePairRule", "SpikeNearestPairRule",
    "AdditiveWeightDependence", "MultiplicativeWeightDependence",
})  # fmt: skip
CURRENTS = frozenset({"DCSource", "StepCurrentSource"})
ELSEWHERE = frozenset({"ACSource", "NoisyCurrentSource"})
"""Current sources that boards have and the emulator has not."""
NO_CONNECTORS = frozenset({"CloneConnector", "DisplacementDependentProbabilityConnector"})

SETTINGS = (
    "neurons_per_core", "spikes_per_second", "ring_buffer_sigma", "max_expected_summed_weight",
)  # fmt: skip
"""Arguments of populations that the emulator takes."""
NEURONS_PER_CORE = 256
SCALED = frozenset({"IF_curr_delta", "IF_curr_alpha"})
"""Cells whose weights have another unit on the board than in the core."""


class NotOnBoard(UnsupportedError, AttributeError):
    """A name of PyNN that sPyNNaker has not got, or the emulator."""


def is_board(backend: Any) -> bool:
    """Whether a backend, or its name, stands for a SpiNNaker board."""
    return bool(getattr(backend, "name", backend) == BACKEND)


def warn(text: str, category: type[Warning] = NeurosimWarning) -> None:
    """Warn at the line of the script, outside of PyNN and neurosim."""
    frame, level = sys._getframe(1), 2
    while frame.f_back and frame.f_globals["__name__"].partition(".")[0] in ("neurosim", "pyNN"):
        frame, level = frame.f_back, level + 1
    warnings.warn(text, category, stacklevel=level)


def note(owner: str, names: list[str]) -> None:
    """Say that arguments have no effect, if there are any."""
    if names:
        warn(f"{owner}: {', '.join(names)} mean nothing to the emulator and are ignored.")


def times(
    timestep: float | str | None, min_delay: float | str, max_delay: float | str | None
) -> tuple[float, float, dict[str, Any]]:
    """Tick and shortest delay (ms), and what of the arguments of ``setup`` has no meaning."""
    if timestep is None:
        warn("setup.timestep: is 0.1 ms unless it is given; boards are made for 1 ms. Give one.")
        timestep = 0.1
    given = 1.0 if timestep == "auto" else timestep
    tick = number("setup", "timestep", given, Bounds("ms", low=0.001), scalar=True)
    given = tick if min_delay == "auto" else min_delay
    shortest = number("setup", "min_delay", given, Bounds("ms", low=0.0), scalar=True)
    return tick, shortest, {} if max_delay in ("auto", None) else {"max_delay": max_delay}


class Spinnaker(Personality):
    """sPyNNaker's conventions.

    Parameters
    ----------
    backend : str or Emulator
        The emulator, with settings of its own or by its name.
    dt : float
        Tick, ms.
    extra : mapping
        Further arguments of ``setup``.
    """

    pending = False
    receptor = "excitatory"

    def __init__(self, backend: Any, dt: float, extra: dict[str, Any]) -> None:
        self.backend = find_backend(backend)
        self.dt, self.per_ms = dt, 1000.0 / round(dt * 1000.0)
        self.per_core: dict[str, int | None] = {}
        given = {name: value for name, value in extra.items() if value is not None}
        factor = given.pop("time_scale_factor", None)
        if "n_chips_required" in given and "n_boards_required" in given:
            raise ParameterError(
                "setup", "n_chips_required", "must not be given with n_boards_required",
                given["n_chips_required"], "Leave it out.",
            )  # fmt: skip
        if factor is not None:
            self.backend = self._with(time_scale_factor=factor)
        note("setup", list(given))

    def options(self, options: dict[str, Any], populations: list[Any]) -> dict[str, Any]:
        """With the settings of the populations, and weights as they were given."""
        own = {p.name: p.settings for p in populations if p.settings}
        emulator: Any = self.backend
        own = {**dict(emulator.settings.populations), **own}
        return {**options, "backend": self._with(populations=own)}

    def _with(self, **changes: Any) -> Any:
        """The emulator with other settings."""
        emulator: Any = self.backend
        return replace(emulator, settings=emulator.settings.replace(**changes))

    def require(self, name: str) -> None:
        if name in ELSEWHERE:
            raise NotOnBoard(
                f"{name}: boards compute it in a way of their own that is not emulated. Use "
                "DCSource or StepCurrentSource."
            )
        if name not in SYNAPSES | CURRENTS:
            raise NotOnBoard(
                f"{name}: is not on SpiNNaker boards. Use one of {', '.join(sorted(CELLS))}, "
                "StaticSynapse or STDPMechanism; the floating-point backends have it "
                "(backend='numba')."
            )

    def model(self, kind: type) -> type:
        if kind.__name__ not in CELLS:
            self.require(kind.__name__)
        return CELLS[kind.__name__]

    def models(self, names: list[str]) -> list[str]:
        return [name for name in names if name in CELLS]

    def cells(self, size: Any, kind: Any, parameters: Any) -> tuple[Any, Any, Any]:
        """Sizes may be floats that are whole; parameters may be none, or empty."""
        if isinstance(size, float) and abs(size - round(size)) < 0.001:
            size = round(size)
        if isinstance(kind, type):
            kind, parameters = kind(**(parameters or {})), None
        return size, kind, parameters or None

    def extras(self, population: Any, given: dict[str, Any]) -> dict[str, Any]:
        cell = type(population.celltype).__name__
        owner = f"Population {population.label!r}"
        source = cell.startswith("SpikeSource")
        given = {name: value for name, value in given.items() if value is not None}
        if int(given.pop("n_steps_per_timestep", 1)) != 1:
            raise NotOnBoard(
                f"{owner}: the emulator makes one step a tick, n_steps_per_timestep must be 1. "
                "Leave it out, or shorten the time step."
            )
        taken = () if source else SETTINGS
        found = {name: value for name, value in given.items() if name in taken}
        number = self.per_core.get(cell)
        if number is not None and not source:
            found.setdefault("neurons_per_core", number)
        if "neurons_per_core" in found:
            found["neurons_per_core"] = one_number(found["neurons_per_core"])
        self._with(populations={owner: found})  # which checks them
        note(owner, [name for name in given if name not in found])
        return found

    def limit(self, cell: Any, number: Any) -> None:
        """Use at most so many neurons of a cell type on a core, in populations still to come."""
        owner = "set_number_of_neurons_per_core"
        if not isinstance(cell, type):
            raise ParameterError(owner, "neuron_type", "must be a class", cell, "Give the class.")
        self.model(cell)
        number = None if number is None else one_number(number)
        if number is not None and not 1 <= number <= NEURONS_PER_CORE:
            rule = f"must be from 1 to {NEURONS_PER_CORE}"
            raise ParameterError(owner, "max_permitted", rule, number, "Choose another.")
        self.per_core[cell.__name__] = number
        if simulator.state.populations:
            warn(f"{owner}: only affects populations that are made from now on.")

    def electrode(self, name: str, parameters: dict[str, Any]) -> dict[str, Any]:
        self.require(name)
        if name != "DCSource" or "stop" in parameters:
            return parameters
        warn(
            "DCSource.stop: is 0 ms on SpiNNaker boards unless it is given, so there is no current."
            " Give the end."
        )
        return {**parameters, "stop": parameters.get("start", 0.0)}

    def current(self, values: dict[str, Any]) -> dict[str, Any]:
        """Times are cut to whole ticks."""
        cut = {
            name: np.floor(np.asarray(values[name]) * self.per_ms) / self.per_ms
            for name in ("start", "stop", "times")
            if name in values
        }
        return {**values, **{k: float(v) if v.ndim == 0 else v for k, v in cut.items()}}

    def since(self, times: FloatArray, start: float) -> NDArray[np.bool_]:
        """Stamps begin with that of the first tick."""
        return np.asarray(times >= start - 1e-9 * self.dt)

    # projections

    def checks(self, checks: dict[str, Any]) -> dict[str, Any]:
        """Signs are checked by :meth:`wire`."""
        return {}

    def mechanism(self, named: dict[str, Any]) -> dict[str, Any]:
        named = dict(named)
        if not named.pop("backprop_delay", True):
            raise NotOnBoard(
                "STDPMechanism.backprop_delay: False is not emulated. Leave it out: delays count "
                "for postsynaptic spikes."
            )
        ignored = [name for name in ("pad_to_length",) if named.pop(name, None) is not None]
        note("STDPMechanism", ignored)
        if named.get("voltage_dependence") is not None:
            raise NotImplementedError("STDPMechanism: boards have no voltage dependence.")
        return named

    def ends(self, pre: Any, post: Any, given: dict[str, Any]) -> None:
        if given.pop("source", None) is not None:
            raise NotImplementedError("Projection: boards have no cells with compartments.")
        known = [name for name in ("download_synapses", "partition_id") if name in given]
        note("Projection", [name for name in known if given.pop(name)])
        super().ends(pre, post, {n: v for n, v in given.items() if n not in known})
        for group in (pre, post):
            if hasattr(group, "populations"):
                raise errors.ConnectionError(
                    f"Projection: boards join populations and views, got assembly {group.label!r}. "
                    "Make a projection for each of its populations."
                )
            if hasattr(group, "grandparent"):
                ((_, indices),) = places(group)
                if (np.diff(indices) != 1).any():
                    raise NotImplementedError(
                        "Projection: boards join views of neighbouring cells only, such as "
                        "population[n:m]."
                    )

    def wire(self, projection: Any, values: dict[str, Any]) -> None:
        connector = type(projection._connector).__name__
        if connector in NO_CONNECTORS:
            raise NotOnBoard(
                f"{connector}: is not on SpiNNaker boards. Use another connector; the "
                "floating-point backends have it (backend='numba')."
            )
        if (values.get("dendritic_delay_fraction", np.ones(1)) != 1.0).any():
            raise NotImplementedError(
                "STDPMechanism.dendritic_delay_fraction: must be 1 on boards, all delays are "
                "dendritic there."
            )
        weights = values["weight"]
        if weights.min(initial=0.0) < 0.0 < weights.max(initial=0.0):
            raise errors.ConnectionError(
                f"Projection {projection.label!r}: weights must be all positive or all negative, "
                f"got {weights.min():g} to {weights.max():g}. Split it."
            )
        if projection.receptor_type == "excitatory" and (weights < 0.0).any():
            raise errors.ConnectionError(
                f"Projection {projection.label!r}: has negative weights (down to "
                f"{weights.min():g}) at an excitatory receptor, of which boards store the "
                "magnitude. Use receptor_type='inhibitory'."
            )
        values["weight"] = np.abs(weights)
        values["delay"] = self._rounded(projection, values["delay"])

    def _rounded(self, projection: Any, delays: FloatArray) -> FloatArray:
        """Delays on ticks: rounded half to even, at least one."""
        given = delays * self.per_ms
        ticks = np.maximum(1.0, np.rint(given))
        off = np.abs(ticks - given) > 1e-6
        if off.any():
            warn(
                f"Projection {projection.label!r}: {int(off.sum())} of {len(off)} delays were "
                f"rounded to ticks of {self.dt:g} ms.",
                RoundingWarning,
            )
        return np.where(off, ticks / self.per_ms, delays)

    def stored(self, projection: Any) -> bool:
        """Weights are always those that the board stores."""
        return True

    def _scales(self, projection: Any) -> FloatArray | None:
        """Weight on the board for one of 1 in the core, by target cell, where they differ."""
        ((population, indices),) = places(projection.post)
        if type(population.celltype).__name__ not in SCALED:
            return None
        each = scales(population.native_kind(), population.size, self.dt, projection.receptor_type)
        return np.asarray(each[indices])

    def native_weights(self, projection: Any, weights: FloatArray, post: Any) -> FloatArray:
        """With the sign and the unit of the core."""
        by = self._scales(projection)
        found = np.abs(weights) if by is None else factors(np.abs(weights), by[post])
        negative = projection.receptor_type == "inhibitory"
        return -found if negative and not projection.post.conductance_based else found

    def own_weights(self, projection: Any, weights: FloatArray, post: Any) -> FloatArray:
        by = self._scales(projection)
        return np.abs(weights) if by is None else on_grid(np.abs(weights) * by[post])

    def constants(self, projection: Any, values: dict[str, Any]) -> dict[str, Any]:
        """Bounds in the core's unit; additive amplitudes, which are weights here and shares of the
        largest weight there."""
        if "w_max" not in values:
            return values
        found, by = dict(values), self._scales(projection)
        if projection.synapse_type.weight_dependence.dependence == "additive":
            for name in ("A_plus", "A_minus"):
                found[name] = one_factor(values[name], values["w_max"])
        if by is not None:
            for name in ("w_min", "w_max"):
                found[name] = one_factor(values[name], by[0])
        return found

    def joined(self, way: str | None) -> str:
        if way not in (None, "last"):
            rule = "must be 'last' on SpiNNaker boards"
            raise ParameterError("Projection", "multiple_synapses", rule, way, "Leave it out.")
        return "last"

    def order(self, pre: Any, post: Any) -> NDArray[np.int64] | None:
        """By source, then target."""
        return np.asarray(np.lexsort((post, pre)))

    def lacks(self, what: str) -> None:
        raise NotImplementedError(f"{what}: sPyNNaker does not have it, nor has its emulator.")

    def only_spinnaker(self, what: str) -> None:
        """It is."""


def one_number(value: Any) -> int:
    """A number of neurons, given as such or as a tuple of one dimension."""
    array = np.asarray(value)
    if array.size != 1 or array.dtype.kind not in "iu":
        raise ParameterError(
            "Population", "neurons_per_core", "must be a whole number", value, "Give one number."
        )
    return int(array.reshape(-1)[0])
