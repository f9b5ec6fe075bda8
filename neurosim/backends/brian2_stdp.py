"""Pair STDP of the Brian2 backend: traces that Brian2 solves between events.

Brian2 transmits the weight of the moment of arrival. For synapses whose delay is at least partly
dendritic the weight is fixed on emission: such amounts are kept until they arrive.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.backends.brian2_steps import functions
from neurosim.backends.brian2_synapses import EARLY, LATE, Part
from neurosim.synapses import STDP

EQUATIONS = """
    weight : 1
    raw : 1
    noted : boolean
    learning : 1 (shared)
    dbefore/dt = -before / (tau_plus*ms) : 1 (event-driven)
    dafter/dt = -after / (tau_minus*ms) : 1 (event-driven)
"""
"""``before`` and ``after`` are the traces of presynaptic and postsynaptic events, ``raw`` the
weight as it was last transmitted or changed by a presynaptic event; ``noted`` is false for
postsynaptic spikes that came while the rule was frozen."""

POTENTIATION = {
    "additive": "w_max",
    "multiplicative": "(w_max - weight)",
    "additive_potentiation_multiplicative_depression": "w_max",
    "gutig": "w_max * clip((w_max - weight) / (w_max - w_min), 0, 1e300)**mu_plus",
}
DEPRESSION = {
    "additive": "w_max",
    "multiplicative": "(weight - w_min)",
    "additive_potentiation_multiplicative_depression": "(weight - w_min)",
    "gutig": "w_max * clip((weight - w_min) / (w_max - w_min), 0, 1e300)**mu_minus",
}
ON_POST = """
    larger = clip(weight + A_plus*before*{size}, w_min, w_max)
    weight = choose(noted and before > 0, larger, weight)
    after = choose(noted, {kept}1, after)
"""
ON_PRE = """
    smaller = clip(weight - A_minus*after*{size}, w_min, w_max)
    weight = choose(learning > 0 and after > 0, smaller, weight)
    raw = choose(learning > 0, weight, raw)
    before = choose(learning > 0, {kept}1, before)
"""
TRANSMIT = """
    raw = choose(learning > 0, weight, raw)
    in_{input}_post += raw
