"""A translation as the text of a Python script."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.declare import Bounds, number
from neurosim.io.pynn_backends import is_complete, setup_options
from neurosim.io.pynn_records import Call, Part, Trains, Translation

MANY = 64
"""Values of an array from which on it goes to the file beside the script."""

ENDING = '''

def numbers(value):
    """A Neo quantity as a plain array."""
    return np.asarray(value.magnitude)


def results(populations):
    """What was recorded, as arrays by name."""
    found = {}
    for name in RECORDED:
        segment = populations[name].get_data().segments[-1]
        trains = [
            (numbers(train.rescale("ms")), int(train.annotations["source_index"]))
            for train in segment.spiketrains
        ]
        if "spikes" in RECORDED[name]:
            times = np.concatenate([np.empty(0), *(t for t, _ in trains)])
            ids = np.repeat([unit for _, unit in trains], [len(t) for t, _ in trains])
            order = np.lexsort((ids, times))
            found[f"{name}/times"] = times[order]
            found[f"{name}/ids"] = ids[order].astype(np.int32)
        for signal in segment.analogsignals:
            found[f"{name}/{signal.name}"] = numbers(signal)
    return found


def main(out=None):
    """Make the network, run it, and write what was recorded to the file ``out``."""
    sim.setup(timestep=TIMESTEP, min_delay=TIMESTEP, **SETUP)
    populations, projections, currents = build()
    sim.run(DURATION)
    found = results(populations)
    sim.end()
    for name in RECORDED:
        if "spikes" in RECORDED[name]:
            print(f"{name}: {len(found[name + '/times'])} spikes")
    if out is not None:
        with open(out, "wb") as file:
            np.savez(file, **found)


if __name__ == "__main__":
    main(*sys.argv[1:2])
'''


def script_text(
    found: Translation, duration: float, seed: int, beside: str | None
) -> tuple[str, dict[str, NDArray[Any]]]:
    """The script, and the arrays that its text does not hold.

    Parameters
    ----------
    found : Translation
        The network.
    duration : float
        Biological time to run, ms.
    seed : int
        Root seed, for the head of the script.
    beside : str or None
        Name of the file for large arrays; ``None`` keeps all numbers in the text.
    """
    duration = number("pynn_script", "duration", duration, Bounds("ms", above=0.0), scalar=True)
    writer = _Writer(beside is not None)
    body = _body(found, writer)
    head = _head(found, duration, seed)
    if writer.arrays:
        digest = _digest(writer.arrays)
        head += [
            "",
            f"ARRAYS = np.load(Path(__file__).with_name({beside!r}))",
            f'if str(ARRAYS["digest"]) != "{digest}":',
            f'    raise SystemExit({beside!r} + " belongs to another script: export it again.")',
        ]
    return "\n".join([*head, *body]) + ENDING, writer.arrays


def packed(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The arrays as an ``.npz`` file that the script accepts."""
    file = io.BytesIO()
    np.savez(file, digest=np.array(_digest(arrays)), **arrays)  # type: ignore[arg-type]
    return file.getvalue()


def _digest(arrays: Mapping[str, NDArray[Any]]) -> str:
    total = hashlib.blake2b(digest_size=8)
    for name, array in arrays.items():
        total.update(f"{name} {array.dtype.str} {array.shape}".encode())
        total.update(np.ascontiguousarray(array).tobytes())
    return total.hexdigest()


def _head(found: Translation, duration: float, seed: int) -> list[str]:
    recorded: dict[str, list[str]] = {}
    for item in found.recorded:
        names = recorded.setdefault(item.target.population, [])
        names += [v for v in item.variables if v not in names]
    lines = [
        f"# Network {json.dumps(found.name)} for pyNN.{found.backend}, written by neurosim.",
        f"# Time step {found.dt:g} ms, root seed {seed}. Needs NumPy and PyNN.",
        "#   python SCRIPT            runs it and prints the numbers of spikes",
        "#   python SCRIPT OUT.npz    also writes what was recorded",
        *(f"# Note: {json.dumps(note)[1:-1]}." for note in found.notes),
        "",
        "import sys",
        "from pathlib import Path",
        "",
        "import numpy as np",
        f"import pyNN.{found.backend} as sim",
        "",
        f"TIMESTEP = {found.dt!r}  # ms",
        f"DURATION = {duration!r}  # ms",
        f"SETUP = {setup_options(found.backend)!r}",
        f"RECORDED = {recorded!r}",
    ]
    return lines


