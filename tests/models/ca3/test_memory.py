from __future__ import annotations

from contextlib import nullcontext

import numpy as np
import pytest

from neurosim.errors import NeurosimError, ParameterError, TimingWarning, UnsupportedError
from neurosim.models.ca3 import (
    DOCUMENTED,
    SAFE,
    CA3Memory,
    CA3Params,
    Circuit,
    Learn,
    Oracle,
    RecallContent,
    RecallCue,
    answers,
    play,
    schedule,
)
from neurosim.models.ca3.oracle import expected
from neurosim.models.protocols import Forgetful, Memory

FIRE = Circuit().class_b.firing_weight


def random_operations(rng, n, n_cues, n_content):
    """Learns, recalls by cue and by one bit, as many of each."""
    made = []
    for kind in rng.integers(3, size=n):
        if kind == 0:
            bits = np.flatnonzero(rng.random(n_content) < 0.5).tolist() or [0]
            made.append(Learn(int(rng.integers(n_cues)), bits))
        elif kind == 1:
            made.append(RecallCue(int(rng.integers(n_cues))))
        else:
            made.append(RecallContent({int(rng.integers(n_content))}))
    return made


def answered(operations, spacing, size):
    timed = schedule(operations, spacing)
    return answers(play(timed, CA3Params(*size)), timed, size[0])


# as good as the oracle


@pytest.mark.parametrize("size", [(5, 10), (20, 20)])
def test_random_operations_without_overwriting_equal_the_oracle(size):
    """Each cue is learned once, in random order, among recalls of either kind."""
    n_cues, n_content = size
    for seed in range(3):
        rng = np.random.default_rng(seed)
        learns = iter(rng.permutation(n_cues).tolist())
        operations = []
        for operation in random_operations(rng, 150, n_cues, n_content):
            if isinstance(operation, Learn):
                cue = next(learns, None)
                operation = RecallCue(0) if cue is None else Learn(cue, operation.content)
            operations.append(operation)
        assert answered(operations, SAFE, size) == expected(operations, *size)


@pytest.mark.parametrize("size", [(5, 10), (20, 20)])
def test_random_operations_with_overwriting(size):
    """Learns and recalls by cue equal the oracle. Recalls by a bit miss no cue, and add one in less
    than 2 of 100 cases: a cue that the bit once belonged to, by its residue."""
    content_recalls = extra = 0
    for seed in range(8):
        operations = random_operations(np.random.default_rng(seed), 150, *size)
        owners = {bit: set() for bit in range(size[1])}
        found = answered(operations, SAFE, size)
        for operation, f, w in zip(operations, found, expected(operations, *size), strict=True):
            for bit in operation.bits() if isinstance(operation, Learn) else ():
                owners[bit].add(operation.cue)
            if isinstance(operation, RecallContent):
                content_recalls += 1
                extra += f != w
                assert f.content == w.content
                assert w.cues <= f.cues <= owners[min(operation.bits())]
            else:
                assert f == w
    assert content_recalls > 300
    assert extra <= 0.02 * content_recalls


def test_a_small_memory_of_one_cue_and_one_bit():
    operations = [RecallContent({0}), Learn(0, {0}), RecallCue(0), RecallContent({0})]
    assert answered(operations, SAFE, (1, 1)) == expected(operations, 1, 1)


def test_learning_again_and_subsets_and_supersets():
    operations = [
        Learn(0, {0, 1}),
        Learn(0, {0, 1}),
        RecallCue(0),
        Learn(0, {0, 1, 2}),
        RecallCue(0),
    ]
    operations += [Learn(0, {2}), RecallCue(0), RecallContent({0}), RecallContent({2})]
    assert answered(operations, SAFE, (2, 3)) == expected(operations, 2, 3)


# as bad as published


def test_documented_spacing_is_no_dictionary():
    wrong = recalls = 0
    for seed in range(6):
        operations = random_operations(np.random.default_rng(seed), 150, 5, 10)
        pairs = zip(
            answered(operations, DOCUMENTED, (5, 10)), expected(operations, 5, 10), strict=True
        )
        judged = [
            f != w for o, (f, w) in zip(operations, pairs, strict=True) if not isinstance(o, Learn)
        ]
        wrong, recalls = wrong + sum(judged), recalls + len(judged)
    assert 0.15 < wrong / recalls < 0.45


