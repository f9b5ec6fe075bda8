"""Design rules for what the board's programs compute otherwise than their descriptions say.

Found by running the programs (see ``tests/firmware``); the emulator does as they do.
"""

from __future__ import annotations

import numpy as np

from neurosim.hardware.spinnaker.cells import CELLS
from neurosim.hardware.spinnaker.findings import Finding, population, projection
from neurosim.hardware.spinnaker.layout import SLOWEST_VERY_FAST, poisson_constants
from neurosim.hardware.spinnaker.lower import board_plan
from neurosim.hardware.spinnaker.settings import Settings
from neurosim.plan.plan import Plan
from neurosim.recording.recording import Recording
from neurosim.synapses import STDP

PROGRAMS: dict[str, frozenset[tuple[str, str]]] = {
    "if_curr_exp": frozenset(
        (pairing, dependence)
        for pairing in ("all_to_all", "nearest")
        for dependence in ("additive", "multiplicative")
    ),
    "if_cond_exp": frozenset({("all_to_all", "additive"), ("nearest", "additive")}),
    "if_curr_delta": frozenset({("all_to_all", "additive"), ("nearest", "additive")}),
    "if_curr_alpha": frozenset({("all_to_all", "additive")}),
    "izhikevich_curr_exp": frozenset({("all_to_all", "additive")}),
}
"""Pairings and dependences of which sPyNNaker 7.4.1 ships a program, by kind of neuron."""
SPLIT_BELOW = 1.0
"""Time step (ms) below which neurons and synapses have programs of their own, for all rules."""


def programs(plan: Plan, settings: Settings) -> list[Finding]:
    """Plasticity for which there is no program with these cells."""
    if plan.dt < SPLIT_BELOW:
        return []
    found = []
    for block in plan.synapses:
        rule, kind = block.synapse, plan.neurons[plan.populations[block.post].block].kind.kind
        shipped = PROGRAMS.get(kind)
        if not isinstance(rule, STDP) or shipped is None:
            continue
        if (rule.pairing, rule.dependence) not in shipped:
            known = ", ".join(" ".join(pair) for pair in sorted(shipped))
            found.append(
                Finding(
                    "error", "programs", projection(block.name),
                    f"sPyNNaker 7.4.1 has no program for {CELLS[kind].name} with the pair rule "
                    f"{rule.pairing!r} and dependence {rule.dependence!r} (it has: {known})",
                    "Use one of these, IFCurrExp, or steps below 1 ms.",
                )
            )  # fmt: skip
    return found


def fast_alpha(plan: Plan, settings: Settings) -> list[Finding]:
    """Alpha synapses that are faster than a tick: their rise does not fit into a fraction."""
    found = []
    for block in plan.neurons:
        if block.kind.kind != "if_curr_alpha":
            continue
        for name in ("tau_syn_E", "tau_syn_I"):
            least = float(np.min(block.parameters[name]))
            limit = float(np.sqrt(plan.dt))
            if least <= limit:
                found.append(
                    Finding(
                        "error", "fast_alpha", ", ".join(map(population, block.slices)),
                        f"{name} must be above {limit:.3g} ms (the square root of the tick), the "
                        f"least is {least:g}: the board keeps tick / tau^2 without its whole part, "
                        "so that input is wrong or missing",
                        "Raise it, or use IFCurrExp or a smaller time step.", {name: least},
                    )
                )  # fmt: skip
    return found


def very_fast_poisson(plan: Plan, settings: Settings) -> list[Finding]:
    """Poisson sources of ten spikes in a tick and more, whose rates the board rounds down."""
    plan = board_plan(plan)
    found = []
    for source in plan.poisson:
        rate = poisson_constants(source, plan.dt)[0]
        fast = rate >= SLOWEST_VERY_FAST
        if fast.any():
            wanted = float(source.rates[fast].max())
            per_tick = wanted * plan.dt / 1000.0
            made = (np.floor(np.sqrt(per_tick)) ** 2 + 0.25) / plan.dt * 1000.0
            found.append(
                Finding(
                    "warning", "very_fast_poisson",
                    population(plan.populations[source.population].name),
                    f"{wanted:g} Hz are {per_tick:g} spikes in a tick; from 10 on the board draws "
                    f"from a normal variate whose mean it rounds down: {made:g} Hz come of it",
                    "Use more sources with lower rates.", {"hz": wanted, "board_hz": float(made)},
                )
            )  # fmt: skip
    return found


def histories(recording: Recording) -> list[Finding]:
    """Plasticity that was lost in a run on the emulator, since cells had spiked too often."""
    notes = recording.info["backend_notes"]
    cut = int(notes.get("cut_histories", 0))
    if not cut:
        return []
    return [
        Finding(
            "warning", "histories", "plasticity",
            f"a core keeps the last 15 spikes of a cell; {cut} times a plastic synapse should have "
            "looked further back when its source spiked, and has not learned from earlier spikes",
            "Let sources of plastic synapses spike more often than once in 15 spikes of their "
            "targets.",
            {"synapses": cut},
        )
    ]  # fmt: skip


FIRMWARE_RULES = (programs, fast_alpha, very_fast_poisson)
"""Rules of this file that need the plan and settings alone."""
