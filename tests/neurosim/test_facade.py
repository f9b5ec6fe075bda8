import numpy as np
import pytest

import neurosim as ns
from neurosim.errors import ParameterError, SimulationError, SpecError, StoreError


def network(times=(1.0, 6.0)):
    net = ns.Network("small")
    net.population("in", 1, ns.SpikeSourceArray(spike_times=[times]))
    net.population("a", 2, ns.IFCurrExp(), {"v": ns.Uniform(-65.0, -51.0)})
    net.project("in", "a", ns.AllToAll(), ns.Static(20.0, 2.0))
    net.record("a", ["spikes", "v"])
    return net


def content(recording):
    data = recording.to_dict()
    return {"spikes": data["spikes"], "signals": data["signals"], "duration": data["duration"]}


def test_one_line_runs_a_network():
    recording = ns.simulate(network(), 10.0, dt=0.5, seed=1, backend="reference")
    assert recording.duration == 10.0
    assert recording.signal("a", "v").shape == (21, 2)
    assert len(recording.spikes["a"]) >= 4
    assert recording.info["seed"] == 1
    assert recording.info["backend"] == "reference"


def test_the_seed_decides_and_a_drawn_one_is_kept():
    first = ns.simulate(network(), 5.0, dt=0.5, backend="reference")
    seed = first.info["seed"]
    again = ns.simulate(network(), 5.0, dt=0.5, seed=seed, backend="reference")
    np.testing.assert_equal(content(again), content(first))
    other = ns.simulate(network(), 5.0, dt=0.5, seed=seed + 1, backend="reference")
    assert (other.signal("a", "v")[0] != first.signal("a", "v")[0]).all()


def test_a_simulation_goes_on_step_by_step():
    whole = ns.simulate(network(), 10.0, dt=0.5, seed=1, backend="reference")
    with ns.prepare(network(), dt=0.5, seed=1, backend="reference") as sim:
        sim.run(3.0)
        assert sim.t == 3.0
        sim.run_until(10.0)
        np.testing.assert_equal(content(sim.recording()), content(whole))
    with pytest.raises(SimulationError, match="is closed"):
        sim.run(1.0)


def test_resume_needs_the_file_only(tmp_path):
    path = tmp_path / "state.npz"
    whole = ns.simulate(network(), 10.0, dt=0.5, seed=1, backend="reference")
    with ns.prepare(network(), dt=0.5, seed=1, backend="reference") as sim:
        sim.run(2.0).save(path)
    with ns.resume(path) as again:
        assert (again.t, again.backend, again.plan.seed) == (2.0, "reference", 1)
        np.testing.assert_equal(content(again.run(8.0).recording()), content(whole))


def test_resume_refuses_other_files(tmp_path):
    ns.simulate(network(), 1.0, dt=0.5, backend="reference").save(tmp_path / "r.npz")
    with pytest.raises(StoreError, match="must hold 'neurosim-state'"):
        ns.resume(tmp_path / "r.npz")


def test_unknown_backends_have_close_matches():
    with pytest.raises(SpecError, match=r"got 'refrence'. Did you mean 'reference'"):
        ns.simulate(network(), 1.0, backend="refrence")


def test_a_memory_limit_is_kept():
    with pytest.raises(SimulationError, match=r"must fit into 1 KiB.*'v' of population 'a'"):
        ns.simulate(network(), 100.0, dt=0.5, backend="reference", memory_limit=1024)


def test_one_line_runs_a_batch_of_which_each_sample_is_a_run():
    samples = [{"in": [(0, 1.0), (0, 6.0)]}, {"in": [(0, 3.0)]}, {}]
    batch = ns.simulate_batch(network(), samples, 10.0, dt=0.5, seed=1)
    assert len(batch) == 3
    for sample, found in zip(samples, batch, strict=True):
        alone = network([time for _, time in sample["in"]]) if sample else network()
        expected = ns.simulate(alone, 10.0, dt=0.5, seed=1)
        np.testing.assert_equal(content(found), content(expected))
    assert batch.counts("a").shape == (3, 2)
    assert batch[0].info["seed"] == 1
    assert batch[0].info["backend_notes"]["engine"] == "batch"


def test_the_seed_of_a_batch_is_drawn_and_kept():
    first = ns.simulate_batch(network(), [{}], 5.0, dt=0.5)
    again = ns.simulate_batch(network(), [{}], 5.0, dt=0.5, seed=first.info["seed"])
    np.testing.assert_equal(content(again[0]), content(first[0]))


def test_options_of_a_batch_are_checked():
    with pytest.raises(SpecError, match="precision"):
        ns.simulate_batch(network(), [{}], 5.0, precision="half")
    with pytest.raises(SpecError, match="progress"):
        ns.prepare_batch(network(), progress="yes")


@pytest.mark.parametrize("threads", [0, -1, 1.5, True, "2", 10_000])
def test_threads_that_make_no_sense_are_refused_everywhere(threads, tmp_path):
    path = tmp_path / "state.npz"
    with ns.prepare(network(), dt=0.5, seed=1) as sim:
        sim.run(1.0).save(path)
    calls = [
        lambda: ns.simulate(network(), 1.0, dt=0.5, threads=threads),
        lambda: ns.prepare(network(), dt=0.5, threads=threads),
        lambda: ns.resume(path, threads=threads),
    ]
    for call in calls:
        with pytest.raises(
            ParameterError, match=r"threads: must be (a whole number|from 1 to \d+)"
        ):
            call()
