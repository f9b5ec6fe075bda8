import pytest

from neurosim.errors import UnsupportedError
from neurosim.pynn import extra_models


def test_nearest_pairs_are_those_of_the_core(sim):
    rule = sim.STDPMechanism(
        timing_dependence=sim.extra_models.SpikeNearestPairRule(tau_plus=10.0),
        weight_dependence=sim.AdditiveWeightDependence(),
        weight=0.5, delay=1.0,
    )  # fmt: skip
    cells = sim.Population(2, sim.IF_curr_exp())
    wires = sim.Projection(cells, cells, sim.AllToAllConnector(), rule)
    (part,) = wires.native_parts("wires")
    assert part.synapse.pairing == "nearest"
    assert part.synapse.tau_plus == 10.0


def test_others_are_not_there():
    with pytest.raises(AttributeError, match="extra_models: 'Izhikevich_cond' is not here"):
        extra_models.Izhikevich_cond  # noqa: B018
    with pytest.raises(UnsupportedError):
        extra_models.PfisterSpikeTriplet  # noqa: B018
    assert not hasattr(extra_models, "__wrapped__")
