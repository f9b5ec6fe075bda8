import numpy as np
import pytest

from neurosim.backends.feeding import fed
from neurosim.errors import ParameterError


def test_times_become_stamps_and_the_order_stays():
    stamps, ids = fed([(2, 10.04), (0, 5.0)], "source", 3, 10, 0.5)
    assert stamps.dtype == np.int64
    assert ids.dtype == np.int32
    np.testing.assert_array_equal(stamps, [20, 10])
    np.testing.assert_array_equal(ids, [2, 0])


@pytest.mark.parametrize(
    ("spikes", "words"),
    [
        ([(3, 5.0)], "ids from 0 to 2"),
        ([(0, 4.0)], "must not lie before t = 5 ms"),
        ([(0, float("nan"))], "must not lie before"),
        ([1, 2], "pairs"),
    ],
)
def test_what_does_not_fit_is_refused(spikes, words):
    with pytest.raises(ParameterError, match=words):
        fed(spikes, "source", 3, 10, 0.5)
