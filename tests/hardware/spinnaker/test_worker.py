"""Requests and replies, without sPyNNaker."""

from __future__ import annotations

import io
import pickle

import pytest

from neurosim.hardware.spinnaker import worker
from neurosim.hardware.spinnaker.deployment import Failure


class Session:
    def add(self, a, b):
        return a + b

    def fail(self):
        raise ValueError("no such cell")

    def lack(self):
        return self.nothing

    def absent(self):
        import a_package_that_does_not_exist  # noqa: F401

    def end(self):
        return "ended"


def replies_to(*requests):
    asked = io.BytesIO(b"".join(pickle.dumps(r) for r in requests))
    said = io.BytesIO()
    worker.serve(Session(), asked, said)
    said.seek(0)
    found = []
    while said.tell() < len(said.getvalue()):
        found.append(pickle.load(said))
    return found


def test_requests_are_answered_in_order_until_the_end():
    found = replies_to(("add", (1, 2)), ("add", ("a", "b")), ("end", ()), ("add", (3, 4)))
    assert found == [3, "ab", "ended"]


def test_the_end_of_requests_is_the_end():
    assert replies_to(("add", (1, 2))) == [3]


def test_an_error_is_a_reply_and_the_next_request_is_answered():
    failure, sum_ = replies_to(("fail", ()), ("add", (1, 2)))
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.message, failure.unknown) == ("ValueError", "no such cell", False)
    assert "raise ValueError" in failure.trace
    assert sum_ == 3


@pytest.mark.parametrize("name", ["lack", "absent", "nothing_of_that_name"])
def test_what_sPyNNaker_lacks_is_told_apart(name):
    (failure,) = replies_to((name, ()))
    assert failure.unknown


class _Sim:
    class StaticSynapse:
        pass

    class extra_models:
        class SpikeNearestPairRule:
            pass


def test_classes_are_found_among_the_extra_models_too():
    names = worker._Names(_Sim)
    assert names.StaticSynapse is _Sim.StaticSynapse
    assert names.SpikeNearestPairRule is _Sim.extra_models.SpikeNearestPairRule
    with pytest.raises(AttributeError, match="HH_cond_exp"):
        _ = names.HH_cond_exp