"""
NUMBERS = ("tau_plus", "tau_minus", "A_plus", "A_minus", "w_min", "w_max", "mu_plus", "mu_minus")


class Learning(Part):
    """Synapses with pair STDP; see :class:`neurosim.synapses.STDP` for the rule."""

    changing = ("weight", "raw", "before", "after", "lastupdate", "learning")

    def build(self) -> None:
        rule = self.block.synapse
        assert isinstance(rule, STDP)
        self.rule, self.one = rule, False
        share = np.floor(rule.dendritic_delay_fraction * self.delays + 0.5).astype(np.int64)
        self.dendritic = share
        self.chosen: list[NDArray[np.int64]] = []
        self.flight: dict[int, NDArray[np.float64]] = {}
        self.unseen: list[int] = []
        self.fixed: list[tuple[Any, NDArray[np.int64]]] = []
        for fixed in (False, True):
            where = np.flatnonzero((share > 0) == fixed)
            if len(where):
                self._object(where, fixed)

    def _object(self, where: NDArray[np.int64], fixed: bool) -> None:
        """The synapses whose transmitted weight is (or is not) fixed on emission."""
        rule, plan, block = self.rule, self.plan, self.block
        marks = np.zeros(len(self.targets), dtype=bool)
        marks[where] = True
        kept = {"all_to_all": ("after + ", "before + "), "nearest": ("", "")}[rule.pairing]
        dependence = rule.dependence
        on_pre = {"learn": ON_PRE.format(size=DEPRESSION[dependence], kept=kept[1])}
        if not fixed:
            on_pre["transmit"] = TRANSMIT.format(input=self.input)
        item = self.synapses(
            EQUATIONS, marks, on_pre=on_pre,
            on_post={"teach": ON_POST.format(size=POTENTIATION[dependence], kept=kept[0])},
            namespace={n: getattr(rule, n) for n in NUMBERS} | functions(),
            dtype={"weight": plan.weight_dtype, "raw": plan.weight_dtype},
        )  # fmt: skip
        values = {"weight": self._weights(where), "raw": self._weights(where), "noted": True}
        for name, value in (values | {"learning": 1.0}).items():
            item.variables[name].get_value()[:] = value
        self.chosen.append(where)
        delays, share = self.delays[where], self.dendritic[where]
        if fixed:
            moment = EARLY if plan.timing == "standard" else LATE
            self.early = [
                self.pathway(item.teach, block.post, share, moment),
                self.pathway(item.learn, block.pre, delays - share, moment),
            ]
            self.fixed = [(item, where)]
        else:
            due = self.arriving(delays)
            self.delivery = [self.pathway(item.transmit, block.pre, due, EARLY)]
            self.late = [
                self.pathway(item.teach, block.post, self.arriving(share), LATE),
                self.pathway(item.learn, block.pre, due, LATE),
            ]

    def _weights(self, where: NDArray[np.int64]) -> NDArray[Any]:
        return np.broadcast_to(self.drawn.weights, len(self.targets))[where]

    # what happens in a step

    def note(self, stamp: int, fixed: bool) -> None:
        """Before events with a stamp: which postsynaptic spikes came while the rule was frozen."""
        for item, where in zip(self.items, self.chosen, strict=True):
            noted = item.variables["noted"].get_value()
            if fixed == bool(self.dendritic[where[0]] > 0) and (self.unseen or not noted.all()):
                noted[:] = ~np.isin(stamp - self.dendritic[where], self.unseen)

    def remember(self, stamp: int) -> None:
        """After the neurons' spikes with a stamp: note it if the rule is frozen."""
        if self.frozen:
            self.unseen.append(stamp)
        self.unseen = [s for s in self.unseen if s >= stamp - int(self.delays.max())]

    def fix(self, stamp: int) -> None:
        spikes = self.pre.spikes()
        for item, where in self.fixed if len(spikes) else []:
            fired = np.isin(self.sources[where], spikes)
            places = where[fired]
            raw, w = (item.variables[name].get_value() for name in ("raw", "weight"))
            if not self.frozen:
                raw[fired] = w[fired]
            for delay in np.unique(self.delays[places]):
                chosen = fired & (self.delays[where] == delay)
                sums = self.flight.setdefault(stamp + int(delay), np.zeros(self.post.place.size))
                np.add.at(sums, self.targets[where[chosen]], raw[chosen].astype(np.float64))

    def due(self, arrival: int) -> None:
        sums = self.flight.pop(arrival, None)
        if sums is not None:
            self.cells.array(f"in_{self.input}")[:] += sums

    # access

    @property
    def frozen(self) -> bool:
        """Whether the rule is stopped."""
        return bool(self.items[0].variables["learning"].get_value()[0] == 0.0)

    def freeze(self, frozen: bool) -> None:
        for item in self.items:
            item.variables["learning"].get_value()[:] = 0.0 if frozen else 1.0

    def flush(self) -> None:
        for item in self.items:
            item.variables["raw"].get_value()[:] = item.variables["weight"].get_value()

    def present(self, pending: bool) -> NDArray[Any]:
        values = np.empty(len(self.targets), dtype=self.plan.weight_dtype)
        for item, where in zip(self.items, self.chosen, strict=True):
            values[where] = item.variables["weight" if pending else "raw"].get_value()
        return values

    def set_weights(self, weights: NDArray[Any]) -> None:
        for item, where in zip(self.items, self.chosen, strict=True):
            item.variables["weight"].get_value()[:] = weights[where].astype(self.plan.weight_dtype)
        self.flush()

    def state(self) -> dict[str, NDArray[Any]]:
        stamps = sorted(self.flight)
        size = self.post.place.size
        return {
            **super().state(),
            "unseen": np.array(self.unseen, dtype=np.int64),
            "flight/stamps": np.array(stamps, dtype=np.int64),
            "flight/sums": np.array([self.flight[s] for s in stamps]).reshape(-1, size),
        }

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        super().restore(state)
        self.unseen = state["unseen"].tolist()
        stamps = state["flight/stamps"].tolist()
        self.flight = {
            s: np.array(row) for s, row in zip(stamps, state["flight/sums"], strict=True)
        }
        for item in self.items:
            item.variables["noted"].get_value()[:] = not self.unseen
