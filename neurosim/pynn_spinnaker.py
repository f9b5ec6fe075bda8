"""``import pyNN.spiNNaker as sim`` without a board: ``import neurosim.pynn_spinnaker as sim``.

:mod:`neurosim.pynn` on the emulator of SpiNNaker boards, with the names that sPyNNaker has. After
the import the module is also found as ``pyNN.neurosim_spinnaker``.
"""

import sys
from typing import Any

import pyNN.space

from neurosim import pynn
from neurosim.errors import ParameterError
from neurosim.pynn import control, spinnaker_cells
from neurosim.pynn.absent import REASONS
from neurosim.pynn.spinnaker import BACKEND, NotOnBoard, is_board

SHARED = (
    "AdditiveWeightDependence", "AllToAllConnector", "ArrayConnector", "Assembly",
    "CSAConnector", "DCSource", "DistanceDependentProbabilityConnector",
    "FixedNumberPostConnector", "FixedNumberPreConnector", "FixedProbabilityConnector",
    "FixedTotalNumberConnector", "FromFileConnector", "FromListConnector",
    "IndexBasedProbabilityConnector", "MultiplicativeWeightDependence", "NumpyRNG",
    "OneToOneConnector", "Population", "PopulationView", "Projection", "RandomDistribution",
    "SmallWorldConnector", "SpikePairRule", "StaticSynapse", "STDPMechanism",
    "StepCurrentSource", "connect", "create", "end", "errors", "extra_models",
    "get_current_time", "get_max_delay", "get_min_delay", "get_time_step", "initialize",
    "list_standard_models", "num_processes", "random", "rank", "record", "record_gsyn",
    "record_v", "reset", "run", "run_for", "run_until", "set_number_of_neurons_per_core",
    "simulation", "space",
)  # fmt: skip
"""Names of :mod:`neurosim.pynn` that sPyNNaker has too."""
PLACES = ("Cuboid", "Grid2D", "Grid3D", "Line", "RandomStructure", "Space", "Sphere", "distance")

globals().update({name: getattr(pynn, name) for name in SHARED})
globals().update({name: getattr(pyNN.space, name) for name in PLACES})
globals().update(spinnaker_cells.CELLS)


def setup(
    timestep: float | str | None = None,
    min_delay: float | str = "auto",
    max_delay: float | str | None = None,
    **extra_params: Any,
) -> int:
    """Begin anew, as :func:`neurosim.pynn.setup` with ``backend="spinnaker-emulator"``.

    Raises
    ------
    ParameterError
        If a backend is named that is no board.
    """
    backend = extra_params.setdefault("backend", BACKEND)
    if not is_board(backend):
        raise ParameterError(
            "setup", "backend", f"must be {BACKEND!r} or an Emulator", backend,
            "Use neurosim.pynn for other backends.",
        )  # fmt: skip
    return control.setup(timestep, min_delay, max_delay, **extra_params)


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    elsewhere = hasattr(pynn, name) and name not in REASONS
    remedy = (
        "neurosim.pynn has it, for the floating-point backends." if elsewhere else "Do without."
    )
    raise NotOnBoard(
        f"neurosim.pynn_spinnaker: {name!r} is not on SpiNNaker boards, or not emulated. {remedy}"
    )


sys.modules["pyNN.neurosim_spinnaker"] = sys.modules[__name__]
pyNN.neurosim_spinnaker = sys.modules[__name__]
