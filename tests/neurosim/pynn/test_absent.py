import pytest
from pyNN import standardmodels

import neurosim.pynn as sim
from neurosim.errors import UnsupportedError
from neurosim.pynn.absent import REASONS


@pytest.mark.parametrize("name", REASONS)
def test_absent_models_say_so(name):
    with pytest.raises(UnsupportedError, match=f"neurosim.pynn: {name} is not available: "):
        getattr(sim, name)(anything=1)


def test_every_standard_model_of_pynn_is_there_or_says_why():
    kinds = (
        standardmodels.StandardCellType, standardmodels.StandardSynapseType,
        standardmodels.STDPTimingDependence, standardmodels.STDPWeightDependence,
        standardmodels.StandardCurrentSource,
    )  # fmt: skip
    for module in (standardmodels.cells, standardmodels.synapses, standardmodels.electrodes):
        for name, item in vars(module).items():
            if (
                isinstance(item, type)
                and issubclass(item, kinds)
                and item.__module__ == module.__name__
            ):
                assert hasattr(sim, name), name
