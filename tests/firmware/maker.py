"""Makes memory images with sPyNNaker on a virtual board; runs as a program of its own.

``maker.py CASES FOLDER``: for each network of a file of cases a folder of its name with its image.
It is run with a private home and working folder, because sPyNNaker uses both.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

CONFIGURATION = """\
[Machine]
virtual_board = True
version = 5
[Mode]
mode = Production
[Reports]
keep_dataspec_database = True
max_reports_kept = 1000
write_energy_report = False
"""
SOURCE, POISSON = "SpikeSourceArray", "SpikeSourcePoisson"


def _population(sim: Any, spec: dict[str, Any], dt: float) -> Any:
    """Make a population of a case."""
    kind = getattr(sim, spec["cell"])
    parameters = dict(spec["parameters"])
    more = dict(spec.get("more", {}))
    if spec["cell"] == SOURCE:
        parameters["spike_times"] = [[tick * dt for tick in ticks] for ticks in spec["ticks"]]
    elif spec["cell"] != POISSON:
        more["n_synapse_cores"] = 0  # neurons and synapses on one core, at any time step
    population = sim.Population(
        spec["size"], kind(**parameters), label=spec["label"], additional_parameters=more
    )
    if spec["initial"]:
        population.initialize(**spec["initial"])
    if spec["record"]:
        population.record(spec["record"])
    return population


def _synapse(sim: Any, stdp: dict[str, Any] | None) -> Any:
    if stdp is None:
        return sim.StaticSynapse()
    timing = {"pair": sim.SpikePairRule, "nearest": sim.extra_models.SpikeNearestPairRule}
    dependence = {
        "additive": sim.AdditiveWeightDependence,
        "multiplicative": sim.MultiplicativeWeightDependence,
    }
    return sim.STDPMechanism(
        timing_dependence=timing[stdp["timing"]](
            tau_plus=stdp["tau_plus"],
            tau_minus=stdp["tau_minus"],
            A_plus=stdp["A_plus"],
            A_minus=stdp["A_minus"],
        ),
        weight_dependence=dependence[stdp["weights"]](w_min=stdp["w_min"], w_max=stdp["w_max"]),
        dendritic_delay_fraction=1.0,
    )


def _facts(populations: dict[str, Any]) -> dict[str, Any]:
    """Cores, keys, routes and shifts of the network that was just mapped."""
    from spynnaker.pyNN.data import SpynnakerDataView as View

    keys = {info.vertex: info for info in View.get_routing_infos()}
    cores = []
    for placement in View.iterate_placemements():
        vertex = placement.vertex
        if vertex.app_vertex is None:
            continue
        info = keys.get(vertex)
        name = vertex.get_binary_file_name()
        cores.append(
            {
                "label": vertex.app_vertex.label,
                "first": int(vertex.vertex_slice.lo_atom),
                "size": int(vertex.vertex_slice.n_atoms),
                "x": placement.x,
                "y": placement.y,
                "p": placement.p,
                "kind": type(vertex).__name__,
                "program": str(View.get_executable_path(name)),
                "key": None if info is None else int(info.key),
                "mask": None if info is None else int(info.mask),
            }
        )
    routes = [
        (int(entry.key), int(entry.mask), (table.x, table.y, p))
        for table in View.get_uncompressed()
        for entry in table.multicast_routing_entries
        for p in sorted(entry.processor_ids)
    ]
    shifts = {
        label: [int(s) for s in population._vertex.get_ring_buffer_shifts()]
        for label, population in populations.items()
        if hasattr(population._vertex, "get_ring_buffer_shifts")
    }
    database = Path(View.get_run_dir_path()) / "ds.sqlite3"
    return {"cores": cores, "routes": routes, "shifts": shifts, "database": str(database)}


def make(case: dict[str, Any], folder: Path) -> None:
    """Map one network and keep its image."""
    import pyNN.spiNNaker as sim
    from spynnaker.pyNN.models.neuron import PopulationVertex

    # parameters are written as the core reads them, not as instructions to make them there
    PopulationVertex.can_generate_on_machine = lambda self: False
    dt = case["dt"]
    sim.setup(timestep=dt)
    populations = {spec["label"]: _population(sim, spec, dt) for spec in case["populations"]}
    for spec in case["projections"]:
        rows = [(i, j, w, delay * dt) for i, j, w, delay in spec["list"]]
        sim.Projection(
            populations[spec["pre"]],
            populations[spec["post"]],
            sim.FromListConnector(rows),
            _synapse(sim, spec["stdp"]),
            receptor_type=spec["receptor"],
            label=spec["label"],
        )
    for spec in case["currents"]:
        source = sim.StepCurrentSource(times=spec["times"], amplitudes=spec["amplitudes"])
        source.inject_into(populations[spec["population"]][spec["cells"]])
    sim.run(case["steps"] * dt)
    folder.mkdir(parents=True)
    (folder / "facts.json").write_text(json.dumps(_facts(populations)))
    sim.end()


def main(cases: Path, folder: Path) -> None:
    """Make all images."""
    (Path.home() / ".spynnaker.cfg").write_text(CONFIGURATION)
    for case in json.loads(cases.read_text()):
        try:
            make(case, folder / case["name"])
        except Exception as error:
            # the toolchain ends its output with pages of warnings
            (folder / "failure").write_text(f"{case['name']}: {type(error).__name__}: {error}")
            raise


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
