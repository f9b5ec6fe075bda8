import sys
from types import ModuleType

import pytest

import neurosim as ns
from neurosim.backends import progress
from neurosim.backends.progress import RichBar, Silent, bar


@pytest.fixture(autouse=True)
def automatic(monkeypatch):
    """No default, nobody watching, and no waiting."""
    monkeypatch.setattr(progress, "_default", None)
    monkeypatch.setattr(progress, "DELAY_S", 0.0)
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    return monkeypatch


def kind(on):
    with bar(10, on, "title") as shown:
        return type(shown)


def test_a_bar_is_shown_when_asked_for_or_when_someone_watches(automatic):
    assert kind(True) is RichBar
    assert kind(False) is Silent
    assert kind(None) is Silent
    automatic.setattr(sys.stderr, "isatty", lambda: True)
    assert kind(None) is RichBar
    assert kind(False) is Silent


def test_a_notebook_counts_as_someone(automatic):
    automatic.setitem(sys.modules, "ipykernel", ModuleType("ipykernel"))
    assert kind(None) is RichBar


def test_the_default_can_be_set_for_all_runs():
    ns.show_progress(True)
    assert kind(None) is RichBar
    assert kind(False) is Silent
    ns.show_progress(False)
    assert kind(None) is Silent
    assert kind(True) is RichBar
    ns.show_progress(None)
    assert kind(None) is Silent


def test_the_bar_goes_to_the_error_stream_and_is_taken_away(capsys, automatic):
    automatic.setenv("FORCE_COLOR", "1")
    automatic.setenv("TERM", "xterm")
    with bar(10, True, "a network") as shown:
        for done in (2, 5, 10):
            shown.update(done)
        assert shown._bar.tasks[0].completed == 10
    out, err = capsys.readouterr()
    assert out == ""
    assert "a network" in err
    assert shown._bar.finished
    assert not shown._bar.live.is_started


def test_short_runs_and_silent_ones_show_nothing(capsys, automatic):
    automatic.setattr(progress, "DELAY_S", 100.0)
    with bar(10, True, "short") as shown:
        shown.update(4)
        assert shown._bar is None
    automatic.setattr(progress, "DELAY_S", 0.0)
    with bar(10, True, "one piece") as shown:
        shown.update(10)
        assert shown._bar is None
    with bar(10, False, "silent") as shown:
        shown.update(4)
    assert capsys.readouterr() == ("", "")


def test_an_error_takes_the_bar_away():
    seen = []

    def fail():
        with bar(10, True, "title") as shown:
            shown.update(1)
            seen.append(shown._bar.live)
            assert seen[0].is_started
            raise ValueError("inside")

    with pytest.raises(ValueError, match="inside"):
        fail()
    assert not seen[0].is_started


def test_a_run_shows_its_network(capsys, automatic):
    automatic.setenv("FORCE_COLOR", "1")
    automatic.setenv("TERM", "xterm")
    net = ns.Network("the shown one")
    net.population("a", 1, ns.IFCurrExp())
    with ns.prepare(net, dt=0.1, seed=1, backend="reference", progress=True) as simulation:
        simulation.run(20.0)
    assert "the shown one" in capsys.readouterr().err
    with ns.prepare(net, dt=0.1, seed=1, backend="reference") as simulation:
        simulation.run(20.0)
    assert capsys.readouterr() == ("", "")
