import os
import signal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import neurosim as ns
from neurosim.backends import batch
from neurosim.backends.base import Options
from neurosim.backends.batch import BatchSimulation, bytes_of_sample, violations
from neurosim.backends.registry import backend
from neurosim.errors import (
    Interrupted,
    ParameterError,
    RoundingWarning,
    SimulationError,
    UnsupportedError,
)
from neurosim.plan.batch import given_spikes, sample_plan
from neurosim.plan.lower import lower
from neurosim.testing import strategies as ours
from neurosim.testing.cases import CASES, Case
from tests.neurosim.backends.running import content

STATIC = [
    "neurons leaky", "neurons hh_cond_exp", "neurons if_curr_exp spinnaker", "parameters",
    "currents", "poisson", "poisson spinnaker", "own kind", "connectors", "groups", "delays",
    "delays spinnaker", "weights in double", "probes",
]  # fmt: skip
"""Cases whose synapses are static; of the kinds only some, since all are compiled alike."""


def test_all_cases_with_static_synapses_are_run_but_kinds():
    static = {
        name for name, case in CASES.items()
        if all(p.synapse.kind == "static" for p in case.network().projections.values())
    }  # fmt: skip
    assert set(STATIC) <= static
    assert all(name.startswith("neurons ") for name in static - set(STATIC))


def spikes(network, duration, rng):
    """A sample: spikes for most of the spike array populations."""
    sample = {}
    for name, population in network.populations.items():
        if isinstance(population.kind, ns.SpikeSourceArray) and rng.random() < 0.8:
            n = int(rng.integers(0, 40))
            ids, times = rng.integers(0, population.size, n), rng.uniform(0.0, duration, n)
            sample[name] = list(zip(ids.tolist(), times.tolist(), strict=True))
    return sample


def each(case, samples, name, first=0, **options):
    """What runs of single samples record."""
    plan = lower(case.network(), case.dt, 20, weights=case.weights, **options)
    found = []
    for i, sample in enumerate(samples):
        alone = sample_plan(plan, given_spikes(plan, sample, i).arrays, first + i)
        with backend(name).prepare(alone, Options(progress=False)) as simulation:
            found.append(content(simulation.run(case.duration).recording()))
    return found


def together(case, samples, first=0, **options):
    prepared = ns.prepare_batch(
        case.network(), dt=case.dt, seed=20, weights=case.weights, progress=False, **options
    )
    return [content(r) for r in prepared.run(samples, case.duration, first=first)]


def require_equal_bits(found, expected):
    assert len(found) == len(expected)
    for mine, theirs in zip(found, expected, strict=True):
        np.testing.assert_equal(mine, theirs)
        for name, signal_ in mine["signals"].items():
            assert signal_["values"].tobytes() == theirs["signals"][name]["values"].tobytes()


@pytest.mark.filterwarnings("ignore::neurosim.errors.RoundingWarning")
@pytest.mark.parametrize("name", STATIC)
def test_samples_are_single_runs_to_the_bit(name):
    case, rng = CASES[name], np.random.default_rng(5)
    samples = [spikes(case.network(), case.duration, rng) for _ in range(3)]
    require_equal_bits(together(case, samples), each(case, samples, "reference"))


@pytest.mark.filterwarnings("ignore::neurosim.errors.RoundingWarning")
@pytest.mark.parametrize(
    "name", ["neurons leaky", "own kind", "delays", "weights in double", "poisson spinnaker"]
)
def test_samples_are_single_runs_in_single_precision(name):
    case, rng = CASES[name], np.random.default_rng(6)
    samples = [spikes(case.network(), case.duration, rng) for _ in range(3)]
    options = {"precision": "single"}
    found = together(case, samples, 4, **options)
    require_equal_bits(found, each(case, samples, "numba", 4, **options))


