"""Weights, bounds of plasticity and parameters of a plan in the board's units."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import MappingError
from neurosim.hardware.spinnaker import fixed_point as fp
from neurosim.hardware.spinnaker.mapping import Target
from neurosim.plan.plan import Plan, SynapseBlock
from neurosim.synapses import STDP

HIGHEST_RESISTANCE = 65536
"""MOhm that do not fit into the board's numbers."""
Float = NDArray[np.float64]


def parameter(plan: Plan, population: int, name: str) -> Float:
    """A parameter of the neurons of a population, one value each."""
    place = plan.populations[population]
    value = plan.neurons[place.block].parameters[name]
    if isinstance(value, float):
        return np.full(place.size, value)
    return value[place.offset : place.offset + place.size]


def to_board(
    plan: Plan, target: Target, receptor: int, ids: NDArray[np.int32], weights: Float
) -> Float:
    """Magnitudes in the board's unit of weights of the plan.

    A weight of a delta cell, mV here, becomes the current (nA) of one tick that moves the board's
    membrane so far: ``w tick / (R (1 - E))`` with the cell's own constants. The current of an alpha
    cell peaks with the weight here; on the board it is ``w (t / tau^2) exp(-t / tau)`` with times
    in ms, so that weights are ``e tau`` times as large.

    Parameters
    ----------
    plan : Plan
        The plan.
    target : Target
        Population that the weights end at.
    receptor : int
        0 excitatory, 1 inhibitory.
    ids : ndarray of int32
        Its neurons, one for each weight.
    weights : ndarray of float64
        Weights.
    """
    magnitudes = np.abs(weights)
    if target.cell.synapse == "exponential":
        return magnitudes
    return magnitudes * _scale(plan, target, receptor)[ids]


def board_rule(plan: Plan, target: Target, receptor: int, block: SynapseBlock) -> STDP | None:
    """The rule of a block with its bounds in the board's unit, None if it is not plastic.

    Raises
    ------
    MappingError
        If the cells of a delta or alpha population differ, so that one bound cannot hold for all.
    """
    rule = block.synapse
    if not isinstance(rule, STDP) or target.cell.synapse == "exponential":
        return rule if isinstance(rule, STDP) else None
    scale = np.unique(_scale(plan, target, receptor))
    if len(scale) > 1:
        names = "tau_m and cm" if target.cell.synapse == "delta" else "tau_syn"
        raise MappingError(
            f"projection {block.name!r}: STDP onto {target.cell.name} needs the same {names} for "
            f"all cells of {target.name!r}: the board keeps one bound, in its own unit. Use equal "
            "ones, or another kind."
        )
    one = float(scale[0])
    return rule.replace(w_min=rule.w_min * one, w_max=rule.w_max * one)


def _scale(plan: Plan, target: Target, receptor: int) -> Float:
    """Weight on the board for a weight of 1 here, by neuron."""
    if target.cell.synapse == "alpha":
        name = ("tau_syn_E", "tau_syn_I")[receptor]
        return math.e * parameter(plan, target.population, name)
    tau_m, cm = (parameter(plan, target.population, name) for name in ("tau_m", "cm"))
    tick = fp.to_k(plan.dt)

    def per_jump(tau: int, capacitance: int) -> float:
        if capacitance <= 0 or tau / capacitance >= HIGHEST_RESISTANCE:
            raise MappingError(
                f"population {target.name!r}: tau_m / cm must be below {HIGHEST_RESISTANCE} MOhm, "
                f"got {tau / max(capacitance, 1):g}. Raise cm."
            )
        moved = (fp.ONE - fp.exp_k(-fp.divide(tick, tau))) / fp.ONE
        return plan.dt / (fp.divide(tau, capacitance) / fp.ONE * moved)

    pairs = np.stack([fp.to_k_array(v, target.size) for v in (tau_m, cm)], axis=1)
    rows, which = np.unique(pairs, axis=0, return_inverse=True)
    return np.array([per_jump(*row) for row in rows.tolist()])[which.reshape(-1)]
