"""Named small networks that together use everything a backend may be asked for.

Each is a :class:`Case`: how to build the network, and how to run it. All times lie on the grid.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from neurosim.network import Network
from neurosim.testing import drives, plastic, wiring

Build = Callable[[Network], None]


@dataclass(frozen=True)
class Case:
    """A network and how to run it.

    Parameters
    ----------
    name : str
        Name of the network.
    build : callable
        Adds the populations, projections, inputs and probes to a network.
    duration : float
        Time to run, ms.
    dt : float
        Time step, ms.
    timing : str
        Timing of the network.
    weights : str
        Precision of weights that differ between synapses.
    """

    name: str
    build: Build
    duration: float = 60.0
    dt: float = 0.5
    timing: str = "standard"
    weights: str = "single"

    def network(self, before: Build | None = None) -> Network:
        """The network; ``before`` may add something else to it first."""
        network = Network(self.name, timing=self.timing)
        if before is not None:
            before(network)
        self.build(network)
        return network


def _kinds() -> list[Case]:
    return [
        Case(f"neurons {name}", build, duration=40.0, dt=0.1)
        for name, build in drives.kinds().items()
    ]


_CASES = [
    *_kinds(),
    Case("neurons if_curr_exp spinnaker", drives.kind("if_curr_exp"), 40.0, 0.5, "spinnaker"),
    Case("parameters", drives.parameters),
    Case("currents", drives.currents, dt=0.2),
    Case("poisson", drives.poisson),
    Case("poisson spinnaker", drives.poisson, timing="spinnaker"),
    Case("own kind", drives.own_kind),
    Case("connectors", wiring.connectors),
    Case("groups", wiring.groups),
    Case("delays", wiring.delays),
    Case("delays spinnaker", wiring.delays, timing="spinnaker"),
    Case("weights in double", wiring.delays, weights="double"),
    Case("probes", wiring.probes),
    Case("tsodyks-markram", plastic.tsodyks_markram),
    Case("tsodyks-markram spinnaker", plastic.tsodyks_markram, timing="spinnaker"),
    Case("stdp axonal", plastic.stdp(0.0)),
    Case("stdp mixed", plastic.stdp(0.4)),
    Case("stdp dendritic", plastic.stdp(1.0)),
    Case("stdp in double", plastic.stdp(1.0), weights="double"),
    Case("stdp spinnaker", plastic.stdp(1.0), timing="spinnaker"),
    Case("recurrent", plastic.recurrent),
    Case("recurrent spinnaker", plastic.recurrent, timing="spinnaker"),
]

CASES: dict[str, Case] = {case.name: case for case in _CASES}
"""All cases by name."""
