import json

import numpy as np
import pytest

import neurosim as ns
from neurosim.errors import StoreError
from neurosim.network.encoding import LISTED, decode, encode, lookup

ARRAYS = [
    np.array([1.0 / 3.0, -0.0, 1e300]),
    np.arange(LISTED),
    np.arange(LISTED + 1),
    np.eye(9, dtype=bool),
    np.array([[True, False]]),
    np.empty((0, 2), np.int64),
    np.asfortranarray(np.arange(200.0).reshape(20, 10)),
]


@pytest.mark.parametrize("array", ARRAYS)
def test_arrays_come_back_to_the_bit(array):
    data = json.loads(json.dumps(encode(array), allow_nan=False))
    again = decode(data)
    assert (again.dtype, again.shape) == (array.dtype, array.shape)
    assert again.tobytes() == array.tobytes()


def test_short_arrays_can_be_read():
    assert encode(np.array([1.0, 2.5])) == {"array": [1.0, 2.5], "dtype": "float64"}


@pytest.mark.parametrize("value", [1, 0.1, "word", None, True])
def test_plain_values_stay(value):
    assert decode(encode(value)) is value


def test_distributions_come_back():
    value = ns.Normal(1.0, 2.0, low=0.0, clip="boundary")
    assert decode(json.loads(json.dumps(encode(value)))) == value


@pytest.mark.parametrize("trains", [[], [[]], [[], [1.0], []], [[0.1 * k for k in range(99)]] * 3])
def test_spike_times_come_back(trains):
    value = ns.SpikeSourceArray(spike_times=trains).spike_times
    again = decode(json.loads(json.dumps(encode(value))))
    assert [t.tolist() for t in again] == trains


def test_counts_that_do_not_add_up_are_refused():
    data = encode(ns.SpikeSourceArray(spike_times=[[1.0], [2.0]]).spike_times)
    data["trains"]["counts"]["array"] = [1, 2]
    with pytest.raises(ValueError, match="do not add up"):
        decode(data)


def test_only_known_types_of_arrays_are_made():
    with pytest.raises(ValueError, match="unknown type of array 'object'"):
        decode({"array": [1], "dtype": "object"})


def test_unknown_names_list_the_known_ones():
    with pytest.raises(StoreError, match=r"distribution must be one of .*Uniform, got 'Flat'"):
        decode({"distribution": "Flat", "parameters": {}})
    with pytest.raises(StoreError, match="thing must be one of a, got 3"):
        lookup({"a": int}, 3, "thing")
