"""PyNN's functions that make and connect single cells."""

from __future__ import annotations

from typing import Any

from pyNN import common
from pyNN.connectors import FixedProbabilityConnector

from neurosim.pynn import simulator
from neurosim.pynn.populations import Population
from neurosim.pynn.projections import Projection
from neurosim.pynn.synapses import StaticSynapse

create = common.build_create(Population)
connect = common.build_connect(Projection, FixedProbabilityConnector, StaticSynapse)
record = common.build_record(simulator)


def record_v(source: Any, filename: Any) -> Any:
    """Record the membrane potential."""
    return record(["v"], source, filename)


def record_gsyn(source: Any, filename: Any) -> Any:
    """Record the synaptic conductances."""
    return record(["gsyn_exc", "gsyn_inh"], source, filename)
