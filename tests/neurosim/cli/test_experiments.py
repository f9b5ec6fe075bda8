from __future__ import annotations

import pytest

import neurosim.experiments
from neurosim.cli.discovery import experiment, packages


@pytest.mark.usefixtures("tiny_experiment")
def test_the_list_names_every_experiment(call):
    done = call("experiments")
    assert done.exit_code == 0
    names = [line.split()[0] for line in done.stdout.splitlines()[1:] if line[0] != " "]
    assert names == sorted(packages("neurosim.experiments"))
    assert "tiny" in names
    assert "A tiny experiment." in done.stdout


@pytest.mark.usefixtures("tiny_experiment")
def test_one_experiment_shows_parameters_and_claims(call):
    done = call("experiments", "tiny")
    assert done.exit_code == 0
    assert "circuit.cell.tau_m" in done.stdout
    assert "~ 6.0 ± 0.5" in done.stdout


@pytest.mark.usefixtures("tiny_experiment")
def test_an_unknown_experiment(call):
    done = call("experiments", "tinny")
    assert done.exit_code == 2
    assert "Did you mean 'tiny'" in done.stderr


@pytest.mark.parametrize("name", packages(neurosim.experiments.__name__))
def test_every_experiment_keeps_the_contract(name):
    found = experiment(name)
    assert found.name == name
    assert found.summary.strip()
    assert "\n" not in found.summary
    assert found.params() == found.params()
    assert (found.folder / "claims.toml").is_file()
