import ast
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields

import numpy as np
import pytest

import neurosim as ns
from neurosim.backends.clocked import ClockedEngine
from neurosim.backends.reference_neurons import Neurons
from neurosim.declare import param
from neurosim.kernels import driver
from neurosim.kernels.driver import BlockCode, Features
from neurosim.neurons import base
from neurosim.plan.lower import lower
from tests.neurosim.kernels import both

STEPS = 2000
KINDS = [
    kind
    for kind in (getattr(ns.neurons, name) for name in ns.neurons.__all__)
    if issubclass(kind, ns.NeuronKind) and kind is not ns.NeuronKind
]
SPINNAKER = [kind for kind in KINDS if kind.step_spinnaker is not None]


def some_of(kind, rng, size=6):
    """A neuron whose numbers all differ a little from unit to unit, but for one that is shared."""
    values = {
        name: value * rng.uniform(0.97, 1.03, size)
        for name, value in kind().values().items()
        if isinstance(value, float) and name != "cm"
    }
    return kind(**values)


def all_kinds(timing):
    """Every kind and integrator, with shared and with varied parameters."""
    rng = np.random.default_rng(5)
    net = ns.Network(timing=timing)
    for kind in KINDS if timing == "standard" else SPINNAKER:
        for integrator in kind.integrators or [None]:
            one = some_of(kind, rng)
            one = one if integrator is None else one.replace(integrator=integrator)
            name = f"{kind.kind} {integrator}"
            if timing == "standard" or integrator is None:
                net.population(name, 6, one)
                net.inject(ns.DCSource(0.0), name)
    return net


def typical(block, rng):
    """Inputs that make a neuron of a block spike now and then, by input; the last are currents."""
    conductance = any(r.unit == "uS" for r in block.kind.receptors)
    jumps = block.kind.kind in ("if_curr_delta", "izhikevich")
    scale = 0.04 if conductance else 4.0 if jumps else 1.5
    shape = (STEPS, len(block.kind.inputs()), block.size)
    arriving = scale * rng.exponential(1.0, shape) * (rng.random(shape) < 0.1)
    arriving[:, 1:] *= 0.2 if conductance else -0.5
    amplitude = 0.01 if block.kind.kind == "izhikevich" else 0.6
    return arriving, amplitude * rng.normal(size=(STEPS, block.size))


@pytest.mark.parametrize("timing", ["standard", "spinnaker"])
def test_compiled_steps_are_those_of_plain_python_to_the_bit(timing):
    plan = lower(all_kinds(timing), 0.1, 1)
    engine = ClockedEngine(plan)
    (shard,) = engine.shards
    neurons, history = shard.neurons, shard.history
    rng = np.random.default_rng(3)
    inputs = [typical(block, rng) for block in plan.neurons]
    oracles = [Neurons(block, plan.dt) for block in plan.neurons]
    spikes = np.zeros(len(plan.neurons))
    for k in range(STEPS):
        for b, (block, (arriving, current)) in enumerate(zip(plan.neurons, inputs, strict=True)):
            starts = neurons.input_start[b]
            for start, values in zip(starts, [*arriving[k], current[k]], strict=False):
                neurons.inputs[start : start + block.size] = values
        engine.advance(1)
        for b, (arriving, current) in enumerate(inputs):
            fired = oracles[b].advance(arriving[k], current[k])
            slot = 0, (k + plan.arrival) % engine.arrays.depth
            p = engine.arrays.order[b]
            low, high = history.low[slot][p], history.high[slot][p]
            assert history.ids[slot][low:high].tolist() == fired
            spikes[b] += len(fired)
            for name, values in oracles[b].state.items():
                found = engine.read(b, name)
                same = (found == values) | (np.isnan(found) & np.isnan(values))
                assert same.all(), f"{plan.populations[b].name}: {name} in step {k}"
    assert len(plan.neurons) == len(plan.populations)
    assert (spikes > 20).all(), dict(zip([p.name for p in plan.populations], spikes, strict=True))
    assert not any(neurons.inputs)


