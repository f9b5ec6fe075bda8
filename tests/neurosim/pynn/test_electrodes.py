import numpy as np
import pytest

from neurosim.errors import ParameterError


def wave(source):
    return source.get_data().magnitude[:, 0]


def test_currents_are_those_of_the_core_and_can_be_read(sim):
    cells = sim.Population(4, sim.IF_curr_exp())
    sources = [
        sim.DCSource(amplitude=0.4, start=1.0, stop=3.0),
        sim.StepCurrentSource(times=[1.0, 2.0], amplitudes=[0.3, -0.2]),
        sim.ACSource(amplitude=0.5, frequency=100.0, offset=0.1, phase=90.0, start=1.0),
        sim.NoisyCurrentSource(mean=0.2, stdev=0.1, dt=0.5),
    ]
    for unit, source in enumerate(sources):
        source.inject_into([cells[unit]])
        source.record()
    cells.record("v")
    sim.run(5.0)
    dc, step, ac, noise = map(wave, sources)
    assert len(dc) == 51
    assert (np.flatnonzero(dc) == np.arange(10, 30)).all()
    assert (step[[9, 10, 19, 20, 50]] == [0.0, 0.3, 0.3, -0.2, -0.2]).all()
    assert ac[10] == pytest.approx(0.6)
    assert len(np.unique(noise[:50])) == 10
    v = cells.get_data().segments[0].filter(name="v")[0].magnitude
    assert np.allclose(v[1:11, :3], -65.0)
    assert (v[11, :3] != -65.0).all()
    steps = np.diff(v[:, 3]) + (1.0 - np.exp(-0.1 / 20.0)) * (v[:-1, 3] + 65.0)
    assert np.corrcoef(steps, noise[:50])[0, 1] > 0.999


def test_values_that_changed_in_a_run_are_remembered(sim):
    cells = sim.Population(1, sim.IF_curr_exp())
    source = sim.DCSource(amplitude=0.1)
    cells.inject(source)
    sim.run(1.0)
    source.amplitude = 0.5
    assert source.amplitude == 0.5
    sim.run(1.0)
    found = wave(source)
    assert set(found[:10]) == {0.1}
    assert set(found[10:]) == {0.5}
    sim.reset()
    sim.run(1.0)
    assert set(wave(source)) == {0.5}


def test_a_current_into_several_groups(sim):
    a, b = sim.Population(2, sim.IF_curr_exp()), sim.Population(2, sim.IF_curr_exp())
    both = a[1:] + b
    sim.DCSource(amplitude=1.0).inject_into(both)
    a.record("v")
    b.record("v")
    sim.run(2.0)
    final = [p.get_data().segments[0].analogsignals[0].magnitude[-1] for p in (a, b)]
    assert (np.concatenate(final) > -64.5).tolist() == [False, True, True, True]


def test_step_times_lie_on_the_grid_and_the_last_of_a_step_holds(sim):
    source = sim.StepCurrentSource(times=[0.41, 0.42, 0.86], amplitudes=[0.5, -0.5, 0.5])
    assert np.asarray(source.times.evaluate()) == pytest.approx([0.4, 0.9])
    assert list(source.amplitudes.evaluate()) == [-0.5, 0.5]


@pytest.mark.parametrize("times", [[0.4, -0.6, 0.8], [0.4, 0.2, 0.8]])
def test_step_times_ascend_from_zero(sim, times):
    with pytest.raises(ValueError, match=r"StepCurrentSource.times: must be >= 0 ms and ascending"):
        sim.StepCurrentSource(times=times, amplitudes=[0.5, -0.5, 0.5])


def test_wrong_values_are_refused(sim):
    with pytest.raises(ParameterError, match=r"StepSource.amplitudes: must have 2 values"):
        sim.StepCurrentSource(times=[1.0, 2.0], amplitudes=[0.5])
    with pytest.raises(ParameterError, match=r"DCSource.stop: must be >= start"):
        sim.DCSource(start=5.0, stop=1.0)
    source = sim.NoisyCurrentSource(stdev=0.5)
    with pytest.raises(ParameterError, match=r"NoisySource.stdev: must be >= 0 nA"):
        source.stdev = -1.0
    assert source.stdev == 0.5
