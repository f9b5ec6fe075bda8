"""Network descriptions."""

from neurosim.network.connectors import (
    AllToAll,
    Connector,
    DistanceDependent,
    FixedNumberPost,
    FixedNumberPre,
    FixedProbability,
    FixedTotalNumber,
    FromArray,
    FromList,
    OneToOne,
    SmallWorld,
)
from neurosim.network.network import Network
from neurosim.network.population import Assembly, Population, View
from neurosim.network.projection import Injection, Input, Probe, Projection

__all__ = [
    "AllToAll",
    "Assembly",
    "Connector",
    "DistanceDependent",
    "FixedNumberPost",
    "FixedNumberPre",
    "FixedProbability",
    "FixedTotalNumber",
    "FromArray",
    "FromList",
    "Injection",
    "Input",
    "Network",
    "OneToOne",
    "Population",
    "Probe",
    "Projection",
    "SmallWorld",
    "View",
]
