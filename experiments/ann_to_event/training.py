"""The two classifiers: how they are made, trained, and run in their own framework."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from neurosim.io import norse as norse_front
from neurosim.io import snntorch as snntorch_front
from neurosim.io.optional import package
from neurosim.network import Network

Bool = NDArray[np.bool_]
Float = NDArray[np.float64]

FEATURE = "experiment 'ann_to_event'"
CLASSES = 10
BATCH = 64


@contextmanager
def single_threaded() -> Iterator[Any]:
    """The package torch, on one thread while the block lasts.

    Raises
    ------
    MissingDependency
        If it is not installed.
    """
    torch = package("torch", FEATURE, "torch")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield torch
    finally:
        torch.set_num_threads(before)


def _quietly(name: str, extra: str) -> Any:
    """A framework, whose imports use what newer versions of other packages warn of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return package(name, FEATURE, extra)


class Classifier(Protocol):
    """A classifier of a framework.

    Attributes
    ----------
    name : str
        The framework.
    module : torch module
        Its layers in order.
    dt : float
        What a step stands for, ms.
    """

    name: str
    module: Any
    dt: float

    def forward(self, x: Any) -> Any:
        """Scores (samples, classes) for spikes (samples, steps, side, side)."""

    def network(self, side: int) -> Network:
        """The same as a network; its last population gives the scores."""

    def scores(self, found: NDArray[Any]) -> Float:
        """Scores (classes,) from what the last population did in each step."""


class SnnTorch:
    """Two layers of Leaky neurons, all to all; the class with most spikes wins."""

    name, dt = "snntorch", 1.0

    def __init__(self, side: int, hidden: int) -> None:
        torch, snntorch = package("torch", FEATURE, "torch"), _quietly("snntorch", "torch")
        self.module = torch.nn.Sequential(
            torch.nn.Flatten(),
            torch.nn.Linear(side * side, hidden),
            snntorch.Leaky(beta=0.9),
            torch.nn.Linear(hidden, CLASSES),
            snntorch.Leaky(beta=0.9),
        )

    def forward(self, x: Any) -> Any:
        flatten, first, hidden, second, last = self.module
        memory, potential, scores = hidden.reset_mem(), last.reset_mem(), 0.0
        for k in range(x.shape[1]):
            spikes, memory = hidden(first(flatten(x[:, k])), memory)
            spikes, potential = last(second(spikes), potential)
            scores = scores + spikes
        return scores

    def network(self, side: int) -> Network:
        return snntorch_front.from_module(self.module, (side, side), self.dt)

    def scores(self, found: NDArray[Any]) -> Float:
        total: Float = found.sum(axis=0).astype(np.float64)
        return total


class Norse:
    """A convolution of LIF neurons, pooling, and a leaky read-out; the highest potential wins."""

    name, dt = "norse", 1.0

    def __init__(self, side: int, channels: int) -> None:
        torch, norse = package("torch", FEATURE, "torch"), _quietly("norse.torch", "norse")
        p = norse.LIFBoxParameters(tau_mem_inv=torch.tensor(200.0), v_th=torch.tensor(0.3))
        pooled = (side - 2) // 2
        self.module = norse.SequentialState(
            torch.nn.Conv2d(1, channels, 3),
            norse.LIFBoxCell(p),
            torch.nn.AvgPool2d(2),
            torch.nn.Flatten(),
            torch.nn.Linear(channels * pooled * pooled, CLASSES),
            norse.LIBoxCell(),
        )

    def forward(self, x: Any) -> Any:
        state, potential = None, None
        for k in range(x.shape[1]):
            potential, state = self.module(x[:, k, None], state)
        return potential

    def network(self, side: int) -> Network:
        return norse_front.from_module(self.module, (1, side, side), self.dt)

    def scores(self, found: NDArray[Any]) -> Float:
        last: Float = found[-1].astype(np.float64)
        return last


def train(
    made: Classifier, x: Bool, labels: NDArray[np.int64], epochs: int, rate: float,
    rng: np.random.Generator,
) -> Float:  # fmt: skip
    """Train a classifier by back-propagation through time with surrogate gradients.

    Returns
    -------
    ndarray, shape (epochs,)
        Mean loss of each epoch.
    """
    torch = package("torch", FEATURE, "torch")
    optimiser = torch.optim.Adam(made.module.parameters(), lr=rate)
    losses = np.zeros(epochs)
    made.module.train()
    for epoch in range(epochs):
        order = rng.permutation(len(x))
        for begin in range(0, len(x), BATCH):
            chosen = order[begin : begin + BATCH]
            scores = made.forward(torch.tensor(x[chosen], dtype=torch.float32))
            loss = torch.nn.functional.cross_entropy(scores, torch.tensor(labels[chosen]))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses[epoch] += float(loss.detach()) * len(chosen) / len(x)
    made.module.eval()
    return losses
