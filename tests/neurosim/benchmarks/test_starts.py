from __future__ import annotations

import pytest

from neurosim.benchmarks import starts as module
from neurosim.benchmarks.cases import Case, Settings
from neurosim.benchmarks.starts import Start, first_steps, start, starts
from neurosim.errors import SimulationError

CASE = Case("b1", 0.05)


@pytest.fixture
def fake(monkeypatch):
    """First steps of given wall times; gives what was asked for, and what lay in the cache."""
    asked = []

    def use(*walls):
        left = iter(walls)

        def started(case, settings, cache, *, again=False):
            asked.append((case.scale, again, cache, sorted(p.name for p in cache.iterdir())))
            (cache / "driver").write_text("compiled")
            wall = next(left)
            return Start(wall, 0.9 * wall, 0.8 * wall, 0.1)

        monkeypatch.setattr(module, "start", started)
        return asked

    return use


def test_the_first_is_cold_and_the_fastest_of_the_others_counts(fake):
    asked = fake(3.0, 2.0, 1.0, 1.5)
    cold, warm = first_steps(CASE, Settings())
    assert (cold.wall, warm.wall, warm.cpu) == (3.0, 1.0, 0.9)
    assert len({cache for _, _, cache, _ in asked}) == 1
    assert [held for *_, held in asked] == [[], ["driver"], ["driver"], ["driver"]]


def test_long_ones_are_made_once_with_filled_caches(fake):
    asked = fake(30.0, 20.0)
    assert first_steps(CASE, Settings())[1].wall == 20.0
    assert len(asked) == 2


def test_compiling_is_timed_on_a_small_network(fake):
    asked = fake(4.0, 2.0, 6.0, 5.0)
    found = starts(Case("b1", 20.0), Settings())
    assert [(scale, again) for scale, again, *_ in asked] == [
        (0.05, True), (0.05, True), (20.0, False), (20.0, False),
    ]  # fmt: skip
    assert found == {
        "first_step_cold_s": 6.0,
        "first_step_warm_s": 5.0,
        "first_step_cold_cpu_s": pytest.approx(5.4),
        "first_step_warm_cpu_s": pytest.approx(4.5),
        "compile_s": pytest.approx(0.8 * 4.0 - 0.1),
        "load_s": pytest.approx(0.8 * 2.0 - 0.1),
    }


def test_a_first_step(tmp_path):
    cold = start(CASE, Settings(), tmp_path)
    assert any(tmp_path.iterdir())
    assert cold.again == 0.0
    warm = start(CASE, Settings(), tmp_path, again=True)
    assert 0.0 < warm.cpu < cold.cpu
    assert 0.0 < warm.again < warm.first < cold.first < cold.cpu


def test_one_that_fails_is_an_error(tmp_path):
    with pytest.raises(SimulationError, match=r"(?s)first step failed.*must be known, got 'b9'"):
        start(Case("b9"), Settings(), tmp_path)
