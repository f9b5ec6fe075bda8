"""The network of the CA3 memory: populations and projections as published.

Static projections, by the numbers of :class:`~neurosim.models.ca3.params.Weights` (``-|`` inhibits;
*others*: all pairs of different index)::

     1 IN cue      -> CueCue       one to one         9 ContCondInt -> ContCond   from one
     2 IN content  -> ContCue      one to one        10 CueCont     -| CueCont    others
     3 CueCue      -> CueCont      one to one        11 CueCue      -> MergeCue   one to one
     4 CueCue      -| CueCont      others            12 CueCont     -> MergeCue   one to one
     5 CueCue      -| ContCond     all               13 ContCue     -> MergeCont  one to one
     6 ContCue     -> ContCond     one to one        14 ContCont    -> MergeCont  one to one
     7 ContCond    -> ContCont     one to one        15 MergeCue    -> OUT cue    one to one
     8 ContCue     -> ContCondInt  to one            16 MergeCont   -> OUT content

Plastic ones, all pairs: forward CueCue -> ContCue, backward ContCont -> CueCont.

References
----------
Casanueva-Morato et al. (2024), Bio-inspired computational memory model of the Hippocampus: an
approach to a neuromorphic spike-based Content-Addressable Memory, Neural Networks 178, 106474.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import ParameterError
from neurosim.models.ca3.operations import as_bits
from neurosim.models.ca3.params import CA3Params
from neurosim.network import AllToAll, FromArray, Network, OneToOne
from neurosim.neurons.sources import SpikeSourceArray
from neurosim.synapses import Static

IN, OUT = "IN", "OUT"
CUE_CUE, CONT_CUE = "CueCue", "ContCue"
CONT_COND, CONT_COND_INT = "ContCond", "ContCondInt"
CUE_CONT, CONT_CONT = "CueCont", "ContCont"
MERGE_CUE, MERGE_CONT = "MergeCue", "MergeCont"
POPULATIONS = (
    IN, CUE_CUE, CONT_CUE, CONT_COND, CONT_COND_INT, CUE_CONT, CONT_CONT, MERGE_CUE, MERGE_CONT,
    OUT,
)  # fmt: skip

FORWARD = f"{CUE_CUE}->{CONT_CUE}"
"""Name of the plastic projection that stores cue to content."""
BACKWARD = f"{CONT_CONT}->{CUE_CONT}"
"""Name of the plastic projection that stores content to cue."""

Contents = Mapping[int, Iterable[int]]


def build(
    params: CA3Params,
    *,
    inputs: Sequence[Sequence[float]] = (),
    contents: Contents | None = None,
    record: Sequence[str] = POPULATIONS,
) -> Network:
    """The network of a memory.

    Parameters
    ----------
    params : CA3Params
        Size and circuit.
    inputs : sequence of sequences of float, ms
        Spike times of the ``n_cues + n_content`` units of ``IN``, cues first; none by default, to
        be fed during the run.
    contents : mapping of int to iterable of int, optional
        Bits by cue that are stored from the start.
    record : sequence of str
        Populations whose spikes are recorded.

    Returns
    -------
    Network
        With ``timing="spinnaker"``; run it with ``dt=1.0``.

    Raises
    ------
    ParameterError, WiringError
        If an argument does not fit.
    """
    if not isinstance(params, CA3Params):
        raise ParameterError("build", "params", "must be CA3Params", params, "Give such.")
    net = Network(f"CA3 memory {params.n_cues}x{params.n_content}", timing="spinnaker")
    _add_populations(net, params, inputs)
    _add_static(net, params)
    _add_plastic(net, params, {} if contents is None else contents)
    if record:
        net.record(list(record))
    return net


def _add_populations(net: Network, params: CA3Params, inputs: Sequence[Sequence[float]]) -> None:
    c, n, circuit = params.n_cues, params.n_content, params.circuit
    a, b = circuit.class_a.neuron(), circuit.class_b.neuron()
    net.population(IN, c + n, SpikeSourceArray(inputs))
    for name, size, kind in (
        (CUE_CUE, c, a),
        (CONT_CUE, n, a),
        (CONT_COND, n, b),
        (CONT_COND_INT, 1, b),
        (CUE_CONT, c, b),
        (CONT_CONT, n, a),
        (MERGE_CUE, c, a),
        (MERGE_CONT, n, a),
        (OUT, c + n, circuit.readout.neuron()),
    ):
        net.population(name, size, kind)


def _add_static(net: Network, params: CA3Params) -> None:
    c, n = params.n_cues, params.n_content
    w, d = params.circuit.weights, params.circuit.delays
    same, every = OneToOne(), AllToAll()
    others = FromArray(~np.eye(c, dtype=np.bool_))
    cues, bits = slice(0, c), slice(c, c + n)
    for pre, arrow, post, rule, weight, delay in (
        (net[IN][cues], "->", net[CUE_CUE], same, w.cue_input, d.hop),
        (net[IN][bits], "->", net[CONT_CUE], same, w.content_input, d.hop),
        (net[CUE_CUE], "->", net[CUE_CONT], same, w.cue_copy, d.cue_copy),
        (net[CUE_CUE], "-|", net[CUE_CONT], others, w.cue_block * n, d.cue_block),
        (net[CUE_CUE], "-|", net[CONT_COND], every, w.gate_close, d.gate_close),
        (net[CONT_CUE], "->", net[CONT_COND], same, w.gate_open, d.hop),
        (net[CONT_COND], "->", net[CONT_CONT], same, w.gate_pass, d.hop),
        (net[CONT_CUE], "->", net[CONT_COND_INT], every, w.any_content, d.hop),
        (net[CONT_COND_INT], "->", net[CONT_COND], every, w.gate_push, d.hop),
        (net[CUE_CONT], "-|", net[CUE_CONT], others, w.lateral * n, d.lateral),
        (net[CUE_CUE], "->", net[MERGE_CUE], same, w.merge, d.merge_first),
        (net[CUE_CONT], "->", net[MERGE_CUE], same, w.merge, d.hop),
        (net[CONT_CUE], "->", net[MERGE_CONT], same, w.merge, d.merge_first),
        (net[CONT_CONT], "->", net[MERGE_CONT], same, w.merge, d.hop),
        (net[MERGE_CUE], "->", net[OUT][cues], same, w.out, d.hop),
        (net[MERGE_CONT], "->", net[OUT][bits], same, w.out, d.hop),
    ):
        receptor = "inhibitory" if arrow == "-|" else "excitatory"
        name = f"{pre.name}{arrow}{post.name}"
        net.project(pre, post, rule, Static(weight=weight, delay=delay), receptor, name)


def _add_plastic(net: Network, params: CA3Params, contents: Contents) -> None:
    circuit, delay = params.circuit, params.circuit.delays.hop
    forward = initial_weights(params, contents)
    for name, pre, post, weights in (
        (FORWARD, CUE_CUE, CONT_CUE, forward),
        (BACKWARD, CONT_CONT, CUE_CONT, forward.T),
    ):
        synapse = circuit.plasticity.synapse(weights, delay)
        net.project(net[pre], net[post], AllToAll(), synapse, "excitatory", name)


def initial_weights(params: CA3Params, contents: Contents) -> NDArray[np.float64]:
    """Forward weights (nA), shape (n_cues, n_content), that hold the given contents.

    Every pair has a synapse, of weight 0 for absent bits, so that it can be learned later.

    Raises
    ------
    ParameterError
        If a cue or bit does not exist.
    """
    weights = np.zeros((params.n_cues, params.n_content))
    if not isinstance(contents, Mapping):
        raise ParameterError(
            "CA3", "contents", "must map cues to bits", contents, "Give for example {0: {1, 2}}."
        )
    for cue, bits in contents.items():
        chosen = sorted(as_bits("CA3", f"contents[{cue!r}]", bits))
        if not isinstance(cue, (int, np.integer)) or not 0 <= cue < params.n_cues:
            raise ParameterError(
                "CA3", "contents", f"must have cues from 0 to {params.n_cues - 1}", cue,
                "Correct it, or make the memory larger.",
            )  # fmt: skip
        if chosen[-1] >= params.n_content:
            raise ParameterError(
                "CA3", f"contents[{cue!r}]", f"must have bits below {params.n_content}", chosen[-1],
                "Correct them, or make the memory larger.",
            )  # fmt: skip
        weights[cue, chosen] = params.circuit.plasticity.w_max
    return weights


def counts(params: CA3Params) -> dict[str, int]:
    """Neurons and synapses of a memory of this size.

    Returns
    -------
    dict
        ``neurons``, ``static`` and ``plastic`` of the memory itself, ``all_neurons`` and
        ``all_synapses`` with IN and OUT.
    """
    c, n = params.n_cues, params.n_content
    neurons, static, plastic = 3 * c + 4 * n + 1, 2 * c * c + c + c * n + 6 * n, 2 * c * n
    return {
        "neurons": neurons,
        "static": static,
        "plastic": plastic,
        "all_neurons": neurons + 2 * (c + n),
        "all_synapses": static + plastic + 2 * (c + n),
    }
