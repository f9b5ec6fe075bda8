"""Design rules that need the plan alone: one function per rule, each gives what it found.

:func:`violations` is what neither the emulator nor a board can run; :data:`PLAN_RULES` are the
rules of the pre-flight report. Those that need the mapping are in
:mod:`neurosim.hardware.spinnaker.rules_mapped`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from neurosim.backends import check
from neurosim.backends.base import Capabilities, Violation
from neurosim.distributions import Distribution
from neurosim.hardware.spinnaker.cells import CELLS, RECEPTORS
from neurosim.hardware.spinnaker.findings import Finding, population, projection
from neurosim.hardware.spinnaker.lower import RECEPTOR_BITS, bits, board_plan
from neurosim.hardware.spinnaker.mapping import MOST_STAGES, RING_BITS
from neurosim.hardware.spinnaker.settings import Settings
from neurosim.hardware.spinnaker.translate import problems
from neurosim.network import connectors
from neurosim.neurons.base import Receptor
from neurosim.plan.connect import Drawer
from neurosim.plan.plan import Plan, SynapseBlock
from neurosim.synapses import STDP

CAPABILITIES = Capabilities(
    neurons=tuple(CELLS),
    currents=("DCSource", "StepSource"),
    synapses=("static", "stdp"),
)
"""What the board and its emulator have of a plan."""
DEPENDENCES = ("additive", "multiplicative")
"""Weight dependences that the board has programs for."""
LARGEST = 65536.0
"""The board's numbers lie below this, and above its negative."""
LONGEST_TAU = 32768.0
"""Ticks of a time constant whose decay can be told from none."""
SHORTEST_TICK = 100.0
"""Hardware ticks below this are not expected to be kept, us."""
RANDOM = (
    connectors.FixedProbability, connectors.FixedNumberPre, connectors.FixedNumberPost,
    connectors.FixedTotalNumber, connectors.DistanceDependent, connectors.SmallWorld,
)  # fmt: skip
REDUCE = "Use another backend, or change it."

PlanRule = Callable[[Plan, Settings], list[Finding]]


def violations(plan: Plan, name: str, can: Capabilities = CAPABILITIES) -> list[Violation]:
    """Everything in a plan that the board and its emulator cannot run; for ``Backend.check``.

    Parameters
    ----------
    plan : Plan
        The plan.
    name : str
        Name of the backend, for messages.
    can : Capabilities
        What the backend has.
    """
    found = check.violations(plan, name, can)
    for part in (_connectors, _receptors, _signs, _plasticity, _one_rule):
        found += [
            Violation(f"backend {name!r} cannot run {subject}", problem, remedy)
            for subject, problem, remedy in part(plan)
        ]
    return found


Items = Iterator[tuple[str, str, str]]


def _connectors(plan: Plan) -> Items:
    for block in plan.synapses:
        kind = type(block.rule).__name__
        if kind not in connectors.KINDS:
            known = ", ".join(connectors.KINDS)
            yield projection(block.name), f"connector {kind!r} is not among {known}", REDUCE


def receptors_at(plan: Plan, block: SynapseBlock) -> list[Receptor]:
    """Receptors of the target that share the block's input: two where the sign decides."""
    kind = plan.neurons[plan.populations[block.post].block].kind
    name = kind.inputs()[block.input]
    return [receptor for receptor in kind.receptors if receptor.input == name]


def _receptors(plan: Plan) -> Items:
    for block in plan.synapses:
        names = [receptor.name for receptor in receptors_at(plan, block)]
        if not set(names) & set(RECEPTORS):
            yield (
                projection(block.name),
                f"receptor {names[0]!r} is not among {', '.join(RECEPTORS)}",
                "Use one of these.",
            )


def _signs(plan: Plan) -> Items:
    """Weights of the wrong sign: the toolchain would store their magnitudes."""
    for block in plan.synapses:
        found = receptors_at(plan, block)
        if len(found) != 1 or found[0].sign == 0:
            continue
        low, high = _span(block.synapse.weight)
        worst = low if found[0].sign > 0 else -high
        if worst < 0.0:
            other = RECEPTORS[1 - RECEPTORS.index(found[0].name)]
            yield (
                projection(block.name),
                f"weights of the wrong sign at receptor {found[0].name!r} (down to "
                f"{worst * found[0].sign:g} {found[0].unit}), which would be stored without it",
                f"Move them to a projection onto receptor {other!r}.",
            )


def _span(weight: Any) -> tuple[float, float]:
    if isinstance(weight, Distribution):
        low, high = weight.support
        return float(low), float(high)
    values = np.asarray(weight, dtype=np.float64)
    return float(values.min(initial=np.inf)), float(values.max(initial=-np.inf))


