"""What a network shows of itself."""

from __future__ import annotations

from neurosim.network.network import Network
from neurosim.network.population import View
from neurosim.network.projection import Probe
from neurosim.network.tables import Markup, Row, columns, heading, plural, table

Part = tuple[str, tuple[str, ...], list[Row]]


def text(network: Network) -> str:
    """The network as aligned lines: one per population, projection, input, current and probe."""
    lines = [f"Network {network.name!r}: {_facts(network)}"]
    for title, _, rows in _parts(network):
        lines += [f"  {title}", *columns(rows, "    ")]
    return "\n".join(lines)


def html(network: Network) -> str:
    """The network as HTML tables, without scripts and with all names escaped."""
    parts = [heading(f"Network {network.name!r}", _facts(network))]
    for title, head, rows in _parts(network):
        parts += [heading(title, ""), table(head, rows)]
    return Markup("").join(parts)


def _facts(network: Network) -> str:
    units = sum(p.size for p in network.populations.values())
    return (
        f"{plural(len(network.populations), 'population')}, {plural(units, 'unit')}, "
        f"{plural(len(network.projections), 'projection')}, timing {network.timing!r}"
    )


def _parts(network: Network) -> list[Part]:
    parts: list[Part] = [
        (
            "populations",
            ("name", "size", "kind"),
            [(p.name, p.size, repr(p.kind)) for p in network.populations.values()],
        ),
        (
            "projections",
            ("name", "from", "to", "connector", "synapse", "receptor"),
            [
                (p.name, _side(p.pre), _side(p.post), p.connector, p.synapse, p.receptor)
                for p in network.projections.values()
            ],
        ),
        (
            "inputs",
            ("name", "target", "source"),
            [(i.name, _view(i.target), i.source) for i in network.inputs.values()],
        ),
        (
            "currents",
            ("name", "target", "source"),
            [(i.name, _view(i.target), i.source) for i in network.injections.values()],
        ),
        (
            "recorded",
            ("units", "variables", "when"),
            [(_view(p.target), ", ".join(p.variables), _when(p)) for p in network.probes],
        ),
    ]
    return [part for part in parts if part[2]]


def _side(views: tuple[View, ...]) -> str:
    return " + ".join(map(_view, views))


def _view(view: View) -> str:
    whole = isinstance(view.ids, range) and view.ids == view.population.ids
    return view.name if whole else repr(view)


def _when(probe: Probe) -> str:
    every = "every step" if probe.every is None else f"every {probe.every:g} ms"
    if probe.stop is not None:
        return f"{every}, from {probe.start:g} to {probe.stop:g} ms"
    return f"{every}, from {probe.start:g} ms" if probe.start else every
