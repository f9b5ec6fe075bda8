from __future__ import annotations

import csv
import math

import numpy as np
import pytest

import neurosim as ns
from neurosim.errors import ParameterError, WiringError
from neurosim.models import ca3
from neurosim.models.ca3 import BACKWARD, FORWARD, CA3Params, Circuit, build, counts
from neurosim.models.ca3.network import initial_weights
from neurosim.models.ca3.timing import spike_trains
from neurosim.models.protocols import NetworkModel

from . import worked

BACKENDS = ["numba", "reference"]


def prepared(backend, record=(), more=None, **options):
    network = build(
        worked.PARAMS, inputs=spike_trains(worked.TIMED, 3, 4), record=record, **options
    )
    if more is not None:
        network.record(*more)
    return ns.prepare(network, dt=1.0, seed=0, backend=backend)


# weights


def golden_weights():
    with worked.WEIGHTS.open() as file:
        rows = list(csv.DictReader(file))
    changes = {}
    for row in rows:
        place = (row["projection"], int(row["pre"]), int(row["post"]))
        changes.setdefault(int(row["step"]), []).append((place, float(row["weight"])))
    return changes


@pytest.mark.parametrize("backend", BACKENDS)
def test_weights_of_the_worked_example(backend):
    """Read raw, as a board reports them: potentiation is applied at the next presynaptic spike."""
    expected = {"forward": np.zeros((3, 4)), "backward": np.zeros((4, 3))}
    changes, seen = golden_weights(), 0
    with prepared(backend) as simulation:
        for step in range(worked.STEPS):
            simulation.run(1.0)
            for (name, pre, post), weight in changes.get(step, []):
                expected[name][pre, post] = weight
                seen += 1
            forward = simulation.weights(FORWARD, pending=False).matrix(3, 4)
            backward = simulation.weights(BACKWARD, pending=False).matrix(4, 3)
            np.testing.assert_allclose(forward, expected["forward"], atol=1e-3, err_msg=str(step))
            np.testing.assert_allclose(backward, expected["backward"], atol=1e-3, err_msg=str(step))
    assert seen == 27


def test_pending_potentiation_is_there_before_it_is_applied():
    with prepared("numba") as simulation:
        simulation.run(14.0)
        raw = simulation.weights(FORWARD, pending=False).matrix(3, 4)
        flushed = simulation.weights(FORWARD).matrix(3, 4)
    assert np.all(raw < 1e-3)
    np.testing.assert_allclose(flushed[0], [6.0, 6.0, 0.0, 0.0], atol=1e-3)


# membranes


def compared(neuron, v, exc, inh, excitatory):
    """The potential that a neuron compares with its threshold, from its state and input.

    The step function of the neuron itself, with a threshold that is out of reach, so that no spike
    resets it.
    """
    free = neuron.replace(v_thresh=1e9)
    values = free.constants(1.0)
    values |= {"v": v, "isyn_exc": exc, "isyn_inh": inh, "refractory": 0.0}
    values |= {"excitatory": excitatory, "inhibitory": 0.0, "injected": 0.0}
    step = ns.IFCurrExp.step_spinnaker
    names = step.__code__.co_varnames[: step.__code__.co_argcount]
    return step(*(values[name] for name in names))[0]


def test_weights_of_the_worked_example_are_near_in_the_boards_arithmetic():
    """Its words have a step of 0.004 nA at most, and are rounded down at every spike."""
    expected = {"forward": np.zeros((3, 4)), "backward": np.zeros((4, 3))}
    changes = golden_weights()
    with prepared("spinnaker-emulator") as simulation:
        for step in range(worked.STEPS):
            simulation.run(1.0)
            for (name, pre, post), weight in changes.get(step, []):
                expected[name][pre, post] = weight
            forward = simulation.weights(FORWARD, pending=False).matrix(3, 4)
            backward = simulation.weights(BACKWARD, pending=False).matrix(4, 3)
            np.testing.assert_allclose(forward, expected["forward"], atol=2e-2, err_msg=str(step))
            np.testing.assert_allclose(backward, expected["backward"], atol=2e-2, err_msg=str(step))


