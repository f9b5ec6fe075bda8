import numpy as np
import pytest

import neurosim as ns
from neurosim.errors import LoweringError, ParameterError, RoundingWarning
from neurosim.neurons.base import KINDS
from neurosim.plan.lower import lower, steps_of
from neurosim.plan.plan import NEVER


def network():
    net = ns.Network("n")
    net.population("in", 2, ns.SpikeSourceArray(spike_times=[[5.0], [1.0, 5.0]]))
    net.population("a", 3, ns.IFCurrExp(tau_m=15.0), {"v": ns.Uniform(-65.0, -60.0)})
    net.population("b", 2, ns.IFCurrExp(tau_m=[15.0, 20.0]))
    net.population("c", 4, ns.Izhikevich())
    return net


def test_populations_of_one_kind_lie_end_to_end():
    plan = lower(network(), 0.5, 1)
    assert [(p.name, p.size, p.block, p.offset) for p in plan.populations] == [
        ("in", 2, -1, 0), ("a", 3, 0, 0), ("b", 2, 0, 3), ("c", 4, 1, 0),
    ]  # fmt: skip
    assert [b.size for b in plan.neurons] == [5, 4]
    assert plan.neurons[0].slices == {"a": range(3), "b": range(3, 5)}
    assert plan.population("b") == 2


def test_equal_constants_stay_scalars_and_others_become_arrays():
    constants = lower(network(), 0.5, 1).neurons[0].constants
    assert constants["v_thresh"] == -50.0
    assert type(constants["v_thresh"]) is float
    decay = np.exp(-0.5 / np.array([15.0, 15.0, 15.0, 15.0, 20.0]))
    np.testing.assert_allclose(constants["decay_m"], decay, rtol=1e-15)
    assert not constants["decay_m"].flags.writeable


def test_initial_values_are_drawn_by_name_and_seed():
    def start(net, seed=1):
        plan = lower(net, 0.5, seed)
        where = plan.populations[plan.population("a")]
        return plan.neurons[where.block].state["v"][where.offset : where.offset + 3]

    values = start(network())
    assert ((values > -65.0) & (values < -60.0)).all()
    assert len(np.unique(values)) == 3
    more = ns.Network("other")
    more.population("first", 9, ns.IFCurrExp(), {"v": ns.Uniform(-65.0, -60.0)})
    more.population("a", 3, ns.IFCurrExp(), {"v": ns.Uniform(-65.0, -60.0)})
    more.record("a", "v")
    assert (start(more) == values).all()
    assert (start(network(), 2) != values).all()


def test_parameters_can_be_drawn():
    net = ns.Network()
    net.population("a", 50, ns.IFCurrExp(tau_m=ns.Uniform(10.0, 20.0)))
    tau = -0.5 / np.log(lower(net, 0.5, 1).neurons[0].constants["decay_m"])
    assert ((tau > 10.0) & (tau < 20.0)).all()
    assert len(np.unique(tau)) == 50


def test_spike_times_become_stamps_sorted_by_time_then_id():
    (block,) = lower(network(), 0.5, 1).arrays
    assert block.steps.tolist() == [2, 10, 10]
    assert block.ids.tolist() == [1, 0, 1]
    shared = ns.Network()
    shared.population("in", 2, ns.SpikeSourceArray(spike_times=[1.0]))
    assert lower(shared, 0.5, 1).arrays[0].ids.tolist() == [0, 1]


def test_times_off_the_grid_are_rounded_and_noted():
    net = ns.Network()
    net.population("in", 1, ns.SpikeSourceArray(spike_times=[0.3, 1.0, 1.2]))
    with pytest.warns(RoundingWarning, match=r"2 spike times rounded.*first: 0.3, 1.2 ms"):
        plan = lower(net, 0.5, 1)
    assert plan.arrays[0].steps.tolist() == [1, 2, 2]
    assert len(plan.notes) == 1


