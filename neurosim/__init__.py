"""neurosim: spiking networks from description to recording.

::

    import neurosim as ns

    net = ns.Network()
    stim = net.population("stim", 1, ns.SpikeSourceArray(spike_times=[[5.0, 6.0]]))
    exc = net.population("exc", 100, ns.IFCurrExp(tau_m=20.0))
    net.project(stim, exc, ns.AllToAll(), ns.Static(weight=0.5, delay=1.0))
    net.record(exc, ["spikes", "v"])
    rec = ns.simulate(net, 100.0, dt=0.1, seed=1)
    rec.spikes["exc"].times, rec.signal("exc", "v")

Quantities are plain numbers in PyNN's units: ms, mV, nA, nF, uS, Hz. Names are loaded when they are
first used, so that the import is quick.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from neurosim import errors as errors
    from neurosim import plotting as plotting
    from neurosim.backends.batch import BatchSimulation as BatchSimulation
    from neurosim.backends.progress import show_progress as show_progress
    from neurosim.backends.simulation import Simulation as Simulation
    from neurosim.declare import choice as choice
    from neurosim.declare import flag as flag
    from neurosim.declare import integer as integer
    from neurosim.declare import param as param
    from neurosim.distributions import Exponential as Exponential
    from neurosim.distributions import LogNormal as LogNormal
    from neurosim.distributions import Normal as Normal
    from neurosim.distributions import Uniform as Uniform
    from neurosim.facade import prepare as prepare
    from neurosim.facade import prepare_batch as prepare_batch
    from neurosim.facade import resume as resume
    from neurosim.facade import simulate as simulate
    from neurosim.facade import simulate_batch as simulate_batch
    from neurosim.io.npz import load_recording
    from neurosim.network import AllToAll as AllToAll
    from neurosim.network import Assembly as Assembly
    from neurosim.network import DistanceDependent as DistanceDependent
    from neurosim.network import FixedNumberPost as FixedNumberPost
    from neurosim.network import FixedNumberPre as FixedNumberPre
    from neurosim.network import FixedProbability as FixedProbability
    from neurosim.network import FixedTotalNumber as FixedTotalNumber
    from neurosim.network import FromArray as FromArray
    from neurosim.network import FromList as FromList
    from neurosim.network import Network as Network
    from neurosim.network import OneToOne as OneToOne
    from neurosim.network import Population as Population
    from neurosim.network import Projection as Projection
    from neurosim.network import SmallWorld as SmallWorld
    from neurosim.network import View as View
    from neurosim.neurons import AdEx as AdEx
    from neurosim.neurons import HHCondExp as HHCondExp
    from neurosim.neurons import IFCondAlpha as IFCondAlpha
    from neurosim.neurons import IFCondExp as IFCondExp
    from neurosim.neurons import IFCurrAlpha as IFCurrAlpha
    from neurosim.neurons import IFCurrDelta as IFCurrDelta
    from neurosim.neurons import IFCurrExp as IFCurrExp
    from neurosim.neurons import Izhikevich as Izhikevich
    from neurosim.neurons import IzhikevichCurrExp as IzhikevichCurrExp
    from neurosim.neurons import Leaky as Leaky
    from neurosim.neurons import NeuronKind as NeuronKind
    from neurosim.neurons import Receptor as Receptor
    from neurosim.neurons import StateVar as StateVar
    from neurosim.neurons.currents import ACSource as ACSource
    from neurosim.neurons.currents import DCSource as DCSource
    from neurosim.neurons.currents import NoisySource as NoisySource
    from neurosim.neurons.currents import StepSource as StepSource
    from neurosim.neurons.sources import PoissonInput as PoissonInput
    from neurosim.neurons.sources import SpikeSourceArray as SpikeSourceArray
    from neurosim.neurons.sources import SpikeSourcePoisson as SpikeSourcePoisson
    from neurosim.precompile import warmup as warmup
    from neurosim.recording import Recording as Recording
    from neurosim.recording import Signal as Signal
    from neurosim.recording import SpikeTrains as SpikeTrains
    from neurosim.recording.batch import BatchRecording as BatchRecording
    from neurosim.synapses import STDP as STDP
    from neurosim.synapses import Static as Static
    from neurosim.synapses import TsodyksMarkram as TsodyksMarkram

    load = load_recording

if not (Path(__file__).parent / "models").is_dir():  # a checkout without symbolic links (Windows)
    from neurosim import _checkout

    _checkout.install()

try:
    __version__ = version("neurosim-snn")
except PackageNotFoundError:  # run from a checkout that is not installed
    __version__ = "0+unknown"

_CURRENTS = "neurosim.neurons.currents"
_SOURCES = "neurosim.neurons.sources"

_HOMES = {
    "ACSource": _CURRENTS,
    "AdEx": "neurosim.neurons",
    "AllToAll": "neurosim.network",
    "Assembly": "neurosim.network",
    "BatchRecording": "neurosim.recording.batch",
    "BatchSimulation": "neurosim.backends.batch",
    "DCSource": _CURRENTS,
    "DistanceDependent": "neurosim.network",
    "Exponential": "neurosim.distributions",
    "FixedNumberPost": "neurosim.network",
    "FixedNumberPre": "neurosim.network",
    "FixedProbability": "neurosim.network",
    "FixedTotalNumber": "neurosim.network",
    "FromArray": "neurosim.network",
    "FromList": "neurosim.network",
    "HHCondExp": "neurosim.neurons",
    "IFCondAlpha": "neurosim.neurons",
    "IFCondExp": "neurosim.neurons",
    "IFCurrAlpha": "neurosim.neurons",
    "IFCurrDelta": "neurosim.neurons",
    "IFCurrExp": "neurosim.neurons",
    "Izhikevich": "neurosim.neurons",
    "IzhikevichCurrExp": "neurosim.neurons",
    "Leaky": "neurosim.neurons",
    "LogNormal": "neurosim.distributions",
    "Network": "neurosim.network",
    "NeuronKind": "neurosim.neurons",
    "NoisySource": _CURRENTS,
    "Normal": "neurosim.distributions",
    "OneToOne": "neurosim.network",
    "PoissonInput": _SOURCES,
    "Population": "neurosim.network",
    "Projection": "neurosim.network",
    "Receptor": "neurosim.neurons",
    "Recording": "neurosim.recording",
    "STDP": "neurosim.synapses",
    "Signal": "neurosim.recording",
    "Simulation": "neurosim.backends.simulation",
    "SmallWorld": "neurosim.network",
    "SpikeSourceArray": _SOURCES,
    "SpikeSourcePoisson": _SOURCES,
    "SpikeTrains": "neurosim.recording",
    "StateVar": "neurosim.neurons",
    "Static": "neurosim.synapses",
    "StepSource": _CURRENTS,
    "TsodyksMarkram": "neurosim.synapses",
    "Uniform": "neurosim.distributions",
    "View": "neurosim.network",
    "choice": "neurosim.declare",
    "errors": "neurosim.errors",
    "flag": "neurosim.declare",
    "integer": "neurosim.declare",
    "load": "neurosim.io.npz:load_recording",
    "param": "neurosim.declare",
    "plotting": "neurosim.plotting",
    "prepare": "neurosim.facade",
    "prepare_batch": "neurosim.facade",
    "resume": "neurosim.facade",
    "show_progress": "neurosim.backends.progress",
    "simulate": "neurosim.facade",
    "simulate_batch": "neurosim.facade",
    "warmup": "neurosim.precompile",
}
"""Where each public name lives."""

_MODULES = ("errors", "plotting")

__all__ = sorted([*_HOMES, "__version__"])


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'neurosim' has no attribute {name!r}")
    module, _, attribute = _HOMES[name].partition(":")
    value: Any = import_module(module)
    if name not in _MODULES:
        value = getattr(value, attribute or name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
