"""Checks of a backend against solutions in closed form and published times."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product

import numpy as np

from neurosim.backends.registry import backend as find_backend
from neurosim.facade import simulate
from neurosim.network import AllToAll, Network, OneToOne
from neurosim.neurons import IFCurrDelta, IFCurrExp
from neurosim.neurons.sources import PoissonInput, SpikeSourceArray, SpikeSourcePoisson
from neurosim.synapses import Static, TsodyksMarkram
from neurosim.testing.compare import require

CHAIN = {"standard": (7, 9, 11, 13, 15, 17), "spinnaker": (6, 7, 8, 9, 10, 11)}
"""Spike times of the chain of ``docs/concepts/update-order.md``, ms."""

TOLERANCE = {"double": 1e-12, "single": 1e-5}
"""Relative error of a state variable that is integrated exactly, by precision."""


def chain(timing: str) -> Network:
    """Six cells, each fired by the one before."""
    network = Network("chain", timing)
    source = network.population("source", 1, SpikeSourceArray(spike_times=[5.0]))
    cells = network.population("cells", 6, IFCurrExp(tau_refrac=2.0, tau_syn_E=0.5))
    network.project(source, cells[0], OneToOne(), Static(60.0, 1.0))
    network.project(cells[:5], cells[1:], OneToOne(), Static(60.0, 1.0))
    network.record(cells, "spikes")
    return network


def check_chain(backend: str) -> None:
    """The six-cell chain fires at the published times in both timings."""
    for timing in find_backend(backend).capabilities.timings:
        found = simulate(chain(timing), 30.0, dt=1.0, seed=1, backend=backend).spikes["cells"]
        good = tuple(found.times) == CHAIN[timing] and tuple(found.ids) == tuple(range(6))
        require(good, f"{timing}: cells {found.ids} fire at {found.times}, not {CHAIN[timing]}")


def check_decay(backend: str) -> None:
    """A potential relaxes to rest exponentially; N steps give N + 1 samples, or N."""
    can = find_backend(backend).capabilities
    for timing, precision in product(can.timings, can.precisions):
        network = Network("decay", timing)
        start = np.array([-80.0, -70.0, -51.0])
        cells = network.population("cells", 3, IFCurrExp(tau_m=10.0), initial={"v": start})
        network.record(cells, "v")
        recording = simulate(network, 20.0, dt=0.1, seed=1, backend=backend, precision=precision)
        signal = recording.signal("cells", "v")
        count = 201 if timing == "standard" else 200
        times = 0.1 * np.arange(count)
        expected = -65.0 + np.exp(-times[:, np.newaxis] / 10.0) * (start + 65.0)
        require(signal.shape == (count, 3), f"{timing}: samples have shape {signal.shape}")
        require(np.allclose(signal.times, times, rtol=1e-12), f"{timing}: other sample times")
        _close(signal.values, expected, TOLERANCE[precision], f"{timing} {precision}: v")


def check_potential(backend: str) -> None:
    """An exponential current moves the potential as its exact solution says."""
    for precision in find_backend(backend).capabilities.precisions:
        network = Network("potential")
        kind = IFCurrExp(cm=0.25, tau_m=12.0, tau_syn_E=3.0, v_thresh=0.0)
        cells = network.population("cells", 1, kind)
        source = network.population("source", 1, SpikeSourceArray(spike_times=[2.0]))
        network.project(source, cells, OneToOne(), Static(0.7, 1.5))
        network.record(cells, ["v", "isyn_exc"])
        recording = simulate(network, 40.0, dt=0.1, seed=1, backend=backend, precision=precision)
        since = 0.1 * np.arange(401) - 3.5
        current = np.where(since > -1e-9, 0.7 * np.exp(-since / 3.0), 0.0)
        scale = 0.7 / 0.25 * 3.0 * 12.0 / (12.0 - 3.0)
        rise = np.exp(-np.maximum(since, 0.0) / 12.0) - np.exp(-np.maximum(since, 0.0) / 3.0)
        tolerance = 10.0 * TOLERANCE[precision]
        _close(recording.signal("cells", "isyn_exc").values[:, 0], current, tolerance, "isyn_exc")
        _close(recording.signal("cells", "v").values[:, 0], scale * rise - 65.0, tolerance, "v")


def check_rate(backend: str) -> None:
    """A constant current fires neurons at the intervals of the exact solution."""
    current = np.array([0.76, 0.9, 1.3, 4.0])
    for timing in find_backend(backend).capabilities.timings:
        network = Network("rate", timing)
        cells = network.population("cells", 4, IFCurrExp(i_offset=current, tau_refrac=2.5))
        network.record(cells, "spikes")
        trains = simulate(network, 300.0, dt=0.5, seed=1, backend=backend).spikes["cells"]
        for unit, amplitude in enumerate(current):
            drive = 20.0 * amplitude
            rise = math.ceil(20.0 * math.log(drive / (drive - 15.0)) / 0.5)
            stamps = np.arange(rise - (timing == "spinnaker"), 601, rise + 5)
            stamps = stamps[stamps < (601 if timing == "standard" else 600)]
            good = np.array_equal(trains.of(unit), 0.5 * stamps)
            require(
                good, f"{timing}: {amplitude} nA fires at {trains.of(unit)}, not {0.5 * stamps}"
            )


def check_jump(backend: str) -> None:
    """A potential that jumps fires on arrival; jumps of one step are summed; some are too small."""
    network = Network("jump")
    source = network.population("source", 2, SpikeSourceArray(spike_times=[[3.0], [3.0, 20.0]]))
    cells = network.population("cells", 2, IFCurrDelta())
    network.project(source, cells[0], AllToAll(), Static(8.0, 2.5))
    network.project(source[1], cells[1], AllToAll(), Static(15.5, 0.5))
    network.record(cells, "spikes")
    found = simulate(network, 30.0, dt=0.5, seed=1, backend=backend).spikes["cells"]
    good = found.times.tolist() == [3.5, 5.5, 20.5] and found.ids.tolist() == [1, 0, 1]
    require(good, f"cells {found.ids} fire at {found.times}")


def check_poisson(backend: str) -> None:
    """Poisson sources and Poisson input have the right means and variances (5 standard errors)."""
    network = Network("poisson")
    source = network.population("source", 300, SpikeSourcePoisson(rate=500.0))
    kind = IFCurrExp(v_thresh=1e6, tau_syn_E=1e9)
    cells = network.population("cells", 300, kind)
    network.inject(PoissonInput(4000.0, 1.0), cells)
    network.record(source, "spikes")
    network.record(cells, "isyn_exc")
    recording = simulate(network, 100.0, dt=0.5, seed=2, backend=backend)
    spikes, draws = len(recording.spikes["source"]), 300 * 200
    error = math.sqrt(draws * 0.25 * 0.75)
    require(abs(spikes - 0.25 * draws) < 5.0 * error, f"{spikes} spikes of {draws} draws of 1/4")
    counts = np.diff(recording.signal("cells", "isyn_exc").values, axis=0)
    mean, variance = float(counts.mean()), float(counts.var())
    require(abs(mean - 2.0) < 5.0 * math.sqrt(2.0 / draws), f"mean count {mean}, not 2")
    require(abs(variance - 2.0) < 5.0 * math.sqrt(10.0 / draws), f"variance {variance}, not 2")


def check_efficacies(backend: str) -> None:
    """Tsodyks-Markram synapses transmit what the recursion says, at the times of arrival."""
    times = [2.0, 7.0, 8.5, 20.0, 21.0, 22.0, 60.0]
    for use, recovery, facilitation in ((0.5, 30.0, 0.0), (0.1, 12.0, 80.0), (1.0, 90.0, 5.0)):
        network = Network("efficacies")
        source = network.population("source", 1, SpikeSourceArray(spike_times=times))
        cells = network.population("cells", 1, IFCurrExp(v_thresh=1e6, tau_syn_E=5.0))
        rule = TsodyksMarkram(1.5, 2.0, U=use, tau_rec=recovery, tau_facil=facilitation)
        network.project(source, cells, OneToOne(), rule)
        network.record(cells, "isyn_exc")
        recording = simulate(network, 80.0, dt=0.5, seed=1, backend=backend)
        current = recording.signal("cells", "isyn_exc").values[:, 0]
        found = current[1:] - current[:-1] * math.exp(-0.1)
        expected = np.zeros(160)
        x, u = 1.0, use
        for last, time in zip([None, *times], times, strict=False):
            if last is not None:
                h = time - last
                x = 1.0 + (x - x * u - 1.0) * math.exp(-h / recovery)
                rest = math.exp(-h / facilitation) if facilitation > 0.0 else 0.0
                u = use + u * (1.0 - use) * rest
            expected[round((time + 2.0) / 0.5) - 1] = 1.5 * x * u
        _close(found, expected, 1e-12, f"U = {use}: transmitted amounts")


def _close(found: object, expected: object, tolerance: float, what: str) -> None:
    a, b = np.asarray(found, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    error = float(np.abs(a - b).max() / np.abs(b).max())
    require(error <= tolerance, f"{what}: relative error {error:.1e} above {tolerance:.1e}")


CHECKS: dict[str, Callable[[str], None]] = {
    "chain": check_chain,
    "decay": check_decay,
    "potential": check_potential,
    "rate": check_rate,
    "jump": check_jump,
    "poisson": check_poisson,
    "efficacies": check_efficacies,
}
"""Checks of this file."""
