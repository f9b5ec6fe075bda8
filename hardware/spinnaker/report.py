"""The pre-flight report: does a network fit a board, what becomes of it there, what does it take.

It needs no sPyNNaker. ``neurosim deploy NET --target spinnaker --check`` prints it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from neurosim.declare import Bounds, number
from neurosim.errors import LoweringError, ParameterError, close_matches
from neurosim.facade import simulate
from neurosim.hardware.spinnaker.emulator import Emulator
from neurosim.hardware.spinnaker.findings import LEVELS, Finding
from neurosim.hardware.spinnaker.lower import map_plan
from neurosim.hardware.spinnaker.machine import BOARDS, Board
from neurosim.hardware.spinnaker.projections import CHANGED, ProjectionReport, describe
from neurosim.hardware.spinnaker.rates import Rate, assumed_rates, rates_of
from neurosim.hardware.spinnaker.rules import PLAN_RULES
from neurosim.hardware.spinnaker.rules_firmware import FIRMWARE_RULES, histories
from neurosim.hardware.spinnaker.rules_mapped import MAPPED_RULES
from neurosim.hardware.spinnaker.settings import Settings
from neurosim.hardware.spinnaker.usage import Usage, slice_size, usage
from neurosim.network.network import Network
from neurosim.network.tables import plural
from neurosim.plan.lower import lower
from neurosim.plan.plan import Plan
from neurosim.recording.recording import Recording

SECOND = 1000.0
"""Length of a run when none is given, ms."""


@dataclass(frozen=True)
class PopulationReport:
    """What a population takes.

    Parameters
    ----------
    name, kind : str
        Its name, and the board's name of what runs it.
    size : int
        Units.
    cores : int
        Cores, those of synapses and delay stages included.
    per_core : int
        Units of a slice at most.
    rate : Rate
        The rate that is planned for.
    shifts : tuple of int
        Of the excitatory and the inhibitory accumulators; empty for sources, like all below.
    slots : int
        Ticks that the ring holds.
    dtcm_free : int
        Memory of its own that a core has left, bytes.
    idle, mean, peak, planned : float
        Load of the busiest core without input, on average, at mean + 3 SD packets, and by the
        figures of the toolchain's planner; shares of its time.
    verdict : str
        ``"ok"``, ``"risky"`` or ``"overrun"``.
    """

    name: str
    kind: str
    size: int
    cores: int
    per_core: int
    rate: Rate
    shifts: tuple[int, ...] = ()
    slots: int = 0
    dtcm_free: int = 0
    idle: float = 0.0
    mean: float = 0.0
    peak: float = 0.0
    planned: float = 0.0
    verdict: str = ""


@dataclass(frozen=True, repr=False)
class Report:
    """What the check found.

    Parameters
    ----------
    network : str
        Name of the network.
    board : str
        Sort of board.
    dt, duration : float
        Time step and length of the run, ms.
    settings : Settings
        Choices of the deployment.
    findings : tuple of Finding
        Errors first, then warnings, then notes.
    populations : tuple of PopulationReport
        All populations; Poisson inputs have one of their own. Empty, like all that follows, if the
        network cannot be mapped.
    projections : tuple of ProjectionReport
        All projections, by receptor and pair of populations.
    usage : Usage or None
        Cores, memory, routers and energy in all.
    toolchain : tuple of str or None
        Differences from what sPyNNaker maps on a virtual board; None if it was not asked.
    remark : str
        What it takes there, or why it was not asked.
    """

    network: str
    board: str
    dt: float
    duration: float
    settings: Settings
    findings: tuple[Finding, ...]
    populations: tuple[PopulationReport, ...] = ()
    projections: tuple[ProjectionReport, ...] = ()
    usage: Usage | None = None
    toolchain: tuple[str, ...] | None = None
    remark: str = "It was not compared with sPyNNaker's own mapping."

    @property
    def fits(self) -> bool:
        """Whether it can be deployed: there is no error, and sPyNNaker agrees if it was asked."""
        return not self.errors and not self.toolchain

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Findings of level ``"error"``."""
        return self.of("error")

    def of(self, level: str) -> tuple[Finding, ...]:
        """Findings of a level."""
        return tuple(f for f in self.findings if f.level == level)

    def with_toolchain(self, differences: Sequence[str], cores: int, chips: int) -> Report:
        """The report beside sPyNNaker's own mapping on a virtual board.

        Parameters
        ----------
        differences : sequence of str
            What differs in slices, rings, delay stages and rows.
        cores, chips : int
            What it takes there; chips are shown, and not compared, since we only estimate them.
        """
        found, ours = list(differences), self.totals.get("cores")
        if ours != cores:
            found.append(f"the network takes {ours} cores here and {cores} there")
        remark = f"sPyNNaker maps it onto {plural(cores, 'core')} of {plural(chips, 'chip')}"
        return replace(self, toolchain=tuple(found), remark=remark)

    @property
    def totals(self) -> dict[str, Any]:
        """Cores, chips, boards, memory, routers, energy; empty if the network cannot be mapped."""
        found = self.usage
        if found is None:
            return {}
        energy, chips = found.energy, found.placement.chips
        return {
            "cores": sum(share.cores for share in found.shares),
            "chips": len(chips),
            "boards": found.placement.boards,
            "sdram_bytes": found.sdram,
            "sdram_free_on_fullest_chip": min((c.free for c in chips), default=0),
            "recording_bytes_per_tick": found.per_tick,
            "longest_run_ms": found.longest * self.dt,
            "parts": found.parts,
            "routing_entries": found.entries.each,
            "routing_entries_merged": found.entries.merged,
            "packets_per_second": found.packets,
            "events_per_second": found.events,
            "energy_idle_j": energy.idle + energy.box,
            "energy_active_j": energy.active,
            "energy_j": energy.total,
            "energy_per_event_j": energy.per_event,
            "energy_idle_share": energy.idle_share,
        }

    def to_dict(self) -> dict[str, Any]:
        """All of it as JSON data."""
        from neurosim.runner.params import plain

        data = {
            "network": self.network,
            "board": self.board,
            "dt": self.dt,
            "duration": self.duration,
            "settings": self.settings,
            "fits": self.fits,
            "findings": [asdict(f) for f in self.findings],
            "populations": [asdict(p) for p in self.populations],
            "projections": [asdict(p) for p in self.projections],
            "totals": self.totals,
            "toolchain": self.toolchain,
            "remark": self.remark,
        }
        made: dict[str, Any] = plain(data)
        return made

    def __str__(self) -> str:
        from neurosim.hardware.spinnaker.report_show import text

        return text(self)

    def __repr__(self) -> str:
        return (
            f"Report({self.network!r}, {'fits' if self.fits else 'does not fit'} {self.board}, "
            f"{', '.join(plural(len(self.of(level)), level) for level in LEVELS)})"
        )

    def _repr_html_(self) -> str:
        from neurosim.hardware.spinnaker.report_show import html

        return html(self)


