"""The minimal address memory: one cue layer, one content layer, one plastic projection.

It stores contents by cue like the CA3 memory and cannot be asked by content::

    IN cue     -> CueCue -> OUT cue         one to one
    IN content -> Content -> OUT content    one to one
    CueCue     -> Content                   all pairs, plastic

Model ``ca3`` of the package sPyMem, by the authors of the CA3 memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, final

from neurosim.errors import ParameterError
from neurosim.facade import DEFAULT_BACKEND
from neurosim.models.ca3.live import LiveMemory
from neurosim.models.ca3.network import CUE_CUE, IN, OUT, Contents, initial_weights
from neurosim.models.ca3.operations import Learn, Operation, Reading, RecallCue
from neurosim.models.ca3.params import CA3Params, Circuit
from neurosim.models.ca3.timing import Spacing, as_spacing, warn_if_unsafe
from neurosim.network import AllToAll, Network, OneToOne
from neurosim.neurons.sources import SpikeSourceArray
from neurosim.synapses import Static

CONTENT = "Content"
STORAGE = f"{CUE_CUE}->{CONTENT}"
"""Name of the plastic projection."""
READINGS: dict[type[Operation], Reading] = {Learn: Reading(2, 2), RecallCue: Reading(2, 3)}
"""When OUT shows the answers: steps after the start."""
DOCUMENTED_ADDRESS = Spacing(7, 5)
"""The published minimum. From about 9 steps on, recall by cue has shown no errors."""


def build_address(
    params: CA3Params,
    *,
    inputs: Sequence[Sequence[float]] = (),
    contents: Contents | None = None,
    record: Sequence[str] = (IN, CUE_CUE, CONTENT, OUT),
) -> Network:
    """The network of an address memory.

    Parameters
    ----------
    params : CA3Params
        Size and circuit; of the circuit only what this network has is used.
    inputs : sequence of sequences of float, ms
        Spike times of the ``n_cues + n_content`` units of ``IN``, cues first.
    contents : mapping of int to iterable of int, optional
        Bits by cue that are stored from the start.
    record : sequence of str
        Populations whose spikes are recorded.

    Returns
    -------
    Network
        With ``timing="spinnaker"``; run it with ``dt=1.0``.
    """
    if not isinstance(params, CA3Params):
        raise ParameterError("build_address", "params", "must be CA3Params", params, "Give such.")
    c, n, circuit = params.n_cues, params.n_content, params.circuit
    w, hop = circuit.weights, circuit.delays.hop
    net = Network(f"address memory {c}x{n}", timing="spinnaker")
    source = net.population(IN, c + n, SpikeSourceArray(inputs))
    cue = net.population(CUE_CUE, c, circuit.class_a.neuron())
    content = net.population(CONTENT, n, circuit.readout.neuron())
    out = net.population(OUT, c + n, circuit.readout.neuron())
    for pre, post, weight in (
        (source[:c], cue, w.cue_input),
        (source[c:], content, w.content_input),
        (cue, out[:c], w.out),
        (content, out[c:], w.out),
    ):
        net.project(pre, post, OneToOne(), Static(weight=weight, delay=hop))
    weights = initial_weights(params, {} if contents is None else contents)
    net.project(cue, content, AllToAll(), circuit.plasticity.synapse(weights, hop), name=STORAGE)
    if record:
        net.record(list(record))
    return net


@final
class AddressMemory(LiveMemory):
    """A spiking memory that stores contents by cue and recalls them by cue.

    Parameters
    ----------
    n_cues, n_content : int
        Number of addresses and of content bits.
    spacing : str, int, (int, int) or Spacing
        Steps (ms) from the start of a learn and of a recall to the next operation.
    backend : str
        Name of a backend.
    seed : int
        Root seed, kept with recordings; nothing in the model is random.
    circuit : Circuit, optional
        Cells, weights and plasticity; the published ones by default.
    contents : mapping of int to collection of int, optional
        Bits by cue that are stored from the start.

    Warns
    -----
    TimingWarning
        If the spacing is below the documented 7/5.

    Examples
    --------
    >>> from neurosim.models.ca3 import AddressMemory
    >>> with AddressMemory(3, 4) as memory:
    ...     answer = memory.learn(2, {0, 3})
    ...     memory.recall_cue(2)
    {0, 3}
    """

    latency: ClassVar[int] = 4
    plastic: ClassVar[tuple[str, ...]] = (STORAGE,)

    def __init__(
        self,
        n_cues: int,
        n_content: int,
        *,
        spacing: str | int | tuple[int, int] | Spacing = "safe",
        backend: str = DEFAULT_BACKEND,
        seed: int = 0,
        circuit: Circuit | None = None,
        contents: Contents | None = None,
    ) -> None:
        self.params = CA3Params(n_cues, n_content, Circuit() if circuit is None else circuit)
        policy = as_spacing("AddressMemory", "spacing", spacing)
        warn_if_unsafe("AddressMemory", policy, DOCUMENTED_ADDRESS, DOCUMENTED_ADDRESS)
        network = build_address(self.params, contents=contents, record=(OUT,))
        super().__init__(network, self.params.n_cues, self.params.n_content, policy, backend, seed)

    def reading(self, operation: Operation) -> Reading:
        """When the answer to an operation shows at OUT."""
        if type(operation) not in READINGS:
            raise ParameterError(
                "AddressMemory", "operations", "must be Learn or RecallCue", operation,
                "Use CA3Memory to recall by content.",
            )  # fmt: skip
        return READINGS[type(operation)]
