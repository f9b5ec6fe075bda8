from neurosim.benchmarks.neo_block import measure


def test_a_block_is_timed():
    found = measure(units=10, spikes=50, repeats=3)
    assert (found["units"], found["spikes"]) == (10, 50)
    assert 0.0 < found["fastest_s"] <= found["median_s"]
