import numpy as np
import pytest

import neurosim as ns


@pytest.mark.parametrize("name", [
    "IF_curr_exp", "IF_curr_alpha", "IF_curr_delta", "IF_cond_exp", "IF_cond_alpha", "HH_cond_exp",
    "EIF_cond_exp_isfa_ista", "Izhikevich",
])  # fmt: skip
def test_cells_have_the_parameters_and_the_behaviour_of_their_kind(sim, name):
    cell = getattr(sim, name)
    drive = {"i_offset": 10.0 if name == "Izhikevich" else 1.0}
    cells = sim.Population(2, cell(**drive), label="cells")
    for parameter, value in cell.default_parameters.items():
        expected = drive.get(parameter, value)
        assert cells.get(parameter) == pytest.approx(expected)
        assert getattr(cell.kind(**drive), parameter) == pytest.approx(expected)
    known = cell.recordable
    cells.record(known)
    sim.run(30.0)
    segment = cells.get_data().segments[0]
    assert {s.name for s in segment.analogsignals} == set(known) - {"spikes"}

    net = ns.Network()
    start = {"v": cells.initial_values["v"].evaluate(simplify=True)}
    net.population("cells", 2, cell.kind(**drive), start)
    variables = [n for n in known if n != "spikes"]
    net.record("cells", ["spikes", *variables])
    expected = ns.simulate(net, 30.0, dt=0.1, seed=1)
    for variable in variables:
        found = segment.filter(name=variable)[0].magnitude
        assert (found == expected.signal("cells", variable).values).all()
    assert sum(map(len, segment.spiketrains)) == len(expected.spikes["cells"])


@pytest.mark.parametrize("bad", [[[3.0, 2.0]], [[-1.0, 2.0]], [[np.nan]]])
def test_spike_times_are_sorted_and_from_zero(sim, bad):
    from pyNN.errors import InvalidParameterValueError

    with pytest.raises(InvalidParameterValueError):
        sim.Population(1, sim.SpikeSourceArray(spike_times=bad))


def test_spike_times_of_all_and_of_each(sim):
    shared = sim.Population(2, sim.SpikeSourceArray(spike_times=[1.0, 2.0]))
    each = sim.Population(2, sim.SpikeSourceArray(spike_times=[[1.0], [2.0, 3.0]]))
    none = sim.Population(2, sim.SpikeSourceArray())
    for group in (shared, each, none):
        group.record("spikes")
    sim.run(5.0)
    found = [
        [t.magnitude.tolist() for t in g.get_data().segments[0].spiketrains]
        for g in (shared, each, none)
    ]
    assert found == [[[1.0, 2.0]] * 2, [[1.0], [2.0, 3.0]], [[], []]]


def test_currents_cannot_be_injected_into_sources(sim):
    source = sim.Population(1, sim.SpikeSourcePoisson(rate=10.0))
    with pytest.raises(TypeError, match="spike source"):
        sim.DCSource(amplitude=1.0).inject_into(source)
