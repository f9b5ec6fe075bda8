"""Update loops work on several neurons at once: machine code of a fresh compile."""

import ast
import platform

import numpy as np
import pytest
from llvmlite.binding import get_host_cpu_features
from numba import typeof, types

import neurosim as ns
from neurosim.backends.layout import lay_out
from neurosim.kernels import driver
from neurosim.kernels.meeting import CELLS
from neurosim.neurons import base
from neurosim.plan.lower import lower
from tests.neurosim.kernels import assembly
from tests.neurosim.kernels.test_driver import KINDS

pytestmark = pytest.mark.skipif(
    platform.machine().lower() not in ("x86_64", "amd64", "aarch64", "arm64"),
    reason="reads the machine code of x86-64 and AArch64",
)
FORMS = [
    pytest.param(kind, integrator, id=f"{kind.kind} {integrator}" if integrator else kind.kind)
    for kind in KINDS
    for integrator in (kind.integrators or [None])
]


@pytest.fixture
def machine_code(monkeypatch, tmp_path):
    """Machine code of a neuron's update, compiled now."""
    monkeypatch.setattr(driver, "cache_folder", lambda: tmp_path)

    def compiled(neuron, precision):
        net = ns.Network()
        net.population("cells", 6, neuron)
        made = lay_out(lower(net, 0.1, 1, precision))
        text = driver.source(made.code, made.features) + f"# {tmp_path}\n"  # not one in memory
        update = driver.load(text).update_0
        shard = made.shards[0]
        arguments = typeof(shard.neurons), typeof(shard.history), types.int64, types.boolean
        update.compile(arguments)
        (code,) = update.inspect_asm().values()
        return code

    return compiled


def products(neuron):
    """Products in a neuron's step function, without its helpers."""
    text = type(neuron).steps("standard", getattr(neuron, "integrator", None))[-1].source
    return sum(isinstance(node, ast.Mult) for node in ast.walk(ast.parse(text)))


@pytest.mark.parametrize("precision", ["double", "single"])
@pytest.mark.parametrize(("kind", "integrator"), FORMS)
def test_the_update_of_every_kind_is_vectorised(machine_code, kind, integrator, precision):
    neuron = kind() if integrator is None else kind(integrator=integrator)
    code = machine_code(neuron, precision)
    assert assembly.vectorised(code, products(neuron)), assembly.runs(code)
    assert not assembly.fused(code)


@pytest.fixture
def kinds():
    """The table of kinds, restored afterwards."""
    before = dict(base.KINDS)
    yield
    base.KINDS.clear()
    base.KINDS.update(before)


def leaky(name, body):
    """A user's kind with one state variable and a step that moves it so."""
    step = f"def step(v, excitatory, inhibitory):\n    v = {body}\n    return v, v >= 1.0\n"
    return type(name, (ns.NeuronKind,), {"state": {"v": 0.0}, "step": step})()


@pytest.mark.parametrize("precision", ["double", "single"])
def test_a_call_of_the_c_library_is_noticed(machine_code, kinds, precision):
    good = leaky("OwnExp", "0.5 * exp(0.25 * v) * sqrt(v * v) + excitatory + inhibitory")
    bad = leaky("LibraryLog", "0.5 * log(0.25 * v) * v + excitatory + inhibitory")
    assert assembly.vectorised(machine_code(good, precision), products(good))
    code = machine_code(bad, precision)
    assert not assembly.vectorised(code, 1)
    assert any(run.calls and run.single for run in assembly.runs(code))


@pytest.mark.parametrize("neuron", [ns.IFCondExp(integrator="pade"), ns.IFCurrExp()])
def test_the_whole_loop_holds_the_vectorised_update(monkeypatch, tmp_path, neuron):
    monkeypatch.setattr(driver, "cache_folder", lambda: tmp_path)
    monkeypatch.setattr("neurosim.kernels.cache.cache_folders", lambda: (tmp_path,))
    net = ns.Network()
    net.population("cells", 6, neuron)
    made = lay_out(lower(net, 0.1, 1))
    run = driver.load(driver.source(made.code, made.features) + f"# {tmp_path}\n").run
    (shard,) = made.shards
    groups = (made.rows if n == "rows" else getattr(shard, n) for n in made.features.arguments)
    run(0, 0, 1, 1, 0.1, 0, made.split, 1, np.zeros(CELLS, dtype=np.int64), *groups)
    (code,) = run.inspect_asm().values()
    assert assembly.vectorised(code, products(neuron))


def test_whole_vectors_are_used_where_the_processor_has_them(machine_code):
    code = machine_code(ns.IFCurrExp(), "double")
    assert ("zmm" in code) == bool(get_host_cpu_features().get("avx512f"))


# the reader


X86 = """
f:
	vmulsd	%xmm0, %xmm1, %xmm2
	jne	.LBB0_2
.LBB0_1:
	vmulpd	(%rsi), %ymm1, %ymm2
	vaddpd	%ymm2, %ymm3, %ymm4
	jne	.LBB0_1
.LBB0_2:
	vaddss	%xmm0, %xmm1, %xmm2
	callq	*%rax
	mulps	%xmm0, %xmm1
	retq
"""
ARM = """
f:
	fmul	d0, d1, d2
	cbz	x0, .LBB0_2
.LBB0_1:
	fmul	v0.2d, v1.2d, v2.2d
	fadd.4s	v0, v1, v2
	b.ne	.LBB0_1
LBB0_2:
	fadd	s0, s1, s2
	bl	_log
	fmul	v0.4s, v1.4s, v2.4s
	ret
"""


@pytest.mark.parametrize("text", [X86, ARM])
def test_runs_are_told_apart(text):
    found = [run for run in assembly.runs(text) if any(run)]
    assert found == [(0, 1, 0), (2, 0, 0), (1, 1, 1)]
    assert assembly.vectorised(text, 2)
    assert not assembly.vectorised(text, 3)


def test_one_rounding_is_noticed():
    for line in ("\tvfmadd213pd\t%ymm0", "\tvfnmsub231sd\t%xmm1", "\tfmadd\td0", "\tfmla\tv0.2d"):
        assert assembly.fused("\tvmulpd\t%ymm0\n" + line) == [line]
    assert not assembly.fused(X86 + ARM)
