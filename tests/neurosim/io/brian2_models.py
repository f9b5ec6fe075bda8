"""Models of Brian2's users, from their well-known equations, and what drives them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np


class Model(NamedTuple):
    """A group and how its spikes arrive.

    ``weights`` are the sizes of an event by receptor, in Brian2's words and in our unit.
    """

    make: Callable[[Any, dict[str, Any]], Any]
    dt: float
    duration: float
    receptors: dict[str, str]
    weights: dict[str, tuple[str, float]]
    error: float


def lif(b: Any, make: dict[str, Any]) -> Any:
    """Leaky integrate-and-fire neurons, linear and refractory."""
    group = b.NeuronGroup(
        5, "dv/dt = (v0 - v) / tau : volt (unless refractory)\nv0 : volt",
        threshold="v > 10*mV", reset="v = 0*mV", refractory=5 * b.ms, method="exact",
        namespace={"tau": 10 * b.ms}, **make,
    )  # fmt: skip
    group.v0 = np.linspace(0.0, 40.0, 5) * b.mV
    return group


def adaptive_threshold(b: Any, make: dict[str, Any]) -> Any:
    """A threshold that rises with every spike and relaxes."""
    group = b.NeuronGroup(
        5, """
        dv/dt = (drive - v) / (10*ms) : volt
        dv_t/dt = (10*mV - v_t) / (15*ms) : volt
        drive : volt (constant)
        """,
        threshold="v > v_t", reset="v = 0*mV; v_t += 3*mV", method="exact", namespace={}, **make,
    )  # fmt: skip
    group.v_t, group.drive = 10 * b.mV, np.linspace(5.0, 60.0, 5) * b.mV
    return group


def izhikevich(b: Any, make: dict[str, Any]) -> Any:
    """Izhikevich's neuron with its own numbers, by forward Euler."""
    group = b.NeuronGroup(
        5, """
        dv/dt = (0.04/ms/mV)*v**2 + (5/ms)*v + 140*mV/ms - u + drive : volt
        du/dt = a*(b*v - u) : volt/second
        drive : volt/second
        """,
        threshold="v >= 30*mV", reset="v = c\nu += d", method="euler",
        namespace={
            "a": 0.02 / b.ms, "b": 0.2 / b.ms, "c": -65 * b.mV, "d": 8 * b.mV / b.ms,
        }, **make,
    )  # fmt: skip
    group.v, group.u = -65 * b.mV, -13 * b.mV / b.ms
    group.drive = np.linspace(0.0, 20.0, 5) * b.mV / b.ms
    return group


def coba(b: Any, make: dict[str, Any], method: str = "exponential_euler") -> Any:
    """Integrate-and-fire neurons with conductances relative to the leak."""
    group = b.NeuronGroup(
        5, """
        dv/dt = (ge*(Ee - v) + gi*(Ei - v) - (v - El)) / taum + I / C : volt (unless refractory)
        dge/dt = -ge / taue : 1
        dgi/dt = -gi / taui : 1
        I : amp
        """,
        threshold="v > Vt", reset="v = Vr", refractory="5*ms", method=method,
        namespace={
            "taum": 20 * b.ms, "taue": 5 * b.ms, "taui": 10 * b.ms, "Vt": -50 * b.mV,
            "Vr": -60 * b.mV, "El": -60 * b.mV, "Ee": 0 * b.mV, "Ei": -80 * b.mV,
            "C": 200 * b.pF,
        }, **make,
    )  # fmt: skip
    group.v, group.I = -60 * b.mV, np.linspace(0.0, 0.3, 5) * b.nA
    return group


def hodgkin_huxley(b: Any, make: dict[str, Any]) -> Any:
    """Hodgkin-Huxley neurons with conductances per area, refractory while above a level."""
    area, per_area = 20000 * b.umetre**2, b.siemens * b.cm**-2
    group = b.NeuronGroup(
        5, """
        dv/dt = (gl*(El - v) + ge*(Ee - v) + gi*(Ei - v)
                 - g_na*(m*m*m)*h*(v - ENa) - g_kd*n**4*(v - EK) + I) / Cm : volt
        dm/dt = 0.32*4/exprel((13*mV - u)/(4*mV))/ms*(1 - m)
                - 0.28*5/exprel((u - 40*mV)/(5*mV))/ms*m : 1
        dn/dt = 0.032*5/exprel((15*mV - u)/(5*mV))/ms*(1 - n)
                - 0.5*exp((10*mV - u)/(40*mV))/ms*n : 1
        dh/dt = 0.128*exp((17*mV - u)/(18*mV))/ms*(1 - h)
                - 4/(1 + exp((40*mV - u)/(5*mV)))/ms*h : 1
        dge/dt = -ge/taue : siemens
        dgi/dt = -gi/taui : siemens
        u = v - VT : volt
        I : amp
        """,
        threshold="v > -20*mV", refractory="v > -40*mV", method="exponential_euler",
        namespace={
            "Cm": 1 * b.ufarad * b.cm**-2 * area, "gl": 5e-5 * per_area * area,
            "g_na": 0.1 * per_area * area, "g_kd": 0.03 * per_area * area, "El": -65 * b.mV,
            "EK": -90 * b.mV, "ENa": 50 * b.mV, "VT": -63 * b.mV, "taue": 5 * b.ms,
            "taui": 10 * b.ms, "Ee": 0 * b.mV, "Ei": -80 * b.mV,
        }, **make,
    )  # fmt: skip
    group.v, group.h, group.I = -65 * b.mV, 1.0, np.linspace(0.0, 1.0, 5) * b.nA
    return group


CONDUCTANCES = {"excitatory": "ge", "inhibitory": "gi"}
MODELS = {
    "lif": Model(lif, 0.1, 150.0, {"in": "v"}, {"in": ("3*mV", 3.0)}, 1e-12),
    "adaptive": Model(adaptive_threshold, 0.1, 150.0, {"in": "v"}, {"in": ("3*mV", 3.0)}, 1e-12),
    "izhikevich": Model(izhikevich, 0.1, 200.0, {"in": "v"}, {"in": ("10*mV", 10.0)}, 1e-10),
    "coba": Model(
        coba, 0.1, 150.0, CONDUCTANCES,
        {"excitatory": ("0.6", 0.6), "inhibitory": ("6.7", 6.7)}, 1e-12,
    ),
    "hodgkin_huxley": Model(
        hodgkin_huxley, 0.05, 80.0, CONDUCTANCES,
        {"excitatory": ("30*nS", 0.03), "inhibitory": ("67*nS", 0.067)}, 1e-9,
    ),
}  # fmt: skip
