"""Errors of the memory against the oracle, and the weights that cause them.

Every number is the share of recalls that the network answers otherwise than the oracle, over
several fresh memories, each with a run of random operations. Swept are the spacing (for four
workloads), the size and the density of contents (recalls by cue and single bits, safe spacing).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from neurosim.declare import Declared, integer, nested, param
from neurosim.experiments._ca3 import memory_setup
from neurosim.experiments.ca3_capacity.workloads import (
    WORKLOADS,
    Errors,
    Workload,
    errors,
    errors_frozen,
    once,
    several,
    single,
)
from neurosim.facade import prepare
from neurosim.models.ca3.network import BACKWARD, build, counts
from neurosim.models.ca3.operations import Learn, Operation
from neurosim.models.ca3.params import DT, CA3Params, Circuit
from neurosim.models.ca3.timing import SAFE, Spacing, schedule, spike_trains, steps_needed
from neurosim.runner.experiment import Context, Result, Setup

SPACINGS = (
    Spacing(7, 6), Spacing(8, 7), Spacing(10, 10), Spacing(12, 12), Spacing(13, 13), SAFE,
)  # fmt: skip
SIZES = ((5, 10), (10, 10), (16, 32), (20, 20), (40, 12), (32, 64))
DENSITIES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
GAPS = (7, 8, 9, 10, 12, 14)
"""Steps between two learns, for the causes of errors."""

Count = Callable[[list[Operation], CA3Params, Spacing, Context], Errors]


class Params(Declared):
    """Parameters of the experiment."""

    n_cues: int = integer(5, low=2, doc="cues of the memory whose spacing is swept")
    n_content: int = integer(10, low=4, doc="its content bits")
    density: float = param(0.5, above=0.0, high=1.0, scalar=True, doc="share of bits in a content")
    runs: int = integer(16, low=1, doc="fresh memories per number")
    operations: int = integer(150, low=1, doc="operations per run")
    single_runs: int = integer(100, low=1, doc="fresh memories for the workload of one query")
    circuit: Circuit = nested(Circuit, doc="cells, weights, delays, plasticity")

    def memory(self) -> CA3Params:
        """Size and circuit."""
        return CA3Params(self.n_cues, self.n_content, self.circuit)


def setup(params: Params) -> Setup:
    """The memory, whose input is fed while it runs."""
    return memory_setup(params.memory())


def run(params: Params, context: Context) -> Result:
    """Sweep spacing, size and density, and measure the causes of errors."""
    spacing = by_spacing(params, context)
    sizes = by_size(params, context)
    density = by_density(params, context)
    frozen = np.array(
        [total(w, params.memory(), SAFE, params, context, errors_frozen) for w in (single, several)]
    )
    shared, cross = causes(params, context)
    share = spacing[..., 0] / spacing[..., 1]
    metrics: dict[str, float | int] = {}
    for name, row in zip((*WORKLOADS, "once"), share, strict=True):
        for policy, value in zip(SPACINGS, row, strict=True):
            metrics[f"{name}_{policy.learn}_{policy.recall}"] = float(value)
    for name, (wrong, recalls) in zip(("single", "several"), frozen, strict=True):
        metrics[f"{name}_14_14_frozen"] = float(wrong / recalls)
    for gap, left, link in zip(GAPS, shared, cross, strict=True):
        metrics[f"shared_weight_{gap}"] = float(left)
        metrics[f"cross_weight_{gap}"] = float(link)
    metrics["largest_size_share"] = float((sizes[:, 0] / sizes[:, 1]).max())
    arrays = {
        "spacing_errors": spacing,
        "size_errors": sizes,
        "density_errors": density,
        "frozen_errors": frozen,
        "shared_weights": shared,
        "cross_weights": cross,
        "counts": np.array([list(counts(CA3Params(*size)).values()) for size in SIZES]),
    }
    return Result(metrics, arrays)


def total(
    workload: Workload,
    size: CA3Params,
    spacing: Spacing,
    params: Params,
    context: Context,
    count: Count = errors,
    density: float | None = None,
) -> Errors:
    """Errors over all runs of a workload. The operations depend on seed, size and density only."""
    share = params.density if density is None else density
    wrong = recalls = 0
    for index in range(params.single_runs if workload is once else params.runs):
        stream = f"{workload.__name__}/{size.n_cues}x{size.n_content}/{share}/{index}"
        operations = workload(context.rng(stream), params.operations, size, share)
        found = count(operations, size, spacing, context)
        wrong, recalls = wrong + found.wrong, recalls + found.recalls
    return Errors(wrong, recalls)


def by_spacing(params: Params, context: Context) -> NDArray[np.int64]:
    """Errors, shape (workloads, spacings, 2): wrong ones and recalls."""
    points = [(w, s) for w in (*WORKLOADS.values(), once) for s in SPACINGS]
    found = [
        total(workload, params.memory(), spacing, params, context)
        for workload, spacing in context.track(points, "spacing")
    ]
    return np.array(found).reshape(len(WORKLOADS) + 1, len(SPACINGS), 2)


def by_size(params: Params, context: Context) -> NDArray[np.int64]:
    """Errors with recalls by cue and by single bits at safe spacing, shape (sizes, 2)."""
    return np.array(
        [
            total(single, CA3Params(c, n, params.circuit), SAFE, params, context)
            for c, n in context.track(SIZES, "size")
        ]
    )


def by_density(params: Params, context: Context) -> NDArray[np.int64]:
    """Errors with recalls by cue and by single bits at safe spacing, shape (densities, 2)."""
    return np.array(
        [
            total(single, params.memory(), SAFE, params, context, density=density)
            for density in context.track(DENSITIES, "density")
        ]
    )


def causes(params: Params, context: Context) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights (nA) after two learns in succession, by the steps between them.

    Returns
    -------
    shared : ndarray
        What is left of the link from a bit to the cue learned first, when both contents hold it.
    cross : ndarray
        What the link from a bit of the first content to the cue learned second has gained.
    """
    shared: list[float] = []
    cross: list[float] = []
    size = CA3Params(2, 2, params.circuit)
    for gap in GAPS:
        for second, cue, found in (({0}, 0, shared), ({1}, 1, cross)):
            timed = schedule([Learn(0, {0}), Learn(1, second)], gap)
            network = build(size, inputs=spike_trains(timed, 2, 2), record=())
            with prepare(network, dt=DT, seed=context.seed, backend=context.backend) as simulation:
                simulation.run(DT * steps_needed(timed))
                found.append(simulation.weights(BACKWARD).matrix(2, 2)[0, cue])
    return np.array(shared), np.array(cross)
