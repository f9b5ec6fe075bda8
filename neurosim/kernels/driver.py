"""The step loop: generated for a set of neuron kinds, written to the cache folder and imported.

A run is a few calls of ``run`` in such a module, one thread for each shard. They meet once in a
``window`` of steps, no longer than the shortest delay, so that every spike is seen before it
arrives. The module's source is fixed by the step functions of the kinds, by which constants differ
between neurons, and by which features the network uses; the file's name is a hash of the source, so
Numba's cache on disk holds for built-in and user-defined kinds alike.
"""

from __future__ import annotations

import ast
import hashlib
import sys
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any

from neurosim.kernels.cache import cache_folder, write_whole
from neurosim.kernels.layout import STRIP, PlainLanes, PlainSynapses, SpikeProbes

HEADER = '''"""Generated step loop; see neurosim.kernels.driver."""
import numpy as np
from neurosim.kernels._jit import inline, inner, kernel, wide_vectors
from neurosim.kernels.arithmetic import {exp} as exp, log, sqrt
from neurosim.kernels.deliver import deliver, deliver_dynamic, deliver_fixed
from neurosim.kernels.meeting import meet
from neurosim.kernels.processor import set_mode, small_as_zero
from neurosim.kernels.record import record, sample
from neurosim.kernels.sources import add_currents, add_poisson, emit_arrays, emit_poisson, open_slot
from neurosim.kernels.stdp import note_posts, plasticity_on_arrival, plasticity_on_emission
FLOAT_OF_STATE = np.{float}
'''

UPDATE = """
@inner
def update_{b}(neurons, history, slot, backwards):
    wide_vectors()
    n, start = neurons.size[{b}], neurons.start[{b}]
{scalars}
{inputs}
    values, masks, groups, hits = neurons.state, neurons.masks, neurons.groups, neurons.hits
    ends, places, origins = neurons.pop_end, neurons.pop_index, neurons.pop_origin
    strips, found = (n + {last}) // {strip}, 0
    for t in range(strips):
        s = strips - 1 - t if backwards else t
        state = values[start + s * {width} : start + (s + 1) * {width}]
        mask = masks[found * {strip} : (found + 1) * {strip}]
{windows}
        touched = False
        for i in range({strip}):
            touched |= {touched}
            {results} = step_{b}({arguments})
{stores}
            mask[i] = spiked
        if touched:
            for i in range({strip}):
{zeros}
        some = np.uint64(0)
        for g in range(found * {groups}, (found + 1) * {groups}):
            some |= groups[g]
        if some != np.uint64(0):
            hits[found] = s
            found += 1
    own = history.own
    ids, low, high = history.ids[own, slot], history.low[own, slot], history.high[own, slot]
    count = history.count[own, slot]
    pop, last_pop = neurons.pop_first[{b}], neurons.pop_first[{b} + 1]
    low[places[pop]] = count
    for t in range(found):
        hit = found - 1 - t if backwards else t
        for i in range({strip}):
            unit = hits[hit] * {strip} + i
            if masks[hit * {strip} + i] and unit < n:
                while unit >= ends[pop]:
                    high[places[pop]] = count
                    pop += 1
                    low[places[pop]] = count
                ids[count] = unit - origins[pop]
                count += 1
    high[places[pop]] = count
    for p in range(pop + 1, last_pop):
        low[places[p]] = count
        high[places[p]] = count
    history.count[own, slot] = count
"""

RUN = """
@kernel
def run(k0, first, last, window, dt, room, split, threads, cells, {arguments}):
    wide_vectors()  # updates may be merged into this function
    mode = small_as_zero()
    depth = history.count.shape[1]
    zero = np.int64(0)  # a plain 0 would be a type of its own, and compile its callee again
    done = np.int64(last)
    for j in range(first, last):
        if {full}:
            done = np.int64(j)
            break
{body}
    set_mode(mode)
    return done
"""

SHARED_RUN = """
@inner
def advance(k0, first, stop, dt, split, {arguments}):
    wide_vectors()
    depth = history.count.shape[1]
    zero = np.int64(0)
    for j in range(first, stop):
{body}


@kernel
def run(k0, first, last, window, dt, room, split, threads, cells, {arguments}):
    mode = small_as_zero()
    done = np.int64(first)
    while done < last:
        if not meet(cells, threads, {full}):
            break
        stop = min(last, done + window)
        advance(k0, done, stop, dt, split, {arguments})
        done = stop
    set_mode(mode)
    return done


@kernel
def run_by_turns(k0, first, last, window, dt, room, split, {all_arguments}):
    mode = small_as_zero()
    done = np.int64(first)
    while done < last and not ({any_full}):
        stop = min(last, done + window)
{turns}
        done = stop
    set_mode(mode)
    return done
"""


