"""What a recording shows of itself."""

from __future__ import annotations

import math

import numpy as np

from neurosim.network.tables import Markup, Row, columns, heading, plural, table
from neurosim.recording.recording import Recording, SpikeTrains

BINS, WIDTH, HEIGHT = 80, 240, 28
"""Number of bins and size in pixels of a sparkline."""


def text(recording: Recording) -> str:
    """The recording as aligned lines: one per population's spikes and one per signal."""
    lines = [f"Recording: {_facts(recording)}"]
    for rows in (_spikes(recording), _signals(recording)):
        lines += columns(rows) if rows else []
    return "\n".join(lines)


def html(recording: Recording) -> str:
    """The recording as HTML tables with the course of each rate, without scripts."""
    parts = [heading("Recording", _facts(recording))]
    if recording.spikes:
        rows = [
            (*row[1:], _sparkline(trains, recording.duration))
            for row, trains in zip(_spikes(recording), recording.spikes.values(), strict=True)
        ]
        parts.append(table(("spikes of", "units", "number", "mean rate", "rate over time"), rows))
    if recording.signals:
        head = ("signal", "unit", "units", "samples", "interval", "range")
        parts.append(table(head, [row[1:] for row in _signals(recording)]))
    return Markup("").join(parts)


def _facts(recording: Recording) -> str:
    info = recording.info
    known = [
        f"{word} {info[key]}{unit}"
        for key, word, unit in (
            ("name", "network", ""), ("backend", "backend", ""), ("dt", "dt", " ms"),
            ("seed", "seed", ""),
        )
        if key in info
    ]  # fmt: skip
    return ", ".join([f"{recording.duration:g} ms", *known])


def _spikes(recording: Recording) -> list[Row]:
    rows: list[Row] = []
    for name, trains in recording.spikes.items():
        units, number = plural(len(trains.recorded), "unit"), plural(len(trains), "spike")
        rows.append(("spikes", name, units, number, f"{recording.rate(name):.3g} Hz"))
    return rows


def _signals(recording: Recording) -> list[Row]:
    rows: list[Row] = []
    for (name, variable), s in recording.signals.items():
        unit = "" if s.unit == "1" else s.unit
        extent = f"{np.min(s.values):.4g} to {np.max(s.values):.4g}" if s.values.size else "none"
        units, number = plural(len(s.ids), "unit"), plural(len(s), "sample")
        rows.append(
            ("signal", f"{name}.{variable}", unit, units, number, f"every {s.dt:g} ms", extent)
        )
    return rows


def _sparkline(trains: SpikeTrains, duration: float) -> Markup:
    """The rate over the recorded time as an SVG line, from 0 to the largest."""
    stop = min(trains.stop, duration)
    if not len(trains) or not math.isfinite(stop) or stop <= trains.start:
        return Markup("")
    counts, edges = np.histogram(trains.times, BINS, (trains.start, stop))
    highest = counts.max() * 1e3 / ((edges[1] - edges[0]) * len(trains.recorded))
    x = np.linspace(1, WIDTH - 1, BINS)
    y = HEIGHT - 2 - (HEIGHT - 4) * counts / max(1, counts.max())
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    return Markup(
        f'<svg width="{WIDTH}" height="{HEIGHT}" role="img" aria-label="rate over time, at most '
        f'{highest:.3g} Hz"><title>at most {highest:.3g} Hz</title><polyline points="{points}" '
        'fill="none" stroke="currentColor" stroke-width="1"/></svg>'
    )
