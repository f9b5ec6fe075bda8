"""Neuron blocks of a share -> strips of state, scalars and accumulators."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.backends.share import Share
from neurosim.kernels.driver import BlockCode
from neurosim.kernels.layout import STRIP, Neurons
from neurosim.plan.plan import NeuronBlock, Plan


def block_code(block: NeuronBlock) -> BlockCode:
    """What the generated code depends on."""
    args = block.steps[-1].args
    uniform = [n for n, v in block.constants.items() if isinstance(v, float)]
    return BlockCode(
        tuple((s.source, s.name, s.args) for s in block.steps),
        tuple(block.state),
        block.kind.inputs(),
        (*uniform, *(["dt"] if "dt" in args else [])),
        tuple(n for n in block.constants if n not in uniform),
    )


def aligned(array: NDArray[Any]) -> NDArray[Any]:
    """A copy that begins at a cache line.

    NumPy aligns to 16 bytes; vectors that cross cache lines made the update loop a
    fifth slower.
    """
    line = 64
    room = np.empty(array.nbytes + line, dtype=np.uint8)
    start = -room.ctypes.data % line
    made: NDArray[Any] = room[start : start + array.nbytes].view(array.dtype)
    made[:] = array
    return made


def _padded(size: int) -> int:
    return -(-size // STRIP) * STRIP


def strips(rows: list[Any], dtype: Any) -> NDArray[Any]:
    """Rows of one value per neuron as strips, the last strip filled with the last neuron."""
    size = len(rows[0]) if rows else 0
    if size == 0:
        return np.empty(0, dtype=dtype)
    table = np.array([np.pad(row, (0, _padded(size) - size), mode="edge") for row in rows], dtype)
    return np.ascontiguousarray(table.reshape(len(rows), -1, STRIP).transpose(1, 0, 2)).ravel()


def lay_out_neurons(
    plan: Plan, code: tuple[BlockCode, ...], share: Share, order: list[int]
) -> Neurons:
    """The neurons of a share; populations that it has none of have empty ranges."""
    scalars: list[Any] = []
    state, starts, scalar_starts, firsts = [], [0], [], [0]
    pops: list[int] = []
    origins: list[int] = []
    ends: list[int] = []
    width = max((len(c.inputs) for c in code), default=0)
    places = np.zeros((max(1, len(code)), width + 1), dtype=np.int64)
    total = 0
    for b, (block, c) in enumerate(zip(plan.neurons, code, strict=True)):
        mine = slice(share.low[b], share.high[b])
        rows = [*block.state.values(), *(block.constants[n] for n in c.varied)]
        state.append(strips([np.asarray(row)[mine] for row in rows], plan.dtype))
        starts.append(starts[-1] + len(state[-1]))
        scalar_starts.append(len(scalars))
        scalars += [plan.dt if n == "dt" else block.constants[n] for n in c.uniform]
        for i in range(len(c.inputs) + (1 if plan.currents else 0)):
            places[b, i] = total
            total += _padded(share.size(b))
        for name in block.slices:
            population = plan.population(name)
            part = share.part(plan, population)
            pops.append(order[population])
            origins.append(part.place)
            ends.append(min(max(part.place + part.high, 0), share.size(b)))
        firsts.append(len(pops))
    most = max((_padded(share.size(b)) for b in range(len(code))), default=0) + STRIP
    masks = aligned(np.zeros(most, dtype=np.uint8))
    return Neurons(
        state=aligned(np.concatenate([*state, np.empty(0, plan.dtype)])),
        start=np.array(starts[:-1], dtype=np.int64),
        size=np.array([share.size(b) for b in range(len(code))], dtype=np.int64),
        scalars=np.array(scalars, dtype=plan.dtype),
        scalar_start=np.array(scalar_starts, dtype=np.int64),
        inputs=aligned(np.zeros(total, dtype=plan.dtype)),
        input_start=places,
        pop_first=np.array(firsts, dtype=np.int64),
        pop_index=np.array(pops, dtype=np.int64),
        pop_origin=np.array(origins, dtype=np.int64),
        pop_end=np.array(ends, dtype=np.int64),
        masks=masks,
        groups=masks.view(np.uint64),
        hits=np.zeros(most // STRIP, dtype=np.int64),
    )


def injected_column(plan: Plan, block: int) -> int:
    """Column of ``Neurons.input_start`` that holds the accumulator of injected currents."""
    return len(plan.neurons[block].kind.inputs())
