import numpy as np
import pytest

from neurosim.errors import SimulationError
from neurosim.pynn import spinnaker_cells
from neurosim.pynn.personality import Personality


def test_arguments_of_boards_are_unknown_elsewhere(sim):
    with pytest.raises(TypeError, match="unexpected keyword argument 'spikes_per_second'"):
        sim.Population(2, sim.IF_curr_exp(), spikes_per_second=10.0)
    with pytest.raises(TypeError, match="unexpected keyword argument 'seed'"):
        sim.Population(2, sim.IF_curr_exp(), additional_parameters={"seed": 3})
    cells = sim.Population(2, sim.IF_curr_exp())
    with pytest.raises(TypeError, match="unexpected keyword argument 'partition_id'"):
        sim.Projection(cells, cells, sim.AllToAllConnector(), partition_id="a")


def test_cells_of_boards_need_a_board(sim):
    with pytest.raises(SimulationError, match="IF_curr_exp: is a cell of a SpiNNaker board"):
        spinnaker_cells.IF_curr_exp()


def test_a_board_s_functions_need_a_board(sim):
    with pytest.raises(SimulationError, match="set_number_of_neurons_per_core: is for SpiNNaker"):
        sim.set_number_of_neurons_per_core(sim.IF_curr_exp, 10)


def test_spikes_that_begin_a_piece_are_stamped_after_its_start():
    times = np.array([0.0, 50.0, 50.1])
    assert Personality().since(times, 0.0).tolist() == [True, True, True]
    assert Personality().since(times, 50.0).tolist() == [False, False, True]


def test_several_synapses_of_a_pair_are_summed_by_default(sim):
    cells = sim.Population(1, sim.IF_curr_exp())
    twice = sim.FromListConnector([(0, 0, 0.25, 1.0), (0, 0, 0.5, 1.0)])
    wires = sim.Projection(cells, cells, twice)
    assert wires.get("weight", "array").tolist() == [[0.75]]
    assert wires.get("weight", "array", multiple_synapses="last").tolist() == [[0.5]]
    assert wires.size() == 2
