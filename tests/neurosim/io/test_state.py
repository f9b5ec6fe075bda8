import json

import numpy as np
import pytest

import neurosim as ns
from neurosim.backends.base import Options
from neurosim.errors import StoreError
from neurosim.io import archive, state
from neurosim.plan.lower import lower
from tests.neurosim.recording.fake import Counting


def network(size=5, tau_m=20.0, every=None):
    net = ns.Network("demo")
    net.population("exc", size, ns.IFCurrExp(tau_m=tau_m))
    net.record("exc", ["spikes", "v"], every=every)
    return net


def simulation(net=None, dt=0.5, seed=1, **options):
    return Counting().prepare(lower(net or network(), dt, seed, **options), Options())


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "state.npz"
    simulation().run(2.0).run(1.0).save(path)
    return path


def test_going_on_from_a_file_equals_going_on(saved):
    whole = simulation().run(2.0).run(1.0)
    again = simulation().load(saved)
    assert again.t == 3.0
    assert again.read("exc")[0].tolist() == whole.read("exc")[0].tolist()
    first, second = (s.run(5.0).recording().to_dict() for s in (whole, again))
    for data in (first, second):
        del data["info"]["started"]
    np.testing.assert_equal(first, second)


def test_the_time_of_the_first_start_is_kept(saved):
    started = state.read_header(saved)["started"]
    assert simulation().load(saved).recording().info["started"] == started


def test_the_header_says_what_the_state_belongs_to(saved):
    header = state.read_header(saved)
    assert {k: header[k] for k in ("dt", "seed", "precision", "weights", "backend")} == {
        "dt": 0.5, "seed": 1, "precision": "double", "weights": "single", "backend": "counting",
    }  # fmt: skip
    assert ns.Network.from_dict(header["network"]) == network()
    assert header["plan_hash"] == simulation().plan.hash


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (lambda: simulation(dt=0.25), "dt is 0.5, not 0.25"),
        (lambda: simulation(seed=2), "seed is 1, not 2"),
        (lambda: simulation(precision="single"), "precision is 'double', not 'single'"),
        (lambda: simulation(weights="double"), "weights is 'single', not 'double'"),
        (lambda: simulation(network(size=6)), "its network has other populations, probes"),
        (lambda: simulation(network(every=1.0)), "its network has other probes"),
        (lambda: simulation(network(tau_m=10.0)), "its network has other populations"),
    ],
)
def test_a_state_of_something_else_is_refused(saved, other, words):
    with pytest.raises(StoreError, match=words):
        other().load(saved)


def test_a_state_of_another_backend_is_refused(saved):
    plan = simulation().plan
    with pytest.raises(StoreError, match="backend is 'counting', not 'numba'"):
        state.load_state(saved, plan, "numba")


def test_changed_constants_of_a_kind_are_noticed(saved, monkeypatch):
    derive = ns.IFCurrExp.derive
    changed = staticmethod(lambda p, dt: {**derive(p, dt), "decay_m": 0.5})
    monkeypatch.setattr(ns.IFCurrExp, "derive", changed)
    with pytest.raises(StoreError, match="constants of a neuron kind are others"):
        simulation().load(saved)


def test_an_unwritable_path_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"below.npz"):
        simulation().run(1.0).save(tmp_path / "file" / "below.npz")


def test_a_recording_is_no_state(tmp_path):
    simulation().run(1.0).recording().save(tmp_path / "r.npz")
    with pytest.raises(StoreError, match="must hold 'neurosim-state', got 'neurosim-recording'"):
        simulation().load(tmp_path / "r.npz")


@pytest.mark.parametrize("missing", ["dt", "backend", "network", "plan_hash", "started"])
def test_a_header_with_missing_parts_is_refused(saved, missing):
    header, arrays = archive.read(saved, state.FORMAT, state.VERSION)
    del header[missing]
    archive.write(saved, state.FORMAT, state.VERSION, json.loads(json.dumps(header)), arrays)
    with pytest.raises(StoreError, match=f"no {missing}"):
        simulation().load(saved)


def test_missing_samples_are_noticed(saved):
    header, arrays = archive.read(saved, state.FORMAT, state.VERSION)
    del arrays["recorded/1/values"]
    archive.write(saved, state.FORMAT, state.VERSION, header, arrays)
    with pytest.raises(StoreError, match="does not fit the probes"):
        simulation().load(saved)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_truncated_file_is_refused(saved, share):
    content = saved.read_bytes()
    saved.write_bytes(content[: int(share * len(content))])
    with pytest.raises(StoreError, match="damaged"):
        simulation().load(saved)
