"""Checks of a plan against a backend's capabilities."""

from __future__ import annotations

from neurosim.backends.base import Capabilities, Violation
from neurosim.errors import UnsupportedError
from neurosim.plan.plan import Plan, PoissonBlock, SpikeArrayBlock


def violations(plan: Plan, name: str, can: Capabilities) -> list[Violation]:
    """Everything in the plan that the capabilities do not cover."""
    found = []

    def refuse(subject: str, what: str, value: str, known: tuple[str, ...], remedy: str) -> None:
        if "*" not in known and value not in known:
            found.append(
                Violation(
                    f"backend {name!r} cannot run {subject}",
                    f"{what} {value!r} is not among {', '.join(known)}",
                    remedy,
                )
            )

    refuse(f"network {plan.name!r}", "timing", plan.timing, can.timings, "Use another backend.")
    refuse(
        f"network {plan.name!r}", "precision", plan.precision, can.precisions,
        f"Use precision={can.precisions[0]!r}.",
    )  # fmt: skip
    for block in plan.neurons:
        for population in block.slices:
            refuse(
                f"population {population!r}", "kind", block.kind.kind, can.neurons,
                "Use 'numba' or change the neuron.",
            )  # fmt: skip
    sources: dict[str, tuple[SpikeArrayBlock | PoissonBlock, ...]] = {
        "spike_source_array": plan.arrays,
        "spike_source_poisson": plan.poisson,
    }
    for kind, populations in sources.items():
        for source in populations:
            refuse(
                f"population {plan.populations[source.population].name!r}", "source", kind,
                can.sources, "Use 'numba' or another source.",
            )  # fmt: skip
    for synapses in plan.synapses:
        refuse(
            f"projection {synapses.name!r}", "synapse", synapses.synapse.kind, can.synapses,
            "Use 'numba' or change the synapse.",
        )  # fmt: skip
    for current in plan.currents:
        refuse(
            f"injection {current.name!r}", "current", type(current.source).__name__, can.currents,
            "Use 'numba' or another current.",
        )  # fmt: skip
    return found


def require(found: list[Violation]) -> None:
    """Raise one error that lists all violations, if there is any."""
    if found:
        raise UnsupportedError("\n".join(map(str, found)))
