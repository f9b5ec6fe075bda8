import numpy as np
import pytest
from pyNN.errors import InvalidParameterValueError, NonExistentParameterError
from pyNN.random import NumpyRNG, RandomDistribution

from neurosim.errors import WiringError


def test_parameters_are_read_and_set_in_every_way(sim):
    cells = sim.Population(4, sim.IF_curr_exp(tau_m=15.0, i_offset=[0.1, 0.2, 0.3, 0.4]))
    assert cells.get("tau_m") == 15.0
    assert cells.get("i_offset").tolist() == [0.1, 0.2, 0.3, 0.4]
    assert cells[2].i_offset == 0.3
    cells[2].i_offset = 0.9
    cells[:2].set(tau_m=[10.0, 11.0])
    assert cells.get(["tau_m", "i_offset"])[0].tolist() == [10.0, 11.0, 15.0, 15.0]
    assert cells[1:][1:].get("i_offset").tolist() == [0.9, 0.4]
    cells.set(tau_m=lambda i: 20.0 + i, cm=RandomDistribution("uniform", (1, 2), NumpyRNG(1)))
    assert cells.get("tau_m").tolist() == [20.0, 21.0, 22.0, 23.0]
    assert len(set(cells.get("cm"))) == 4
    both = cells[:2] + sim.Population(1, sim.IF_curr_exp(tau_m=20.0))
    assert both.get("tau_m").tolist() == [20.0, 21.0, 20.0]


def test_wrong_parameters_are_refused_when_they_are_given(sim):
    with pytest.raises(InvalidParameterValueError, match=r"tau_m: must be > 0 ms, got -1"):
        sim.Population(2, sim.IF_curr_exp(tau_m=-1.0))
    cells = sim.Population(2, sim.IF_curr_exp(tau_m=9.0))
    with pytest.raises(InvalidParameterValueError, match=r"IFCurrExp.cm: must be > 0 nF"):
        cells.set(cm=[1.0, 0.0])
    with pytest.raises(InvalidParameterValueError):
        cells[0:1].set(v_reset=-40.0)
    assert cells.get(["cm", "v_reset", "tau_m"]) == [1.0, -65.0, 9.0]
    with pytest.raises(NonExistentParameterError):
        cells.set(taum=3.0)
    with pytest.raises(NonExistentParameterError):
        sim.IF_curr_exp(taum=3.0)


def test_start_values(sim):
    cells = sim.Population(3, sim.IF_cond_exp(v_rest=-60.0), initial_values={"gsyn_exc": 0.01})
    cells[0:1].initialize(v=-70.0)
    cells.record(["v", "gsyn_exc"])
    sim.run(1.0)
    segment = cells.get_data().segments[0]
    assert segment.filter(name="v")[0].magnitude[0].tolist() == [-70.0, -65.0, -65.0]
    assert segment.filter(name="gsyn_exc")[0].magnitude[0].tolist() == [0.01] * 3


def test_state_variables_that_do_not_exist(sim):
    cells = sim.Population(3, sim.IF_curr_delta())
    cells.initialize(gsyn_exc=0.0)
    with pytest.raises(WiringError, match="IF_curr_delta has no state variable 'gsyn_exc'"):
        cells.initialize(gsyn_exc=0.1)


def test_the_state_of_a_view_is_set_in_a_run(sim):
    cells = sim.Population(3, sim.IF_curr_exp())
    cells.record("v")
    sim.run(1.0)
    cells[1:2].initialize(v=-52.0)
    sim.run(0.1)
    v = cells.get_data().segments[0].filter(name="v")[0].magnitude[-1]
    assert (v < -60.0).tolist() == [True, False, True]
    sim.reset()
    sim.run(0.0)
    assert cells.get_data().segments[1].filter(name="v")[0].magnitude.tolist() == [
        [-65.0, -52.0, -65.0]
    ]


def test_positions_and_structures(sim):
    grid = sim.space.Grid2D(dx=2.0, dy=3.0)
    cells = sim.Population(4, sim.IF_cond_exp(), structure=grid)
    assert cells.positions.shape == (3, 4)
    assert sorted(map(tuple, cells.positions.T[:, :2].tolist())) == [
        (0.0, 0.0), (0.0, 3.0), (2.0, 0.0), (2.0, 3.0),
    ]  # fmt: skip
    assert cells.nearest((1.9, 2.9, 0.0)) == cells[3]
    assert len(cells.sample(2, NumpyRNG(1))) == 2


def test_a_population_of_many_cells_is_quick_to_ask(sim):
    cells = sim.Population(5000, sim.IF_curr_exp(i_offset=np.linspace(0.0, 2.0, 5000)))
    cells.record("spikes")
    sim.run(20.0)
    counts = cells.get_spike_counts()
    assert len(counts) == 5000
    assert cells.mean_spike_count() == pytest.approx(np.mean(list(counts.values())))


def test_receptors_of_an_assembly_keep_their_order(sim):
    both = sim.Population(1, sim.IF_curr_exp()) + sim.Population(2, sim.IF_curr_alpha())
    assert both.receptor_types == ["excitatory", "inhibitory"]
    made = sim.Projection(both, both, sim.AllToAllConnector(), sim.StaticSynapse(weight=0.1))
    assert made.receptor_type == "excitatory"
