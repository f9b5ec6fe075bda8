"""Design rules that need the mapping: one function per rule, each gives what it found."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from neurosim.hardware.spinnaker.cells import RECEPTORS
from neurosim.hardware.spinnaker.findings import Finding, population, projection
from neurosim.hardware.spinnaker.lower import RECEPTOR_BITS, bits
from neurosim.hardware.spinnaker.machine import CHIP, CORE, LONGEST_PLASTIC_ROW, LONGEST_ROW
from neurosim.hardware.spinnaker.mapping import RING_BITS, RingBits, Target
from neurosim.hardware.spinnaker.memory import dtcm
from neurosim.hardware.spinnaker.projections import ProjectionReport
from neurosim.hardware.spinnaker.realtime import budget, largest_slice
from neurosim.hardware.spinnaker.rows import row_words
from neurosim.hardware.spinnaker.stages import misplaced
from neurosim.hardware.spinnaker.usage import Usage, Use

Projections = Sequence[ProjectionReport]
MappedRule = Callable[[Usage, Projections], list[Finding]]


def weight_range(usage: Usage, projections: Projections) -> list[Finding]:
    """Weights that do not fit into 16 bits: the toolchain would wrap them without a word."""
    return [
        Finding(
            "error", "weight_range", projection(p.name),
            f"{p.wrapped} weights are above {p.ceiling:g} {p.unit}, the largest that can be stored "
            f"(largest: {p.largest:g} {p.unit}); only their low 16 bits would be kept",
            f"Raise max_expected_summed_weight of {p.post!r}, or leave it out.",
            {"wrapped": p.wrapped, "ceiling": p.ceiling, "largest": p.largest},
        )
        for p in projections
        if p.wrapped
    ]  # fmt: skip


def small_weights(usage: Usage, projections: Projections) -> list[Finding]:
    """Weights that become 0, or change by more than the limit, when they are rounded."""
    found = []
    for p in projections:
        what = []
        if p.zeros:
            what.append(f"{p.zeros} of {p.synapses} weights become 0")
        if p.changed:
            what.append(
                f"{p.changed} of {p.synapses} change by more than {100.0 * p.limit:g} % "
                f"(at most {100.0 * p.worst:.3g} %)"
            )
        if what:
            found.append(
                Finding(
                    "warning", "small_weights", projection(p.name),
                    f"{', '.join(what)}: the step of receptor {p.receptor!r} of {p.post!r} is "
                    f"{p.step:.3g} {p.unit}, the weights begin at {p.smallest:.3g} {p.unit}",
                    f"Lower spikes_per_second, ring_buffer_sigma or max_expected_summed_weight of "
                    f"{p.post!r}, or use larger weights.",
                    {"zeros": p.zeros, "changed": p.changed, "worst": p.worst, "step": p.step},
                )
            )  # fmt: skip
    return found


def full_turn(usage: Usage, projections: Projections) -> list[Finding]:
    """Plastic synapses whose delay is a full turn of the ring: the firmware drops their input."""
    found = []
    for p in projections:
        if not p.lost:
            continue
        target = _target(usage, p.post)
        slots = target.bits.slots
        more = (
            " (strict=False concerns the emulator only)"
            if not usage.mapping.settings.strict
            else ""
        )
        found.append(
            Finding(
                "warning", "full_turn", projection(p.name),
                f"{p.lost} of {p.synapses} plastic synapses have a delay of {slots} ticks in a "
                f"ring of {slots}: their spikes never reach the neurons and their rule sees a "
                f"delay of 0{more}",
                f"Make their delay a tick longer or shorter, or give {p.post!r} a synapse with a "
                f"delay of {slots + 1} ticks.",
                {"synapses": p.lost, "slots": slots},
            )
        )  # fmt: skip
    return found


def long_rows(usage: Usage, projections: Projections) -> list[Finding]:
    """Rows longer than the population table can hold."""
    found = []
    for use in usage.uses:
        for route, rows in use.routes:
            if row_words(rows.longest, route.rule) <= LONGEST_ROW:
                continue
            most = LONGEST_ROW if route.rule is None else LONGEST_PLASTIC_ROW
            fewer = max(1, use.slice_size * most // rows.longest)
            sort = "synapses" if route.rule is None else "plastic synapses"
            found.append(
                Finding(
                    "error", "long_rows", projection(route.name),
                    f"a source has {rows.longest} {sort} on one core of {use.target.name!r}; a row "
                    f"takes {most} at most",
                    f"Set neurons_per_core of {use.target.name!r} to {fewer}.",
                    {"synapses": rows.longest, "most": most},
                )
            )  # fmt: skip
    return found


def delayed_rows(usage: Usage, projections: Projections) -> list[Finding]:
    """Synapses of long delays that sPyNNaker 7.4.1 loses or puts into rows of other sources."""
    return [
        Finding(
            "error", "delayed_rows", projection(item.projection),
            f"{item.n} of {item.of} synapses would be lost or go to other sources, since sPyNNaker "
            "7.4.1 lays out lists with more than one delay stage wrongly unless source and target "
            "have equally many units on a core",
            f"Set neurons_per_core of {item.target!r} to {item.neurons_per_core}: its ring is then "
            "longer. Or use shorter delays.",
            {"synapses": item.n, "neurons_per_core": item.neurons_per_core},
        )
        for item in misplaced(usage.mapping)
    ]  # fmt: skip


def plastic_slices(usage: Usage, projections: Projections) -> list[Finding]:
    """Populations of which a core takes fewer neurons than was asked for, since rows are short."""
    found = []
    for use in usage.uses:
        target = use.target
        asked = min(target.size, usage.mapping.settings.of(target.name, "neurons_per_core"))
        if target.per_core < asked:
            found.append(
                Finding(
                    "note", "plastic_slices", population(target.name),
                    f"has plastic synapses, of which a row takes {LONGEST_PLASTIC_ROW} at most: "
                    f"{target.per_core} neurons on a core instead of {asked}",
                    "Nothing to do.", {"neurons": target.per_core},
                )
            )  # fmt: skip
    return found


def accumulator(usage: Usage, projections: Projections) -> list[Finding]:
    """Accumulators that usual input fills: conductances with many inputs, above all."""
    found = []
    for use in usage.uses:
        target = use.target
        for receptor, name in enumerate(RECEPTORS):
            need, count = _usual_peak(usage, use, receptor)
            gain = float(target.cell.gain)
            capacity = 2.0 ** (target.shifts[receptor] + 1) / gain
            if need <= capacity:
                continue
            unit = "nA" if target.cell.gain == 1 else "uS"
            why = (
                "; for conductances the toolchain leaves the number of inputs out of account"
                if target.cell.gain > 1 else ""
            )  # fmt: skip
            found.append(
                Finding(
                    "warning", "accumulator", population(target.name),
                    f"the accumulators of receptor {name!r} hold {capacity:.3g} {unit}; {count} "
                    f"inputs reach {need:.3g} {unit} in a tick (mean + "
                    f"{_sigma(usage, target):g} SD){why}. The excess is cut off",
                    f"Set max_expected_summed_weight of {target.name!r} to {need:.3g} for it.",
                    {"capacity": capacity, "need": need, "inputs": count},
                )
            )  # fmt: skip
    return found


def _sigma(usage: Usage, target: Target) -> float:
    return float(usage.mapping.settings.of(target.name, "ring_buffer_sigma"))


def _usual_peak(usage: Usage, use: Use, receptor: int) -> tuple[float, int]:
    """Sum of weights in a tick at mean + sigma standard deviations, and number of inputs."""
    mean = variance = 0.0
    count = 0
    for route, _ in use.routes:
        if route.receptor == receptor:
            s = route.statistics
            spikes = s.n * usage.rates[route.pre].hz * usage.mapping.plan.dt / 1000.0
            mean += spikes * s.mean
            variance += spikes * (s.mean**2 + s.variance)
            count += s.n
    return mean + _sigma(usage, use.target) * math.sqrt(variance), count


def core_memory(usage: Usage, projections: Projections) -> list[Finding]:
    """Cores whose own memory does not suffice: they stop at the start, which no tool foresees."""
    found = []
    for use in usage.uses:
        if use.dtcm_free >= 0:
            continue
        target = use.target
        fewer = next((n for n in range(use.slice_size - 1, 0, -1) if _fits(usage, use, n)), None)
        found.append(
            Finding(
                "error", "core_memory", population(target.name),
                f"a core of {use.slice_size} neurons needs {use.dtcm} bytes of its own memory and "
                f"has {use.dtcm + use.dtcm_free}; it would stop with a run-time error",
                f"Set neurons_per_core of {target.name!r} to {fewer}." if fewer
                else "Use shorter delays.",
                {"needed": use.dtcm, "free": use.dtcm_free},
            )
        )  # fmt: skip
    return found


def _fits(usage: Usage, use: Use, neurons: int) -> bool:
    """Whether fewer neurons, with the ring that they would get, fit into a core."""
    target, index = use.target, bits(neurons)
    delay = min(bits(target.longest), RING_BITS - RECEPTOR_BITS - index)
    ring = RingBits(index, RECEPTOR_BITS, delay)
    needed, available = dtcm(target.cell, neurons, ring, target.rule, usage.mapping.plan.dt)
    return needed <= available


def board_size(usage: Usage, projections: Projections) -> list[Finding]:
    """Networks larger than the board, or than one board."""
    placed = usage.placement
    board, need = placed.board, sum(share.cores for share in usage.shares)
    numbers = {"cores": need, "available": board.application_cores, "boards": placed.boards}
    if placed.boards == 1:
        return []
    return [
        Finding(
            "error" if not placed.fits else "note", "board_size", f"board {board.name!r}",
            f"the network takes {need} cores, a board has {board.application_cores}; it takes "
            f"{placed.boards} boards",
            "Use a SpiNN-5 machine, more neurons per core, or a smaller network."
            if not placed.fits else "The toolchain asks for a machine of that size.",
            numbers,
        )
    ]  # fmt: skip


def shared_memory(usage: Usage, projections: Projections) -> list[Finding]:
    """Chips whose memory does not suffice, and runs that are made in parts."""
    free = min((chip.free for chip in usage.placement.chips), default=0)
    if free < 0:
        return [
            Finding(
                "error", "shared_memory", "shared memory",
                f"the fullest chip lacks {-free} of {CHIP.sdram} bytes for synapses",
                "Use fewer neurons per core, so that synapses spread over more chips.",
                {"free": free},
            )
        ]  # fmt: skip
    if usage.parts == 0:
        return [
            Finding(
                "error", "shared_memory", "recordings",
                f"a tick of recordings does not fit into the {free} bytes that are left",
                "Record less.", {"free": free},
            )
        ]  # fmt: skip
    if usage.parts == 1:
        return []
    ms = usage.longest * usage.mapping.plan.dt
    return [
        Finding(
            "note", "shared_memory", "recordings",
            f"{usage.per_tick:.6g} bytes per tick fill a chip in {ms:g} ms: the run of "
            f"{usage.duration:g} ms is made in {usage.parts} parts with pauses",
            "Record fewer variables or units, or less often, to go on without a pause.",
            {"parts": usage.parts, "longest_ms": ms},
        )
    ]  # fmt: skip


def real_time(usage: Usage, projections: Projections) -> list[Finding]:
    """Cores that may not, or do not, keep up."""
    found = []
    plan, settings = usage.mapping.plan, usage.mapping.settings
    for use in usage.uses:
        load, target = use.load, use.target
        if load.verdict == "ok":
            continue
        origins = {usage.rates[route.pre].origin for route, _ in use.routes}
        assumed = "assumed" in origins and load.idle <= 1.0
        level = "error" if load.verdict == "overrun" and not assumed else "warning"
        basis = " at assumed rates" if assumed else ""
        fewer = largest_slice(
            target.cell, use.slice_size, use.busiest, plan.dt, settings.time_scale_factor,
            use.synapse_cores,
        )  # fmt: skip
        factor = settings.time_scale_factor
        slower = math.ceil(factor * load.peak / 0.7)
        ways = [f"set neurons_per_core of {target.name!r} to {fewer}"] if fewer else []
        ways.append(f"set time_scale_factor to {slower}")
        cycles = budget(plan.dt, factor)
        found.append(
            Finding(
                level, "real_time", population(target.name),
                f"{load.verdict}{basis}: the busiest core takes {100.0 * load.mean:.0f} % of its "
                f"{cycles:.0f} cycles a tick on average and {100.0 * load.peak:.0f} % at mean + 3 "
                f"SD packets ({100.0 * load.idle:.0f} % without input)",
                f"{' or '.join(ways).capitalize()}"
                f"{', or give measured rates' if assumed else ''}.",
                {"idle": load.idle, "mean": load.mean, "peak": load.peak},
            )
        )  # fmt: skip
    return found


def packet_queue(usage: Usage, projections: Projections) -> list[Finding]:
    """Cores to which more packets come in a tick than they keep."""
    return [
        Finding(
            "warning", "packet_queue", population(use.target.name),
            f"{use.load.packets:.0f} packets may come to a core in a tick (mean + 3 SD) and "
            f"{CORE.queue} wait at most; what comes too fast is lost",
            "Spread the sources in time, or lower their rates.",
            {"packets": use.load.packets, "queue": CORE.queue},
        )
        for use in usage.uses
        if use.load.packets > CORE.queue
    ]  # fmt: skip


def router(usage: Usage, projections: Projections) -> list[Finding]:
    """Routing tables that may be too long."""
    need = usage.entries
    if need.each <= CHIP.entries:
        return []
    return [
        Finding(
            "warning", "router", "routing tables",
            f"the fullest router needs {need.each} of {CHIP.entries} entries, {need.merged} if the "
            "keys of each population merge",
            "Use more neurons per core, or fewer populations that meet on a chip.",
            {"entries": need.each, "merged": need.merged, "available": CHIP.entries},
        )
    ]  # fmt: skip


def _target(usage: Usage, name: str) -> Target:
    return next(use.target for use in usage.uses if use.target.name == name)


MAPPED_RULES: tuple[MappedRule, ...] = (
    weight_range, small_weights, full_turn, long_rows, delayed_rows, plastic_slices, accumulator,
    core_memory, board_size, shared_memory, real_time, packet_queue, router,
)  # fmt: skip
"""Rules that need the mapping."""
