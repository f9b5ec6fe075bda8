"""Chunks, and Ctrl-C between them."""

import os
import signal
import threading

import numpy as np
import pytest

from neurosim.errors import Interrupted, SimulationError
from neurosim.testing.compare import observe, require_same
from tests.neurosim.backends.running import content, fake, network, simulation
from tests.neurosim.recording.fake import CountingEngine


def pressing(*at):
    """An engine during whose given calls Ctrl-C is pressed."""

    class Pressing(CountingEngine):
        calls = 0

        def advance(self, steps):
            self.calls += 1
            for _ in range(at.count(self.calls)):
                os.kill(os.getpid(), signal.SIGINT)
            return super().advance(steps)

    return Pressing


@pytest.fixture
def handler():
    """Python's own handler, restored afterwards."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_the_sizes_of_chunks_follow_the_time_they_take(monkeypatch):
    clock = [0.0]
    sizes = []

    class Timed(CountingEngine):
        def advance(self, steps):
            sizes.append(steps)
            clock[0] += steps * 1e-3
            return super().advance(steps)

    monkeypatch.setattr("neurosim.backends.simulation.perf_counter", lambda: clock[0])
    with fake(Timed) as sim:
        sim.run(500.0)
    assert sum(sizes) == 1000
    assert sizes[:3] == [64, 100, 100]
    assert max(sizes) <= 101


@pytest.mark.usefixtures("handler")
def test_ctrl_c_stops_between_chunks_and_the_run_can_go_on():
    with fake(pressing(3)) as sim, fake() as whole:
        with pytest.raises(Interrupted, match=r"run stopped at \d+ ms") as caught:
            sim.run(1e5)
        reached = sim.t
        assert 0.0 < reached < 1e5
        assert caught.value.time == reached
        assert caught.value.recording.info["backend_notes"]["interrupted"] is True
        expected = whole.run(reached).recording()
        assert expected.info["backend_notes"]["interrupted"] is False
        np.testing.assert_equal(content(caught.value.recording), content(expected))
        expected = whole.run(10.0).recording()
        np.testing.assert_equal(content(sim.run(10.0).recording()), content(expected))


@pytest.mark.usefixtures("handler")
def test_ctrl_c_in_the_last_chunk_is_not_lost():
    with fake(pressing(1)) as sim:
        with pytest.raises(Interrupted) as caught:
            sim.run(1.0)
        assert sim.t == 1.0
        assert caught.value.recording.info["backend_notes"]["interrupted"] is False
        sim.run(1.0)


@pytest.mark.usefixtures("handler")
def test_a_second_ctrl_c_stops_at_once():
    with fake(pressing(2, 2)) as sim:
        with pytest.raises(KeyboardInterrupt) as caught:
            sim.run(1e5)
        assert not isinstance(caught.value, Interrupted)
        with pytest.raises(SimulationError, match="is closed"):
            sim.run(1.0)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.usefixtures("handler")
def test_ctrl_c_during_a_real_run_leaves_a_valid_recording():
    assert threading.current_thread() is threading.main_thread()
    net = network(every=50.0)
    with simulation(net) as sim, simulation(net) as whole:
        sim.run(10.0)
        timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        with pytest.raises(Interrupted) as caught:
            sim.run(1e7)
        timer.join()
        reached = caught.value.time
        assert 10.0 < reached < 1e7
        found = caught.value.recording
        expected = whole.run(reached).recording()
        assert len(expected.spikes["a"]) > 100
        np.testing.assert_equal(content(found), content(expected))
        require_same(observe(whole.run(200.0)), observe(sim.run(200.0)), "going on differs")


def test_results_do_not_depend_on_chunks(monkeypatch):
    with simulation() as sim:
        expected = observe(sim.run(300.0))
    for chunk_s in (1e-9, 1e3):
        monkeypatch.setattr("neurosim.backends.simulation.CHUNK_S", chunk_s)
        with simulation() as sim:
            require_same(expected, observe(sim.run(300.0)), f"chunks of {chunk_s} s")
