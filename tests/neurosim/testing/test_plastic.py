from __future__ import annotations

from itertools import product

import pytest

from neurosim.synapses import KINDS, STDP, TsodyksMarkram
from neurosim.synapses.stdp import DEPENDENCES
from neurosim.testing.cases import CASES


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("stdp")])
def test_every_dependence_comes_with_both_pairings(name: str) -> None:
    rules = [p.synapse for p in CASES[name].network().projections.values()]
    used = {(r.dependence, r.pairing) for r in rules if isinstance(r, STDP)}
    assert used == set(product(DEPENDENCES, ("all_to_all", "nearest")))


def test_the_delay_is_dendritic_axonal_and_both() -> None:
    shares = {
        p.synapse.dendritic_delay_fraction
        for case in CASES.values()
        for p in case.network().projections.values()
        if isinstance(p.synapse, STDP)
    }
    assert {0.0, 1.0} < shares


def test_short_term_plasticity_with_and_without_facilitation() -> None:
    rules = [p.synapse for p in CASES["tsodyks-markram"].network().projections.values()]
    taus = [r.tau_facil for r in rules if isinstance(r, TsodyksMarkram)]
    assert 0.0 in taus
    assert max(taus) > 0.0


@pytest.mark.parametrize("name", ["recurrent", "recurrent spinnaker"])
def test_the_recurrent_network_has_every_kind_of_synapse(name: str) -> None:
    network = CASES[name].network()
    assert {p.synapse.kind for p in network.projections.values()} == set(KINDS)
    assert network.inputs
    assert network.injections
