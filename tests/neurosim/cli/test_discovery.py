from __future__ import annotations

import pytest

from neurosim.cli.discovery import experiment, packages
from neurosim.errors import SpecError


def test_packages_are_sorted_and_modules_are_none():
    assert packages("neurosim.models") == sorted(packages("neurosim.models"))
    assert "protocols" not in packages("neurosim.models")


def test_an_experiment_that_is_made_is_found(tiny_experiment):
    assert "tiny" in packages("neurosim.experiments")
    assert experiment("tiny").folder == tiny_experiment


def test_an_unknown_experiment_lists_close_ones():
    with pytest.raises(SpecError, match="got 'nothing at all'"):
        experiment("nothing at all")
