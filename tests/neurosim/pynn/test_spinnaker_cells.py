import numpy as np
import pytest
from pyNN.errors import RecordingError

from neurosim import neurons
from neurosim.pynn.spinnaker_cells import CELLS, SpikeSourcePoisson

NEURONS = ("IF_curr_exp", "IF_curr_alpha", "IF_curr_delta", "IF_cond_exp", "Izhikevich")


@pytest.mark.parametrize("name", sorted(CELLS))
def test_a_cell_of_pynn_becomes_the_board_s(board, name):
    cell = getattr(board, name)()
    assert type(cell) is CELLS[name]
    assert isinstance(cell, getattr(board, name))
    assert CELLS[name].__doc__
    assert (cell.recordable == ["spikes"]) == name.startswith("SpikeSource")


def test_without_a_board_it_does_not(sim):
    assert type(sim.IF_curr_exp()) is sim.IF_curr_exp


def test_what_can_be_recorded(board):
    for name in NEURONS:
        cells = board.Population(1, getattr(board, name)())
        inputs = [] if name == "IF_curr_delta" else ["gsyn_exc", "gsyn_inh"]
        cells.record(["spikes", "v", *inputs])
        for wrong in {"u", "isyn_exc", "w", "gsyn_exc"} - set(inputs):
            with pytest.raises(RecordingError):
                cells.record(wrong)


def test_currents_are_recorded_in_nA_and_without_a_sign(board):
    source = board.Population(1, board.SpikeSourceArray(spike_times=[2.0]))
    found = {}
    for name in ("IF_curr_exp", "IF_cond_exp"):
        cells = board.Population(1, getattr(board, name)(), label=name)
        cells.record(["gsyn_exc", "gsyn_inh"])
        for receptor in ("excitatory", "inhibitory"):
            board.Projection(
                source, cells, board.AllToAllConnector(), board.StaticSynapse(weight=0.5),
                receptor_type=receptor,
            )  # fmt: skip
        found[name] = cells
    board.run(6.0)
    for name, unit in (("IF_curr_exp", "nA"), ("IF_cond_exp", "uS")):
        signals = found[name].get_data().segments[0].analogsignals
        assert {s.name for s in signals} == {"gsyn_exc", "gsyn_inh"}
        for signal in signals:
            assert signal.units.dimensionality.string == unit
            values = signal.magnitude.ravel()
            assert (values[:3] == 0.0).all()
            assert 0.4 < values[3] < 0.5
            assert not np.signbit(values).any()


def test_izhikevich_is_the_board_s(board):
    cells = board.Population(1, board.Izhikevich(a=0.02, b=0.2, c=-65.0, d=8.0, i_offset=10.0))
    assert isinstance(cells.native_kind(), neurons.IzhikevichCurrExp)
    assert cells.get("tau_syn_E") == 5.0
    cells.record(["v", "spikes"])
    board.run(8.0)
    segment = cells.get_data().segments[0]
    raw = [-2293760, -2030541, -1751161, -1222173, -2129920, -2136662, -2134258, -2128206]
    assert (segment.analogsignals[0].magnitude[:, 0] * 32768.0).tolist() == raw  # G6
    assert segment.spiketrains[0].magnitude.tolist() == [3.0]


def test_spike_times_are_cut_to_microseconds_and_rounded_up_to_ticks(board):
    times = [0.0, 1.0, 2.0004, 3.001, 4.9, 6.0]
    source = board.Population(1, board.SpikeSourceArray(spike_times=times))
    source.record("spikes")
    board.run(10.0)
    spikes = source.get_data().segments[0].spiketrains[0].magnitude
    assert spikes.tolist() == [0.0, 1.0, 2.0, 4.0, 5.0, 6.0]
    assert source.get("spike_times").value.tolist() == times


def test_poisson_sources_are_silent_unless_told(board):
    assert SpikeSourcePoisson.default_parameters["rate"] == 0.0
    silent = board.Population(3, board.SpikeSourcePoisson())
    busy = board.Population(3, board.SpikeSourcePoisson(rate=200.0, duration=None))
    for source in (silent, busy):
        source.record("spikes")
    board.run(100.0)
    assert silent.mean_spike_count() == 0.0
    assert 5.0 < busy.mean_spike_count() < 40.0
