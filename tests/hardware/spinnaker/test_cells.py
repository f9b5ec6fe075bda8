from neurosim.hardware.spinnaker.cells import CELLS, RECEPTORS
from neurosim.neurons.base import kind_named


def test_cells_are_those_of_kinds_and_record_what_they_have():
    for name, cell in CELLS.items():
        kind = kind_named(name)
        assert cell.kind == name
        assert set(cell.recordables) <= set(kind.recordable())
        assert {r.name for r in kind.receptors} == set(RECEPTORS)
        assert cell.gain == (1024 if kind.receptors[0].unit == "uS" else 1)
