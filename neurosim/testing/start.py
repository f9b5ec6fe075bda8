"""Running a case in a backend."""

from __future__ import annotations

from neurosim.backends.simulation import Simulation
from neurosim.facade import prepare
from neurosim.network import Network
from neurosim.testing.cases import Case
from neurosim.testing.compare import Outcome, observe

SEED = 20
JUDGE = "reference"


def start(
    backend: str, case: Case, network: Network | None = None, precision: str = "double"
) -> Simulation:
    """A simulation of a case at time 0."""
    return prepare(
        case.network() if network is None else network,
        dt=case.dt, seed=SEED, backend=backend, precision=precision, weights=case.weights,
        progress=False,
    )  # fmt: skip


def outcome(
    backend: str, case: Case, network: Network | None = None, precision: str = "double"
) -> Outcome:
    """What a case gives when run without a break."""
    with start(backend, case, network, precision) as simulation:
        return observe(simulation.run(case.duration))