@dataclass(frozen=True)
class BlockCode:
    """What the step loop needs to know of a neuron block.

    Parameters
    ----------
    steps : tuple of (source, name, args)
        Texts of the helpers, then of the step function.
    state : tuple of str
        State variables, in order.
    inputs : tuple of str
        Input accumulators, in order.
    uniform : tuple of str
        Constants that all neurons share, in the order of ``Neurons.scalars``.
    varied : tuple of str
        Constants with a row in the strip, in order after the state.
    """

    steps: tuple[tuple[str, str, tuple[str, ...]], ...]
    state: tuple[str, ...]
    inputs: tuple[str, ...]
    uniform: tuple[str, ...]
    varied: tuple[str, ...]

    @property
    def rows(self) -> int:
        """Rows of a strip."""
        return len(self.state) + len(self.varied)


@dataclass(frozen=True)
class Features:
    """Which parts the step loop needs beside neurons, delivery and recorded spikes."""

    arrival: int
    single: bool = False
    arrays: bool = False
    samples: bool = False
    poisson: bool = False
    inputs: bool = False
    currents: bool = False
    dynamic: bool = False
    on_emission: bool = False
    on_arrival: bool = False

    @property
    def arguments(self) -> tuple[str, ...]:
        """Groups of arrays that ``run`` takes after its numbers: only those in use, since every
        array costs compile time."""
        optional = {
            "rows": self.samples,
            "arrays": self.arrays,
            "poisson": self.poisson,
            "inputs": self.inputs,
            "currents": self.currents,
            "plastic": self.on_emission or self.on_arrival,
            "posts": self.on_emission or self.on_arrival,
        }
        used = tuple(name for name, wanted in optional.items() if wanted)
        always = ("neurons", "history", "lanes", "synapses", "probes")
        return (*always, *used)

    @property
    def parts(self) -> dict[str, Any]:
        """Groups of which ``run`` takes a part only, and that part's class."""
        plastic = self.on_emission or self.on_arrival
        parts = {
            "lanes": None if self.dynamic else PlainLanes,
            "synapses": None if self.dynamic or plastic else PlainSynapses,
            "probes": None if self.samples else SpikeProbes,
        }
        return {name: part for name, part in parts.items() if part is not None}


def source(blocks: tuple[BlockCode, ...], features: Features, shards: int = 1) -> str:
    """Source of the module for some blocks and features.

    Every other step goes through the neurons backwards, so that it begins with the state that the
    step before has left in the cache; spikes are listed in ascending order all the same. Inputs are
    cleared only in strips where some arrived: nothing else would be written back to memory.

    For one shard the steps stand in ``run`` itself: every function between costs compile time,
    since it is optimised again within its caller. For several there is also a ``run_by_turns`` that
    takes the arrays of all of them.
    """
    numbers = [f"_{i}" for i in range(shards)]
    groups = [", ".join(f"{name}{n}" for name in features.arguments) for n in numbers]
    turns = [f"advance(k0, done, stop, dt, split, {group})" for group in groups]
    run = (SHARED_RUN if shards > 1 else RUN).format(
        arguments=", ".join(features.arguments),
        body=_body(len(blocks), features),
        full=_full("", features),
        all_arguments=", ".join(groups),
        any_full=" or ".join(_full(n, features) for n in numbers),
        turns=_lines(turns, 8),
    )
    return "\n".join([*units(blocks, features), run])


def units(blocks: tuple[BlockCode, ...], features: Features) -> list[str]:
    """The head of a module, then the step and update functions of the blocks."""
    parts = [
        HEADER.format(
            exp="exp32" if features.single else "exp",
            float="float32" if features.single else "float64",
        )
    ]
    for b, block in enumerate(blocks):
        parts += [_step(b, block, features.single), _update(b, block, features.currents)]
    return parts


def _full(shard: str, features: Features) -> str:
    """Whether a shard has no room for another window."""
    text = f"probes{shard}.count[0] + room * window > probes{shard}.stamp.shape[0]"
    return f"{text} or posts{shard}.full[0] != 0" if "posts" in features.arguments else text


def _step(b: int, block: BlockCode, single: bool) -> str:
    """The texts of a block's functions under names of their own."""
    names = {name: f"{name}_{b}" for _, name, _ in block.steps[:-1]}
    names[block.steps[-1][1]] = f"step_{b}"
    texts = []
    for text, _, _ in block.steps:
        tree = _Rename(names, single).visit(ast.parse(text))
        texts.append("@inline\n" + ast.unparse(ast.fix_missing_locations(tree)) + "\n")
    return "\n".join(texts)


class _Rename(ast.NodeTransformer):
    """Give functions their names in the module; in single precision, make numbers float32."""

    def __init__(self, names: dict[str, str], single: bool) -> None:
        self.names, self.single = names, single

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        node.name = self.names[node.name]
        self.generic_visit(node)
        return node

    def visit_Name(self, node: ast.Name) -> Any:
        node.id = self.names.get(node.id, node.id)
        return node

    def visit_Constant(self, node: ast.Constant) -> Any:
        if not self.single or isinstance(node.value, bool):
            return node
        return ast.Call(ast.Name("FLOAT_OF_STATE", ast.Load()), [node], [])


