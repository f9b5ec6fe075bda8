"""Benchmark networks on ANNarchy: ``python annarchy.py '{json}'`` or ``... task.json``.

One population with static synapses. Poisson input is Gaussian with the same mean and variance,
since its language has no number of Poisson events a step.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

EXPONENTIAL = """
    dv/dt = ({v_rest} - v + {drive}) / {tau_m} : {method}
    dg_exc/dt = -g_exc / {tau_syn_E} : exponential
    dg_inh/dt = -g_inh / {tau_syn_I} : exponential
"""
DELTA = """
    noise = {noise}
    v = {v_rest} + (v - {v_rest}) * {decay} + {steady} + g_exc - g_inh + noise
"""
TARGETS = {"excitatory": "exc", "inhibitory": "inh"}


def main(argument: str) -> None:
    """Run the task and print the answer."""
    task = json.loads(argument if argument.startswith("{") else Path(argument).read_text())
    sys.argv = sys.argv[:1]  # ANNarchy reads the command line
    folder = tempfile.mkdtemp(prefix="peer-annarchy-")
    before = Path.cwd()
    try:
        os.chdir(folder)
        with contextlib.redirect_stdout(sys.stderr):
            found = run(task, folder)
    finally:
        os.chdir(before)
        shutil.rmtree(folder, ignore_errors=True)
    print("RESULT " + json.dumps(found), flush=True)


def run(task: dict[str, Any], folder: str) -> dict[str, Any]:
    """Build the network, run it and count its spikes."""
    import ANNarchy

    if task["precision"] == "single":
        ANNarchy.setup(precision="float")
    net = ANNarchy.Network(dt=task["dt"], seed=task["seed"])
    net.config(num_threads=task["threads"])
    began = time.perf_counter()
    monitor = build(ANNarchy, net, task)
    build_s = time.perf_counter() - began
    began = time.perf_counter()
    net.compile(directory=os.path.join(folder, "code"), silent=True)
    compile_s = time.perf_counter() - began
    net.simulate(task["dt"])
    first_step = since_process_start()
    rest = task["warmup"] - task["dt"]
    if rest > task["dt"] / 2:
        net.simulate(rest)
    monitor.get("spike")
    wall, cpu = time.perf_counter(), time.process_time()
    net.simulate(task["duration"])
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    spikes = monitor.get("spike")
    return {
        "simulator": f"ANNarchy {ANNarchy.__version__}",
        "note": "Poisson input is Gaussian of equal mean and variance" if task["inputs"] else "",
        "build_s": build_s,
        "compile_s": compile_s,
        "first_step_s": first_step,
        "wall_s": wall,
        "cpu_s": cpu,
        "spikes": {
            group: sum(len(spikes[i]) for i in range(first, last) if i in spikes)
            for group, _, first, last in task["groups"]
        },
        "peak_mb": peak_mb(),
    }


def build(ann: Any, net: Any, task: dict[str, Any]) -> Any:
    """Make the network; returns a monitor of its spikes."""
    import numpy as np

    (given,) = task["populations"]
    values = given["parameters"]
    neuron = ann.Neuron(
        equations=equations(given["kind"], values, task),
        spike=f"v > {values['v_thresh']}",
        reset=f"v = {values['v_reset']}",
        refractory=values["tau_refrac"],
    )
    population = net.create(geometry=given["size"], neuron=neuron)
    population.v = np.asarray(given["initial"].get("v", values["v_rest"]))
    # currents are drives in mV, conductances multiples of the leak, jumps are in mV
    scale = 1.0 if given["kind"] == "if_curr_delta" else values["tau_m"] / values["cm"]
    for projection in task["projections"]:
        (_, first, last), (_, low, high) = projection["pre"], projection["post"]
        made = net.connect(
            pre=population[first:last],
            post=population[low:high],
            target=TARGETS[projection["receptor"]],
        )
        weight = abs(scale * projection["weight"])
        made.fixed_number_pre(
            number=projection["count"], weights=weight, delays=projection["delay"]
        )
    return net.monitor(population, ["spike"])


def equations(kind: str, values: dict[str, Any], task: dict[str, Any]) -> str:
    """Equations of a kind with all numbers in them."""
    resistance = values["tau_m"] / values["cm"]
    steady, dt = resistance * values["i_offset"], task["dt"]
    if kind == "if_curr_delta":
        decay = math.exp(-dt / values["tau_m"])
        return DELTA.format(
            noise=noise(task), decay=decay, steady=(1.0 - decay) * steady, v_rest=values["v_rest"]
        )
    if kind == "if_curr_exp":
        drive, method = f"g_exc - g_inh + {steady}", "explicit"
    else:
        drive = f"g_exc * ({values['e_rev_E']} - v) + g_inh * ({values['e_rev_I']} - v) + {steady}"
        method = "exponential"
    return EXPONENTIAL.format(drive=drive, method=method, **bracketed(values))


def bracketed(values: dict[str, Any]) -> dict[str, str]:
    """Numbers as text that may stand after an operator."""
    return {k: f"({v})" for k, v in values.items() if isinstance(v, float)}


def noise(task: dict[str, Any]) -> str:
    """Gaussian noise with the mean and variance of the Poisson input of a step."""
    terms = []
    for item in task["inputs"]:
        events = item["rate"] * task["dt"] / 1000.0
        terms.append(f"Normal({item['weight'] * events}, {item['weight'] * math.sqrt(events)})")
    return " + ".join(terms) or "0.0"


def since_process_start() -> float:
    """Seconds since this process began."""
    ticks = int(Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[19])
    up = float(Path("/proc/uptime").read_text().split()[0])
    return up - ticks / os.sysconf("SC_CLK_TCK")


def peak_mb() -> float:
    """Largest memory of this process, MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(x for x in lines if x.startswith("VmHWM")).split()[1]) * 1024 / 1e6


if __name__ == "__main__":
    # this folder has files named as the simulators are: they must not be found first
    sys.path[:] = [p for p in sys.path if Path(p).resolve() != Path(__file__).resolve().parent]
    main(sys.argv[1])