def two_learns(gap, second):
    with pytest.warns(TimingWarning) if gap < 14 else nullcontext():
        memory = CA3Memory(2, 2, spacing=gap, forgetting=False)
    with memory:
        memory.perform([Learn(0, {0}), Learn(1, second)])
        memory.wait(7)
        return memory.weights()[1]


@pytest.mark.parametrize(("gap", "left"), [(7, 2.38), (8, 3.40), (9, 4.14), (10, 4.67), (14, 5.65)])
def test_a_shared_bit_loses_its_link_to_the_cue_before(gap, left):
    weight = two_learns(gap, {0})[0, 0]
    rule = 6 - 9.0805 * (np.exp(-(gap - 3) / 3) + np.exp(-(gap - 1) / 3))
    assert weight == pytest.approx(left, abs=0.01)
    assert weight == pytest.approx(rule, abs=0.01)
    assert (weight < FIRE) == (gap == 7)


@pytest.mark.parametrize(
    ("gap", "link"), [(7, 1.86), (8, 1.33), (10, 0.68), (12, 0.35), (14, 0.18)]
)
def test_a_bit_gains_a_link_to_the_cue_learned_next(gap, link):
    weight = two_learns(gap, {1})[0, 1]
    rule = 9.0805 * (np.exp(-(gap - 1) / 3) + np.exp(-(gap + 1) / 3))
    assert weight == pytest.approx(link, abs=0.01)
    assert weight == pytest.approx(rule, abs=0.01)


def test_what_these_links_do():
    """7 steps apart the shared bit is lost; two bits together make up a cue that owns neither."""
    shared = [Learn(0, {0}), Learn(1, {0}), (40, RecallContent({0}))]
    assert answered(shared, 7, (2, 2))[-1].cues == {1}
    crossed = [Learn(0, {0, 1}), Learn(1, {2}), (40, RecallContent({0, 1}))]
    assert answered(crossed, 7, (2, 3))[-1].cues == {0, 1}
    for operations, size in ((shared, (2, 2)), (crossed, (2, 3))):
        plain = [o[1] if isinstance(o, tuple) else o for o in operations]
        assert answered(plain, SAFE, size) == expected(plain, *size)


def test_residue_of_overwritten_bits():
    """One forgotten bit is silent, two find the cue, and then even one does."""
    with CA3Memory(2, 4) as memory:
        memory.learn(0, {0, 1})
        memory.learn(0, {2})
        residue = memory.weights()[1][:2, 0]
        np.testing.assert_allclose(residue, 6 * np.exp(-2 / 3), atol=0.07)  # 3.08, and traces
        assert (residue < FIRE).all()
        assert memory.recall_content({0}) == set()
        assert memory.recall_content({0, 1}) == {0}
        assert memory.recall_content({0}) == {0}
        assert memory.recall_cue(0) == {2}


def test_recall_is_not_read_only():
    """A query whose bits belong to different cues links them; without plasticity it does not."""
    for plastic, wrong in ((True, {0, 1}), (False, {0})):
        with CA3Memory(2, 3, contents={0: {0}, 1: {1}}) as memory:
            for _ in range(2):
                assert memory.recall_content({0, 1}, plastic=plastic) == {0, 1}
            assert memory.recall_content({0}) == wrong


# forgetting


def test_forgetting():
    with CA3Memory(3, 5) as memory:
        memory.learn(0, {0, 1, 2})
        memory.learn(1, {2, 3})
        memory.forget(0)
        memory.forget(2)
        assert memory.dump() == {1: {2, 3}}
        assert memory.recall_cue(0) == set()
        assert [memory.recall_content({bit}) for bit in range(5)] == [
            set(), set(), {1}, {1}, set(),
        ]  # fmt: skip
        memory.learn(0, {4})
        assert memory.recall_cue(0) == {4}
        assert memory.recall_content({4}) == {0}


def test_the_limit_of_forgetting():
    """Several bits of a forgotten content at once still find its cue."""
    with CA3Memory(2, 3) as memory:
        memory.learn(0, {0, 1})
        memory.forget(0)
        assert memory.recall_content({0, 1}) == {0}


def test_forgetting_needs_a_reserved_bit():
    with CA3Memory(3, 4, forgetting=False) as memory:
        assert memory.params == CA3Params(3, 4)
        with pytest.raises(UnsupportedError, match="forgetting=True"):
            memory.forget(0)
    with CA3Memory(3, 4) as memory:
        assert memory.params == CA3Params(3, 5)
        with pytest.raises(ParameterError, match=r"content: must be from 0 to 3"):
            memory.recall_content({4})
        with pytest.raises(ParameterError, match=r"cue: must be from 0 to 2"):
            memory.forget(3)


