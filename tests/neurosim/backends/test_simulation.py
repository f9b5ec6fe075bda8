import numpy as np
import pytest

from neurosim.errors import ParameterError, SimulationError, WiringError
from tests.neurosim.backends.running import CountingEngine, fake, simulation

both = pytest.mark.parametrize("backend", ["numba", "reference"])


# time


@both
def test_time_goes_on_by_whole_steps(backend):
    with simulation(backend=backend) as sim:
        assert sim.t == 0.0
        assert sim.run(3.0) is sim
        assert sim.t == 3.0
        assert sim.run(0.7).t == 3.5
        assert sim.run(0.2).t == 3.5
        assert sim.run(0.0).t == 3.5
        assert sim.run_until(3.5).t == 3.5
        assert sim.run_until(10.0).t == 10.0
        assert sim.run(np.float32(1.0)).t == 11.0


def test_a_time_that_rounding_has_moved_is_still_the_present():
    with simulation(dt=0.1) as sim:
        sim.run(0.3)
        assert sim.t != 0.3
        assert sim.run_until(0.3).t == sim.t


@pytest.mark.parametrize("duration", [-1.0, float("nan"), float("inf"), "long", None, [1.0], True])
def test_durations_are_numbers_from_zero(duration):
    with fake() as sim:
        with pytest.raises(ParameterError, match=r"Simulation.run.duration: must be"):
            sim.run(duration)
        assert sim.t == 0.0


def test_time_does_not_go_back():
    with fake() as sim:
        sim.run(5.0)
        with pytest.raises(ParameterError, match=r"run_until.time: must be >= 5 ms, got 4.5"):
            sim.run_until(4.5)
        assert sim.t == 5.0


def test_without_a_step_the_initial_state_is_recorded_in_standard_timing():
    with simulation() as sim:
        found = sim.run(0.0).recording()
    assert found.duration == 0.0
    assert found.signal("a", "v").shape == (1, 4)
    assert len(found.spikes["a"]) == 0


# feeding


@pytest.mark.parametrize(
    ("population", "error", "words"),
    [
        ("a", WiringError, "'a' is no SpikeSourceArray population"),
        ("inn", WiringError, "no population 'inn'. Did you mean 'in'"),
        (3, WiringError, "no population 3"),
    ],
)
def test_only_spike_arrays_can_be_fed(population, error, words):
    with fake() as sim, pytest.raises(error, match=words):
        sim.feed(population, [(0, 1.0)])


@pytest.mark.parametrize(
    ("spikes", "words"),
    [
        (5, "must be .id, time. pairs, got 5"),
        (None, "must be .id, time. pairs"),
        ([0, 3.0], "must be .id, time. pairs"),
        ([(0, 1.0, 2.0), (0, 1.0, 2.0)], "must be .id, time. pairs"),
        ([(0,)], "must be .id, time. pairs"),
        ([(0, 5.0), (0,)], "must be .id, time. pairs"),
        ([("x", 5.0)], "must be .id, time. pairs"),
        ("spikes", "must be .id, time. pairs"),
        ([(2, 5.0)], "must have ids from 0 to 1"),
        ([(-1, 5.0)], "must have ids from 0 to 1"),
        ([(0.5, 5.0)], "must have ids from 0 to 1"),
        ([(float("nan"), 5.0)], "must have ids from 0 to 1"),
        ([(0, 5.0), (0, 1.0)], "must not lie before t = 2 ms"),
        ([(0, float("nan"))], "must not lie before t = 2 ms"),
        ([(0, float("inf"))], "must not lie before t = 2 ms"),
    ],
)
def test_spikes_that_make_no_sense_are_refused_and_none_is_fed(spikes, words):
    with fake() as sim:
        sim.run(2.0)
        with pytest.raises(ParameterError, match=rf"Simulation.feed.spikes: {words}"):
            sim.feed("in", spikes)
        assert sim._engine.fed == 0


@pytest.mark.parametrize(
    "spikes",
    [
        [(1, 2.0), (0, 3.5)], iter([(1, 2.0), (0, 3.5)]), np.array([[1.0, 2.0], [0.0, 3.5]]),
        zip([1, 0], [2.0, 3.5], strict=True),
    ],
    ids=["list", "iterator", "array", "zip"],
)  # fmt: skip
def test_pairs_come_in_any_iterable(spikes):
    with simulation() as sim:
        sim.run(2.0).feed("in", spikes)
        sim.run(2.0)
        times, ids = sim.read("in")
    assert times.tolist() == [2.0, 3.0, 3.5]
    assert ids.tolist() == [1, 1, 0]


def test_messages_show_the_pairs_of_an_iterator():
    with fake() as sim, pytest.raises(ParameterError, match=r"pairs, got \[1, 2, 3\]\."):
        sim.feed("in", iter([1, 2, 3]))


@both
def test_nothing_and_the_far_future_can_be_fed(backend):
    with simulation(backend=backend) as sim:
        sim.feed("in", [])
        sim.feed("in", [(0, 1e300)])
        sim.run(10.0)
        found = sim.recording().spikes["in"]
    assert found.times.tolist() == [1.0, 3.0, 6.0]


# looking


