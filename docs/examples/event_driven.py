"""Clocked against event-driven: python docs/examples/event_driven.py [FILE.png]

Prints how the clocked engine's spike times come nearer to the exact ones with shorter steps, and
what both engines cost at several activities. Costs are CPU seconds, the least of three runs.
"""

import sys
from time import process_time

import numpy as np

import neurosim as ns

STEPS = (0.4, 0.2, 0.1, 0.05, 0.025, 0.0125)
SHARES = (0.0, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
SIZE = 20000


def small():
    """Neurons that excite each other and fire at different rates."""
    net = ns.Network("small")
    kind = ns.IFCurrExp(i_offset=np.linspace(0.77, 1.1, 12), tau_refrac=2.0)
    cells = net.population("cells", 12, kind)
    net.project(cells, cells, ns.AllToAll(), ns.Static(0.05, 2.0))
    net.record(cells, "spikes")
    return net


def errors():
    """Mean error of the clocked engine's spike times (ms) by time step."""
    exact = ns.simulate(small(), 60.0, dt=0.4, seed=1, backend="numba-event-precise")
    exact = exact.spikes["cells"]
    found = []
    for dt in STEPS:
        trains = ns.simulate(small(), 60.0, dt=dt, seed=1).spikes["cells"]
        pairs = [(trains.of(unit), exact.of(unit)) for unit in range(12)]
        found.append(np.concatenate([a[: len(b)] - b[: len(a)] for a, b in pairs]))
    return [float(np.abs(error).mean()) for error in found]


def quiet(share):
    """Neurons of which a share fires 10 times a second; their synapses are too weak to matter."""
    period = np.exp(98.0 / 20.0)
    drive = 15.0 * period / (period - 1.0)
    active = np.random.default_rng(1).random(SIZE) < share
    phase = np.random.default_rng(2).uniform(0.0, 98.0, SIZE)
    start = np.where(active, drive * (1.0 - np.exp(-phase / 20.0)), 0.0)
    kind = ns.IFCurrExp(
        v_rest=0.0, v_reset=0.0, v_thresh=15.0, cm=20.0, tau_refrac=2.0, tau_syn_E=2.0,
        tau_syn_I=2.0, i_offset=np.where(active, drive, 0.0),
    )  # fmt: skip
    net = ns.Network("quiet")
    cells = net.population("cells", SIZE, kind, {"v": start})
    net.project(cells, cells, ns.FixedNumberPre(100, True), ns.Static(0.001, 1.5))
    net.record(cells, "spikes")
    return net


def cost(net, backend):
    """CPU seconds per second of biological time, and the mean rate (Hz)."""
    with ns.prepare(net, dt=0.1, seed=1, backend=backend) as simulation:
        simulation.run(10.0)
        spent = []
        for _ in range(3):
            began = process_time()
            simulation.run(200.0)
            spent.append(5.0 * (process_time() - began))
        return min(spent), simulation.recording().rate("cells")


if __name__ == "__main__":
    found = errors()
    print("dt (ms)  mean error of spike times (ms)  order")
    for i, (dt, error) in enumerate(zip(STEPS, found, strict=True)):
        order = f"{np.log2(found[i - 1] / error):.2f}" if i else ""
        print(f"{dt:7}  {error:30.5f}  {order}")
    rows = []
    for share in SHARES:
        (clocked, rate), (event, _) = (cost(quiet(share), b) for b in ("numba", "numba-event"))
        rows.append((rate, clocked, event))
        print(f"{rate:6.3f} Hz: clocked {clocked:.4f} s, event-driven {event:.4f} s per second")
    if len(sys.argv) > 1:
        import matplotlib.pyplot as plt

        figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
        left.loglog(STEPS, found, "o-", label="clocked against exact")
        left.loglog(STEPS, [found[0] * dt / STEPS[0] for dt in STEPS], "k:", label="order 1")
        left.set(xlabel="time step (ms)", ylabel="mean error of spike times (ms)")
        left.legend(frameon=False)
        rates, clocked, event = np.array(rows).T
        right.plot(rates, clocked, "o-", label="numba")
        right.plot(rates, event, "s-", label="numba-event")
        right.set_xscale("symlog", linthresh=0.01)
        right.set_yscale("log")
        right.set(xlabel="mean rate (Hz)", ylabel="CPU seconds per second")
        right.legend(frameon=False)
        figure.savefig(sys.argv[1], dpi=120)
