import json
import subprocess
import sys

import numpy as np
import pytest

import neurosim as ns
from neurosim.errors import RoundingWarning
from neurosim.plan.lower import lower
from neurosim.recording.provenance import provenance


def plan():
    net = ns.Network("small")
    net.population("in", 1, ns.SpikeSourceArray(spike_times=[0.3]))
    net.population("exc", 100, ns.IFCurrExp(tau_m=np.linspace(10.0, 20.0, 100)))
    with pytest.warns(RoundingWarning):
        return lower(net, 0.5, 7, "single", "double")


def test_provenance_is_plain_data_that_names_everything():
    facts = provenance(plan(), "numba", {"threads": 1})
    assert json.loads(json.dumps(facts)) == facts
    assert {k: facts[k] for k in ("name", "seed", "dt", "timing", "precision", "weights")} == {
        "name": "small", "seed": 7, "dt": 0.5, "timing": "standard", "precision": "single",
        "weights": "double",
    }  # fmt: skip
    assert facts["backend"] == "numba"
    assert facts["plan_hash"] == plan().hash
    assert set(facts["versions"]) == {"python", "neurosim", "numpy", "numba"}
    assert facts["versions"]["numpy"] == np.__version__
    assert facts["notes"] == ["population 'in': 1 spike times rounded to steps of 0.5 ms "
                              "(first: 0.3 ms)"]  # fmt: skip
    assert facts["backend_notes"] == {"threads": 1}
    assert facts["cpu_count"] >= 1


def test_the_network_can_be_built_again_from_provenance():
    facts = json.loads(json.dumps(provenance(plan(), "numba", {})))
    with pytest.warns(RoundingWarning):
        again = lower(ns.Network.from_dict(facts["network"]), 0.5, 7, "single", "double")
    assert again.hash == facts["plan_hash"]


def test_the_version_of_numba_is_found_without_loading_it():
    code = (
        "import sys; from neurosim.recording.provenance import versions; versions();"
        "assert 'numba' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
