"""PyNN's standard synapses that neurosim has."""

from __future__ import annotations

from typing import Any, ClassVar

from pyNN.standardmodels import build_translations, synapses
from pyNN.standardmodels.base import StandardSynapseType

from neurosim.pynn import simulator
from neurosim.synapses import STDP, Static, TsodyksMarkram


def _same(*names: str) -> Any:
    return build_translations(*((name, name) for name in names))


class _Native:
    """A synapse type of the core; ``constants`` are parameters that differ by group only."""

    constants: ClassVar[tuple[str, ...]] = ()
    learns: ClassVar[bool] = False
    """Whether weights move in a run."""

    def __new__(cls, *args: Any, **parameters: Any) -> Any:
        """Synapses of the personality that is set up."""
        simulator.state.personality.require(cls.__name__)
        return super().__new__(cls)

    @property
    def parameter_checks(self) -> dict[str, Any]:
        """PyNN's checks, as far as they hold."""
        return simulator.state.personality.checks(StandardSynapseType.parameter_checks)

    def _get_minimum_delay(self) -> float:
        return float(simulator.state.min_delay)

    def native(self, weight: Any, delay: Any, constants: dict[str, float]) -> Any:
        """The core's synapses with these values."""
        raise NotImplementedError


class StaticSynapse(_Native, synapses.StaticSynapse):
    __doc__ = synapses.StaticSynapse.__doc__
    translations = _same("weight", "delay")

    def native(self, weight: Any, delay: Any, constants: dict[str, float]) -> Any:
        return Static(weight, delay)


class TsodyksMarkramSynapse(_Native, synapses.TsodyksMarkramSynapse):
    __doc__ = synapses.TsodyksMarkramSynapse.__doc__
    translations = _same("weight", "delay", "U", "tau_rec", "tau_facil")
    constants = ("U", "tau_rec", "tau_facil")

    def native(self, weight: Any, delay: Any, constants: dict[str, float]) -> Any:
        return TsodyksMarkram(weight, delay, **constants)


class STDPMechanism(_Native, synapses.STDPMechanism):
    __doc__ = synapses.STDPMechanism.__doc__
    base_translations = _same("weight", "delay", "dendritic_delay_fraction")
    learns = True

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **simulator.state.personality.mechanism(named))
        for part in (self.timing_dependence, self.weight_dependence):
            if part is None:
                raise TypeError(
                    "STDPMechanism: needs a timing and a weight dependence. Give for example "
                    "SpikePairRule() and AdditiveWeightDependence()."
                )

    def _build_translations(self) -> None:
        parts = (self.timing_dependence, self.weight_dependence)
        self.translations = dict(self.base_translations)
        for part in parts:
            self.translations.update(part.translations if part else {})

    @property
    def constants(self) -> tuple[str, ...]:  # type: ignore[override]
        return tuple(n for n in self.get_parameter_names() if n not in ("weight", "delay"))

    def native(self, weight: Any, delay: Any, constants: dict[str, float]) -> Any:
        named: dict[str, Any] = {
            "dependence": self.weight_dependence.dependence,
            "pairing": self.timing_dependence.pairing,
            **constants,
        }
        return STDP(weight, delay, **named)


class _Part:
    extra_parameters: ClassVar[dict[str, Any]] = {}
    possible_models: ClassVar[set[str]] = {"stdp"}

    def __new__(cls, *args: Any, **parameters: Any) -> Any:
        """A part of a rule of the personality that is set up."""
        simulator.state.personality.require(cls.__name__)
        return super().__new__(cls)


class SpikePairRule(_Part, synapses.SpikePairRule):
    __doc__ = synapses.SpikePairRule.__doc__
    pairing = "all_to_all"
    translations = _same("tau_plus", "tau_minus", "A_plus", "A_minus")


class AdditiveWeightDependence(_Part, synapses.AdditiveWeightDependence):
    __doc__ = synapses.AdditiveWeightDependence.__doc__
    translations = _same("w_min", "w_max")
    dependence = "additive"


class MultiplicativeWeightDependence(_Part, synapses.MultiplicativeWeightDependence):
    __doc__ = synapses.MultiplicativeWeightDependence.__doc__
    translations = _same("w_min", "w_max")
    dependence = "multiplicative"


class AdditivePotentiationMultiplicativeDepression(
    _Part, synapses.AdditivePotentiationMultiplicativeDepression
):
    __doc__ = synapses.AdditivePotentiationMultiplicativeDepression.__doc__
    translations = _same("w_min", "w_max")
    dependence = "additive_potentiation_multiplicative_depression"


class GutigWeightDependence(_Part, synapses.GutigWeightDependence):
    __doc__ = synapses.GutigWeightDependence.__doc__
    translations = _same("w_min", "w_max", "mu_plus", "mu_minus")
    dependence = "gutig"
