"""Parameters of the CA3 memory: cells, weights, delays and plasticity, with the published values.

Static projections are referred to by the numbers that :mod:`neurosim.models.ca3.network` lists.
"""

from __future__ import annotations

import math

from neurosim.declare import Declared, integer, nested, param
from neurosim.errors import ParameterError
from neurosim.neurons.lif import IFCurrExp
from neurosim.synapses import STDP

DT = 1.0
"""Time step of the model, ms. All times of operations count in these steps."""


class Cell(Declared):
    """A leaky integrate-and-fire cell of class A: first stages, ContCont and the merge layers."""

    cm: float = param(0.27, "nF", above=0.0, scalar=True, doc="membrane capacitance")
    tau_m: float = param(3.0, "ms", above=0.0, scalar=True, doc="membrane time constant")
    tau_refrac: float = param(1.0, "ms", low=0.0, scalar=True, doc="refractory period")
    tau_syn: float = param(0.3, "ms", above=0.0, scalar=True, doc="decay time of the currents")
    v_rest: float = param(-60.0, "mV", scalar=True, doc="resting and reset potential")
    v_thresh: float = param(-57.0, "mV", scalar=True, doc="spike threshold")

    def check(self) -> None:
        if self.v_rest >= self.v_thresh:
            raise ParameterError(
                type(self).__name__, "v_rest", f"must be < v_thresh ({self.v_thresh:g} mV)",
                self.v_rest, "Lower it, or raise v_thresh.",
            )  # fmt: skip

    def neuron(self) -> IFCurrExp:
        """The neuron kind with these parameters."""
        return IFCurrExp(
            cm=self.cm, tau_m=self.tau_m, tau_refrac=self.tau_refrac, tau_syn_E=self.tau_syn,
            tau_syn_I=self.tau_syn, v_rest=self.v_rest, v_reset=self.v_rest,
            v_thresh=self.v_thresh,
        )  # fmt: skip

    @property
    def firing_weight(self) -> float:
        """Weight (nA) of a single spike that just fires the cell from rest in one step.

        A stored synapse onto CueCont decides at that of class B, 3.358 nA.
        """
        charge = self.tau_syn / DT * -math.expm1(-DT / self.tau_syn)
        gain = self.tau_m / self.cm * charge * -math.expm1(-DT / self.tau_m)
        return (self.v_thresh - self.v_rest) / gain


class GateCell(Cell):
    """A cell of class B, fast: ContCond, ContCondInt and CueCont."""

    cm: float = param(0.14, "nF", above=0.0, scalar=True, doc="membrane capacitance")
    tau_m: float = param(0.5, "ms", above=0.0, scalar=True, doc="membrane time constant")


class OutCell(Cell):
    """A read-out cell: class A with a lower threshold."""

    v_thresh: float = param(-57.5, "mV", scalar=True, doc="spike threshold")


class Weights(Declared):
    """Weights of the static projections, nA; inhibitory ones are negative."""

    cue_input: float = param(6.0, "nA", low=0.0, scalar=True, doc="1: input to CueCue")
    content_input: float = param(6.0, "nA", low=0.0, scalar=True, doc="2: input to ContCue")
    cue_copy: float = param(6.0, "nA", low=0.0, scalar=True, doc="3: CueCue to CueCont")
    cue_block: float = param(
        -6.0, "nA", high=0.0, scalar=True, doc="4: CueCue to other CueCont, times n_content"
    )
    gate_close: float = param(-6.0, "nA", high=0.0, scalar=True, doc="5: CueCue to ContCond")
    gate_open: float = param(9.0, "nA", low=0.0, scalar=True, doc="6: ContCue to ContCond")
    gate_pass: float = param(6.0, "nA", low=0.0, scalar=True, doc="7: ContCond to ContCont")
    any_content: float = param(6.0, "nA", low=0.0, scalar=True, doc="8: ContCue to ContCondInt")
    gate_push: float = param(2.0, "nA", low=0.0, scalar=True, doc="9: ContCondInt to ContCond")
    lateral: float = param(
        -6.0, "nA", high=0.0, scalar=True, doc="10: CueCont to other CueCont, times n_content"
    )
    merge: float = param(6.0, "nA", low=0.0, scalar=True, doc="11 to 14: to the merge layers")
    out: float = param(6.0, "nA", low=0.0, scalar=True, doc="15, 16: merge layers to OUT")


class Delays(Declared):
    """Delays of all projections, ms."""

    hop: float = param(1.0, "ms", above=0.0, scalar=True, doc="all that are not named here")
    cue_copy: float = param(2.0, "ms", above=0.0, scalar=True, doc="3: CueCue to CueCont")
    cue_block: float = param(3.0, "ms", above=0.0, scalar=True, doc="4: CueCue to other CueCont")
    gate_close: float = param(2.0, "ms", above=0.0, scalar=True, doc="5: CueCue to ContCond")
    lateral: float = param(2.0, "ms", above=0.0, scalar=True, doc="10: CueCont to other CueCont")
    merge_first: float = param(
        3.0, "ms", above=0.0, scalar=True, doc="11, 13: first stages to the merge layers"
    )


class Plasticity(Declared):
    """The pair rule of the two plastic projections.

    Amplitudes are shares of ``w_max``, as in PyNN: 1 is the published amplitude of 6 nA.
    """

    tau_plus: float = param(3.0, "ms", above=0.0, scalar=True, doc="window of potentiation")
    tau_minus: float = param(3.0, "ms", above=0.0, scalar=True, doc="window of depression")
    A_plus: float = param(1.0, low=0.0, scalar=True, doc="amplitude of potentiation")
    A_minus: float = param(1.0, low=0.0, scalar=True, doc="amplitude of depression")
    w_max: float = param(6.0, "nA", above=0.0, scalar=True, doc="largest weight")

    def synapse(self, weight: object, delay: float) -> STDP:
        """The synapse kind, from a start weight (nA; a number or a matrix) and a delay (ms)."""
        return STDP(
            weight=weight, delay=delay, tau_plus=self.tau_plus, tau_minus=self.tau_minus,
            A_plus=self.A_plus, A_minus=self.A_minus, w_min=0.0, w_max=self.w_max,
        )  # fmt: skip


class Circuit(Declared):
    """Everything about the circuit that does not depend on its size."""

    class_a: Cell = nested(Cell, doc="CueCue, ContCue, ContCont, MergeCue, MergeCont")
    class_b: GateCell = nested(GateCell, doc="ContCond, ContCondInt, CueCont")
    readout: OutCell = nested(OutCell, doc="OUT")
    weights: Weights = nested(Weights, doc="static weights")
    delays: Delays = nested(Delays, doc="delays")
    plasticity: Plasticity = nested(Plasticity, doc="rule of the plastic projections")


class CA3Params(Declared):
    """Size and circuit of a CA3 memory.

    Examples
    --------
    >>> CA3Params(5, 10)
    CA3Params(n_cues=5, n_content=10)
    """

    n_cues: int = integer(low=1, doc="number of addresses, one memory each")
    n_content: int = integer(low=1, doc="number of content bits")
    circuit: Circuit = nested(Circuit, doc="cells, weights, delays, plasticity")
