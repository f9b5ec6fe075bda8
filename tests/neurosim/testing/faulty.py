"""Backends with one fault each: the checks of the suite must find it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from neurosim.backends.base import Options, Progress
from neurosim.backends.reference import FloatArray, Reference, ReferenceEngine
from neurosim.backends.simulation import Simulation
from neurosim.network import Network
from neurosim.plan import Plan, lower


class _Rounded(ReferenceEngine):
    """Sums inputs in single precision."""

    def _sums(self, arrival: int) -> list[FloatArray]:
        return [s.astype(np.float32).astype(np.float64) for s in super()._sums(arrival)]


class _Restless(ReferenceEngine):
    """Loses spikes in flight whenever it is called."""

    def advance(self, steps: int) -> Progress:
        self.spikes.forget(self.step)
        return super().advance(steps)


class _Forgetful(ReferenceEngine):
    """Leaves spikes in flight out of its state."""

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        super().restore(state)
        self.spikes.forget(self.step)


class _Moody(ReferenceEngine):
    """Differs from run to run."""

    runs: ClassVar[count[int]] = count()

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        for neurons in self.neurons:
            neurons.state["v"] += 0.001 * next(self.runs)


class _Crowded(ReferenceEngine):
    """Lets the number of populations matter."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        for neurons in self.neurons:
            neurons.state["v"] += 0.001 * len(plan.populations)


class _Deaf(ReferenceEngine):
    """Ignores spikes that are fed at the present time."""

    def feed(self, population: int, stamps: NDArray[np.int64], ids: NDArray[np.int32]) -> None:
        late = stamps > self.step
        super().feed(population, stamps[late], ids[late])


class _Stubborn(ReferenceEngine):
    """Goes on learning when frozen."""

    def freeze(self, block: int, frozen: bool) -> None:
        pass


class _Careless(ReferenceEngine):
    """Cannot set weights."""

    def set_weights(self, block: int, weights: NDArray[Any]) -> None:
        pass


class _Seedless(ReferenceEngine):
    """Ignores the seed."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(lower(Network.from_dict(plan.network), plan.dt, 0))


class _Absent(ReferenceEngine):
    """Loses spikes in flight when its network is changed."""

    def changed(self, plan: Plan) -> ReferenceEngine:
        made = super().changed(plan)
        made.spikes.forget(self.step)
        return made


class _Headstrong(ReferenceEngine):
    """Keeps its parameters when its network is changed."""

    def changed(self, plan: Plan) -> ReferenceEngine:
        return super().changed(replace(plan, neurons=self.plan.neurons))


class Faulty(Reference):
    """A reference backend with another engine."""

    name = "faulty"
    engine: ClassVar[type[ReferenceEngine]]

    def prepare(self, plan: Plan, options: Options) -> Simulation:
        return Simulation(plan, self.name, self.engine, options)


class Rounded(Faulty):
    engine = _Rounded


class Restless(Faulty):
    engine = _Restless


class Forgetful(Faulty):
    engine = _Forgetful


class Moody(Faulty):
    engine = _Moody


class Crowded(Faulty):
    engine = _Crowded


class Deaf(Faulty):
    engine = _Deaf


class Stubborn(Faulty):
    engine = _Stubborn


class Careless(Faulty):
    engine = _Careless


class Seedless(Faulty):
    engine = _Seedless


class Obliging(Faulty):
    """Takes what it does not offer."""

    engine = ReferenceEngine


class Hasty(Faulty):
    """Offers single precision, with a fault."""

    capabilities = replace(Reference.capabilities, precisions=("double", "single"))
    engine = _Restless


class Absent(Faulty):
    engine = _Absent


class Headstrong(Faulty):
    engine = _Headstrong


class Unasked(Faulty):
    """Takes changes without offering them."""

    capabilities = replace(Reference.capabilities, features=())
    engine = ReferenceEngine
