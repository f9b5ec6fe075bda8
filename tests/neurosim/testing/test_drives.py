from __future__ import annotations

import pytest

import neurosim.neurons as exported
from neurosim.network import Network
from neurosim.neurons import NeuronKind
from neurosim.neurons.currents import CURRENTS
from neurosim.testing import drives
from neurosim.testing.cases import CASES


def test_every_kind_and_integrator_has_a_case() -> None:
    known = {
        kind
        for kind in vars(exported).values()
        if isinstance(kind, type) and issubclass(kind, NeuronKind) and kind is not NeuronKind
    }
    assert set(drives.KINDS) == known
    wanted = {
        " ".join(["neurons", kind.kind, *([integrator] if integrator else [])])
        for kind in known
        for integrator in (kind.integrators or (None,))
    }
    assert wanted <= set(CASES)


@pytest.mark.parametrize("name", drives.kinds())
def test_a_kind_is_driven_through_all_receptors(name: str) -> None:
    network = CASES[f"neurons {name}"].network()
    kind = type(network["cells"].kind)
    assert isinstance(network["cells"].kind, NeuronKind)
    assert {p.receptor for p in network.projections.values()} == {
        receptor.name
        for receptor in kind.receptors  # type: ignore[union-attr]
    }
    assert network.inputs
    assert network.injections
    assert {v for probe in network.probes for v in probe.variables} == set(kind.recordable())


def test_every_current_source_is_used() -> None:
    network = Network()
    drives.currents(network)
    used = {type(injection.source).__name__ for injection in network.injections.values()}
    assert used == set(CURRENTS)


def test_the_own_kind_is_given_as_text() -> None:
    assert isinstance(drives.Tired.step, str)
