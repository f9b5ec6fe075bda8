import numpy as np
import pytest
from pyNN.errors import ConnectionError

from neurosim.errors import (
    NeurosimWarning,
    ParameterError,
    RoundingWarning,
    UnsupportedError,
)
from neurosim.hardware.spinnaker import Emulator, Settings
from neurosim.pynn.spinnaker import NotOnBoard, one_number

PRE = [
    (3, 1), (5, 1), (10, 0), (11, 0), (18, 0), (19, 0), (22, 0), (30, 0), (31, 0), (36, 1), (37, 0),
    (38, 1), (39, 0), (41, 0),
]  # fmt: skip
"""Packets of the goldens of plasticity: tick and source."""


def settings(sim):
    return sim.simulation().recording().info["backend_notes"]["settings"]


def joined(sim, weight=1.0, receptor="excitatory", cell=None, delay=1.0, **extras):
    """A source with spikes at 1 ms and cells that it excites."""
    source = sim.Population(2, sim.SpikeSourceArray(spike_times=[1.0]))
    cells = sim.Population(2, cell or sim.IF_curr_exp(), **extras)
    synapse = sim.StaticSynapse(weight=weight, delay=delay)
    return cells, sim.Projection(
        source, cells, sim.OneToOneConnector(), synapse, receptor_type=receptor
    )


def weights(projection):
    return projection.get("weight", "list", with_address=False)


# set-up


def test_what_means_nothing_is_said_once_and_ignored(board):
    said = "max_delay, n_boards_required, spike_precision, x mean nothing"
    with pytest.warns(NeurosimWarning, match=said) as warned:
        board.setup(
            1.0, 1.0, 20.0, backend="spinnaker-emulator", n_boards_required=2,
            spike_precision="off_grid", x=1, n_chips_required=None,
        )  # fmt: skip
    assert [w.filename for w in warned] == [__file__]
    assert board.get_time_step() == 1.0
    assert board.get_min_delay() == 1.0


def test_set_up_without_a_word(board):
    board.setup("auto", backend="spinnaker-emulator", spike_precision="on_grid")
    assert (board.get_time_step(), board.get_min_delay()) == (1.0, 1.0)
    with pytest.warns(NeurosimWarning, match=r"setup\.timestep: is 0\.1 ms unless it is given"):
        board.setup(None, backend="spinnaker-emulator")
    assert board.get_time_step() == 0.1


def test_set_up_refuses(board):
    with pytest.raises(Exception, match=r"min_delay \(0.5\) must be greater than timestep \(1\)"):
        board.setup(1.0, 0.5, backend="spinnaker-emulator")
    for wrong in (0.0, -1.0, 0.0001, "often", [1.0, 2.0]):
        with pytest.raises(ParameterError, match=r"setup\.timestep"):
            board.setup(wrong, backend="spinnaker-emulator")
    with pytest.raises(ParameterError, match=r"setup\.min_delay"):
        board.setup(1.0, "short", backend="spinnaker-emulator")
    with pytest.raises(ParameterError, match=r"n_chips_required: must not be given with n_boards"):
        board.setup(1.0, backend="spinnaker-emulator", n_chips_required=1, n_boards_required=1)
    with pytest.raises(ParameterError, match=r"time_scale_factor"):
        board.setup(1.0, backend="spinnaker-emulator", time_scale_factor=0.5)
    with pytest.raises(NotImplementedError, match="get_max_delay"):
        board.get_max_delay()


def test_settings_of_all_and_of_populations(board):
    emulator = Emulator(Settings(neurons_per_core=20, populations={"a": {"spikes_per_second": 9}}))
    board.setup(1.0, backend=emulator, time_scale_factor=10)
    with pytest.warns(NeurosimWarning, match="'b': n_colour_bits, nonsense mean nothing"):
        joined(
            board, label="b", additional_parameters={"ring_buffer_sigma": 3.0, "n_colour_bits": 4},
            spikes_per_second=100.0, nonsense=1, splitter=None,
        )  # fmt: skip
    board.Population(1, board.IF_curr_exp(), label="a")
    board.run(1.0)
    found = settings(board)
    assert (found["neurons_per_core"], found["time_scale_factor"]) == (20, 10)
    own = found["populations"]
    assert own["a"]["spikes_per_second"] == 9.0
    assert (own["b"]["spikes_per_second"], own["b"]["ring_buffer_sigma"]) == (100.0, 3.0)


