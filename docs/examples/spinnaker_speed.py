"""Speed of the SpiNNaker emulator beside floating point: python docs/examples/spinnaker_speed.py

1,000 IF_curr_exp cells with 100,000 synapses between them, 10 Hz, steps of 1 ms; static and
plastic. Prints wall time per biological second, the least and the median of five spans of 10 s.
"""

from statistics import median
from time import perf_counter

import neurosim as ns

BACKENDS = ("spinnaker-emulator", "numba")
SPANS, SPAN = 5, 10_000.0


def network(synapse):
    """Cells that fire at about 10 Hz by their own currents."""
    net = ns.Network("speed", timing="spinnaker")
    kind = ns.IFCurrExp(tau_refrac=2.0, i_offset=ns.Uniform(0.7, 0.85))
    cells = net.population("cells", 1000, kind)
    net.project(cells, cells, ns.FixedProbability(0.1), synapse)
    net.record(cells, "spikes")
    return net


def main():
    delay = ns.Uniform(1.0, 10.0)
    for name, synapse in (
        ("static", ns.Static(0.001, delay)), ("plastic", ns.STDP(0.001, delay, w_max=0.002)),
    ):  # fmt: skip
        spans = {backend: [] for backend in BACKENDS}
        rates = {}
        simulations = {b: ns.prepare(network(synapse), dt=1.0, seed=1, backend=b) for b in BACKENDS}
        for simulation in simulations.values():
            simulation.run(1000.0)
        for _ in range(SPANS):
            for backend, simulation in simulations.items():
                start = perf_counter()
                simulation.run(SPAN)
                spans[backend].append((perf_counter() - start) / SPAN * 1000.0)
        for backend, simulation in simulations.items():
            recording = simulation.recording()
            rates[backend] = len(recording.spikes["cells"]) / recording.duration
        for backend in BACKENDS:
            least, middle = min(spans[backend]), median(spans[backend])
            print(
                f"{name:8} {backend:19} {least:.4f} / {middle:.4f} s, {1.0 / least:.0f} times real "
                f"time, {rates[backend]:.1f} Hz"
            )


if __name__ == "__main__":
    main()
