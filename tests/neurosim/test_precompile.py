import os
import subprocess
import sys

import pytest

import neurosim as ns
from neurosim import precompile
from neurosim.benchmarks.registry import BENCHMARKS
from neurosim.errors import ParameterError, SimulationError
from neurosim.kernels import cache
from neurosim.plan.lower import lower

NETWORK = """
import neurosim as ns
from neurosim.kernels.cache import Kept
net = ns.Network("mine")
net.population("cells", 3, ns.IFCurrDelta(i_offset=1.0))
net.record("cells", "spikes")
"""
AHEAD = f"{NETWORK}\n(done,) = ns.warmup(net)\nprint(done.name, done.functions, done.seconds > 0.0)"
RUN = f"{NETWORK}\nns.simulate(net, 20.0, dt=1.0)\nprint(Kept.compiled)"
BENCHMARK = """
import neurosim as ns
from neurosim.benchmarks.networks import b1
from neurosim.kernels.cache import Kept
from neurosim.precompile import network_work
network_work(b1(0.05).network, "double", 1).run()
before = Kept.compiled
with ns.prepare(b1().network, seed=1) as simulation:
    simulation.run(1.0)
print(before > 0, Kept.compiled - before)
"""


def run(code, folder):
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "NEUROSIM_CACHE_DIR": str(folder)},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_network_that_was_compiled_ahead_starts_at_once(tmp_path):
    assert run(AHEAD, tmp_path) == "mine 1 True"
    assert run(AHEAD, tmp_path) == "mine 0 True"
    assert run(RUN, tmp_path) == "0"


def test_a_network_of_another_size_finds_its_code(tmp_path):
    assert run(BENCHMARK, tmp_path) == "True 0"


def test_several_networks_may_be_given():
    nets = [ns.Network(name) for name in ("first", "second")]
    for net in nets:
        net.population("cells", 2, ns.IFCurrDelta())
    assert [done.name for done in ns.warmup(nets, dt=1.0)] == ["first", "second"]
    assert [done.name for done in ns.warmup(iter(nets), dt=1.0)] == ["first", "second"]


def test_every_kind_and_benchmark_is_among_the_usual_work():
    names = [work.name for work in precompile.usual_work("double", 1)]
    assert len(set(names)) == len(names)
    for kind in precompile.built_in_kinds():
        assert {f"{kind}: spikes", f"{kind}: spikes and state"} <= set(names)
    begun = {name.split()[0] for name in names}
    assert {name for name, b in BENCHMARKS.items() if b.small is not None} <= begun
    more = [work.name for work in precompile.usual_work("single", 1, everything=True)]
    assert set(names) < set(more)
    assert "if_curr_exp: spikes with STDP" in more


def test_built_in_kinds_are_those_of_the_package():
    kinds = precompile.built_in_kinds()
    assert {type(neuron).__name__ for neuron in kinds.values()} >= {
        "IFCurrExp",
        "AdEx",
        "HHCondExp",
    }
    assert kinds["izhikevich rk4"] == ns.Izhikevich(integrator="rk4")


@pytest.mark.parametrize("extra", precompile.EXTRAS)
def test_all_networks_can_be_run(extra):
    for name, neuron in precompile.built_in_kinds().items():
        for state in (False, True):
            plan = lower(precompile._alone(name, neuron, extra, state), 0.1, 1)
            assert {probe.variable != "spikes" for probe in plan.probes} == {False, state}
            found = {
                "given spikes": plan.arrays, "Poisson sources": plan.poisson,
                "Poisson input": plan.inputs, "currents": plan.currents,
                "short-term plasticity": plan.synapses, "STDP": plan.synapses,
            }  # fmt: skip
            assert not extra or found[extra]


def test_code_for_one_thread_is_compiled_too_and_that_of_reading_weights(monkeypatch):
    asked = []

    class Engine:
        def __init__(self, plan, threads, *, small_too):
            asked.append((threads, small_too))

        def advance(self, steps):
            asked.append(f"{steps} step")

        def synapses(self, block, pending):
            asked.append(("read", block, pending))

    monkeypatch.setattr("neurosim.backends.clocked.ClockedEngine", Engine)
    net = ns.Network("given")
    cells = net.population("cells", 2, ns.IFCurrExp())
    net.project(cells, cells, ns.AllToAll(), ns.STDP(0.5))
    work = precompile.network_work(net, "double", 2)
    assert work.name == "given"
    work.run()
    done = ["1 step", ("read", 0, True)]
    assert asked == [(1, True), *done, (2, True), *done]
    asked.clear()
    precompile.network_work(net, "double", 1).run()
    assert asked == [(1, True), *done]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"precision": "half"}, r"warmup\.precision: must be one of"),
        ({"threads": 0}, r"simulate\.threads: must be from 1 to"),
    ],
)
def test_options_that_are_not_allowed(options, message):
    with pytest.raises(ParameterError, match=message):
        ns.warmup(**options)


def test_code_that_would_be_lost_is_not_compiled(monkeypatch, tmp_path):
    monkeypatch.setattr(cache, "cache_folders", lambda: (tmp_path,))
    work = precompile.Work("never", lambda: pytest.fail("was done"))
    with pytest.raises(SimulationError, match=r"must be able to keep .* Set NEUROSIM_CACHE_DIR"):
        precompile.compiled(work)