@st.composite
def networks(draw):
    """A network of static synapses with dense and sparse lanes, and some samples."""
    network = ns.Network("random", draw(st.sampled_from(["standard", "spinnaker"])))
    sizes = {"in": draw(st.integers(1, 9)), "a": draw(st.integers(1, 150)), "b": 3}
    network.population("in", sizes["in"], ns.SpikeSourceArray(spike_times=[1.0, 2.0, 2.0]))
    for name in ("a", "b"):
        offsets = np.linspace(0.5, 1.3, sizes[name])
        network.population(name, sizes[name], ns.IFCurrExp(tau_refrac=1.0, i_offset=offsets))
    for _ in range(draw(st.integers(1, 5))):
        pre = draw(ours.views(network, draw(st.sampled_from(["in", "a", "b"]))))
        post = draw(ours.views(network, draw(st.sampled_from(["a", "b"]))))
        sign = draw(st.sampled_from([1.0, -1.0]))
        network.project(
            pre, post, draw(ours.connectors(pre.size, post.size)),
            ns.Static(draw(ours.weights(2.0 * sign)), draw(ours.delays)),
            "excitatory" if sign > 0 else "inhibitory",
        )  # fmt: skip
    for name in sizes:
        network.record(name, network[name].kind.recordable())
    seed = draw(st.integers(0, 2**32))
    return Case("random", ours.Made(network), 25.0, ours.DT, network.timing), seed


@pytest.mark.filterwarnings("ignore::neurosim.errors.RoundingWarning")
@settings(max_examples=40, deadline=None)
@given(networks(), st.integers(0, 5), st.sampled_from(["single", "double"]))
def test_random_networks_are_single_runs_to_the_bit(made, n, precision):
    case, seed = made
    rng = np.random.default_rng(seed)
    samples = [spikes(case.network(), case.duration, rng) for _ in range(n)]
    options = {"precision": precision}
    name = "reference" if precision == "double" and seed % 4 == 0 else "numba"
    require_equal_bits(together(case, samples, **options), each(case, samples, name, **options))


# groups and parts


def test_groups_and_parts_give_the_same(monkeypatch):
    case = CASES["poisson"]
    whole = together(case, [{}] * 7)
    assert any(
        not np.array_equal(whole[0]["spikes"][name]["times"], s["times"])
        for name, s in whole[1]["spikes"].items()
    )
    require_equal_bits(together(case, [{}] * 4, first=3), whole[3:])
    plan = lower(case.network(), case.dt, 20)
    monkeypatch.setattr(batch, "TOGETHER", 3 * bytes_of_sample(plan, 3) - 1)
    require_equal_bits(together(case, [{}] * 7), whole)
    monkeypatch.setattr(batch, "TOGETHER", 1)
    require_equal_bits(together(case, [{}] * 7), whole)


def test_full_buffers_and_short_chunks_change_nothing(monkeypatch):
    case, rng = CASES["delays"], np.random.default_rng(7)
    samples = [{name: [(0, 1.0)] * 30} for name in arrays_of(case)]
    samples += [spikes(case.network(), case.duration, rng) for _ in range(3)]
    with pytest.warns(RoundingWarning, match=r"simulate_batch: \d+ spike times of samples"):
        whole = together(case, samples)
    monkeypatch.setattr(batch, "SPIKES_HELD", 1)
    monkeypatch.setattr(batch, "CHUNK_S", 0.0)  # one step a chunk after the first
    with pytest.warns(RoundingWarning):
        require_equal_bits(together(case, samples), whole)


def arrays_of(case):
    network = case.network()
    return [n for n, p in network.populations.items() if isinstance(p.kind, ns.SpikeSourceArray)]


def test_a_prepared_batch_starts_anew_at_every_run():
    case = CASES["own kind"]
    prepared = ns.prepare_batch(case.network(), dt=case.dt, seed=1, progress=False)
    first, second = prepared.run([{}, {}], 20.0), prepared.run([{}, {}], 20.0)
    require_equal_bits([content(r) for r in first], [content(r) for r in second])
    assert repr(prepared) == "BatchSimulation('own kind', 10 units)"


# ends


def test_nothing_to_do():
    case = CASES["delays"]
    prepared = ns.prepare_batch(case.network(), dt=case.dt, seed=20, progress=False)
    empty = prepared.run([], 10.0)
    assert len(empty) == 0
    assert list(empty) == []
    none = prepared.run([{}], 0.0)
    assert none.duration == 0.0
    require_equal_bits(
        [content(none[0])], each(Case("x", case.build, 0.0, case.dt), [{}], "reference")
    )


