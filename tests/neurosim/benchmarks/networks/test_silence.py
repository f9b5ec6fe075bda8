from __future__ import annotations

import numpy as np
import pytest

from neurosim.benchmarks.definition import DT
from neurosim.benchmarks.networks import b7
from neurosim.benchmarks.networks.silence import drive
from neurosim.errors import ParameterError
from neurosim.facade import simulate


def test_the_drive_is_the_published_one():
    assert drive() == pytest.approx(15.1125, abs=1e-4)


def test_it_is_the_published_network():
    made = b7(activity="sparse")
    assert made.n_neurons == 100_000
    assert [p.connector.n for p in made.network.projections.values()] == [80, 20]
    kind = made.network["cells"].kind
    assert kind.tau_m / kind.cm == 1.0  # nA are mV
    assert [p.synapse.weight for p in made.network.projections.values()] == [0.001, -0.004]
    assert (np.asarray(kind.i_offset) > 0.0).sum() == 1000
    assert made.accepted == {"mean": (0.095, 0.107)}


def test_the_drive_is_one_number_where_all_neurons_share_it():
    assert b7(0.01, "silent").network["cells"].kind.i_offset == 0.0
    assert b7(0.01, "active").network["cells"].kind.i_offset == drive()


@pytest.mark.parametrize(
    ("activity", "variant", "rate"),
    [("silent", "silent", 0.0), ("sparse", "sparse", 0.1), ("active", "active", 10.0),
     ("0.5", "0.5", 5.0), (1.0, "active", 10.0)],
)  # fmt: skip
def test_a_share_of_the_neurons_fires_regularly(activity, variant, rate):
    made = b7(0.01, activity)
    assert made.variant == variant
    recording = simulate(made.network, 1000.0, dt=DT, seed=1)
    assert recording.rate("cells") == pytest.approx(rate, rel=0.01)
    counts = np.bincount(recording.spikes["cells"].ids, minlength=1000)
    assert set(counts) <= {0, 9, 10, 11}
    if rate == 10.0:  # phases are uniform: every tenth of the cycle has about a tenth of the spikes
        times = recording.spikes["cells"].times
        found, _ = np.histogram(times[times < 100.0], bins=10, range=(0.0, 100.0))
        assert found.min() > 60
        assert found.max() < 140


def test_the_seed_decides_who_fires():
    def who(seed):
        return np.flatnonzero(b7(0.01, "sparse", seed).network["cells"].kind.i_offset)

    assert np.array_equal(who(1), who(1))
    assert not np.array_equal(who(1), who(2))


@pytest.mark.parametrize("activity", ["loud", 1.5, -0.1, None, "nan"])
def test_nonsense_names_the_argument(activity):
    with pytest.raises(ParameterError, match=r"b7\.activity"):
        b7(0.01, activity)
