"""PyNN's standard cells that neurosim has."""

from __future__ import annotations

from typing import Any, ClassVar

from pyNN.standardmodels import build_translations, cells

from neurosim import neurons
from neurosim.neurons import sources
from neurosim.pynn import simulator
from neurosim.pynn.renewal import GammaTrains, RefractoryTrains

UNITS = {"1": "dimensionless"}
"""Units that the core and PyNN call differently."""


class _Native:
    """A cell that is a kind of neurosim with the same parameters.

    ``kind`` is that kind. Everything it can record can be recorded.
    """

    kind: ClassVar[Any]
    translations: ClassVar[Any]
    recordable: ClassVar[list[str]]
    units: ClassVar[dict[str, str]]

    def __init_subclass__(cls, kind: Any = None) -> None:
        """Take over PyNN's text and names, and what the kind can record beside."""
        if kind is None:  # a base of several
            return
        cell: Any = cls.__bases__[-1]
        cls.kind = kind
        cls.__doc__ = cell.__doc__
        cls.translations = build_translations(*((name, name) for name in cell.default_parameters))
        states = [s for s in getattr(kind, "state", ()) if s.recordable]
        more = {s.name: UNITS.get(s.unit, s.unit) for s in states if s.name not in cell.recordable}
        cls.recordable, cls.units = [*cell.recordable, *more], {**cell.units, **more}

    def __new__(cls, *args: Any, **parameters: Any) -> Any:
        """A cell of the personality that is set up."""
        return super().__new__(simulator.state.personality.model(cls))

    def native_variable(self, name: str) -> tuple[str, float]:
        """The kind's variable that is recorded under a name, and the factor of its values."""
        return name, 1.0

    def native_kind(self, parameters: dict[str, Any]) -> Any:
        """The kind with parameters, each a number or one for each cell."""
        return self.kind(**parameters)

    def states(self) -> tuple[str, ...]:
        """Names of the state variables."""
        return tuple(s.name for s in getattr(self.kind, "state", ()))

    def trains(self, populations: list[Any]) -> Any:
        """What draws the spikes of a source that the core does not draw."""
        return None


class IF_curr_exp(_Native, cells.IF_curr_exp, kind=neurons.IFCurrExp):
    pass


class IF_curr_alpha(_Native, cells.IF_curr_alpha, kind=neurons.IFCurrAlpha):
    pass


class IF_curr_delta(_Native, cells.IF_curr_delta, kind=neurons.IFCurrDelta):
    pass


class IF_cond_exp(_Native, cells.IF_cond_exp, kind=neurons.IFCondExp):
    pass


class IF_cond_alpha(_Native, cells.IF_cond_alpha, kind=neurons.IFCondAlpha):
    pass


class HH_cond_exp(_Native, cells.HH_cond_exp, kind=neurons.HHCondExp):
    pass


class EIF_cond_exp_isfa_ista(_Native, cells.EIF_cond_exp_isfa_ista, kind=neurons.AdEx):
    pass


class Izhikevich(_Native, cells.Izhikevich, kind=neurons.Izhikevich):
    pass


class SpikeSourceArray(_Native, cells.SpikeSourceArray, kind=sources.SpikeSourceArray):
    pass


class SpikeSourcePoisson(_Native, cells.SpikeSourcePoisson, kind=sources.SpikeSourcePoisson):
    pass


class _Renewal(_Native):
    """A source whose spikes are drawn here and fed to the network."""

    draws: ClassVar[Any]

    def native_kind(self, parameters: dict[str, Any]) -> Any:
        return self.kind(spike_times=())

    def trains(self, populations: list[Any]) -> Any:
        return self.draws(len(populations))


class SpikeSourceGamma(_Renewal, cells.SpikeSourceGamma, kind=sources.SpikeSourceArray):
    draws = GammaTrains


class SpikeSourcePoissonRefractory(
    _Renewal, cells.SpikeSourcePoissonRefractory, kind=sources.SpikeSourceArray
):
    draws = RefractoryTrains