def preflight(
    network: Network | Plan,
    *,
    dt: float = 1.0,
    seed: int = 1,
    settings: Settings | None = None,
    duration: float | None = None,
    rates: Any = None,
    board: str = "spinn-5",
    changed: float = CHANGED,
) -> Report:
    """Check whether a network fits a board, and what becomes of it there.

    Parameters
    ----------
    network : Network or Plan
        What to deploy; of a plan the time step and seed are its own.
    dt : float
        Time step, ms.
    seed : int
        Root of all randomness.
    settings : Settings, optional
        Choices of the deployment.
    duration : float, optional
        Length of the run, ms; a second by default.
    rates : float, mapping, Recording or str, optional
        Rates to plan for, Hz: one for all cells, by population, or measured in a recording; the
        name of a backend measures them by a run of ``duration``. Without them cells are taken to
        spike ``spikes_per_second`` times, and sources as they are described.
    board : {"spinn-5", "spinn-3"}
        Sort of board.
    changed : float
        Relative change of a weight that is reported.

    Returns
    -------
    Report

    Raises
    ------
    NeurosimError
        If an argument is not allowed. What does not fit is no error but in the report.
    """
    machine = _board(board)
    settings = _settings(settings)
    changed = float(number("preflight", "changed", changed, Bounds(low=0.0), scalar=True))
    if duration is not None:
        duration = float(
            number("preflight", "duration", duration, Bounds("ms", above=0.0), scalar=True)
        )
    length = SECOND if duration is None else duration
    try:
        plan = network if isinstance(network, Plan) else lower(network, dt, seed)
    except LoweringError as error:
        subject, _, problem = str(error).partition(": ")
        what, _, remedy = problem.partition(". ")
        finding = Finding("error", "time_step", subject, what, remedy)
        return Report(network.name, board, dt, length, settings, (finding,))
    settings.require_known([p.name for p in plan.populations])
    findings = [
        finding for rule in (*PLAN_RULES, *FIRMWARE_RULES) for finding in rule(plan, settings)
    ]
    empty = Report(plan.name, board, plan.dt, length, settings, _sorted(findings))
    if empty.errors:
        return empty
    mapping = map_plan(plan, settings)
    if isinstance(rates, str):
        rates = _measured(plan, rates, settings, length)
    if isinstance(rates, Recording):
        findings += histories(rates)
    planned = rates_of(mapping.plan, settings, rates, duration)
    findings += assumed_rates(mapping.plan, settings, planned)
    found = usage(mapping, machine, planned, length)
    projections = tuple(describe(mapping, route, changed) for route in mapping.routes)
    findings += [finding for rule in MAPPED_RULES for finding in rule(found, projections)]
    return replace(
        empty, findings=_sorted(findings), populations=_populations(found),
        projections=projections, usage=found,
    )  # fmt: skip


