import pytest

from neurosim.errors import ParameterError
from neurosim.hardware.spinnaker.settings import Disturbance, PopulationSettings, Settings, plain


def test_a_population_goes_before_the_rest():
    settings = Settings(neurons_per_core=100, populations={"a": {"neurons_per_core": 10}})
    assert settings.of("a", "neurons_per_core") == 10
    assert settings.of("b", "neurons_per_core") == 100
    assert settings.of("a", "spikes_per_second") == 30.0
    assert settings.of("a", "max_expected_summed_weight") is None


def test_one_limit_holds_for_both_receptors():
    assert PopulationSettings(max_expected_summed_weight=3).max_expected_summed_weight == (3.0, 3.0)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: Settings(neurons_per_core=257), "Settings.neurons_per_core: .* <= 256, got 257"),
        (lambda: Settings(spikes_per_second=0.0), "spikes_per_second"),
        (lambda: Settings(populations=3), "must map names of populations"),
        (lambda: Settings(populations={"a": 3}), "must map names of populations"),
        (lambda: Settings(populations={"a": {"neuron_per_core": 3}}), "neurons_per_core"),
        (lambda: PopulationSettings(max_expected_summed_weight=[1, 2, 3]), "one for excitation"),
        (lambda: PopulationSettings(max_expected_summed_weight=[0.0]), "must be > 0"),
        (lambda: Disturbance(loss=1.5), "Disturbance.loss"),
        (lambda: Disturbance(latest=16), "latest"),
    ],
)
def test_nonsense_is_refused(made, words):
    with pytest.raises(ParameterError, match=words):
        made()


def test_settings_of_unknown_populations_are_refused():
    with pytest.raises(ParameterError, match="Did you mean 'cells'"):
        Settings(populations={"cell": {}}).require_known(["cells", "source"])


def test_plain_data_makes_the_same_again():
    own = {"a": {"max_expected_summed_weight": [3, 1]}}
    for item in (Settings(strict=False, populations=own), Disturbance(loss=0.1)):
        assert type(item)(**plain(item)) == item


def test_nothing_is_disturbed_by_default():
    assert Disturbance().none
    assert not Disturbance(shuffle=True).none
