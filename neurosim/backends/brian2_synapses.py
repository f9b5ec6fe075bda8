"""Static and short-term plastic synapses of the Brian2 backend, and what all kinds share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.backends.base import Synapses
from neurosim.backends.brian2_neurons import Cells, Sources
from neurosim.backends.reference_spikes import Spikes
from neurosim.plan.connect import Expanded
from neurosim.plan.plan import Plan, SynapseBlock
from neurosim.synapses import TsodyksMarkram

FloatArray = NDArray[np.float64]

EARLY, LATE = "early", "late"
"""Before the neurons of a step are updated, and after it."""


def seen(plan: Plan, place: Any, moment: str) -> int:
    """Stamp of the spikes that a group of Brian2 holds at a moment of a step, minus the step.

    Sources hold those of the step itself; neurons those of their last update.
    """
    if place.block < 0:
        return 0
    return plan.arrival if moment == LATE else plan.arrival - 1


class Pathway:
    """What spikes of a population do to synapses after some steps.

    Parameters
    ----------
    item : SynapticPathway
        Brian2's object.
    population : int
        Index of the population whose spikes are waited for.
    offset : int
        Stamp of the spikes that the population holds when the pathway runs, minus the step.
    delays : ndarray of int
        Steps from seeing a spike to acting on it, of each synapse.
    dt : float
        Time step, ms.
    """

    def __init__(self, item: Any, population: int, offset: int, delays: Any, dt: float) -> None:
        self.item, self.population, self.offset = item, population, offset
        self.longest = int(delays.max())
        item.variables["delay"].set_value(delays * (dt * 1e-3))

    def run(self, more: NDArray[np.int32]) -> None:
        """See the spikes of now, with those of units that spike more than once, and act."""
        if len(more):
            self.item.queue.push(more)
        self.item.run()

    def replay(self, spikes: Spikes, step: int) -> None:
        """Have in flight what of the given spikes had been seen before a step."""
        for _ in range(self.longest + 1):
            self.item.queue.advance()
        for past in range(step - self.longest, step):
            ids = np.array(spikes.at(self.population, past + self.offset), dtype=np.int32)
            if len(ids):
                self.item.queue.push(ids)
            self.item.queue.advance()


class Part:
    """The synapses of a block; static ones, and what all others share.

    Parameters
    ----------
    brian2 : module
        Brian2.
    plan : Plan
        The plan.
    block : SynapseBlock
        The block; it must have synapses.
    drawn : Expanded
        Its synapses.
    groups : sequence of Sources
        Populations in the order of the plan.
    make : mapping
        Arguments that all of Brian2's objects take.
    """

    equations = "weight : 1"
    code = "in_{input}_post += weight"
    changing: tuple[str, ...] = ("weight",)
    """Variables of the synapses that may change."""

    def __init__(
        self, brian2: Any, plan: Plan, block: SynapseBlock, drawn: Expanded,
        groups: list[Sources], make: Mapping[str, Any],
    ) -> None:  # fmt: skip
        self.brian2, self.plan, self.block, self.drawn = brian2, plan, block, drawn
        self.groups, self.make = groups, make
        self.pre, self.post = groups[block.pre], groups[block.post]
        assert isinstance(self.post, Cells)
        self.cells = self.post
        self.input = self.cells.inputs[block.input]
        counts = np.diff(drawn.ptr)
        source, slot = np.divmod(np.repeat(np.arange(len(counts)), counts), len(drawn.delays))
        self.sources = (drawn.first + source).astype(np.int32)
        self.targets = drawn.targets.astype(np.int32)
        self.delays = drawn.delays[slot].astype(np.int64)
        self.one = np.ndim(drawn.weights) == 0
        self.early: list[Pathway] = []
        self.late: list[Pathway] = []
        self.delivery: list[Pathway] = []
        self.items: list[Any] = []
        self.build()

    @property
    def pathways(self) -> list[Pathway]:
        """All pathways of the block."""
        return [*self.early, *self.delivery, *self.late]

    def build(self) -> None:
        """Make the objects of Brian2."""
        item = self.synapses(
            self.equations, np.ones(len(self.targets), dtype=bool),
            on_pre=self.code.format(input=self.input), namespace=self.constants(),
        )  # fmt: skip
        item.variables["weight"].get_value()[:] = self.drawn.weights
        self.delivery = [self.pathway(item.pre, self.block.pre, self.arriving(self.delays), EARLY)]
        self.start(item)

    def synapses(self, equations: str, chosen: NDArray[np.bool_], **options: Any) -> Any:
        """Some of the synapses as an object of Brian2."""
        item = self.brian2.Synapses(
            self.pre.group, self.post.group, equations, **options, **self.make
        )
        item.connect(i=self.sources[chosen], j=self.targets[chosen])
        self.items.append(item)
        return item

    def arriving(self, delays: NDArray[np.int64]) -> NDArray[np.int64]:
        """Steps from a stamp to the step in which what arrives is due."""
        return delays - self.plan.arrival

    def pathway(self, item: Any, population: int, after: NDArray[np.int64], moment: str) -> Pathway:
        """A pathway that acts on a spike with stamp ``m`` in step ``m + after``."""
        offset = seen(self.plan, self.plan.populations[population], moment)
        return Pathway(item, population, offset, after + offset, self.plan.dt)

    def constants(self) -> dict[str, Any]:
        """Numbers that the code uses."""
        return {}

    def start(self, item: Any) -> None:
        """Set start values."""

    # what happens in a step

    def fix(self, stamp: int) -> None:
        """Plasticity on emission, after its pathways: what is transmitted is fixed."""

    def due(self, arrival: int) -> None:
        """Add to the inputs what was fixed before and arrives now."""

    # access

    def present(self, pending: bool) -> NDArray[Any]:
        """Weights of all synapses."""
        values = np.array(self.items[0].variables["weight"].get_value())
        return values if self.one else values.astype(self.plan.weight_dtype)

    def set_weights(self, weights: NDArray[Any]) -> None:
        """Replace the weights; one for all stays one if the new ones are equal."""
        self.one = self.one and len(np.unique(weights)) == 1
        kept = weights if self.one else weights.astype(self.plan.weight_dtype)
        self.items[0].variables["weight"].get_value()[:] = kept

    def table(self, pending: bool) -> Synapses:
        """All synapses."""
        return Synapses(
            self.sources.copy(), self.targets.copy(), self.present(pending),
            self.delays * self.plan.dt,
        )  # fmt: skip

    def flush(self) -> None:
        """Apply what waits for the next presynaptic spike."""

    def freeze(self, frozen: bool) -> None:
        """Stop or resume plasticity."""

    def state(self) -> dict[str, NDArray[Any]]:
        """All that changes, as arrays."""
        found: dict[str, NDArray[Any]] = {"one": np.array(self.one)}
        for i, item in enumerate(self.items):
            for name in self.changing:
                found[f"{i}/{name}"] = np.array(item.variables[name].get_value())
        return found

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Take over a state."""
        self.one = bool(state["one"])
        for i, item in enumerate(self.items):
            for name in self.changing:
                item.variables[name].get_value()[:] = state[f"{i}/{name}"]


class Depressing(Part):
    """Tsodyks-Markram synapses: each follows the spikes that arrive at it."""

    equations = "weight : 1\nresources : 1\nused : 1\nlast : second"
    code = """
        h = (t - last) / ms
        resources = 1 + (resources - resources*used - 1) * exp(-h / tau_rec)
        used = {used}
        last = t
        in_{{input}}_post += weight * resources * used
    """
    changing = ("weight", "resources", "used", "last")

    def build(self) -> None:
        rule = self.block.synapse
        assert isinstance(rule, TsodyksMarkram)
        facilitated = rule.tau_facil > 0.0
        used = "U + used * (1 - U) * exp(-h / tau_facil)" if facilitated else "U"
        self.code = self.code.format(used=used)
        super().build()

    def constants(self) -> dict[str, Any]:
        rule = self.block.synapse
        return {name: getattr(rule, name) for name in ("U", "tau_rec", "tau_facil")}

    def start(self, item: Any) -> None:
        item.variables["resources"].get_value()[:] = 1.0
        item.variables["used"].get_value()[:] = self.constants()["U"]
        item.variables["last"].get_value()[:] = -1e12  # so long ago that nothing is left of it
