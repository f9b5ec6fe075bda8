"""Benchmark networks on NEST: ``python nest.py '{json}'`` or ``python nest.py task.json``."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

MODELS = {
    "if_curr_exp": "iaf_psc_exp",
    "if_cond_exp": "iaf_cond_exp",
    "if_curr_delta": "iaf_psc_delta",
}
SAME = {
    "v_rest": "E_L", "v_thresh": "V_th", "v_reset": "V_reset", "tau_refrac": "t_ref",
    "tau_syn_E": "tau_syn_ex", "tau_syn_I": "tau_syn_in", "e_rev_E": "E_ex", "e_rev_I": "E_in",
}  # fmt: skip
"""NEST's names of parameters that have our unit."""

NANO = 1000.0
"""pA in a nA, nS in a uS, pF in a nF."""


def main(argument: str) -> None:
    """Run the task and print the answer."""
    task = json.loads(argument if argument.startswith("{") else Path(argument).read_text())
    print("RESULT " + json.dumps(run(task)), flush=True)


def run(task: dict[str, Any]) -> dict[str, Any]:
    """Build the network, run it and count its spikes."""
    import nest

    nest.set_verbosity("M_ERROR") if hasattr(nest, "set_verbosity") else quiet(nest)
    nest.ResetKernel()
    nest.set(
        resolution=task["dt"], local_num_threads=task["threads"], rng_seed=task["seed"] + 1,
        print_time=False,
    )  # fmt: skip
    began = time.perf_counter()
    recorders = build(nest, task)
    build_s = time.perf_counter() - began
    nest.Prepare()
    nest.Run(task["dt"])
    first_step = since_process_start()
    rest = task["warmup"] - task["dt"]
    if rest > task["dt"] / 2:
        nest.Run(rest)
    before = counts(recorders)
    wall, cpu = time.perf_counter(), time.process_time()
    nest.Run(task["duration"])
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    after = counts(recorders)
    total = int(nest.local_spike_counter)  # of the latest call of Run
    nest.Cleanup()
    by_group = {name: after[name] - before[name] for name in after}
    plastic = any(projection["plastic"] for projection in task["projections"])
    return {
        "simulator": f"NEST {nest.__version__}",
        "note": "plasticity sees the whole delay as dendritic" if plastic else "",
        "build_s": build_s,
        "first_step_s": first_step,
        "wall_s": wall,
        "cpu_s": cpu,
        "spikes": by_group or total,
        "mean_weight": mean_weight(nest, task),
        "peak_mb": peak_mb(),
    }


def build(nest: Any, task: dict[str, Any]) -> dict[str, Any]:
    """Make the network; returns a spike recorder by group.

    There are none for a single population, where the number of all spikes is enough: recorders
    cost a tenth of the time of b1.
    """
    plastic = [p["plastic"] for p in task["projections"] if p["plastic"]]
    nodes, factors = {}, {}
    for population in task["populations"]:
        values = parameters(population["kind"], population["parameters"])
        if plastic:
            values["tau_minus"] = plastic[0]["tau_minus"]
        made = nest.Create(MODELS[population["kind"]], population["size"], params=values)
        if "v" in population["initial"]:
            made.V_m = population["initial"]["v"]
        nodes[population["name"]] = made
        factors[population["name"]] = 1.0 if population["kind"] == "if_curr_delta" else NANO
    kinds = {p["name"]: p["kind"] for p in task["populations"]}
    for number, projection in enumerate(task["projections"]):
        (pre, first, last), (post, low, high) = projection["pre"], projection["post"]
        sign = inverted(kinds[post], projection["receptor"])
        rule: dict[str, Any] = {
            "fixed_in_degree": {"rule": "fixed_indegree", "indegree": projection["count"]},
            "fixed_total_number": {"rule": "fixed_total_number", "N": projection["count"]},
        }[projection["rule"]]
        synapse = synapse_of(nest, f"synapse_{number}", projection, sign * factors[post])
        nest.Connect(nodes[pre][first:last], nodes[post][low:high], rule, synapse)
    delay = min((mean(p["delay"]) for p in task["projections"]), default=task["dt"])
    for item in task["inputs"]:
        name, first, last = item["target"]
        generator = nest.Create("poisson_generator", params={"rate": item["rate"]})
        sign = inverted(kinds[name], item["receptor"])
        weight = {"weight": sign * factors[name] * item["weight"], "delay": delay}
        nest.Connect(generator, nodes[name][first:last], "all_to_all", weight)
    recorders = {}
    for group, name, first, last in task["groups"] if len(task["populations"]) > 1 else ():
        recorders[group] = nest.Create("spike_recorder")
        nest.Connect(nodes[name][first:last], recorders[group])
    return recorders