def test_sources_take_seed_and_rate(board):
    with pytest.warns(NeurosimWarning, match="seed, max_rate, neurons_per_core mean nothing"):
        board.Population(
            2, board.SpikeSourcePoisson(rate=5.0), label="p",
            additional_parameters={"seed": 7, "max_rate": 100.0, "neurons_per_core": 5},
        )  # fmt: skip
    board.run(2.0)
    assert settings(board)["populations"] == {}


def test_population_settings_are_checked_at_once(board):
    for wrong in (
        {"neurons_per_core": 300}, {"neurons_per_core": (3, 4)}, {"neurons_per_core": 1.5},
        {"spikes_per_second": -1.0}, {"ring_buffer_sigma": "x"},
        {"max_expected_summed_weight": [1.0, 2.0, 3.0]},
    ):  # fmt: skip
        with pytest.raises(ParameterError, match=next(iter(wrong))):
            board.Population(2, board.IF_curr_exp(), **wrong)
    with pytest.raises(NotOnBoard, match="n_steps_per_timestep must be 1"):
        board.Population(2, board.IF_curr_exp(), n_steps_per_timestep=2)
    assert one_number((5,)) == 5


def test_the_scale_of_weights_follows_from_the_settings(board):
    _, wide = joined(board, 0.3, max_expected_summed_weight=[100.0, 1.0])
    _, narrow = joined(board, 0.3)
    assert weights(wide) == [round(0.3 * 2**8) / 2**8] * 2
    assert weights(narrow) == [round(0.3 * 2**15) / 2**15] * 2


def test_neurons_on_a_core(board):
    board.set_number_of_neurons_per_core(board.IF_curr_exp, 10)
    first = board.Population(30, board.IF_curr_exp(), label="first")
    with pytest.warns(NeurosimWarning, match="only affects populations that are made from now"):
        board.set_number_of_neurons_per_core(board.IF_curr_exp, (15,))
    board.Population(30, board.IF_curr_exp(), label="second")
    board.Population(30, board.IF_curr_exp(), label="third", neurons_per_core=5)
    board.Population(30, board.IF_cond_exp(), label="fourth")
    board.run(1.0)
    found = settings(board)["populations"]
    assert {name: own["neurons_per_core"] for name, own in found.items()} == {
        "first": 10, "second": 15, "third": 5,
    }  # fmt: skip
    assert board.simulation().recording().info["backend_notes"]["cores"] == 3 + 2 + 6 + 1
    assert first.size == 30


def test_neurons_on_a_core_refuses(board):
    limit = board.set_number_of_neurons_per_core
    for cell, number in (("IF_curr_exp", 10), (board.IF_curr_exp, 300), (board.IF_curr_exp, 0)):
        with pytest.raises(ParameterError, match="set_number_of_neurons_per_core"):
            limit(cell, number)
    with pytest.raises(ParameterError, match="must be a whole number"):
        limit(board.IF_curr_exp, "many")
    with pytest.raises(NotOnBoard):
        limit(board.HH_cond_exp, 10)
    limit(board.IF_curr_exp, None)


def test_populations_as_board_scripts_make_them(board):
    assert board.Population(4.0, board.IF_curr_exp, {"tau_m": 10.0}).get("tau_m") == 10.0
    assert board.Population(2, board.IF_curr_exp, label="a").size == 2
    assert board.Population(2, board.IF_curr_exp(), {}, label="b").label == "b"
    assert board.list_standard_models() == [
        "IF_cond_exp", "IF_curr_alpha", "IF_curr_delta", "IF_curr_exp", "Izhikevich",
        "SpikeSourceArray", "SpikeSourcePoisson",
    ]  # fmt: skip


# what boards have not got