@pytest.mark.parametrize("name", both.NETWORKS)
def test_the_whole_loop_in_plain_python_gives_the_same_bits(plain, name):
    found = both.of_network(name)
    assert plain[name].keys() == found.keys()
    assert any(len(a) for key, a in found.items() if key.startswith("spike times"))
    for key, array in found.items():
        assert np.array_equal(plain[name][key], array, equal_nan=True), key


# the source


STEP = BlockCode(
    (
        ("def twice(x):\n    return 2 * x", "twice", ("x",)),
        (
            "def step(v, arrived, leak, F):\n    v = twice(v) * leak + arrived * 0.5\n"
            "    return v, v >= F",
            "step",
            ("v", "arrived", "leak", "F"),
        ),
    ),
    ("v",),
    ("arrived",),
    ("leak",),
    ("F",),
)


def test_the_source_is_fixed_by_the_blocks_and_features():
    first = driver.source((STEP, STEP), Features(1))
    assert first == driver.source((STEP, STEP), Features(1))
    others = [
        driver.source((STEP,), Features(1)),
        driver.source((STEP, STEP), Features(0)),
        driver.source((STEP, STEP), Features(1, single=True)),
        driver.source((STEP, STEP), Features(1, poisson=True)),
    ]
    assert len({first, *others}) == 5
    ast.parse(first)