@pytest.mark.parametrize(
    ("time", "stamp"), [(0.3, 3), (0.25, 3), (0.24999, 2), (0.0, 0), (1e6, 10**7)]
)
def test_the_nearest_stamp(time, stamp):
    assert steps_of(time, 0.1) == stamp


def test_poisson_sources_have_thresholds_and_ranges():
    net = ns.Network()
    net.population("p", 3, ns.SpikeSourcePoisson(rate=[0.0, 10.0, 2000.0], start=1.2, duration=2.0))
    (block,) = lower(net, 0.5, 1).poisson
    assert block.thresholds.tolist() == [0, round(0.005 * 2**32), 2**32]
    assert (block.first.tolist(), block.last.tolist()) == ([3] * 3, [7] * 3)
    with pytest.raises(ParameterError, match=r"SpikeSourcePoisson.rate: must be <= 1000 Hz"):
        lower(net, 1.0, 1)


def test_poisson_input_shares_tables_of_equal_rates():
    net = ns.Network()
    net.population("a", 4, ns.IFCurrExp())
    rates = [100.0, 200.0, 100.0]
    net.inject(ns.PoissonInput(rate=rates, weight=-0.1, receptor="inhibitory"), net["a"][1:])
    (block,) = lower(net, 0.5, 1).inputs
    assert block.table.tolist() == [0, 1, 0]
    assert len(block.starts) == 3
    assert block.ids.tolist() == [1, 2, 3]
    assert (block.input, block.weight) == (1, -0.1)
    assert (block.first, block.last) == (0, NEVER)


def test_groups_of_several_parts_become_a_block_per_pair():
    net = network()
    net.project(["in", net["a"][[2, 0]]], ["a", "b"], ns.AllToAll(), ns.Static(0.1, 1.0), name="p")
    blocks = lower(net, 0.5, 1).synapses
    assert [(b.pre, b.post, b.pre_first, b.post_first) for b in blocks] == [
        (0, 1, 0, 0), (0, 2, 0, 3), (1, 1, 2, 0), (1, 2, 2, 3),
    ]  # fmt: skip
    assert all((b.name, b.n_pre, b.n_post) == ("p", 4, 5) for b in blocks)
    assert blocks[2].pre_ids.tolist() == [2, 0]
    assert len({b.key for b in blocks}) == 1


def test_a_missing_delay_is_one_step_and_others_are_rounded():
    net = network()
    net.project("in", "a", ns.AllToAll(), ns.Static(0.1), name="p")
    assert lower(net, 0.5, 1).synapses[0].synapse.delay == 0.5
    net.project("in", "a", ns.AllToAll(), ns.Static(0.1, 1.2), name="q")
    with pytest.warns(RoundingWarning, match=r"projection 'q': 1 delays rounded.*first: 1.2 ms"):
        lower(net, 0.5, 1)


def test_distances_need_positions():
    net = network()
    net.project("a", "b", ns.DistanceDependent("d < 1"), ns.Static(0.1))
    with pytest.raises(LoweringError, match="DistanceDependent needs positions on both sides"):
        lower(net, 0.5, 1)


def probes(net):
    plan = lower(net, 0.5, 1)
    return {(plan.populations[p.population].name, p.variable): p for p in plan.probes}


def test_calls_for_one_variable_become_one_probe_with_all_units():
    net = network()
    net.record(net["c"][[3, 1]], ["spikes", "v"], every=1.0)
    net.record(net["c"][[1, 2]], "v", every=1.0)
    net.record("b", "v")
    found = probes(net)
    assert list(found) == [("c", "spikes"), ("c", "v"), ("b", "v")]
    assert found["c", "v"].ids.tolist() == [1, 2, 3]
    assert found["c", "v"].ids.dtype == np.int32
    assert found["c", "spikes"].ids.tolist() == [1, 3]
    assert (found["c", "v"].every, found["c", "spikes"].every, found["b", "v"].every) == (2, 1, 1)