@pytest.mark.parametrize(
    "name",
    [
        "HH_cond_exp", "EIF_cond_exp_isfa_ista", "IF_cond_alpha", "SpikeSourceGamma",
        "SpikeSourcePoissonRefractory", "TsodyksMarkramSynapse", "GutigWeightDependence",
        "AdditivePotentiationMultiplicativeDepression",
    ],
)  # fmt: skip
def test_models_that_only_the_other_backends_have(board, name):
    with pytest.raises(NotOnBoard, match=f"{name}: is not on SpiNNaker boards.*backend='numba'"):
        getattr(board, name)()
    assert issubclass(NotOnBoard, AttributeError)
    assert issubclass(NotOnBoard, UnsupportedError)
    with pytest.raises(UnsupportedError, match="MultiCompartmentNeuron is not available"):
        board.MultiCompartmentNeuron()


@pytest.mark.parametrize("name", ["ACSource", "NoisyCurrentSource"])
def test_currents_that_are_not_emulated(board, name):
    with pytest.raises(NotOnBoard, match=f"{name}: boards compute it in a way of their own"):
        getattr(board, name)()


def test_projections_that_boards_have_not_got(board):
    cells, wires = joined(board)
    everything = board.AllToAllConnector()
    with pytest.raises(ConnectionError, match="got assembly"):
        board.Projection(cells + cells[0:1], cells, everything)
    many = board.Population(5, board.IF_curr_exp())
    with pytest.raises(NotImplementedError, match="neighbouring cells only"):
        board.Projection(many[[0, 2]], cells, everything)
    with pytest.raises(NotImplementedError, match="no cells with compartments"):
        board.Projection(cells, cells, everything, source="axon")
    with pytest.raises(NotOnBoard, match="CloneConnector: is not on SpiNNaker boards"):
        board.Projection(wires.pre, cells, board.CloneConnector(wires))
    with pytest.raises(TypeError, match="'wrong'"):
        board.Projection(cells, cells, everything, wrong=1)
    with pytest.raises(ConnectionError, match="receptor_types"):
        board.Projection(cells, cells, everything, receptor_type="gaba")
    with pytest.warns(NeurosimWarning, match="Projection: partition_id mean nothing"):
        board.Projection(cells, cells, everything, partition_id="a", download_synapses=False)


def test_functions_that_spynnaker_has_not_got(board):
    _, wires = joined(board)
    for call in (
        lambda: wires.set(weight=1.0),
        wires.size,
        lambda: setattr(wires[0], "weight", 2.0),
    ):
        with pytest.raises(NotImplementedError, match="sPyNNaker does not have it"):
            call()
    with pytest.raises(ParameterError, match="must be 'last' on SpiNNaker boards, got 'sum'"):
        wires.get("weight", "array", multiple_synapses="sum")


# weights and delays


def test_weights_of_both_signs_are_magnitudes_at_inhibitory_receptors(board):
    for cell in (board.IF_curr_exp(), board.IF_cond_exp(), board.IF_curr_delta()):
        found = []
        for weight in (0.7, -0.7):
            cells, wires = joined(board, weight, "inhibitory", cell)
            cells.record("v")
            found.append((cells, weights(wires)))
        (first, one), (second, other) = found
        assert one == other
        assert one[0] == pytest.approx(0.7, abs=2.0**-10)
        board.run(6.0)
        v = [c.get_data().segments[-1].analogsignals[0].magnitude for c in (first, second)]
        assert (v[0] == v[1]).all()
        assert v[0][-1, 0] < -65.0
        board.setup(1.0, backend="spinnaker-emulator")


def test_negative_weights_need_an_inhibitory_receptor(board):
    with pytest.raises(ConnectionError, match="boards store the magnitude"):
        joined(board, -0.5, None)
    cells = board.Population(2, board.IF_curr_exp())
    mixed = board.FromListConnector([(0, 0, 1.0, 1.0), (0, 1, -1.0, 1.0)])
    with pytest.raises(ConnectionError, match="must be all positive or all negative"):
        board.Projection(cells, cells, mixed, receptor_type="inhibitory")