def _plasticity(plan: Plan) -> Items:
    for block in plan.synapses:
        rule = block.synapse
        if not isinstance(rule, STDP):
            continue
        if rule.dependence not in DEPENDENCES:
            yield (
                projection(block.name),
                f"STDP dependence {rule.dependence!r} is not among {', '.join(DEPENDENCES)}",
                "Use one of these, or backend 'numba'.",
            )
        if rule.dendritic_delay_fraction != 1.0:
            yield (
                projection(block.name),
                "STDP dendritic_delay_fraction must be 1 (the whole delay is dendritic), is "
                f"{rule.dendritic_delay_fraction:g}",
                "Set it to 1.",
            )
        if rule.w_min < 0.0:
            yield (
                projection(block.name),
                f"STDP w_min must be >= 0, is {rule.w_min:g}",
                "Raise it; weights are magnitudes there.",
            )


def _one_rule(plan: Plan) -> Items:
    """A population has one plasticity rule; weights and delays may differ."""
    first: dict[int, SynapseBlock] = {}
    told = set()
    for block in plan.synapses:
        if not isinstance(block.synapse, STDP) or block.name in told:
            continue
        other = first.setdefault(block.post, block)
        different = _differences(other.synapse, block.synapse)
        if different:
            told.add(block.name)
            yield (
                projection(block.name),
                f"its STDP rule differs from that of {projection(other.name)} onto the same "
                f"population ({', '.join(different)})",
                "Use one rule, or split the population.",
            )


def _differences(a: Any, b: Any) -> list[str]:
    mine, other = a.values(), b.values()
    unused = {"weight", "delay", "mu_plus", "mu_minus"}
    return [k for k, value in mine.items() if k not in unused and value != other[k]]


# rules of the report


def unsupported(plan: Plan, settings: Settings) -> list[Finding]:
    """All that cannot run at all, as :func:`violations`."""
    name = "spinnaker"
    return [
        Finding(
            "error", "unsupported", v.subject.removeprefix(f"backend {name!r} cannot run "),
            v.problem, v.remedy,
        )
        for v in violations(plan, name)
    ]  # fmt: skip


def untranslated(plan: Plan, settings: Settings) -> list[Finding]:
    """What sPyNNaker cannot be told, though the emulator runs it: start values and recordings."""
    said = {finding.subject for finding in unsupported(plan, settings)}
    return [
        Finding("error", "untranslated", subject, problem, "Change it.")
        for subject, problem in problems(plan)
        if subject not in said
    ]


def longest_delay(neurons: int) -> int:
    """Ticks that a delay may have at most, with so many neurons on a core.

    Examples
    --------
    >>> longest_delay(256), longest_delay(64)
    (288, 1152)
    """
    return (MOST_STAGES + 1) << (RING_BITS - bits(neurons) - RECEPTOR_BITS)


def delay_too_long(plan: Plan, settings: Settings) -> list[Finding]:
    """Delays beyond the ring of a core and all delay stages."""
    found = []
    for block in plan.synapses:
        target = plan.populations[block.post]
        neurons = min(target.size, settings.of(target.name, "neurons_per_core"))
        need, most = int(Drawer(block, plan.dt).delays.max()), longest_delay(neurons)
        if need <= most:
            continue
        fewer = next((n for n in (128, 64, 32, 16, 8, 4, 2) if longest_delay(n) >= need), None)
        found.append(
            Finding(
                "error", "delay_too_long", projection(block.name),
                f"needs a delay of {need} ticks ({need * plan.dt:g} ms); with {neurons} neurons on "
                f"a core of {target.name!r} the longest is {most} ticks ({most * plan.dt:g} ms)",
                f"Set neurons_per_core of {target.name!r} to {fewer}." if fewer
                else "Use shorter delays or a larger time step.",
                {"ticks": need, "longest": most},
            )
        )  # fmt: skip
    return found


def rounded(plan: Plan, settings: Settings) -> list[Finding]:
    """Times and delays that were rounded to ticks."""
    found = []
    for note in plan.notes:
        subject, _, what = note.partition(": ")
        found.append(
            Finding("note", "rounded", subject, what, "Use times on the grid, or a smaller step.")
        )
    return found


