"""Neuron kinds, spike sources and current sources."""

from neurosim.neurons.adex import AdEx
from neurosim.neurons.base import NeuronKind, Receptor, StateVar
from neurosim.neurons.conductance import IFCondAlpha, IFCondExp
from neurosim.neurons.hh import HHCondExp
from neurosim.neurons.izhikevich import Izhikevich
from neurosim.neurons.izhikevich_exp import IzhikevichCurrExp
from neurosim.neurons.leaky import Leaky
from neurosim.neurons.lif import IFCurrExp
from neurosim.neurons.lif_alpha import IFCurrAlpha
from neurosim.neurons.lif_delta import IFCurrDelta

__all__ = [
    "AdEx",
    "HHCondExp",
    "IFCondAlpha",
    "IFCondExp",
    "IFCurrAlpha",
    "IFCurrDelta",
    "IFCurrExp",
    "Izhikevich",
    "IzhikevichCurrExp",
    "Leaky",
    "NeuronKind",
    "Receptor",
    "StateVar",
]