# the object


def test_memory_protocols():
    with CA3Memory(2, 3) as memory:
        assert isinstance(memory, Memory)
        assert isinstance(memory, Forgetful)
        memory.store(1, [0, 2])
        assert memory.recall(1) == {0, 2}


def test_same_interface_as_the_oracle():
    results = []
    for memory in (Oracle(3, 4), CA3Memory(3, 4)):
        memory.learn(0, {0, 1})
        memory.learn(2, {1, 3})
        memory.forget(0)
        results.append((memory.recall_cue(2), memory.recall_content({1}), memory.dump()))
    assert results[0] == results[1]


def test_contents_from_the_start():
    with CA3Memory(3, 4, contents={0: {0, 3}, 2: [3]}) as memory:
        assert memory.dump() == {0: {0, 3}, 2: {3}}
        assert memory.recall_content({3}) == {0, 2}
        memory.learn(1, {0})
        assert memory.recall_content({0}) == {0, 1}


def test_weights_have_two_readings():
    with CA3Memory(2, 3, forgetting=False) as memory:
        memory.learn(0, {0, 2})
        forward, backward = memory.weights()
        assert (forward.shape, backward.shape) == ((2, 3), (3, 2))
        np.testing.assert_allclose(forward, [[6, 0, 6], [0, 0, 0]], atol=1e-3)
        np.testing.assert_allclose(backward, forward.T, atol=1e-3)
        for raw in memory.weights(pending=False):
            assert (raw < 1e-3).all()


def test_unsafe_spacing_warns():
    with pytest.warns(TimingWarning, match=r"CA3Memory\.spacing: should be at least 14/14") as seen:
        CA3Memory(2, 2, spacing="documented").close()
    assert seen[0].filename == __file__
    with pytest.warns(TimingWarning, match="most recalls fail"):
        CA3Memory(2, 2, spacing=(6, 6)).close()


def test_circuit_and_backend():
    circuit = Circuit(class_b={"v_thresh": -58.0})
    with CA3Memory(2, 2, circuit=circuit, backend="reference", seed=4) as memory:
        assert memory.params.circuit == circuit
        assert memory.simulation.recording().info["backend"] == "reference"
        assert memory.simulation.recording().info["seed"] == 4


def test_reprs():
    with CA3Memory(3, 4) as memory:
        memory.learn(0, {0})
        assert repr(memory) == (
            "CA3Memory(3, 4, spacing='14/14', backend='numba', seed=0, t=14 ms)"
        )
        page = memory._repr_html_()
    assert "<td>4 + 1 for forgetting</td>" in page
    assert "14/14" in page


@pytest.mark.parametrize(
    ("args", "options", "named"),
    [
        ((0, 4), {}, "n_cues"),
        ((2, 0), {}, "n_content"),
        ((2, "x"), {}, "n_content"),
        ((2, 3), {"spacing": "fast"}, "spacing"),
        ((2, 3), {"backend": "abacus"}, "backend"),
        ((2, 3), {"seed": -1}, "seed"),
        ((2, 3), {"circuit": 5}, "circuit"),
        ((2, 3), {"circuit": 0}, "circuit"),
        ((2, 3), {"contents": {5: {0}}}, "contents"),
        ((2, 3), {"contents": {0: {3}}}, "contents"),
        ((2, 3), {"forgetting": "yes"}, "forgetting"),
    ],
)
def test_bad_arguments_are_named(args, options, named):
    with pytest.raises(NeurosimError, match=named):
        CA3Memory(*args, **options)


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda m: m.learn(2, {0}), "cue"),
        (lambda m: m.learn(-1, {0}), "cue"),
        (lambda m: m.learn(0, {3}), "content"),
        (lambda m: m.learn(0, set()), "content"),
        (lambda m: m.recall_cue("0"), "cue"),
        (lambda m: m.recall_cue(9), "cue"),
        (lambda m: m.recall_content({9}), "content"),
        (lambda m: m.recall_content([]), "content"),
        (lambda m: m.forget(7), "cue"),
    ],
)
def test_bad_operations_are_named(call, named):
    with CA3Memory(2, 3) as memory, pytest.raises(ParameterError, match=rf"\.{named}: "):
        call(memory)
