"""Neurons of the reference backend: the text of each step function, run on Python floats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import SimulationError
from neurosim.kernels.layout import TINY
from neurosim.neurons import arithmetic
from neurosim.neurons.base import INJECTED
from neurosim.plan.plan import NeuronBlock

FloatArray = NDArray[np.float64]


class Neurons:
    """State of a neuron block and the function that moves it.

    Parameters
    ----------
    block : NeuronBlock
        The block.
    dt : float
        Time step, ms.
    """

    def __init__(self, block: NeuronBlock, dt: float) -> None:
        self.block = block
        names: dict[str, Any] = {name: getattr(arithmetic, name) for name in arithmetic.NAMES}
        for text in block.steps:
            exec(text.source, names)
        self.function = names[block.steps[-1].name]
        self.state = {name: values.copy() for name, values in block.state.items()}
        self.fixed = {
            name: np.broadcast_to(value, block.size).tolist()
            for name, value in {**block.constants, "dt": dt}.items()
        }

    def advance(self, sums: FloatArray, injected: FloatArray) -> list[int]:
        """Make one step and return the places of the neurons that spiked, ascending.

        Parameters
        ----------
        sums : ndarray, shape (inputs, size)
            What arrived at each input.
        injected : ndarray, shape (size,), nA
            Sum of the injected currents.

        Raises
        ------
        SimulationError
            If the step function fails, for example on a division by zero.
        """
        columns = {**self.fixed, INJECTED: injected.tolist()}
        columns |= {name: values.tolist() for name, values in self.state.items()}
        columns |= zip(self.block.kind.inputs(), sums.tolist(), strict=True)
        rows = zip(*(columns[name] for name in self.block.steps[-1].args), strict=True)
        try:
            results = [self.function(*row) for row in rows]
        except (ArithmeticError, ValueError) as error:
            raise SimulationError(
                f"{self.block.kind.__name__}.step: must give finite numbers, failed with {error} "
                f"(populations {', '.join(self.block.slices)}). Use a smaller dt or check weights."
            ) from error
        *states, spiked = zip(*results, strict=True)
        for name, values in zip(self.state, states, strict=True):
            self.state[name] = np.array(values, dtype=np.float64)
        return [place for place, fired in enumerate(spiked) if fired]

    def clear_tiny(self) -> None:
        """Make state variables zero that are below ``TINY``."""
        for values in self.state.values():
            values[np.abs(values) < TINY] = 0.0

    def restore(self, state: Mapping[str, FloatArray]) -> None:
        """Take over the values of all state variables."""
        self.state = {name: np.array(state[name], dtype=np.float64) for name in self.state}