@pytest.mark.parametrize("backend", BACKENDS)
def test_membranes_of_the_worked_example(backend):
    """A silent neuron keeps the potential it compared, and the next sample shows it."""
    with prepared(backend, more=(["ContCond", "CueCont"], "v")) as simulation:
        recording = simulation.run(worked.STEPS).recording()
    gate = recording.signal("ContCond", "v")
    cues = recording.signal("CueCont", "v")
    assert gate[31 + 1, :2] == pytest.approx([-57.320, -57.320], abs=1e-3)
    assert cues[4 + 1, 1:] == pytest.approx([-81.441, -81.441], abs=1e-3)
    assert cues[5 + 1, 1:] == pytest.approx([-85.108, -85.108], abs=1e-3)
    assert cues[88 + 1, 0] == pytest.approx(-57.251, abs=1e-3)
    assert cues[116 + 1, 0] == pytest.approx(-57.296, abs=1e-3)


@pytest.mark.parametrize("backend", BACKENDS)
def test_membrane_of_a_firing_neuron(backend):
    """A firing neuron is reset at once, so what it compared is computed from its state before."""
    neuron = worked.PARAMS.circuit.class_b.neuron()
    with prepared(backend) as simulation:
        simulation.run(88.0)
        weights = simulation.weights(BACKWARD, pending=False).matrix(4, 3)[1]
        state = [simulation.read("CueCont", name) for name in ("v", "isyn_exc", "isyn_inh")]
        reached = [
            compared(neuron, *(s[cue] for s in state), excitatory=weights[cue]) for cue in (0, 1)
        ]
        simulation.run(1.0)
        after = simulation.read("CueCont", "v")
    assert reached == pytest.approx([-57.251, -54.710], abs=1e-3)
    assert after[0] == pytest.approx(reached[0], abs=1e-9)  # silent: the computation is right
    assert after[1] == -60.0  # fired: reset


# sizes


@pytest.mark.parametrize(
    ("size", "neurons", "static", "plastic", "all_neurons", "all_synapses"),
    [
        ((3, 4), 26, 57, 24, 40, 95),
        ((5, 10), 56, 165, 100, 86, 295),
        ((16, 6), 73, 660, 192, 117, 896),
    ],
)
def test_published_sizes(size, neurons, static, plastic, all_neurons, all_synapses):
    assert counts(CA3Params(*size)) == {
        "neurons": neurons,
        "static": static,
        "plastic": plastic,
        "all_neurons": all_neurons,
        "all_synapses": all_synapses,
    }


@pytest.mark.parametrize("size", [(1, 1), (3, 4), (5, 10), (16, 6)])
def test_a_built_network_has_these_sizes(size):
    params = CA3Params(*size)
    network = build(params)
    outside = {"IN", "OUT"}
    with ns.prepare(network, dt=1.0, seed=0) as simulation:
        synapses = {p: len(simulation.weights(p).pre) for p in network.projections}
    inner = {
        name: n
        for name, n in synapses.items()
        if not outside
        & {v.name for v in network.projections[name].pre + network.projections[name].post}
    }
    sizes = {name: p.size for name, p in network.populations.items()}
    assert counts(params) == {
        "neurons": sum(n for name, n in sizes.items() if name not in outside),
        "static": sum(n for name, n in inner.items() if name not in (FORWARD, BACKWARD)),
        "plastic": synapses[FORWARD] + synapses[BACKWARD],
        "all_neurons": sum(sizes.values()),
        "all_synapses": sum(synapses.values()),
    }


def test_lateral_inhibition_scales_with_the_content():
    for n in (4, 10):
        projections = build(CA3Params(3, n)).projections
        for name in ("CueCue-|CueCont", "CueCont-|CueCont"):
            assert projections[name].synapse.weight == -6.0 * n
            assert projections[name].receptor == "inhibitory"


# inputs that the published operations do not define


def raw(trains, steps=120, size=(3, 4)):
    """OUT by step, and flushed forward and backward weights, for spike times of single units."""
    c, n = size
    inputs = [sorted(trains.get(unit, [])) for unit in range(c + n)]
    with ns.prepare(build(CA3Params(c, n), inputs=inputs), dt=1.0, seed=0) as simulation:
        recording = simulation.run(steps).recording()
        forward = simulation.weights(FORWARD).matrix(c, n)
        backward = simulation.weights(BACKWARD).matrix(n, c)
    active = {}
    for time, unit in zip(recording.spikes["OUT"].times, recording.spikes["OUT"].ids, strict=True):
        active.setdefault(int(time), set()).add(int(unit))
    return active, forward, backward


