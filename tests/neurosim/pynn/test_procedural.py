import pytest

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:pyNN")


def test_single_cells(sim, tmp_path):
    source = sim.create(sim.SpikeSourceArray(spike_times=[1.0]), n=1)
    cells = sim.create(sim.IF_cond_exp(), n=2)
    made = sim.connect(source[0], cells[1], weight=0.05, delay=0.5)
    assert len(made) == 1
    sim.record_v(cells, str(tmp_path / "v.pkl"))
    sim.record_gsyn(cells[1], str(tmp_path / "g.pkl"))
    sim.initialize(cells, v=-70.0)
    sim.run(10.0)
    v = cells.get_data().segments[0].filter(name="v")[0].magnitude
    assert v[0].tolist() == [-70.0, -70.0]
    assert v[-1, 1] > v[-1, 0]
    sim.end()
    assert {p.name for p in tmp_path.iterdir()} == {"v.pkl", "g.pkl"}