@both
def test_spikes_of_the_last_run_and_present_values(backend):
    with simulation(backend=backend) as sim:
        sim.run(2.0)
        assert sim.read("in", "spikes")[0].tolist() == [1.0]
        sim.run(4.5)
        times, ids = sim.read("in")
        assert (times.tolist(), ids.tolist()) == ([3.0, 6.0], [1, 0])
        v = sim.read("a", "v")
        assert (v == sim.recording().signal("a", "v")[-1]).all()
        assert sim.read("b", "refractory").tolist() == [0.0] * 3


@pytest.mark.parametrize(
    ("population", "variable", "words"),
    [
        ("b", "spikes", "spikes of 'b' are not recorded"),
        ("a", "w", "'a' has no variable 'w'. Use one of: .*spikes.*, v"),
        ("in", "v", "'in' has no variable 'v'. Use one of: spikes"),
        ("c", "v", "no population 'c'"),
    ],
)
def test_what_cannot_be_read_is_named(population, variable, words):
    with fake() as sim, pytest.raises(WiringError, match=words):
        sim.read(population, variable)


# weights


@both
def test_weights_of_all_parts_of_a_projection(backend):
    with simulation(backend=backend) as sim:
        found = sim.weights("both")
        assert len(found.pre) == 4 * 3 + 4 * 4
        assert found.post.tolist() == [0, 1, 2] * 4 + [0, 1, 2, 3] * 4
        new = np.linspace(0.1, 1.0, 28)
        sim.set_weights("both", new)
        np.testing.assert_allclose(sim.weights("both").weight, new, rtol=1e-6)
        sim.set_weights("both", 0.25)
        assert (sim.weights("both").weight == 0.25).all()
        sim.set_weights("both", list(new))
        np.testing.assert_allclose(sim.weights("both").weight, new, rtol=1e-6)


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ([1.0, 2.0], r"must be a number or 8 numbers, got \[1.0, 2.0\] .projection 'drive'."),
        ("heavy", "must be a number or 8 numbers, got 'heavy'"),
        (None, "must be a number or 8 numbers|must be finite"),
        (np.ones((8, 2)), "must be a number or 8 numbers"),
        (float("nan"), "must be finite"),
        ([1.0] * 7 + [float("inf")], "must be finite"),
    ],
)
def test_weights_that_make_no_sense_are_refused(weights, words):
    with simulation() as sim:
        before = sim.weights("drive").weight
        with pytest.raises(ParameterError, match=rf"Simulation.set_weights.weights: ({words})"):
            sim.set_weights("drive", weights)
        assert (sim.weights("drive").weight == before).all()


@pytest.mark.parametrize("use", ["weights", "freeze", "set_weights"])
def test_unknown_projections_have_close_names(use):
    with (
        fake() as sim,
        pytest.raises(WiringError, match=r"no projection 'driv'. Did you mean 'dri"),
    ):
        getattr(sim, use)(*(["driv", 1.0] if use == "set_weights" else ["driv"]))


@both
def test_frozen_synapses_keep_their_weights(backend):
    with simulation(backend=backend) as sim:
        sim.run(30.0).freeze("plastic")
        before = sim.weights("plastic", pending=False).weight
        sim.run(60.0)
        assert (sim.weights("plastic").weight == before).all()
        sim.freeze("plastic", False)
        sim.run(60.0)
        assert (sim.weights("plastic").weight != before).any()


# memory


def test_a_recording_that_is_too_large_is_refused_and_nothing_is_lost():
    with simulation(memory_limit=20_000) as sim:
        sim.run(100.0)
        words = r"must fit into 19.5 KiB.*'v' of population 'a'.*4 units every 0.5 ms.*every="
        with pytest.raises(SimulationError, match=words):
            sim.run(1e6)
        assert sim.t == 100.0
        found = sim.run(50.0).recording()
    assert found.signal("a", "v").shape == (301, 4)


# closing


@pytest.mark.parametrize(
    "use",
    [
        lambda s: s.t, lambda s: s.run(1.0), lambda s: s.run_until(1.0),
        lambda s: s.feed("in", [(0, 1.0)]), lambda s: s.read("a", "v"),
        lambda s: s.weights("both"), lambda s: s.set_weights("both", 1.0),
        lambda s: s.freeze("plastic"), lambda s: s.recording(), lambda s: s.save("x.npz"),
        lambda s: s.load("x.npz"), lambda s: s.reset(),
    ],
    ids=["t", "run", "run_until", "feed", "read", "weights", "set_weights", "freeze", "recording",
         "save", "load", "reset"],
)  # fmt: skip
def test_a_closed_simulation_does_nothing_more(use, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with simulation() as sim:
        assert repr(sim) == "Simulation('small', 9 units, backend='numba', at 0 ms)"
    with pytest.raises(SimulationError, match=r"Simulation: is closed\. Prepare a new one\."):
        use(sim)
    assert repr(sim) == "Simulation('small', 9 units, backend='numba', closed)"
    assert list(tmp_path.iterdir()) == []


def test_an_error_in_a_step_closes_the_simulation():
    class Failing(CountingEngine):
        def advance(self, steps):
            if self.step > 0:
                raise ZeroDivisionError("in a step")
            return super().advance(steps)

    with fake(Failing) as sim:
        sim.run(2.0)
        with pytest.raises(ZeroDivisionError):
            sim.run(1.0)
        with pytest.raises(SimulationError, match="is closed"):
            sim.recording()
