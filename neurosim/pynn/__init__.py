"""PyNN on neurosim: ``import neurosim.pynn as sim`` (extra ``pynn``).

The interface is PyNN 0.13's, its names, units and signs; what runs is a :class:`neurosim.Network`
on any backend that :func:`setup` names. After the import the module is also found as
``pyNN.neurosim``, for scripts that choose their simulator by name.
"""

# ruff: noqa: F401
import sys

from neurosim.errors import MissingDependency

try:
    import pyNN
except ImportError as error:
    raise MissingDependency("neurosim.pynn", "PyNN", "pynn") from error

from pyNN import errors, random, space
from pyNN.connectors import (
    AllToAllConnector,
    ArrayConnector,
    CloneConnector,
    CSAConnector,
    DisplacementDependentProbabilityConnector,
    DistanceDependentProbabilityConnector,
    FixedNumberPostConnector,
    FixedNumberPreConnector,
    FixedProbabilityConnector,
    FixedTotalNumberConnector,
    FromFileConnector,
    FromListConnector,
    IndexBasedProbabilityConnector,
    OneToOneConnector,
)
from pyNN.network import Network
from pyNN.random import GSLRNG, NumpyRNG, RandomDistribution
from pyNN.space import Space

from neurosim.pynn import extra_models
from neurosim.pynn.absent import *  # noqa: F403
from neurosim.pynn.cells import (
    EIF_cond_exp_isfa_ista,
    HH_cond_exp,
    IF_cond_alpha,
    IF_cond_exp,
    IF_curr_alpha,
    IF_curr_delta,
    IF_curr_exp,
    Izhikevich,
    SpikeSourceArray,
    SpikeSourceGamma,
    SpikeSourcePoisson,
    SpikeSourcePoissonRefractory,
)
from neurosim.pynn.connectors import SmallWorldConnector
from neurosim.pynn.control import (
    end,
    get_current_time,
    get_max_delay,
    get_min_delay,
    get_time_step,
    initialize,
    list_standard_models,
    num_processes,
    rank,
    reset,
    run,
    run_for,
    run_until,
    set_number_of_neurons_per_core,
    setup,
    simulation,
)
from neurosim.pynn.electrodes import ACSource, DCSource, NoisyCurrentSource, StepCurrentSource
from neurosim.pynn.populations import Assembly, Population, PopulationView
from neurosim.pynn.procedural import connect, create, record, record_gsyn, record_v
from neurosim.pynn.projections import Projection
from neurosim.pynn.synapses import (
    AdditivePotentiationMultiplicativeDepression,
    AdditiveWeightDependence,
    GutigWeightDependence,
    MultiplicativeWeightDependence,
    SpikePairRule,
    StaticSynapse,
    STDPMechanism,
    TsodyksMarkramSynapse,
)

sys.modules["pyNN.neurosim"] = sys.modules[__name__]
pyNN.neurosim = sys.modules[__name__]
