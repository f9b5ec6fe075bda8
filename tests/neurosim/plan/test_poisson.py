import numpy as np
import pytest
from scipy import stats

from neurosim import philox
from neurosim.plan.poisson import poisson_table


@pytest.mark.parametrize("mean", [1e-12, 1e-9, 1e-6, 0.1, 2.0, 37.5, 50.0, 1000.0])
def test_entries_are_cumulative_probabilities(mean):
    table = poisson_table(mean)
    expected = stats.poisson(mean).cdf(np.arange(len(table))) * 2.0**32
    assert (np.abs(table - expected) <= 0.51).all()
    assert stats.poisson(mean).sf(len(table)) < 2.0**-33
    assert (np.diff(table.astype(np.int64)) >= 0).all()
    assert table.dtype == np.uint32


@pytest.mark.parametrize("mean", [0.2, 2.0, 37.5])
def test_counts_follow_the_distribution(mean):
    words = philox.words(5, np.arange(20_000))
    counts = np.searchsorted(poisson_table(mean), words, side="right")
    assert counts.mean() == pytest.approx(mean, rel=0.03)
    assert counts.var() == pytest.approx(mean, rel=0.05)
    k = np.arange(counts.max() + 1)
    expected = stats.poisson(mean).pmf(k) * len(words)
    seen = np.bincount(counts)
    often = expected > 20
    assert stats.chisquare(
        np.append(seen[often], seen[~often].sum()),
        np.append(expected[often], len(words) - expected[often].sum()),
    ).pvalue > 0.01  # fmt: skip


def test_without_events_every_word_counts_zero():
    assert len(poisson_table(0.0)) == 0
    assert (np.searchsorted(poisson_table(0.0), [0, 2**32 - 1], side="right") == 0).all()


def test_the_largest_word_ends_at_the_end_of_the_table():
    table = poisson_table(2.0)
    assert np.searchsorted(table, 2**32 - 1, side="right") <= len(table)
    assert len(table) < 30
