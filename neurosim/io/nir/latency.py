"""Latencies: by how many steps each layer runs behind, since every synapse takes a step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from neurosim.errors import SpecError

SOURCE = -1
"""Latency of inputs: their spikes of step ``k`` reach the first layer in step ``k``."""


class Link(NamedTuple):
    """A connection: spikes of ``source`` are meant for ``target``, ``delay`` steps later."""

    source: str
    target: str
    delay: int


def latencies(
    inputs: Iterable[str], neurons: Iterable[str], links: Iterable[Link]
) -> dict[str, int]:
    """The least latencies with which all delays can be kept.

    A node of latency ``m`` makes its step ``k`` in step ``k + m`` of the simulation. A synapse then
    has the delay ``link.delay + latency[target] - latency[source]``, which must be 1 at least.

    Parameters
    ----------
    inputs, neurons : iterable of str
        The nodes.
    links : iterable of Link
        The connections.

    Returns
    -------
    dict
        Steps by node; -1 for inputs.

    Raises
    ------
    SpecError
        If a cycle has no delay.
    """
    found = dict.fromkeys(inputs, SOURCE) | dict.fromkeys(neurons, 0)
    listed = list(links)
    because: dict[str, str] = {}
    for _ in range(len(found) + 1):
        raised = None
        for link in listed:
            least = found[link.source] + 1 - link.delay
            if found[link.target] < least:
                found[link.target], because[link.target] = least, link.source
                raised = link.target
        if raised is None:
            return found
    cycle = " -> ".join(_cycle(because, raised or ""))
    raise SpecError(
        f"nir graph: every cycle must take a step, got {cycle} without. Put a Delay of at least "
        "one step into it."
    )


def _cycle(because: Mapping[str, str], start: str) -> list[str]:
    """The cycle behind a node that was raised again and again, in the direction of the edges."""
    place, path = start, [start]
    while because[place] not in path:
        place = because[place]
        path.append(place)
    again = because[place]
    return [again, *reversed(path[path.index(again) :])]
