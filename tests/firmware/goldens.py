"""The networks of the golden traces."""

from __future__ import annotations

from tests.firmware.case import SOURCE, Case, Cells, Rule, Wires

LIF = {
    "tau_m": 20.0,
    "cm": 1.0,
    "v_rest": -65.0,
    "v_reset": -65.0,
    "v_thresh": -50.0,
    "tau_syn_E": 5.0,
    "tau_syn_I": 5.0,
    "tau_refrac": 2.0,
}
SIGNALS = ["spikes", "v", "gsyn_exc", "gsyn_inh"]
STDP_PRE = {1: [3, 5, 36, 38], 0: [10, 11, 18, 19, 22, 30, 31, 37, 39, 41]}
"""Ticks of the sources of G2 to G5."""


def lif(label: str, i_offset: list[float], **more: object) -> Cells:
    """Cells of G1."""
    return Cells(
        label,
        "IF_curr_exp",
        len(i_offset),
        {**LIF, "i_offset": i_offset},
        {"v": -65.0},
        dict(more),
        record=SIGNALS,
    )


def source(label: str, ticks: list[list[int]]) -> Cells:
    """Sources that fire in given ticks."""
    return Cells(label, SOURCE, len(ticks), ticks=ticks)


def stdp(name: str, timing: str, weights: str, delay: int = 1, steps: int = 60) -> Case:
    """A network of G2 to G5."""
    rule = Rule(timing, weights, 16.8, 33.7, 0.05, 0.035, 0.0, 3.0)
    wires = [(i, j, 1.0, delay) for i in range(2) for j in range(2)]
    return Case(
        name,
        1.0,
        steps,
        [source("in", [STDP_PRE[0], STDP_PRE[1]]), lif("out", [1.6, 2.3])],
        [Wires("plastic", "in", "out", "excitatory", wires, rule)],
    )


G1 = Case(
    "G1",
    1.0,
    60,
    [source("in", [[5], [8]]), lif("out", [0.0, 0.5, 1.0, 2.0])],
    [
        Wires("e", "in", "out", "excitatory", [(0, 0, 2.0, 1), (0, 1, 1.5, 3), (1, 2, 0.3, 2)]),
        Wires("i", "in", "out", "inhibitory", [(1, 0, 0.7, 1), (1, 3, 1.1, 1)]),
    ],
)
G2 = stdp("G2", "pair", "additive")
G3 = stdp("G3", "pair", "multiplicative")
G4 = stdp("G4", "nearest", "additive")
G5 = stdp("G5", "pair", "additive", delay=2)
G6 = Case(
    "G6",
    1.0,
    20,
    [
        source("in", [[18]]),
        Cells(
            "out",
            "Izhikevich",
            1,
            {"a": 0.02, "b": 0.2, "c": -65.0, "d": 8.0, "i_offset": 10.0},
            {"v": -70.0, "u": -14.0},
            record=SIGNALS,
        ),
    ],
    [Wires("e", "in", "out", "excitatory", [(0, 0, 1.0, 1)])],
)
G7 = Case(
    "G7",
    1.0,
    60,
    [
        source("in", [list(range(55))] * 7),
        lif("out", [0.0, 0.0], max_expected_summed_weight=[1.0, 1.0]),
    ],
    [
        Wires(
            "e", "in", "out", "excitatory",
            [(i, 0, 2.0, 1) for i in range(4)] + [(i, 1, 0.25, 1) for i in range(4, 7)],
        )
    ],
)  # fmt: skip
G8 = Case(
    "G8",
    1.0,
    20,
    [source("in", [[5], []]), lif("out", [0.0, 0.0])],
    [Wires("e", "in", "out", "excitatory", [(0, 0, 1.0, 4), (1, 1, 1.0, 1)])],
)
GOLDENS = [G1, G2, G3, G4, G5, G6, G7, G8]
