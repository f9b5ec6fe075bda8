"""SpiNNaker: its arithmetic emulated, what fits on it, and running on a board.

=================================================  =================================================
name                                               what it is for
=================================================  =================================================
``Emulator(settings, disturbance)``                backend ``"spinnaker-emulator"`` with settings
``preflight(network, ...)``                        the report of ``neurosim deploy --check``
``compare(float_recording, emulated_recording)``   how far apart two runs are, and why
``SpinnakerBoard(target, settings)``               backend ``"spinnaker-board"`` with a machine
``Settings``, ``PopulationSettings``               choices of a deployment
``Disturbance``                                    what goes wrong between cores, emulated
``Board``, ``Spalloc``, ``Remote``, ``Virtual``    machines
``map_plan(plan, settings)``                       rings, shifts and rows of a plan
=================================================  =================================================
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from neurosim.hardware.spinnaker.board import SpinnakerBoard as SpinnakerBoard
    from neurosim.hardware.spinnaker.comparison import Comparison as Comparison
    from neurosim.hardware.spinnaker.comparison import compare as compare
    from neurosim.hardware.spinnaker.emulator import Emulator as Emulator
    from neurosim.hardware.spinnaker.lower import map_plan as map_plan
    from neurosim.hardware.spinnaker.report import Report as Report
    from neurosim.hardware.spinnaker.report import preflight as preflight
    from neurosim.hardware.spinnaker.settings import Disturbance as Disturbance
    from neurosim.hardware.spinnaker.settings import PopulationSettings as PopulationSettings
    from neurosim.hardware.spinnaker.settings import Settings as Settings
    from neurosim.hardware.spinnaker.targets import Board as Board
    from neurosim.hardware.spinnaker.targets import Remote as Remote
    from neurosim.hardware.spinnaker.targets import Spalloc as Spalloc
    from neurosim.hardware.spinnaker.targets import Virtual as Virtual

_HOMES = {
    "Board": "targets",
    "Comparison": "comparison",
    "Disturbance": "settings",
    "Emulator": "emulator",
    "PopulationSettings": "settings",
    "Remote": "targets",
    "Report": "report",
    "Settings": "settings",
    "Spalloc": "targets",
    "SpinnakerBoard": "board",
    "Virtual": "targets",
    "compare": "comparison",
    "map_plan": "lower",
    "preflight": "report",
}
"""Module of each name: it is imported when the name is used first."""

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
