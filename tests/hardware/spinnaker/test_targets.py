"""Machines by name: what is read, what is refused, and nothing without a name."""

from __future__ import annotations

import pytest

from neurosim.errors import BackendUnavailable, NoBoardConfigured, ParameterError
from neurosim.hardware.spinnaker.targets import Board, Remote, Spalloc, Virtual, find, parse


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("virtual", Virtual()),
        ("virtual?version=3", Virtual(3)),
        ("board:192.168.240.253?version=3", Board("192.168.240.253", version=3)),
        ("board:spinn-4.example.org", Board("spinn-4.example.org")),
        ("spalloc:spalloc.example.org?user=me", Spalloc("spalloc.example.org", user="me")),
        (
            "spalloc:spalloc.example.org?user=me&port=22245",
            Spalloc("spalloc.example.org", user="me", port=22245),
        ),
        ("spalloc:https://example.org/spalloc/", Spalloc("https://example.org/spalloc/")),
        ("remote:https://example.org/?a=b", Remote("https://example.org/?a=b")),
    ],
)
def test_a_target_is_read_from_its_text(text, target):
    assert parse(text) == target
    assert find(text) == target
    assert find(target) is target


@pytest.mark.parametrize(
    ("target", "config"),
    [
        (Virtual(3), {"virtual_board": "True", "version": "3"}),
        (Board("b", version=3), {"machine_name": "b", "version": "3"}),
        (
            Spalloc("s", user="me"),
            {"spalloc_server": "s", "spalloc_port": "22244", "spalloc_user": "me", "version": "5"},
        ),
        (Remote("http://r"), {"remote_spinnaker_url": "http://r", "version": "5"}),
    ],
)
def test_a_target_is_one_way_to_a_machine_in_the_configuration(target, config):
    ways = {"virtual_board", "machine_name", "spalloc_server", "remote_spinnaker_url"}
    assert target.config() == config
    assert len(ways & set(config)) == 1


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("192.168.240.253", "target: must name a machine"),
        ("usb:0", "target: must name a machine"),
        ("virtual:5", "has no address"),
        ("virtual?version=4", "Virtual.version: must be 3"),
        ("virtual?version=five", "Virtual.version: must be 3"),
        ("virtual?size=4", "Virtual.size: is not a parameter"),
        ("board:", "Board.hostname: must be an address"),
        ("board:a b ?version=5", "Board.hostname: must be an address"),
        ("spalloc:", "Spalloc.server: must be an address"),
        ("spalloc:s?port=0", "Spalloc.port"),
        ("spalloc:s?port=x", "Spalloc.port"),
        ("spalloc:s?user=", "Spalloc.user: must be an address"),
        ("remote:", "Remote.url: must be an address"),
    ],
)
def test_what_names_no_machine_is_refused(text, match):
    with pytest.raises(ParameterError, match=match):
        parse(text)


@pytest.mark.parametrize("target", [5, ["virtual"], True])
def test_a_target_is_a_target_or_a_text(target):
    with pytest.raises(ParameterError, match=r"deploy.target: must name"):
        find(target)


@pytest.mark.parametrize("version", [4, "5", True, None])
def test_boards_have_version_3_or_5(version):
    with pytest.raises(ParameterError, match=r"Virtual.version: must be 3 \(4 chips\)"):
        Virtual(version)


def test_the_environment_names_a_machine(monkeypatch):
    monkeypatch.setenv("NEUROSIM_SPINNAKER", "board:10.0.0.1?version=3")
    assert find() == Board("10.0.0.1", version=3)
    assert find("virtual") == Virtual()


@pytest.mark.parametrize("value", [None, "", "  "])
def test_without_a_name_there_is_no_board(monkeypatch, value):
    monkeypatch.delenv("NEUROSIM_SPINNAKER", raising=False)
    if value is not None:
        monkeypatch.setenv("NEUROSIM_SPINNAKER", value)
    with pytest.raises(NoBoardConfigured) as caught:
        find()
    assert isinstance(caught.value, BackendUnavailable)
    for word in ("NEUROSIM_SPINNAKER", "board:", "spalloc:", "remote:", "spinnaker-emulator"):
        assert word in str(caught.value)