def test_a_network_without_synapses_and_probes_runs():
    net = ns.Network()
    net.population("a", 3, ns.IFCurrExp())
    recording = ns.simulate_batch(net, [{}, {}], 5.0, seed=1)
    assert len(recording) == 2
    assert recording.spikes == recording.signals == {}


def test_ctrl_c_keeps_the_samples_that_are_complete(monkeypatch):
    case = CASES["own kind"]
    whole = together(case, [{}] * 5)
    monkeypatch.setattr(batch, "TOGETHER", 1)
    finish, before = batch._Copies.finish, signal.signal(signal.SIGINT, signal.default_int_handler)
    finished = []

    def press(copies):
        finish(copies)
        finished.append(copies)
        if len(finished) == 2:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(batch._Copies, "finish", press)
    try:
        with pytest.raises(Interrupted) as caught:
            together(case, [{}] * 5)
    finally:
        signal.signal(signal.SIGINT, before)
    assert len(finished) == 2
    require_equal_bits([content(r) for r in caught.value.recording], whole[:2])


def test_ctrl_c_in_the_middle_of_samples_leaves_them_out(monkeypatch):
    case, before = CASES["own kind"], signal.signal(signal.SIGINT, signal.default_int_handler)
    advance = batch._Copies._advance

    def press(copies, steps):
        advance(copies, steps)
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(batch._Copies, "_advance", press)
    try:
        with pytest.raises(Interrupted) as caught:
            together(case, [{}] * 2)
    finally:
        signal.signal(signal.SIGINT, before)
    assert len(caught.value.recording) == 0


@pytest.mark.parametrize("name", ["tsodyks-markram", "stdp mixed"])
def test_synapses_with_a_state_are_refused_by_name(name):
    plan = lower(CASES[name].network(), 0.5, 1)
    plastic = [b for b in plan.synapses if b.synapse.kind != "static"]
    assert len(violations(plan)) == len(plastic) > 0
    with pytest.raises(UnsupportedError) as caught:
        BatchSimulation(plan, Options())
    for block in plastic:
        assert f"cannot run projection {block.name!r}: synapse" in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        (([{}], -1.0), "duration: must be >= 0 ms"),
        (([{}], "long"), "duration"),
        (([{}], 1.0, -1), "first: must be a whole number >= 0"),
        (([{}], 1.0, True), "first"),
        (([{}], 1.0, 0.5), "first"),
        ((3, 1.0), "samples: must be a sequence"),
        (([3], 1.0), "samples: must hold mappings"),
    ],
)
def test_nonsense_is_refused(arguments, rule):
    prepared = ns.prepare_batch(CASES["delays"].network(), dt=0.5, seed=1)
    with pytest.raises(ParameterError, match=rule):
        prepared.run(*arguments[:2], **({"first": arguments[2]} if len(arguments) > 2 else {}))


def test_a_recording_that_does_not_fit_is_refused_before_the_run(monkeypatch):
    monkeypatch.setattr(batch, "_Copies", None)
    with pytest.raises(SimulationError, match=r"must fit into 1 KiB.*for 5 samples.*'v' of popula"):
        ns.simulate_batch(CASES["own kind"].network(), [{}] * 5, 100.0, memory_limit=1024)


def test_progress_counts_the_steps_of_all_groups(monkeypatch):
    seen = []

    class Bar:
        def __enter__(self):
            return self

        def __exit__(self, *error):
            pass

        def update(self, done):
            seen.append(done)

    def bar(total, on, title):
        assert (total, on, title) == (3 * 120, True, "own kind")
        return Bar()

    monkeypatch.setattr(batch, "bar", bar)
    monkeypatch.setattr(batch, "TOGETHER", 1)
    case = CASES["own kind"]
    ns.simulate_batch(case.network(), [{}] * 3, 60.0, dt=0.5, progress=True)
    assert seen == sorted(seen)
    assert {120, 240, 360} <= set(seen)