def _update(b: int, block: BlockCode, currents: bool) -> str:
    row = {name: r for r, name in enumerate((*block.state, *block.varied))}
    argument = {name: f"state[{r * STRIP} + i]" if r else "state[i]" for name, r in row.items()}
    argument |= {name: f"x{i}[i]" for i, name in enumerate(block.inputs)}
    argument |= {name: f"c_{name}" for name in block.uniform}
    argument["injected"] = f"x{len(block.inputs)}[i]" if currents else "FLOAT_OF_STATE(0.0)"
    used = len(block.inputs) + (1 if currents else 0)
    stores = [f"{argument[name]} = r_{name}" for name in block.state]
    zeros = [f"x{i}[i] = FLOAT_OF_STATE(0.0)" for i in range(used)] or ["pass"]
    touched = " | ".join([f"(x{i}[i] != FLOAT_OF_STATE(0.0))" for i in range(used)]) or "False"
    return UPDATE.format(
        b=b, strip=STRIP, last=STRIP - 1, groups=STRIP // 8, width=block.rows * STRIP,
        scalars=_lines(
            [f"c_{n} = neurons.scalars[neurons.scalar_start[{b}] + {i}]" for i, n in
            enumerate(block.uniform)], 4,
        ),
        inputs=_lines(
            [f"a{i} = neurons.inputs[neurons.input_start[{b}, {i}] :]" for i in range(used)], 4
        ),
        windows=_lines([f"x{i} = a{i}[s * {STRIP} : (s + 1) * {STRIP}]" for i in range(used)], 8),
        results=", ".join([*(f"r_{name}" for name in block.state), "spiked"]),
        arguments=", ".join(argument[name] for name in block.steps[-1][2]),
        stores=_lines(stores, 12), zeros=_lines(zeros, 16), touched=touched,
    )  # fmt: skip


def _body(blocks: int, features: Features) -> str:
    standard = features.arrival == 1
    slot_now = "k % depth" if standard else "slot"
    lines = ["k = k0 + j", f"arrival = k + {features.arrival}", "slot = arrival % depth"]
    if features.samples:
        lines.append("sample(k, neurons, rows, probes)")
    if not standard:
        lines.append("open_slot(history, slot)")
    if features.arrays:
        lines.append(f"emit_arrays(k, arrays, history, {slot_now})")
    if features.poisson:
        lines.append(f"emit_poisson(k, poisson, history, {slot_now})")
    if standard and (features.arrays or features.poisson):
        lines.append("record(k, k % depth, split, history.low.shape[2], history, probes)")
    emission = "plasticity_on_emission(k, dt, plastic, synapses, posts, history)"
    if features.on_emission and standard:
        lines.append(emission)
    on_arrival = (
        "plasticity_on_arrival(arrival, dt, {delivered}, plastic, synapses, posts, history)"
    )
    if features.on_arrival:
        lines.append(on_arrival.format(delivered="zero"))
    if features.dynamic:
        lines.append("deliver_dynamic(arrival, dt, lanes, synapses, history, neurons.inputs)")
    else:
        lines.append("deliver(arrival, lanes, synapses, history, neurons.inputs)")
    if features.on_emission:
        lines.append("deliver_fixed(arrival, posts, neurons.inputs)")
    if features.inputs:
        lines.append("add_poisson(k, inputs, neurons.inputs)")
    if features.currents:
        lines.append("add_currents(j, currents, neurons.inputs)")
    if standard:
        lines.append("open_slot(history, slot)")
    lines += [f"update_{b}(neurons, history, slot, arrival % 2 == 1)" for b in range(blocks)]
    last = "split" if standard else "history.low.shape[2]"
    lines.append(f"record(arrival, slot, zero, {last}, history, probes)")
    if features.on_emission or features.on_arrival:
        lines.append("note_posts(arrival, dt, synapses, posts, history)")
    if features.on_arrival:
        lines.append(on_arrival.format(delivered="zero + 1"))
    if features.on_emission and not standard:
        lines.append(emission)
    return _lines(lines, 8)


def _lines(lines: list[str], indent: int) -> str:
    return "\n".join(" " * indent + line for line in lines)


def load(text: str) -> ModuleType:
    """The module with that source: from memory, else from the cache folder, else written there."""
    name = f"driver_{hashlib.blake2b(text.encode(), digest_size=10).hexdigest()}"
    if name in sys.modules:
        return sys.modules[name]
    path = cache_folder() / f"{name}.py"
    if not path.is_file() or path.read_bytes() != text.encode():
        write_whole(path, text.encode())
    spec = spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return sys.modules.setdefault(name, module)
