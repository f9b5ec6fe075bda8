"""In what PyNN's back ends differ: conventions of weights, samples and options."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import SimulationError

FloatArray = NDArray[np.float64]


class Personality:
    """The conventions of PyNN's own back ends, which all backends of neurosim have by default."""

    pending = True
    """Whether weights are read with potentiation that waits for the next presynaptic spike."""
    receptor: str | None = None
    """Receptor of projections that name none; ``None``: the sign of the weights decides."""

    def options(self, options: dict[str, Any], populations: list[Any]) -> dict[str, Any]:
        """Options of the run of a network with these populations."""
        return options

    def require(self, name: str) -> None:
        """Refuse a model of PyNN that there is not."""

    def model(self, kind: type) -> type:
        """The cell class that is made in place of one of PyNN's."""
        if getattr(kind, "board", False):
            raise SimulationError(
                f"{kind.__name__}: is a cell of a SpiNNaker board, and no board is set up. Call "
                "neurosim.pynn_spinnaker.setup() first."
            )
        return kind

    def models(self, names: list[str]) -> list[str]:
        """Those of some cells that there are."""
        return names

    def cells(self, size: Any, kind: Any, parameters: Any) -> tuple[Any, Any, Any]:
        """Size, cell and parameters of a population as PyNN takes them."""
        return size, kind, parameters

    def extras(self, population: Any, given: dict[str, Any]) -> dict[str, Any]:
        """Settings of a population from further arguments of its constructor."""
        if given:
            raise TypeError(
                f"Population() got an unexpected keyword argument {next(iter(given))!r}"
            )
        return {}

    def electrode(self, name: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Parameters of a new current source."""
        return parameters

    def current(self, values: dict[str, Any]) -> dict[str, Any]:
        """Values of a current source as the core gets them."""
        return values

    def since(self, times: FloatArray, start: float) -> NDArray[np.bool_]:
        """Which stamps of spikes (ms) belong to what begins at a time."""
        return (times > start) | (start == 0.0)

    # projections

    def checks(self, checks: dict[str, Any]) -> dict[str, Any]:
        """PyNN's checks of the parameters of synapses."""
        return checks

    def mechanism(self, named: dict[str, Any]) -> dict[str, Any]:
        """Arguments of a plasticity mechanism as PyNN takes them."""
        return named

    def ends(self, pre: Any, post: Any, given: dict[str, Any]) -> None:
        """Refuse what cannot be joined, and further arguments than ``source`` that there are."""
        more = [name for name in given if name != "source"]
        if more:
            raise TypeError(f"Projection() got an unexpected keyword argument {more[0]!r}")

    def wire(self, projection: Any, values: dict[str, Any]) -> None:
        """Check the synapses of a new projection, and put its values right."""

    def stored(self, projection: Any) -> bool:
        """Whether the weights are read from the simulation rather than as they were given."""
        running = projection._simulator.state.simulation is not None
        return running and bool(projection.synapse_type.learns)

    def native_weights(self, projection: Any, weights: FloatArray, post: Any) -> FloatArray:
        """Weights as the core takes them, of synapses onto cells ``post``."""
        return weights

    def own_weights(self, projection: Any, weights: FloatArray, post: Any) -> FloatArray:
        """Weights as PyNN gives them, from those of the core."""
        return weights

    def constants(self, projection: Any, values: dict[str, Any]) -> dict[str, Any]:
        """Constants of plasticity as the core takes them."""
        return values

    def joined(self, way: str | None) -> str:
        """What ``Projection.get`` does with several synapses of a pair."""
        return way or "sum"

    def order(self, pre: Any, post: Any) -> NDArray[np.int64] | None:
        """Order in which synapses are listed; ``None``: as they were made."""
        return None

    def lacks(self, what: str) -> None:
        """Refuse a function of PyNN that there is not."""

    def limit(self, cell: Any, number: Any) -> None:
        """Bound the neurons of a cell type on a core."""

    def only_spinnaker(self, what: str) -> None:
        """Refuse a function that SpiNNaker alone has."""
        raise SimulationError(
            f"{what}: is for SpiNNaker boards. Call setup(backend='spinnaker-emulator') first, or "
            "leave it out."
        )