def test_windows_become_stamps():
    net = network()
    net.record("a", "v", every=1.0, start=2.2, stop=4.0)
    net.record("b")
    found = probes(net)
    probe = found["a", "v"]
    assert (probe.first, probe.last, probe.every) == (5, 8, 2)
    assert (found["b", "spikes"].first, found["b", "spikes"].last) == (0, NEVER)


def test_an_interval_off_the_grid_is_rounded_and_noted():
    net = network()
    net.record("a", ["spikes", "v"], every=1.2)
    with pytest.warns(RoundingWarning, match=r"'v' of 'a': every 1.2 ms rounded to 1 ms"):
        plan = lower(net, 0.5, 1)
    assert len(plan.notes) == 1


@pytest.mark.parametrize(
    ("args", "named", "words"),
    [
        ((0.0, 1), {}, r"simulate.dt: must be > 0 ms"),
        (("soon", 1), {}, r"simulate.dt: "),
        ((0.1, -1), {}, r"simulate.seed: must be a whole number >= 0"),
        ((0.1, 1.5), {}, r"simulate.seed: "),
        ((0.1, True), {}, r"simulate.seed: "),
        ((0.1, 1), {"precision": "half"}, r"simulate.precision: must be 'single' or 'double'"),
        ((0.1, 1), {"weights": None}, r"simulate.weights: must be 'single' or 'double'"),
    ],
)
def test_wrong_options_are_named(args, named, words):
    with pytest.raises(ParameterError, match=words):
        lower(network(), *args, **named)


def test_an_empty_network_is_refused():
    with pytest.raises(LoweringError, match="must hold a population"):
        lower(ns.Network(), 0.1, 1)
    with pytest.raises(ParameterError, match=r"simulate.network: must be a Network"):
        lower({"populations": []}, 0.1, 1)


@pytest.fixture
def user_kind():
    def make(step="def step(v, n):\n    return v + n, v > 9.0", **state):
        body = {
            "kind": "kind_for_test", "__annotations__": {"n": int}, "n": ns.integer(2),
            "receptors": (), "state": state or {"v": 0.0}, "step": step,
        }  # fmt: skip
        return type("Kind", (ns.NeuronKind,), body)

    yield make
    KINDS.pop("kind_for_test", None)


def lowered(*kinds):
    net = ns.Network()
    for index, kind in enumerate(kinds):
        net.population(f"p{index}", 2, kind)
    return lower(net, 0.5, 1)


def test_whole_number_parameters_are_constants(user_kind):
    assert lowered(user_kind()(n=3)).neurons[0].constants == {"n": 3.0}


def test_arguments_that_nothing_gives_are_named(user_kind):
    kind = user_kind("def step(v, gain):\n    return v + gain, v > 9.0")
    with pytest.raises(LoweringError, match=r"Kind.step: argument 'gain' is no state variable"):
        lowered(kind())


def test_start_values_that_nothing_gives_are_named(user_kind):
    kind = user_kind(v="v_start")
    with pytest.raises(LoweringError, match=r"Kind.state: 'v' starts at 'v_start', which is no"):
        lowered(kind())


def test_kinds_of_one_name_that_differ_do_not_mix(user_kind):
    first, second = user_kind(), user_kind()
    with pytest.raises(LoweringError, match="'p0' and 'p1': have different kinds of the same name"):
        lowered(first(), second())


@pytest.mark.parametrize("value", [float("nan"), [1.0, 2.0, 3.0], [[1.0, 2.0]]])
def test_constants_that_are_no_numbers_are_named(user_kind, value):
    kind = user_kind("def step(v, gain):\n    return v + gain, v > 9.0")
    kind.derive = staticmethod(lambda p, dt: {"gain": value})
    with pytest.raises(LoweringError, match=r"Kind.derive: 'gain' must be a finite number or 2 of"):
        lowered(kind())
