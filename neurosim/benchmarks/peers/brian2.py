"""Benchmark networks on Brian2: ``python brian2.py '{json}'`` or ``python brian2.py task.json``.

``mode`` of the task is ``cython`` (one thread) or ``cpp``: a stand-alone program, with OpenMP where
several threads are asked for.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

EQUATIONS = {
    "if_curr_exp": """
        dv/dt = (v_rest - v + isyn_exc + isyn_inh + drive) / tau_m : 1 (unless refractory)
        disyn_exc/dt = -isyn_exc / tau_syn_E : 1
        disyn_inh/dt = -isyn_inh / tau_syn_I : 1
    """,
    "if_cond_exp": """
        dv/dt = (v_rest - v + gsyn_exc * (e_rev_E - v) + gsyn_inh * (e_rev_I - v) + drive)
            / tau_m : 1 (unless refractory)
        dgsyn_exc/dt = -gsyn_exc / tau_syn_E : 1
        dgsyn_inh/dt = -gsyn_inh / tau_syn_I : 1
    """,
    "if_curr_delta": "dv/dt = (v_rest - v + drive) / tau_m : 1 (unless refractory)",
}
"""Potentials and drives are numbers in mV, conductances are multiples of the leak."""

METHODS = {"if_curr_exp": "exact", "if_cond_exp": "exponential_euler", "if_curr_delta": "exact"}

TARGETS = {
    "if_curr_exp": {"excitatory": "isyn_exc", "inhibitory": "isyn_inh"},
    "if_cond_exp": {"excitatory": "gsyn_exc", "inhibitory": "gsyn_inh"},
    "if_curr_delta": {"excitatory": "v", "inhibitory": "v"},
}
"""Variables that a spike changes, by kind and receptor."""

CLOCK = """
std::ofstream peer_file("results/peer_cpu.txt");
peer_file << double(std::clock() - peer_began) / CLOCKS_PER_SEC;
peer_file.close();
"""
"""Lines of the stand-alone program that write the CPU time of the span."""


def main(argument: str) -> None:
    """Run the task and print the answer."""
    task = json.loads(argument if argument.startswith("{") else Path(argument).read_text())
    print("RESULT " + json.dumps(run(task)), flush=True)


def run(task: dict[str, Any]) -> dict[str, Any]:
    """Build the network, run it and count its spikes."""
    import brian2
    import numpy as np

    brian2.BrianLogger.log_level_error()
    if task["precision"] == "single":
        brian2.prefs.core.default_float_dtype = np.float32
    folder = tempfile.mkdtemp(prefix="peer-brian2-") if task["mode"] == "cpp" else ""
    try:
        if folder:
            brian2.set_device("cpp_standalone", directory=folder, build_on_run=False)
            threads = task["threads"] if task["threads"] > 1 else 0
            brian2.prefs.devices.cpp_standalone.openmp_threads = threads
        else:
            brian2.prefs.codegen.target = "cython"
        brian2.defaultclock.dt = task["dt"] * brian2.ms
        brian2.seed(task["seed"])
        began = time.perf_counter()
        network, monitors, plastic = build(brian2, task)
        build_s = time.perf_counter() - began
        answer = {
            "simulator": f"Brian2 {brian2.__version__} {task['mode']}",
            "build_s": build_s,
        }
        if folder:
            return answer | stand_alone(brian2, task, network, monitors, plastic, folder)
        return answer | in_process(brian2, task, network, monitors, plastic)
    finally:
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


def in_process(
    brian2: Any, task: dict[str, Any], network: Any, monitors: dict[str, Any], plastic: list[Any]
) -> dict[str, Any]:
    """Times of compiled steps that Python calls."""
    began = time.perf_counter()
    network.run(task["dt"] * brian2.ms)
    compile_s, first_step = time.perf_counter() - began, since_process_start()
    rest = task["warmup"] - task["dt"]
    network.run(max(rest, task["dt"]) * brian2.ms)
    before = counts(monitors, task)
    wall, cpu = time.perf_counter(), time.process_time()
    network.run(task["duration"] * brian2.ms)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    after = counts(monitors, task)
    return {
        "compile_s": compile_s,
        "first_step_s": first_step,
        "wall_s": wall,
        "cpu_s": cpu,
        "spikes": {name: after[name] - before[name] for name in after},
        "mean_weight": mean_weight(plastic),
        "peak_mb": peak_mb("self"),
    }


def stand_alone(
    brian2: Any, task: dict[str, Any], network: Any, monitors: dict[str, Any], plastic: list[Any],
    folder: str,
) -> dict[str, Any]:  # fmt: skip
    """Times of a program that is compiled and run; it has no warm-up."""
    device = brian2.get_device()
    device.insert_code("before_network_run", "std::clock_t peer_began = std::clock();")
    device.insert_code("after_network_run", CLOCK)
    network.run(task["duration"] * brian2.ms)
    began = time.perf_counter()
    device.build(directory=folder, compile=True, run=False)
    compile_s = time.perf_counter() - began
    (Path(folder) / "results").mkdir(exist_ok=True)
    peak = program(folder)
    results = Path(folder) / "results"
    wall = float((results / "last_run_info.txt").read_text().split()[0])
    device.has_been_run = True
    return {
        "compile_s": compile_s,
        "first_step_s": since_process_start() - wall,
        "wall_s": wall,
        "cpu_s": float((results / "peer_cpu.txt").read_text()),
        "spikes": counts(monitors, task),
        "mean_weight": mean_weight(plastic),
        "peak_mb": peak,
    }


def program(folder: str) -> float:
    """Run the compiled program; returns its largest memory, MB."""
    peak = 0.0
    process = subprocess.Popen(["./main"], cwd=folder, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        peak = max(peak, peak_mb(str(process.pid)))
        time.sleep(0.01)
    if process.returncode:
        raise SystemExit(f"the program ended with code {process.returncode}")
    return peak


def build(brian2: Any, task: dict[str, Any]) -> tuple[Any, dict[str, Any], list[Any]]:
    """Make the network; returns it, its monitors by population, and its plastic synapses."""
    import numpy as np

    rng = np.random.default_rng(task["seed"])
    groups, kinds, scales, objects = {}, {}, {}, []
    for population in task["populations"]:
        name, kind, values = population["name"], population["kind"], population["parameters"]
        group, scales[name] = neurons(brian2, population, kind, values)
        groups[name], kinds[name] = group, kind
        objects.append(group)
    plastic = []
    for projection in task["projections"]:
        (pre, first, last), (post, low, high) = projection["pre"], projection["post"]
        variable = TARGETS[kinds[post]][projection["receptor"]]
        made = synapses(brian2, projection, groups[pre], groups[post], variable, scales[post])
        n_pre, n_post, count = last - first, high - low, projection["count"]
        if projection["rule"] == "fixed_in_degree":
            targets = np.repeat(np.arange(n_post, dtype=np.int32), count)
        else:
            targets = rng.integers(0, n_post, count, dtype=np.int32)
        sources = rng.integers(0, n_pre, len(targets), dtype=np.int32)
        made.connect(i=first + sources, j=low + targets)
        if projection["own_weights"]:
            made.w = drawn(projection["weight"], scales[post], len(targets), rng)
        made.delay = drawn(projection["delay"], 1.0, len(targets), rng) * brian2.ms
        objects.append(made)
        plastic += [(made, scales[post])] if projection["plastic"] else []
    for item in task["inputs"]:
        name, first, last = item["target"]
        variable = TARGETS[kinds[name]][item["receptor"]]
        events = max(1, round(item["rate"] / 20.0))  # a binomial of many is nearly Poisson
        objects.append(
            brian2.PoissonInput(
                groups[name][first:last], variable, events, item["rate"] / events * brian2.Hz,
                weight=scales[name] * item["weight"],
            )
        )  # fmt: skip
    monitors = {name: brian2.SpikeMonitor(group, record=False) for name, group in groups.items()}
    return brian2.Network(*objects, *monitors.values()), monitors, plastic


def neurons(
    brian2: Any, population: dict[str, Any], kind: str, values: dict[str, Any]
) -> tuple[Any, float]:
    """A group of neurons, and the drive in mV (or the multiple of the leak) of a weight of 1."""
    import numpy as np

    resistance = values["tau_m"] / values["cm"]
    names = ("v_rest", "v_thresh", "v_reset", "e_rev_E", "e_rev_I")
    space: dict[str, Any] = {k: values[k] for k in names if k in values}
    space |= {k: values[k] * brian2.ms for k in ("tau_m", "tau_syn_E", "tau_syn_I") if k in values}
    equations, offset = EQUATIONS[kind], values["i_offset"]
    if isinstance(offset, list):
        equations += "\ndrive : 1 (constant)"
    else:
        space["drive"] = resistance * offset
    group = brian2.NeuronGroup(
        population["size"], equations, threshold="v > v_thresh", reset="v = v_reset",
        refractory=values["tau_refrac"] * brian2.ms, method=METHODS[kind], namespace=space,
    )  # fmt: skip
    if isinstance(offset, list):
        group.drive = resistance * np.asarray(offset)
    group.v = np.asarray(population["initial"].get("v", values["v_rest"]))
    return group, 1.0 if kind == "if_curr_delta" else resistance


def synapses(
    brian2: Any, projection: dict[str, Any], pre: Any, post: Any, variable: str, scale: float
) -> Any:
    """Synapses without pairs."""
    own, rule = projection["own_weights"], projection["plastic"]
    weight = "w" if own else repr(scale * projection["weight"])
    transmit = f"{variable}_post += {weight}"
    if not rule:
        return brian2.Synapses(pre, post, "w : 1" if own else "", on_pre=transmit)
    top = scale * rule["w_max"]
    return brian2.Synapses(
        pre,
        post,
        """w : 1
        dx/dt = -x / tau_plus : 1 (event-driven)
        dy/dt = -y / tau_minus : 1 (event-driven)""",
        on_pre=f"""{transmit}
        x += 1
        w = clip(w - {rule["A_minus"] * top!r} * y, 0, {top!r})""",
        on_post=f"""y += 1
        w = clip(w + {rule["A_plus"] * top!r} * x, 0, {top!r})""",
        namespace={k: rule[k] * brian2.ms for k in ("tau_plus", "tau_minus")},
    )


def drawn(value: Any, scale: float, count: int, rng: Any) -> Any:
    """A number, or as many Gaussian ones, redrawn outside their bounds."""
    import numpy as np

    if not isinstance(value, dict):
        return scale * value
    low = -np.inf if value["low"] is None else value["low"]
    high = np.inf if value["high"] is None else value["high"]
    found = rng.normal(value["mean"], value["sd"], count)
    bad = np.flatnonzero((found < low) | (found > high))
    while len(bad):
        found[bad] = rng.normal(value["mean"], value["sd"], len(bad))
        bad = bad[(found[bad] < low) | (found[bad] > high)]
    return scale * found


def counts(monitors: dict[str, Any], task: dict[str, Any]) -> dict[str, int]:
    """Spikes so far, by group."""
    by_neuron = {name: monitor.count[:] for name, monitor in monitors.items()}
    return {
        group: int(by_neuron[name][first:last].sum()) for group, name, first, last in task["groups"]
    }


def mean_weight(plastic: list[Any]) -> float | None:
    """Mean weight of the plastic synapses, in our unit."""
    return float(plastic[0][0].w[:].mean() / plastic[0][1]) if plastic else None


def since_process_start() -> float:
    """Seconds since this process began."""
    ticks = int(Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[19])
    up = float(Path("/proc/uptime").read_text().split()[0])
    return up - ticks / os.sysconf("SC_CLK_TCK")


def peak_mb(process: str) -> float:
    """Largest memory of a process, MB; 0 if it has ended."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0.0
    found = [x for x in lines if x.startswith("VmHWM")]
    return int(found[0].split()[1]) * 1024 / 1e6 if found else 0.0


if __name__ == "__main__":
    # this folder has files named as the simulators are: they must not be found first
    sys.path[:] = [p for p in sys.path if Path(p).resolve() != Path(__file__).resolve().parent]
    main(sys.argv[1])