def _body(found: Translation, writer: _Writer) -> list[str]:
    lines = [
        "",
        "",
        "def trains(times, ends):",
        '    """Lists of spike times: those of unit i end at place ends[i]."""',
        "    return [part.tolist() for part in np.split(np.asarray(times), ends[:-1])]",
        "",
        "",
        "def build():",
        '    """Make populations, projections and current sources, and ask for recording."""',
        "    populations, projections, currents = {}, {}, {}",
    ]
    for cells in found.cells:
        slot = f"populations[{cells.name!r}]"
        lines.append(f"    cell = {writer.text(cells.cell)}")
        if not is_complete(found.backend, cells.cell.name):
            lines.append('    cell.variable_map, cell.scale_factors = {"v": "V_m"}, {"v": 1.0}')
        lines.append(f"    {slot} = sim.Population({cells.size}, cell, label={cells.name!r})")
        if cells.positions is not None:
            lines.append(f"    {slot}.positions = {writer.text(cells.positions)}")
        if cells.initial:
            values = ", ".join(f"{k}={writer.text(v)}" for k, v in cells.initial.items())
            lines.append(f"    {slot}.initialize({values})")
    for wires in found.wires:
        lines += [
            f"    projections[{wires.name!r}] = sim.Projection(",
            f"        {_group(wires.pre, writer)},",
            f"        {_group(wires.post, writer)},",
            f"        {writer.text(wires.connector)},",
            f"        {writer.text(wires.synapse)},",
            f"        receptor_type={wires.receptor!r},",
            f"        label={wires.name!r},",
            "    )",
        ]
    for electrode in found.electrodes:
        slot = f"currents[{electrode.name!r}]"
        lines += [
            f"    {slot} = {writer.text(electrode.source)}",
            f"    {_group((electrode.target,), writer)}.inject({slot})",
        ]
    for item in found.recorded:
        every = "" if item.every is None else f", sampling_interval={item.every!r}"
        group = _group((item.target,), writer)
        lines.append(f"    {group}.record({list(item.variables)!r}{every})")
    return [*lines, "    return populations, projections, currents"]


def _group(parts: tuple[Part, ...], writer: _Writer) -> str:
    return " + ".join(
        f"populations[{p.population!r}]" + ("" if p.ids is None else f"[{writer.text(p.ids)}]")
        for p in parts
    )


class _Writer:
    """Turns values into text and keeps the arrays that are too long for it."""

    def __init__(self, apart: bool) -> None:
        self.apart = apart
        self.arrays: dict[str, NDArray[Any]] = {}

    def text(self, value: Any) -> str:
        if isinstance(value, Call):
            args = ", ".join(f"{k}={self.text(v)}" for k, v in value.args.items())
            return f"sim.{value.name}({args})"
        if isinstance(value, Trains):
            return f"trains({self.text(value.times)}, {self.text(value.ends)})"
        if isinstance(value, np.ndarray):
            return self.array(value)
        if isinstance(value, float) and not np.isfinite(value):
            return f'float("{value}")'
        return repr(value)

    def array(self, value: NDArray[Any]) -> str:
        if self.apart and value.size > MANY:
            name = f"a{len(self.arrays)}"
            self.arrays[name] = value
            return f'ARRAYS["{name}"]'
        kind = {"f": "float", "i": "int", "u": "int", "b": "bool"}[value.dtype.kind]
        return f"np.array({value.tolist()!r}, dtype={kind})"