def test_the_source_is_the_same_in_every_process():
    code = (
        "import neurosim as ns\n"
        "from neurosim.backends.layout import lay_out\n"
        "from neurosim.kernels import driver\n"
        "from neurosim.plan.lower import lower\n"
        "from tests.neurosim.kernels.test_driver import all_kinds\n"
        "made = lay_out(lower(all_kinds('standard'), 0.1, 1))\n"
        "import hashlib\n"
        "print(hashlib.sha256(driver.source(made.code, made.features).encode()).hexdigest())\n"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1
    assert found != {""}


def test_helpers_of_different_blocks_do_not_mix():
    text = driver.source((STEP, STEP), Features(1))
    names = [n.name for n in ast.parse(text).body if isinstance(n, ast.FunctionDef)]
    assert names == ["twice_0", "step_0", "update_0", "twice_1", "step_1", "update_1", "run"]
    assert "twice_1(v)" in text


def test_only_arrays_in_use_are_arguments():
    always = Features(1).arguments
    assert always == ("neurons", "history", "lanes", "synapses", "probes")
    assert Features(1, currents=True, on_arrival=True).arguments == (
        *always, "currents", "plastic", "posts",
    )  # fmt: skip
    every = {f.name: True for f in fields(Features)} | {"arrival": 1}
    everything = Features(**every).arguments
    assert len(set(everything)) == len(everything) == 12


def test_groups_are_passed_whole_only_where_all_of_them_is_in_use():
    assert list(Features(1).parts) == ["lanes", "synapses", "probes"]
    assert list(Features(1, on_arrival=True).parts) == ["lanes", "probes"]
    assert list(Features(1, samples=True).parts) == ["lanes", "synapses"]
    assert list(Features(1, dynamic=True).parts) == ["probes"]


# user-defined kinds and the cache


@pytest.fixture
def kinds():
    """The table of kinds, restored afterwards."""
    before = dict(base.KINDS)
    yield
    base.KINDS.clear()
    base.KINDS.update(before)


@pytest.fixture
def odd(kinds):
    """A kind whose names are those that generated code might use for itself."""

    class Odd(ns.NeuronKind):
        F: float = param(3.0)
        np: float = param(0.5)
        n: float = param(0.5)
        step_0: float = param(0.25)
        τ: float = param(1.0)

        state = (ns.StateVar("v", "mV"), ns.StateVar("s", "1"))
        receptors = (ns.Receptor("excitatory", "mask"),)

        def step(v, s, mask, injected, F, np, n, step_0, τ, dt):
            v = v * np * τ + mask + injected + n * step_0 + 0.125 + dt
            spiked = v >= F
            s = s + (1.0 if spiked else 0.0)
            v = 0.0 if spiked else v
            return v, s, spiked

    return Odd


@pytest.mark.parametrize("precision", ["double", "single"])
def test_any_names_may_be_used_by_a_kind(odd, precision):
    net = ns.Network()
    net.population("a", 5, odd(F=[1.0, 1.5, 0.75, 0.5, 2.0]))
    net.inject(ns.PoissonInput(2000.0, 0.375), "a")
    net.record("a", ["spikes", "s"])
    found = ns.simulate(net, 30.0, dt=0.5, seed=1, precision=precision)
    expected = ns.simulate(net, 30.0, dt=0.5, seed=1, backend="reference")
    assert len(expected.spikes["a"]) > 50
    assert (found.spikes["a"].times == expected.spikes["a"].times).all()
    assert (found.signal("a", "s").values == expected.signal("a", "s").values).all()


OWN = """
import sys
import neurosim as ns
from neurosim.backends.clocked import ClockedEngine
from neurosim.declare import param
from neurosim.plan.lower import lower
class Own(ns.NeuronKind):
    limit: float = param(3.0)
    state = (ns.StateVar("x", "mV"),)
    receptors = (ns.Receptor("excitatory", "arrived"),)
    step = '''
def step(x, arrived, limit):
    x = x * 0.5 + arrived + 1.0
    spiked = x >= limit
    x = 0.0 if spiked else x
    return x, spiked
'''
net = ns.Network()
net.population("own", 4, Own())
net.record("own", "spikes")
engine = ClockedEngine(lower(net, 1.0, 1))
engine.advance(5)
run = engine.team.module.run
print(sum(run.stats.cache_hits.values()), sum(run.stats.cache_misses.values()))
print(run.py_func.__code__.co_filename)
"""


def own_process(folder):
    done = subprocess.run(
        [sys.executable, "-c", OWN],
        capture_output=True,
        text=True,
        env={**os.environ, "NEUROSIM_CACHE_DIR": str(folder)},
    )
    assert done.returncode == 0, done.stderr
    counts, path = done.stdout.splitlines()
    return tuple(map(int, counts.split())), path


def test_a_users_kind_is_compiled_once_for_all_processes(tmp_path):
    (first, path), (second, again) = (own_process(tmp_path) for _ in range(2))
    assert (first, second) == ((0, 1), (1, 0))
    assert path == again
    assert str(tmp_path) in path


TINY = "LIMIT = {}\n"


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setattr(driver, "cache_folder", lambda: tmp_path)
    before = dict(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - set(before):
        del sys.modules[name]


def test_a_module_is_written_once_and_completely(folder):
    made = driver.load(TINY.format(1))
    assert made.LIMIT == 1
    (path,) = folder.iterdir()
    assert path.read_text() == TINY.format(1)
    assert driver.load(TINY.format(1)) is made
    del sys.modules[made.__name__]
    stamp = path.stat().st_mtime_ns
    assert driver.load(TINY.format(1)).LIMIT == 1
    assert path.stat().st_mtime_ns == stamp
    assert driver.load(TINY.format(2)).LIMIT == 2


@pytest.mark.parametrize("content", ["", "LIMIT =", "LIMIT = 2\n"])
def test_a_damaged_module_is_written_anew(folder, content):
    driver.load(TINY.format(1))
    (path,) = folder.glob("*.py")
    del sys.modules[path.stem]
    path.write_text(content)
    assert driver.load(TINY.format(1)).LIMIT == 1


def test_a_module_that_fails_is_not_kept(folder):
    text = "raise ValueError('first')\n"
    for _ in range(2):
        with pytest.raises(ValueError, match="first"):
            driver.load(text)


def test_the_folder_may_have_been_deleted(folder):
    folder.rmdir()
    assert driver.load(TINY.format(1)).LIMIT == 1


def test_writers_do_not_disturb_each_other(folder):
    gate = threading.Barrier(8)

    def write(_):
        gate.wait()
        return driver.load(TINY.format(4))

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(write, range(8)))
    assert {id(module) for module in made} == {id(made[0])}
    assert made[0].LIMIT == 4
    assert [path.suffix for path in folder.iterdir() if path.is_file()] == [".py"]