def test_weights_are_read_as_they_are_stored_before_and_after(board):
    cells = board.Population(3, board.IF_curr_delta(tau_m=[10.0, 20.0, 30.0], cm=0.3))
    rows = [(1, 2, 0.3, 1.0), (0, 2, 1.0, 2.0), (1, 0, 0.1, 1.0), (0, 0, 0.2, 1.0)]
    wires = board.Projection(cells, cells, board.FromListConnector(rows))
    first = wires.get(["weight", "delay"], "list")
    assert [row[:2] for row in first] == [(0, 0), (0, 2), (1, 0), (1, 2)]
    # two synapses at most a cell, the largest of 1 nA: shift 1
    assert [row[2] for row in first] == [round(w * 2**14) / 2**14 for w in (0.2, 1.0, 0.1, 0.3)]
    assert [row[3] for row in first] == [1.0, 2.0, 1.0, 1.0]
    board.run(5.0)
    assert wires.get(["weight", "delay"], "list") == first
    assert wires[0].weight == first[0][2]


def test_weights_before_a_run_follow_what_is_declared(board):
    cells, wires = joined(board, 0.3)
    first = weights(wires)
    assert first == [round(0.3 * 2**15) / 2**15] * 2
    assert [c.weight for c in wires.connections] == first
    source = wires.pre
    board.Projection(source, cells, board.OneToOneConnector(), board.StaticSynapse(weight=1.7))
    coarse = weights(wires)
    assert coarse == [round(0.3 * 2**13) / 2**13] * 2  # 2 nA in a tick: shift 2
    board.run(1.0)
    assert weights(wires) == coarse


def test_a_delta_cell_s_weight_is_a_current(board):
    cells, _ = joined(board, 2.0, cell=board.IF_curr_delta())
    cells.record("v")
    board.run(4.0)
    raw = cells.get_data().segments[0].analogsignals[0].magnitude[:, 0] * 32768.0
    resistance, decay = 655360, 31170  # as of G1
    target = ((2 * 32768 * resistance) >> 15) - 65 * 32768
    jump = target - ((decay * (target + 65 * 32768)) >> 15)
    assert raw.tolist() == [-2129920.0] * 3 + [float(jump)]


def test_delays_are_rounded_half_to_even(board):
    cells = board.Population(1, board.IF_curr_exp())
    rows = [(0, 0, 1.0, d) for d in (0.4, 1.5, 2.5, 3.0, 3.6)]
    with pytest.warns(RoundingWarning, match="4 of 5 delays were rounded to ticks of 1 ms"):
        wires = board.Projection(cells, cells, board.FromListConnector(rows))
    assert wires.get("delay", "list", with_address=False) == [1.0, 2.0, 2.0, 3.0, 4.0]


def plastic(board, timing, amplitude):
    """G2 to G4: cells with synapses whose weights move; weights after all spikes."""
    times = [[float(t) for t, source in PRE if source == own] for own in (0, 1)]
    source = board.Population(2, board.SpikeSourceArray(spike_times=times))
    cells = board.Population(2, board.IF_curr_exp(tau_refrac=2.0, i_offset=[1.6, 2.3]))
    rule = board.STDPMechanism(
        timing_dependence=timing(tau_plus=16.8, tau_minus=33.7, A_plus=0.05, A_minus=0.035),
        weight_dependence=amplitude(w_min=0.0, w_max=3.0), weight=1.0, delay=1.0,
        backprop_delay=True,
    )  # fmt: skip
    wires = board.Projection(source, cells, board.AllToAllConnector(), rule)
    assert weights(wires) == [1.0] * 4
    cells.record("spikes")
    board.run(30.0)
    board.run(20.0)
    trains = cells.get_data().segments[0].spiketrains
    spikes = sorted((int(t), unit) for unit, train in enumerate(trains) for t in train.magnitude)
    return [weight * 4096.0 for weight in weights(wires)], spikes