def parameters(kind: str, values: dict[str, Any]) -> dict[str, Any]:
    """NEST's parameters of a kind from ours."""
    found = {theirs: values[ours] for ours, theirs in SAME.items() if ours in values}
    found["C_m"] = NANO * values["cm"]
    offset = values["i_offset"]
    found["I_e"] = [NANO * x for x in offset] if isinstance(offset, list) else NANO * offset
    if kind == "if_cond_exp":
        found["g_L"] = NANO * values["cm"] / values["tau_m"]
    else:
        found["tau_m"] = values["tau_m"]
    return found


def synapse_of(nest: Any, name: str, projection: dict[str, Any], factor: float) -> dict[str, Any]:
    """NEST's description of synapses; each projection has a model of its own."""
    weight, delay = projection["weight"], projection["delay"]
    rule = projection["plastic"]
    if rule:
        values = {
            "tau_plus": rule["tau_plus"], "lambda": rule["A_plus"],
            "alpha": rule["A_minus"] / rule["A_plus"], "mu_plus": 0.0, "mu_minus": 0.0,
            "Wmax": factor * rule["w_max"],
        }  # fmt: skip
        nest.CopyModel("stdp_synapse_hom", name, values)
    elif projection["own_weights"]:
        nest.CopyModel("static_synapse", name)
    else:
        nest.CopyModel("static_synapse_hom_w", name, {"weight": factor * weight})
        return {"synapse_model": name, "delay": drawn(nest, delay, 1.0)}
    return {
        "synapse_model": name,
        "weight": drawn(nest, weight, factor),
        "delay": drawn(nest, delay, 1.0),
    }


def drawn(nest: Any, value: Any, factor: float) -> Any:
    """A number, or NEST's form of a Gaussian that is redrawn outside its bounds."""
    if not isinstance(value, dict):
        return factor * value
    low, high = (
        fallback if value[key] is None else factor * value[key]
        for key, fallback in (("low", -float("inf")), ("high", float("inf")))
    )
    low, high = min(low, high), max(low, high)
    normal = nest.random.normal(mean=factor * value["mean"], std=abs(factor) * value["sd"])
    return nest.math.redraw(normal, min=low, max=high)


def mean(value: Any) -> float:
    """Mean of a number or distribution."""
    return float(value["mean"] if isinstance(value, dict) else value)


def inverted(kind: str, receptor: str) -> float:
    """NEST's sign of a weight of a receptor: inhibitory conductances are negative there."""
    return -1.0 if kind == "if_cond_exp" and receptor == "inhibitory" else 1.0


def counts(recorders: dict[str, Any]) -> dict[str, int]:
    """Spikes so far, by group."""
    return {name: int(recorder.n_events) for name, recorder in recorders.items()}


def mean_weight(nest: Any, task: dict[str, Any]) -> float | None:
    """Mean weight of the plastic synapses of the first fifty sources; mV, nA or uS."""
    for number, projection in enumerate(task["projections"]):
        if projection["plastic"]:
            name, first, _ = projection["pre"]
            skipped = 0
            for population in task["populations"]:
                if population["name"] == name:
                    break
                skipped += population["size"]
            factor = 1.0 if population["kind"] == "if_curr_delta" else NANO
            some = range(skipped + first + 1, skipped + first + 51)
            found = nest.GetConnections(
                source=nest.NodeCollection(list(some)), synapse_model=f"synapse_{number}"
            )
            weights = found.weight
            return float(sum(weights) / len(weights) / factor)
    return None


def quiet(nest: Any) -> None:
    """Print errors only, in versions whose verbosity is an attribute."""
    nest.verbosity = nest.VerbosityLevel.ERROR


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