def _board(name: str) -> Board:
    if name not in BOARDS:
        raise ParameterError(
            "preflight", "board", "must be a board", name, close_matches(name, BOARDS)
        )
    return BOARDS[name]


def _settings(settings: Any) -> Settings:
    if settings is None:
        return Settings()
    if not isinstance(settings, Settings):
        raise ParameterError(
            "preflight", "settings", "must be Settings", settings, "Give Settings(...)."
        )
    return settings


def _sorted(findings: list[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: LEVELS.index(finding.level)))


def _measured(plan: Plan, backend: str, settings: Settings, duration: float) -> Recording:
    """A recording of the spikes of all populations, on a backend."""
    network = Network.from_dict({**plan.network, "probes": []})
    network.record(list(network.populations))
    chosen = Emulator(settings) if backend == Emulator.name else backend
    return simulate(network, duration, dt=plan.dt, seed=plan.seed, backend=chosen, progress=False)


def _populations(found: Usage) -> tuple[PopulationReport, ...]:
    plan = found.mapping.plan
    uses = {use.target.population: use for use in found.uses}
    cores = {p.name: 0 for p in plan.populations}
    for share in found.shares:
        cores[share.name] += share.cores
    roles = {share.name: share.role for share in found.shares if share.role != "delay"}
    sources = {"array": "SpikeSourceArray", "poisson": "SpikeSourcePoisson"}
    made = []
    for index, population in enumerate(plan.populations):
        use, rate = uses.get(index), found.rates[index]
        if use is None:
            made.append(
                PopulationReport(
                    population.name, sources[roles[population.name]], population.size,
                    cores[population.name], slice_size(found.mapping, index), rate,
                )
            )  # fmt: skip
            continue
        load, target = use.load, use.target
        made.append(
            PopulationReport(
                population.name, target.cell.name, population.size, cores[population.name],
                use.slice_size, rate, target.shifts, target.bits.slots, use.dtcm_free, load.idle,
                load.mean, load.peak, load.planned, load.verdict,
            )
        )  # fmt: skip
    return tuple(made)
