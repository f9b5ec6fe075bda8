"""Saving, loading and starting again."""

import numpy as np
import pytest

from neurosim.errors import ParameterError, SimulationError, StoreError
from neurosim.io import archive
from neurosim.io import state as files
from neurosim.testing.compare import observe, require_same
from tests.neurosim.backends.running import fake, simulation
from tests.neurosim.recording.fake import CountingEngine

both = pytest.mark.parametrize("backend", ["numba", "reference"])


@both
def test_a_saved_state_goes_on_to_the_bit(backend, tmp_path):
    path = tmp_path / "state.npz"
    with simulation(backend=backend) as sim, simulation(backend=backend) as other:
        sim.run(4.0).feed("in", [(1, 9.0)])
        sim.set_weights("both", np.linspace(0.1, 1.0, 28))
        sim.run(1.0).save(path)
        expected = observe(sim.run(40.0))
        assert other.run(1.0).load(path) is other
        assert other.t == 5.0
        require_same(expected, observe(other.run(40.0)), "the loaded run differs")


def test_a_file_that_cannot_be_loaded_leaves_the_simulation_as_it_was(tmp_path):
    (tmp_path / "text.npz").write_text("no archive")
    with simulation() as sim:
        sim.run(5.0)
        before = observe(sim)
        for name in ("text.npz", "missing.npz"):
            with pytest.raises(StoreError, match=name):
                sim.load(tmp_path / name)
        require_same(before, observe(sim), "a failed load changes the simulation")
        sim.run(1.0)


@both
@pytest.mark.parametrize("damage", ["missing", "shape"])
def test_a_state_of_another_engine_closes_the_simulation(backend, damage, tmp_path):
    path = tmp_path / "state.npz"
    with simulation(backend=backend) as sim:
        sim.run(5.0).save(path)
        header, arrays = archive.read(path, files.FORMAT, files.VERSION)
        names = {"numba": "engine/0/last", "reference": "engine/neurons/0/v"}
        if damage == "missing":
            del arrays[names[backend]]
        elif backend == "numba":
            arrays["engine/0/last"] = arrays["engine/0/last"][:-1]
        else:
            del arrays["engine/fixed/0"]
        archive.write(path, files.FORMAT, files.VERSION, header, arrays)
        with pytest.raises(StoreError, match=r"does not hold the state of this engine"):
            sim.load(path)
        with pytest.raises(SimulationError, match="is closed"):
            sim.run(1.0)


def test_an_unwritable_path_is_named_and_the_run_goes_on(tmp_path):
    (tmp_path / "file").touch()
    with simulation() as sim:
        with pytest.raises(StoreError, match=r"below.npz"):
            sim.run(1.0).save(tmp_path / "file" / "below.npz")
        assert sim.run(1.0).t == 2.0


# reset


@both
def test_reset_goes_back_to_the_start(backend):
    with simulation(backend=backend) as sim:
        first = observe(sim.run(40.0))
        sim.set_weights("both", 2.0)
        sim.freeze("plastic")
        sim.feed("in", [(0, 50.0)])
        assert sim.reset() is sim
        assert sim.t == 0.0
        assert len(sim.recording().spikes["a"]) == 0
        require_same(first, observe(sim.run(40.0)), "after a reset")


def test_a_new_seed_draws_everything_anew_and_the_old_one_comes_back():
    with simulation() as sim:
        first = observe(sim.run(20.0))
        second = observe(sim.reset(8).run(20.0))
        assert sim.plan.seed == 8
        assert (first.state["a", "v"] != second.state["a", "v"]).all()
        assert (first.synapses["drive", True].weight != second.synapses["drive", True].weight).all()
        require_same(first, observe(sim.reset(7).run(20.0)), "after a reset to the first seed")
        with simulation(seed=8) as other:
            require_same(second, observe(other.run(20.0)), "a reset and a new simulation differ")


@pytest.mark.parametrize("seed", [-1, 1.5, "one", True])
def test_a_seed_that_makes_no_sense_leaves_the_simulation_as_it_was(seed):
    with simulation() as sim:
        sim.run(5.0)
        with pytest.raises(ParameterError, match="seed: must be a whole number >= 0"):
            sim.reset(seed)
        assert (sim.t, sim.plan.seed) == (5.0, 7)


def test_a_failed_reset_leaves_the_simulation_as_it_was():
    class Small(CountingEngine):
        def __init__(self, plan):
            if plan.seed == 9:
                raise MemoryError
            super().__init__(plan)

    with fake(Small) as sim:
        sim.run(5.0)
        with pytest.raises(MemoryError):
            sim.reset(9)
        assert (sim.t, sim.plan.seed) == (5.0, 1)
        assert sim.run(1.0).recording().info["seed"] == 1
