import pytest

import neurosim.pynn as sim
from neurosim.errors import ParameterError, SimulationError, SpecError, UnsupportedError
from neurosim.pynn.simulator import state


def test_setup_begins_anew():
    sim.setup(timestep=0.5, min_delay=1.0, max_delay=10.0)
    sim.Population(3, sim.IF_cond_exp())
    sim.run(2.0)
    assert sim.setup(timestep=0.1) == 0
    assert sim.get_current_time() == 0.0
    assert sim.get_time_step() == 0.1
    assert state.populations == []
    assert sim.num_processes() == 1
    assert sim.rank() == 0


def test_delays():
    sim.setup(timestep=0.5, min_delay=1.0, max_delay=10.0)
    assert (sim.get_min_delay(), sim.get_max_delay()) == (1.0, 10.0)
    sim.setup(timestep=0.1)
    assert (sim.get_min_delay(), sim.get_max_delay()) == (0.1, "auto")
    a = sim.Population(3, sim.IF_cond_exp())
    sim.Projection(a, a, sim.AllToAllConnector(), sim.StaticSynapse(delay=0.7))
    assert sim.get_min_delay() == 0.7


def test_options_reach_the_core():
    sim.setup(timestep=0.1, backend="numba", seed=11, precision="single", weights="double")
    sim.Population(1, sim.IF_cond_exp())
    with pytest.raises(SimulationError, match="none before the first run"):
        sim.simulation()
    sim.run(1.0)
    plan = sim.simulation().plan
    assert (plan.seed, plan.precision, plan.weights, plan.dt) == (11, "single", "double", 0.1)


def test_scripts_repeat_and_none_draws_a_seed():
    def seeds(**options):
        found = set()
        for _ in range(2):
            sim.setup(**options)
            sim.Population(1, sim.IF_cond_exp())
            sim.run(1.0)
            found.add(sim.simulation().plan.seed)
        return found

    assert seeds() == {42}
    assert len(seeds(seed=None)) == 2


def test_spikes_off_the_grid():
    sim.setup(timestep=1.0, spike_precision="off_grid")
    cells = sim.Population(1, sim.IF_curr_exp(i_offset=1.0))
    cells.record("spikes")
    sim.run(100.0)
    times = cells.get_data().segments[0].spiketrains[0].magnitude
    assert len(times) > 1
    assert (times % 1.0 > 1e-6).all()


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"spike_precision": "fine"}, r"setup.spike_precision: must be one of"),
        (
            {"spike_precision": "off_grid", "backend": "reference"},
            r"setup.backend: must be 'numba-",
        ),
    ],
)
def test_options_that_contradict_each_other(options, text):
    with pytest.raises(ParameterError, match=text):
        sim.setup(**options)


def test_backends_that_cannot_run_it_say_so():
    sim.setup(backend="numba-event")
    sim.Population(1, sim.IF_cond_exp(), label="cells")
    with pytest.raises(UnsupportedError, match="cells"):
        sim.run(1.0)
    sim.setup(backend="abacus")
    sim.Population(1, sim.IF_cond_exp())
    with pytest.raises(SpecError, match="backend: must be known, got 'abacus'"):
        sim.run(1.0)


def test_going_back_is_refused():
    sim.setup()
    sim.Population(1, sim.IF_cond_exp())
    sim.run(5.0)
    with pytest.raises(ValueError, match="in the past"):
        sim.run_until(4.0)
    assert sim.run_until(5.0) == pytest.approx(5.0)


def test_models_are_listed():
    found = sim.list_standard_models()
    assert "IF_curr_exp" in found
    assert len(found) == 12
    assert all(hasattr(sim, name) for name in found)