def fast_poisson(plan: Plan, settings: Settings) -> list[Finding]:
    """Poisson sources faster than the rate that accumulators are made for."""
    plan = board_plan(plan)
    fastest: dict[tuple[str, str], float] = {}
    for source in plan.poisson:
        pre = plan.populations[source.population].name
        for block in plan.synapses:
            if block.pre == source.population:
                fastest[pre, plan.populations[block.post].name] = float(source.rates.max())
    found = []
    for (pre, post), hz in fastest.items():
        assumed = settings.of(post, "spikes_per_second")
        if hz > assumed:
            found.append(
                Finding(
                    "warning", "fast_poisson", population(pre),
                    f"spikes at {hz:g} Hz; the accumulators of {post!r} are made for "
                    f"{assumed:g} Hz whatever the source declares, and may saturate",
                    f"Set spikes_per_second of {post!r} to {hz:g}.",
                    {"hz": hz, "assumed_hz": assumed},
                )
            )  # fmt: skip
    return found


def additive_amplitudes(plan: Plan, settings: Settings) -> list[Finding]:
    """Amplitudes of the additive rule, which are absolute there."""
    found = []
    for name, rule in {b.name: b.synapse for b in plan.synapses}.items():
        if isinstance(rule, STDP) and rule.dependence == "additive":
            plus, minus = rule.A_plus * rule.w_max, rule.A_minus * rule.w_max
            found.append(
                Finding(
                    "note", "additive_amplitudes", projection(name),
                    f"amplitudes are absolute on the board: A_plus {rule.A_plus:g} and A_minus "
                    f"{rule.A_minus:g} of w_max {rule.w_max:g} become {plus:g} and {minus:g}",
                    "Nothing to do: this is converted.",
                    {"A_plus": plus, "A_minus": minus},
                )
            )  # fmt: skip
    return found


def random_lists(plan: Plan, settings: Settings) -> list[Finding]:
    """Random connections, which are given to the board as lists."""
    names: dict[str, list[str]] = defaultdict(list)
    for block in plan.synapses:
        kind = type(block.rule).__name__
        if isinstance(block.rule, RANDOM) and block.name not in names[kind]:
            names[kind].append(block.name)
    return [
        Finding(
            "note", "random_lists", "random connections",
            f"{kind} of {', '.join(map(projection, projections))}: drawn here and given to the "
            "board as lists, so that they are the same everywhere",
            "Nothing to do; drawn on chip they would differ.",
        )
        for kind, projections in names.items()
        if projections
    ]  # fmt: skip


def time_step(plan: Plan, settings: Settings) -> list[Finding]:
    """Ticks below a millisecond, and a network that asks for another order of events."""
    found = []
    factor = settings.time_scale_factor
    tick = 1000.0 * plan.dt * factor
    numbers = {"tick_us": tick, "time_scale_factor": float(factor)}
    subject = f"time step {plan.dt:g} ms"
    if plan.dt < 1.0:
        found.append(
            Finding(
                "note", "time_step", subject,
                f"neurons and synapses are on cores of their own (split cores); a hardware tick is "
                f"{tick:g} us, time scale factor {factor}",
                "Real time is assumed unless time_scale_factor is larger.", numbers,
            )
        )  # fmt: skip
    if tick < SHORTEST_TICK:
        slower = int(np.ceil(SHORTEST_TICK / (1000.0 * plan.dt)))
        found.append(
            Finding(
                "warning", "time_step", subject,
                f"a hardware tick of {tick:g} us is below {SHORTEST_TICK:g} us and will hardly be "
                "kept; the toolchain only warns",
                f"Set time_scale_factor to {slower} or more.", numbers,
            )
        )  # fmt: skip
    if plan.timing != "spinnaker":
        found.append(
            Finding(
                "note", "time_step", f"network {plan.name!r}",
                "its timing is 'standard'; the board adds inputs before the update and stamps a "
                "spike with the step in which it is computed, one step earlier",
                "Network(timing='spinnaker') does so elsewhere too, for kinds that can.",
            )
        )  # fmt: skip
    return found


def constants(plan: Plan, settings: Settings) -> list[Finding]:
    """Parameters beyond the board's numbers."""
    found = []
    for block in plan.neurons:
        if block.kind.kind not in CELLS:
            continue
        for name, value in block.parameters.items():
            largest = float(np.abs(value).max())
            limit = LONGEST_TAU * plan.dt if name.startswith("tau_") else LARGEST
            if largest >= min(limit, LARGEST):
                found.append(
                    Finding(
                        "error", "constants", ", ".join(map(population, block.slices)),
                        f"{name} must be below {min(limit, LARGEST):g} in magnitude, the largest "
                        f"is {largest:g}",
                        "Scale it down.", {name: largest},
                    )
                )  # fmt: skip
    return found


PLAN_RULES: tuple[PlanRule, ...] = (
    unsupported, untranslated, delay_too_long, constants, fast_poisson, time_step, rounded,
    additive_amplitudes, random_lists,
)  # fmt: skip
"""Rules that need the plan and settings alone."""