def test_plasticity_has_absolute_amplitudes(board):
    found, spikes = plastic(board, board.SpikePairRule, board.AdditiveWeightDependence)
    assert found == [3720.0, 3659.0, 4029.0, 4045.0]  # G2
    assert spikes == [
        (6, 1), (8, 0), (13, 1), (16, 0), (20, 1), (24, 0), (27, 1), (33, 0), (34, 1), (40, 0),
        (40, 1), (47, 1), (48, 0),
    ]  # fmt: skip


def test_multiplicative_amplitudes_are_shares(board):
    found, _ = plastic(board, board.SpikePairRule, board.MultiplicativeWeightDependence)
    assert found == [5467.0, 5309.0, 4444.0, 4497.0]  # G3


def test_nearest_pairs(board):
    rule = board.extra_models.SpikeNearestPairRule
    found, _ = plastic(board, rule, board.AdditiveWeightDependence)
    assert found == [3567.0, 3746.0, 3994.0, 4007.0]  # G4


@pytest.mark.parametrize("name", ["IF_curr_exp", "IF_curr_delta", "IF_curr_alpha"])
def test_bounds_and_amplitudes_are_exact_in_the_board_s_unit(board, name):
    rule = board.STDPMechanism(
        timing_dependence=board.SpikePairRule(A_plus=0.0625, A_minus=0.03),
        weight_dependence=board.AdditiveWeightDependence(w_min=0.1, w_max=1.7), weight=0.5,
    )  # fmt: skip
    cells = board.Population(2, getattr(board, name)())
    wires = board.Projection(cells, cells, board.AllToAllConnector(), rule)
    assert [wires.get(n, "list", with_address=False)[0] for n in ("A_plus", "w_max")] == [
        0.0625, 1.7,
    ]  # fmt: skip
    board.run(1.0)
    (route,) = board.simulation()._engine.mapping.routes
    assert (route.weights == 0.5).all()
    assert (route.rule.w_min, route.rule.w_max) == pytest.approx((0.1, 1.7), rel=3e-16)
    assert route.rule.A_plus * route.rule.w_max == pytest.approx(0.0625, rel=3e-16)
    assert route.rule.A_minus * route.rule.w_max == pytest.approx(0.03, rel=3e-16)


def test_plasticity_refuses(board):
    parts = {
        "timing_dependence": board.SpikePairRule(),
        "weight_dependence": board.AdditiveWeightDependence(),
    }
    with pytest.raises(NotOnBoard, match=r"backprop_delay: False is not emulated"):
        board.STDPMechanism(**parts, backprop_delay=False)
    with pytest.raises(NotImplementedError, match="no voltage dependence"):
        board.STDPMechanism(**parts, voltage_dependence=1)
    with pytest.warns(NeurosimWarning, match="pad_to_length"):
        board.STDPMechanism(**parts, pad_to_length=258)
    cells = board.Population(2, board.IF_curr_exp())
    rule = board.STDPMechanism(**parts, dendritic_delay_fraction=0.5)
    with pytest.raises(NotImplementedError, match=r"dendritic_delay_fraction: must be 1"):
        board.Projection(cells, cells, board.AllToAllConnector(), rule)


# currents


def test_currents_change_at_whole_ticks(board):
    cells = board.Population(2, board.IF_curr_exp())
    cells[0:1].inject(board.DCSource(amplitude=1.0, start=2.9, stop=5.9))
    cells[1:2].inject(board.StepCurrentSource(times=[2.0, 5.7], amplitudes=[1.0, 0.0]))
    cells.record("v")
    board.run(10.0)
    v = cells.get_data().segments[0].analogsignals[0].magnitude
    assert (v[:, 0] == v[:, 1]).all()
    assert (v[:3, 0] == -65.0).all()
    assert (np.diff(v[2:6, 0]) > 0.0).all()
    assert (np.diff(v[5:, 0]) < 0.0).all()


def test_a_current_without_an_end_never_flows(board):
    cells = board.Population(1, board.IF_curr_exp())
    with pytest.warns(NeurosimWarning, match=r"DCSource\.stop: is 0 ms on SpiNNaker boards"):
        cells.inject(board.DCSource(amplitude=1.0, start=2.0))
    cells.record("v")
    board.run(10.0)
    assert (cells.get_data().segments[0].analogsignals[0].magnitude == -65.0).all()


