"""Models that sPyNNaker has beside PyNN's, under its name ``sim.extra_models``."""

from __future__ import annotations

from neurosim.pynn.spinnaker import NotOnBoard
from neurosim.pynn.synapses import SpikePairRule


class SpikeNearestPairRule(SpikePairRule):
    """Each spike counts with the nearest earlier one of the other side alone."""

    pairing = "nearest"


def __getattr__(name: str) -> object:
    if name.startswith("__"):
        raise AttributeError(name)
    raise NotOnBoard(
        f"extra_models: {name!r} is not here; of sPyNNaker's extra models neurosim has "
        "SpikeNearestPairRule. Use that, or a kind of your own with neurosim.Network."
    )
