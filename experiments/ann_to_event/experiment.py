"""Train a classifier in each framework, import it, and compare both on the same spikes.

Speed is that of inference alone, on one thread: samples one at a time, as they would arrive, and
all at once. Ours is that of a prepared network, the framework's that of its module without
gradients, each after one run that is not counted; both take turns, and medians are given.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.datasets.digits import Digits, bundled, mnist
from neurosim.declare import Declared, choice, integer, param
from neurosim.errors import ParameterError
from neurosim.experiments.ann_to_event.data import spikes
from neurosim.experiments.ann_to_event.training import (
    Classifier,
    Norse,
    SnnTorch,
    single_threaded,
    train,
)
from neurosim.facade import prepare_batch
from neurosim.io.nir import duration, output
from neurosim.network import Network
from neurosim.plan.connect import expand
from neurosim.plan.lower import lower
from neurosim.recording.batch import BatchRecording
from neurosim.runner.experiment import Context, Result

INPUT = "input"
FRAMEWORKS = ("snntorch", "norse")


class Params(Declared):
    """Parameters of the experiment."""

    data: str = choice("digits", options=("digits", "mnist"), doc="8 x 8 digits, or MNIST")
    train_samples: int = integer(1400, low=1, doc="images to train with, at most")
    test_samples: int = integer(397, low=1, doc="images to compare on, at most")
    steps: int = integer(16, low=1, doc="steps of a sample")
    hidden: int = integer(100, low=1, doc="hidden neurons of the snnTorch classifier")
    channels: int = integer(8, low=1, doc="channels of the Norse classifier")
    epochs: int = integer(20, low=1, doc="times that all images are shown in training")
    rate: float = param(0.01, above=0.0, scalar=True, doc="learning rate")
    timed: int = integer(50, low=1, doc="samples timed one by one, at most")
    repeats: int = integer(5, low=1, doc="runs of each timing")


def run(params: Params, context: Context) -> Result:
    """Carry out the comparison for both frameworks."""
    digits = bundled() if params.data == "digits" else mnist()
    train_set, test_set = _split(digits, params, context)
    side = digits.images.shape[1]
    x, x_test = (spikes(part.images, params.steps) for part in (train_set, test_set))
    metrics: dict[str, float] = {"test_samples": len(test_set.labels)}
    arrays: dict[str, NDArray[Any]] = {"labels": test_set.labels, "images": test_set.images}
    recordings = {}
    with single_threaded() as torch:
        for name in context.track(FRAMEWORKS, "framework"):
            torch.manual_seed(context.seed)
            made: Classifier
            made = (
                SnnTorch(side, params.hidden)
                if name == "snntorch"
                else Norse(side, params.channels)
            )
            rng = context.rng(f"{name}/order")
            arrays[f"{name}_loss"] = train(
                made, x, train_set.labels, params.epochs, params.rate, rng
            )
            found = _Comparison(made, x_test, side, params, torch)
            metrics |= {f"{name}_{k}": v for k, v in found.metrics(test_set.labels).items()}
            metrics |= {f"{name}_{k}": v for k, v in found.speed().items()}
            arrays[f"{name}_framework_scores"] = found.theirs
            arrays[f"{name}_scores"] = found.ours
            arrays[f"{name}_operations"] = found.operations
            recordings[name] = found.batch[0]
    return Result(metrics, arrays, recordings)


def _split(digits: Digits, params: Params, context: Context) -> tuple[Digits, Digits]:
    """Images to train and to test with. MNIST keeps its own test images, which come last."""
    n, last = len(digits.labels), 10_000
    if params.data == "mnist":
        first = context.rng("split").permutation(n - last)[: params.train_samples]
        second = np.arange(n - last, n)[: params.test_samples]
    else:
        order = context.rng("split").permutation(n)
        first, second = np.split(order, [min(params.train_samples, n)])
        second = second[: params.test_samples]
    if not len(second):
        raise ParameterError(
            "Params", "train_samples", f"must be below {n}, the number of images",
            params.train_samples, "Lower it.",
        )  # fmt: skip
    chosen = [Digits(digits.images[c], digits.labels[c]) for c in (first, second)]
    return chosen[0], chosen[1]


class _Comparison:
    """A trained classifier and its network, on the same samples."""

    def __init__(
        self, made: Classifier, x: NDArray[np.bool_], side: int, params: Params, torch: Any
    ) -> None:
        self.made, self.params, self.torch = made, params, torch
        self.network = made.network(side)
        self.last = next(reversed(self.network.populations))
        self.x = torch.tensor(x, dtype=torch.float32)
        self.samples = [{INPUT: sample.reshape(len(sample), -1)} for sample in x]
        self.time = duration(self.network, params.steps, made.dt)
        self.theirs = self.forward(self.x)
        whole = _recorded(made.network(side))
        self.batch: BatchRecording = self.prepared(whole).run(self.samples, self.time)
        shown = [output(one, whole, self.last, params.steps) for one in self.batch]
        self.ours = np.array([made.scores(found) for found in shown])
        self.operations, self.synapses = self.counted()

    def forward(self, x: Any) -> NDArray[np.float64]:
        """Scores by the framework."""
        with self.torch.no_grad():
            scores: NDArray[np.float64] = self.made.forward(x).numpy().astype(np.float64)
        return scores

    def prepared(self, network: Network) -> Any:
        """The network, ready for samples."""
        return prepare_batch(network, dt=self.made.dt, seed=1, precision="single", progress=False)

    def counted(self) -> tuple[NDArray[np.int64], int]:
        """Synaptic operations of each sample (one per spike and synapse), and all synapses."""
        plan = lower(self.network, self.made.dt, 1)
        done, synapses = np.zeros(len(self.samples), dtype=np.int64), 0
        for block in plan.synapses:
            drawn = expand(block, plan.dt, np.float32)
            fan_out = np.diff(drawn.ptr).reshape(drawn.n_sources, -1).sum(axis=1)
            pre = plan.populations[block.pre].name
            if pre == INPUT:
                counts = np.array([sample[INPUT].sum(axis=0) for sample in self.samples])
            else:
                counts = self.batch.counts(pre)
            done += counts[:, drawn.first : drawn.first + drawn.n_sources] @ fan_out
            synapses += drawn.size
        return done, synapses

    def metrics(self, labels: NDArray[np.int64]) -> dict[str, float]:
        """Agreement, accuracy and operations."""
        mine, theirs = self.ours.argmax(axis=1), self.theirs.argmax(axis=1)
        done, every = float(self.operations.mean()), float(self.synapses * self.params.steps)
        return {
            "equal_predictions": float((mine == theirs).mean()),
            "largest_score_difference": float(np.abs(self.ours - self.theirs).max()),
            "accuracy": float((mine == labels).mean()),
            "framework_accuracy": float((theirs == labels).mean()),
            "synaptic_operations": done,
            "dense_operations": every,
            "operations_share": done / every,
        }

    def speed(self) -> dict[str, float]:
        """Milliseconds a sample, one by one and all at once."""
        simulation, n = self.prepared(self.network), len(self.samples)
        some = range(min(self.params.timed, n))

        def single() -> None:
            for i in some:
                simulation.run(self.samples[i : i + 1], self.time)

        def single_framework() -> None:
            for i in some:
                self.forward(self.x[i : i + 1])

        def batch() -> None:
            simulation.run(self.samples, self.time)

        def batch_framework() -> None:
            self.forward(self.x)

        return {
            **self.timed("single", single, single_framework, len(some)),
            **self.timed("batch", batch, batch_framework, n),
        }

    def timed(
        self, name: str, ours: Callable[[], None], theirs: Callable[[], None], samples: int
    ) -> dict[str, float]:
        """Median times of both, which take turns, and of their ratio."""
        spent = np.zeros((self.params.repeats, 2))
        for work in (ours, theirs):
            work()
        for turn in spent:
            for i, work in enumerate((ours, theirs)):
                began = perf_counter()
                work()
                turn[i] = 1000.0 * (perf_counter() - began) / samples
        mine, other = np.median(spent, axis=0).tolist()
        ratio = float(np.median(spent[:, 1] / spent[:, 0]))
        return {f"{name}_ms": mine, f"framework_{name}_ms": other, f"{name}_speedup": ratio}


def _recorded(network: Network) -> Network:
    """The network with the spikes of all its neurons recorded."""
    shown = {probe.target.name for probe in network.probes}
    for name, population in network.populations.items():
        if name not in shown and not population.is_source:
            network.record(name, "spikes")
    return network