# recordings and runs


def test_samples_and_stamps_of_runs_that_go_on(board):
    cells = board.Population(2, board.IF_curr_exp(i_offset=[1.0, 2.0], tau_refrac=2.0))
    cells.record(["v", "spikes"])
    cells[0:1].record("gsyn_exc")
    board.run(20.0)
    board.run(40.0)
    segment = cells.get_data().segments[0]
    v = segment.filter(name="v")[0]
    assert v.shape == (60, 2)
    assert v[0, 0] == -65.0
    assert (v.magnitude[:4, 1] * 32768.0).tolist() == [-2129920, -2066000, -2005197, -1947359]  # G1
    assert segment.filter(name="gsyn_exc")[0].shape == (60, 1)
    times = [train.magnitude.tolist() for train in segment.spiketrains]
    # v reaches the threshold after 20 ln(4) = 27.7 ms, or 20 ln(1.6) = 9.4 ms; 2 ms at rest
    assert times == [[27.0, 57.0], [9.0, 21.0, 33.0, 45.0, 57.0]]
    board.reset()
    board.run(20.0)
    first, second = cells.get_data().segments
    assert first.filter(name="v")[0].shape == (60, 2)
    assert (second.filter(name="v")[0].magnitude == v.magnitude[:20]).all()


def test_a_cleared_recording_begins_with_the_present_tick(board):
    cells = board.Population(1, board.IF_curr_exp(i_offset=2.0, tau_refrac=2.0))
    cells.record(["v", "spikes"])
    board.run(21.0)
    first = cells.get_data(clear=True).segments[0]
    board.run(20.0)
    second = cells.get_data().segments[0]
    assert first.spiketrains[0].magnitude.tolist() == [9.0]
    assert second.spiketrains[0].magnitude.tolist() == [21.0, 33.0]
    assert (first.analogsignals[0].shape, second.analogsignals[0].shape) == ((21, 1), (20, 1))
    assert cells.get_spike_counts() == {cells[0]: 2}


def test_samples_at_intervals(board):
    cells = board.Population(1, board.IF_curr_exp(i_offset=1.0))
    cells.record("v", sampling_interval=3.0)
    board.run(10.0)
    signal = cells.get_data().segments[0].analogsignals[0]
    assert signal.times.magnitude.tolist() == [0.0, 3.0, 6.0, 9.0]


def test_start_values(board):
    cells = board.Population(1, board.IF_curr_exp(), initial_values={"v": -60.0})
    cells.record("v")
    board.run(1.0)
    cells.initialize(v=-70.0)
    board.run(1.0)
    v = cells.get_data().segments[0].analogsignals[0].magnitude[:, 0]
    assert v.tolist() == [-60.0, -70.0]


def test_changes_between_runs(board):
    source = board.Population(1, board.SpikeSourceArray(spike_times=[1.0]))
    noise = board.Population(1, board.SpikeSourcePoisson(rate=5.0))
    cells = board.Population(1, board.IF_curr_exp())
    cells.record(["v", "spikes"])
    board.Projection(source, cells, board.AllToAllConnector(), board.StaticSynapse(weight=0.5))
    board.run(10.0)
    cells.set(i_offset=1.0)
    source.set(spike_times=[1.0, 14.0])
    cells.record("gsyn_exc")
    board.run(10.0)
    segment = cells.get_data().segments[0]
    v, g = (segment.filter(name=name)[0].magnitude[:, 0] for name in ("v", "gsyn_exc"))
    assert (len(v), len(g)) == (20, 20)
    assert np.isnan(g).tolist() == [True] * 10 + [False] * 10
    steps = np.diff(v)
    assert steps[9] < 0.1 < 0.8 < steps[10]  # the tick of the first update with the current
    assert steps[14] < steps[13]
    assert steps[15] > steps[14] + 0.3  # and with the spike at 14 ms
    noise.set(rate=50.0)
    with pytest.raises(UnsupportedError, match="Poisson sources cannot change"):
        board.run(1.0)
    board.reset()
    board.run(3.0)
    assert noise.get("rate") == 50.0