def pulses(*parts):
    trains = {}
    for units, times in parts:
        for unit in units:
            trains.setdefault(unit, []).extend(times)
    return trains


def test_several_cues_at_once_recall_the_union():
    learn = [((0, 3, 4), (0, 1, 2)), ((1, 4, 5), (14, 15, 16))]
    active, forward, _ = raw(pulses(*learn, ((0, 1), (28,)), ((0,), (42,)), ((1,), (56,))))
    assert active[28 + 5] == {0, 1}
    assert active[28 + 6] == {3, 4, 5}
    assert active[42 + 6] == {3, 4}
    assert active[56 + 6] == {4, 5}
    np.testing.assert_array_equal(forward[:2] > 3.3, [[1, 1, 0, 0], [0, 1, 1, 0]])


def test_a_pulse_of_cue_and_bit_adds_the_bit():
    trains = pulses(((0, 3), (0, 1, 2)), ((0, 5), (14,)), ((0,), (28,)), ((5,), (42,)))
    active, _, _ = raw(trains)
    assert active[28 + 6] == {3, 5}
    assert active[42 + 6] == {0}


def test_learning_nothing_erases_forward_only():
    active, forward, backward = raw(
        pulses(((0, 3), (0, 1, 2)), ((0,), (14, 15, 16)), ((3,), (42,)))
    )
    assert forward[0, 0] < 0.5
    assert backward[0, 0] > 5.0
    assert active[42 + 6] == {0}


# building


def test_the_module_is_a_network_model():
    assert isinstance(ca3, NetworkModel)
    assert ca3.build(CA3Params(2, 2)) == build(CA3Params(2, 2))


def test_a_network_can_be_written_and_read():
    network = build(CA3Params(3, 4), contents={1: {0, 2}})
    assert ns.Network.from_dict(network.to_dict()) == network


def test_contents_from_the_start_cover_all_pairs():
    weights = initial_weights(CA3Params(3, 4), {0: {1}, 2: [0, 3]})
    np.testing.assert_array_equal(weights, [[0, 6, 0, 0], [0, 0, 0, 0], [6, 0, 0, 6]])
    network = build(CA3Params(3, 4), contents={0: {1}})
    assert network.projections[FORWARD].synapse.weight.shape == (3, 4)
    assert network.projections[BACKWARD].synapse.weight.shape == (4, 3)


def test_circuit_changes_arrive():
    circuit = Circuit(class_a={"tau_m": 4.0}, delays={"lateral": 3.0}, plasticity={"A_plus": 0.5})
    network = build(CA3Params(2, 2, circuit))
    assert network["CueCue"].kind.tau_m == 4.0
    assert network["CueCont"].kind.tau_m == 0.5
    assert network.projections["CueCont-|CueCont"].synapse.delay == 3.0
    assert network.projections[FORWARD].synapse.A_plus == 0.5


def test_amplitudes_are_shares_of_the_largest_weight():
    synapse = build(CA3Params(2, 2)).projections[FORWARD].synapse
    assert synapse.A_plus * synapse.w_max == synapse.A_minus * synapse.w_max == 6.0
    assert math.isclose(synapse.tau_plus, 3.0)
    assert synapse.dendritic_delay_fraction == 1.0


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"contents": [1]}, "contents"),
        ({"contents": {3: {0}}}, "contents"),
        ({"contents": {"a": {0}}}, "contents"),
        ({"contents": {0: {4}}}, "contents"),
        ({"contents": {0: set()}}, "contents"),
        ({"inputs": [[0.0]] * 5}, "spike_times"),
        ({"inputs": [[-1.0]] * 7}, "spike_times"),
        ({"record": ("Cue",)}, "Cue"),
    ],
)
def test_bad_input_is_named(options, named):
    with pytest.raises((ParameterError, WiringError), match=named):
        build(CA3Params(3, 4), **options)


def test_params_are_needed():
    with pytest.raises(ParameterError, match=r"build\.params: must be CA3Params"):
        build((3, 4))
