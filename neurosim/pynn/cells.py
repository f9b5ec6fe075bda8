"""PyNN's standard cells that neurosim has."""

from __future__ import annotations

from typing import Any, ClassVar

from pyNN.standardmodels import build_translations, cells

from neurosim.neurons import (
    AdEx,
    HHCondExp,
    IFCondAlpha,
    IFCondExp,
    IFCurrAlpha,
    IFCurrDelta,
    IFCurrExp,
)
from neurosim.neurons import (
    Izhikevich as NativeIzhikevich,
)
from neurosim.neurons.sources import SpikeSourceArray as NativeArray
from neurosim.neurons.sources import SpikeSourcePoisson as NativePoisson
from neurosim.pynn.renewal import GammaTrains, RefractoryTrains


def same_names(cell: Any) -> Any:
    """Translations of a cell whose parameters bear PyNN's names."""
    return build_translations(*((name, name) for name in cell.default_parameters))


class _Native:
    """A cell that is a kind of neurosim with the same parameters.

    ``kind`` is that kind. Everything it can record can be recorded.
    """

    kind: ClassVar[Any]

    def native_kind(self, parameters: dict[str, Any]) -> Any:
        """The kind with parameters, each a number or one for each cell."""
        return self.kind(**parameters)

    def states(self) -> tuple[str, ...]:
        """Names of the state variables."""
        return tuple(s.name for s in getattr(self.kind, "state", ()))

    def trains(self, populations: list[Any]) -> Any:
        """What draws the spikes of a source that the core does not draw."""
        return None


def _recordable(cell: Any, kind: Any) -> tuple[list[str], dict[str, str]]:
    """PyNN's recordable variables and units of a cell, with those that the kind adds."""
    more = {s.name: s.unit for s in kind.state if s.recordable and s.name not in cell.recordable}
    units = {name: {"1": "dimensionless"}.get(unit, unit) for name, unit in more.items()}
    return [*cell.recordable, *more], {**cell.units, **units}


class IF_curr_exp(_Native, cells.IF_curr_exp):
    __doc__ = cells.IF_curr_exp.__doc__
    kind = IFCurrExp
    translations = same_names(cells.IF_curr_exp)
    recordable, units = _recordable(cells.IF_curr_exp, IFCurrExp)


class IF_curr_alpha(_Native, cells.IF_curr_alpha):
    __doc__ = cells.IF_curr_alpha.__doc__
    kind = IFCurrAlpha
    translations = same_names(cells.IF_curr_alpha)
    recordable, units = _recordable(cells.IF_curr_alpha, IFCurrAlpha)


class IF_curr_delta(_Native, cells.IF_curr_delta):
    __doc__ = cells.IF_curr_delta.__doc__
    kind = IFCurrDelta
    translations = same_names(cells.IF_curr_delta)
    recordable, units = _recordable(cells.IF_curr_delta, IFCurrDelta)


class IF_cond_exp(_Native, cells.IF_cond_exp):
    __doc__ = cells.IF_cond_exp.__doc__
    kind = IFCondExp
    translations = same_names(cells.IF_cond_exp)
    recordable, units = _recordable(cells.IF_cond_exp, IFCondExp)


class IF_cond_alpha(_Native, cells.IF_cond_alpha):
    __doc__ = cells.IF_cond_alpha.__doc__
    kind = IFCondAlpha
    translations = same_names(cells.IF_cond_alpha)
    recordable, units = _recordable(cells.IF_cond_alpha, IFCondAlpha)


class HH_cond_exp(_Native, cells.HH_cond_exp):
    __doc__ = cells.HH_cond_exp.__doc__
    kind = HHCondExp
    translations = same_names(cells.HH_cond_exp)
    recordable, units = _recordable(cells.HH_cond_exp, HHCondExp)


class EIF_cond_exp_isfa_ista(_Native, cells.EIF_cond_exp_isfa_ista):
    __doc__ = cells.EIF_cond_exp_isfa_ista.__doc__
    kind = AdEx
    translations = same_names(cells.EIF_cond_exp_isfa_ista)
    recordable, units = _recordable(cells.EIF_cond_exp_isfa_ista, AdEx)


class Izhikevich(_Native, cells.Izhikevich):
    __doc__ = cells.Izhikevich.__doc__
    kind = NativeIzhikevich
    translations = same_names(cells.Izhikevich)
    recordable, units = _recordable(cells.Izhikevich, NativeIzhikevich)


class SpikeSourceArray(_Native, cells.SpikeSourceArray):
    __doc__ = cells.SpikeSourceArray.__doc__
    kind = NativeArray
    translations = same_names(cells.SpikeSourceArray)


class SpikeSourcePoisson(_Native, cells.SpikeSourcePoisson):
    __doc__ = cells.SpikeSourcePoisson.__doc__
    kind = NativePoisson
    translations = same_names(cells.SpikeSourcePoisson)


class _Renewal(_Native):
    """A source whose spikes are drawn here and fed to the network."""

    kind = NativeArray
    draws: ClassVar[Any]

    def native_kind(self, parameters: dict[str, Any]) -> Any:
        return NativeArray(spike_times=())

    def trains(self, populations: list[Any]) -> Any:
        return self.draws(len(populations))


class SpikeSourceGamma(_Renewal, cells.SpikeSourceGamma):
    __doc__ = cells.SpikeSourceGamma.__doc__
    draws = GammaTrains
    translations = same_names(cells.SpikeSourceGamma)


class SpikeSourcePoissonRefractory(_Renewal, cells.SpikeSourcePoissonRefractory):
    __doc__ = cells.SpikeSourcePoissonRefractory.__doc__
    draws = RefractoryTrains
    translations = same_names(cells.SpikeSourcePoissonRefractory)
