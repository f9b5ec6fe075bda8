"""A batch through a recurrent network on snnTorch: ``python snntorch.py '{json}'``.

The task has ``inputs, hidden, batch, steps, probability, beta, threshold, input_sd, recurrent_sd,
seed, threads, repeats`` and ``backward`` (whether a backward pass is timed as well).
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any


def main(argument: str) -> None:
    """Run the task and print the answer."""
    task = json.loads(argument if argument.startswith("{") else Path(argument).read_text())
    print("RESULT " + json.dumps(run(task)), flush=True)


def run(task: dict[str, Any]) -> dict[str, Any]:
    """Build the network, and time batches after a first one."""
    import snntorch
    import torch

    torch.set_num_threads(task["threads"])
    torch.manual_seed(task["seed"])
    steps, batch, hidden = task["steps"], task["batch"], task["hidden"]
    began = time.perf_counter()
    layer = torch.nn.Linear(task["inputs"], hidden, bias=False)
    cell = snntorch.RLeaky(
        beta=task["beta"], linear_features=hidden, threshold=task["threshold"],
        reset_mechanism="subtract",
    )  # fmt: skip
    with torch.no_grad():
        layer.weight.copy_(task["input_sd"] * torch.randn(hidden, task["inputs"]))
        cell.recurrent.weight.copy_(task["recurrent_sd"] * torch.randn(hidden, hidden))
        cell.recurrent.bias.zero_()
    spikes = (torch.rand(steps, batch, task["inputs"]) < task["probability"]).float()
    build_s = time.perf_counter() - began

    def forward() -> Any:
        fired, v = cell.init_rleaky()
        total = 0.0
        for step in range(steps):
            fired, v = cell(layer(spikes[step]), fired, v)
            total = total + fired.sum()
        return total

    def once() -> float:
        if not task["backward"]:
            with torch.no_grad():
                return float(forward())
        layer.weight.grad = cell.recurrent.weight.grad = None
        total = forward()
        total.backward()
        return float(total.detach())

    once()
    first_step = since_process_start()
    walls, cpus = [], []
    for _ in range(task["repeats"]):
        wall, cpu = time.perf_counter(), time.process_time()
        count = once()
        cpus.append(time.process_time() - cpu)
        walls.append(time.perf_counter() - wall)
    return {
        "simulator": f"snnTorch {snntorch.__version__}, torch {torch.__version__}",
        "build_s": build_s,
        "first_step_s": first_step,
        "wall_s": min(walls),
        "wall_median_s": median(walls),
        "cpu_s": min(cpus),
        "cpu_median_s": median(cpus),
        "spikes": round(count),
        "rate_per_step": count / (batch * steps * hidden),
        "peak_mb": peak_mb(),
    }


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
