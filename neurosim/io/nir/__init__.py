"""NIR, the exchange format of spiking networks (extra ``nir``).

::

    from neurosim.io import nir

    network = nir.read_nir("trained.nir", dt=1.0, convention="snntorch")
    report = nir.write_nir(network, "copy.nir", dt=1.0)

``from_graph`` and ``to_graph`` do the same with a ``nir.NIRGraph`` instead of a file. See
``docs/howto/nir.md`` for what is supported and by which conventions equations become steps.
"""

from neurosim.io.nir.convention import CONVENTIONS, Convention
from neurosim.io.nir.files import read_nir, write_nir
from neurosim.io.nir.kinds import NIRCurrent, NIRMembrane
from neurosim.io.nir.reader import from_graph
from neurosim.io.nir.report import Report
from neurosim.io.nir.steps import duration, latency, output
from neurosim.io.nir.writer import examine, to_graph

__all__ = [
    "CONVENTIONS",
    "Convention",
    "NIRCurrent",
    "NIRMembrane",
    "Report",
    "duration",
    "examine",
    "from_graph",
    "latency",
    "output",
    "read_nir",
    "to_graph",
    "write_nir",
]
