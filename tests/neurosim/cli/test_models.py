from __future__ import annotations

from importlib import import_module

from neurosim.cli.discovery import packages


def test_every_model_has_a_line(call):
    done = call("models")
    assert done.exit_code == 0
    rows = {line.split()[0]: line for line in done.stdout.splitlines()[1:]}
    assert "ca3" in rows
    for name in packages("neurosim.models"):
        summary = import_module(f"neurosim.models.{name}").SUMMARY
        assert summary
        assert "\n" not in summary
        assert rows[name].split()[1:4] == summary.split()[:3]
