"""Choices of a deployment to SpiNNaker, by the names that sPyNNaker gives them."""

from __future__ import annotations

from typing import Any

from neurosim.declare import Bounds, Declared, flag, given, integer, number, param
from neurosim.errors import ParameterError, close_matches

NEURONS_PER_CORE = 256
"""Neurons that a core takes at most, and by default."""
SOURCES_PER_CORE = 500
"""Poisson sources that a core takes."""


def _limits(owner: str, field: str, value: Any) -> tuple[float, ...] | None:
    if value is None:
        return None
    try:
        given = list(value)
    except TypeError:
        given = [value]
    if len(given) not in (1, 2):
        raise ParameterError(
            owner, field, "must be one number, or one for excitation and one for inhibition", value,
            "Give for example [3.0, 1.0].",
        )  # fmt: skip
    bounds = Bounds("nA or uS", above=0.0)
    limits = [number(owner, field, limit, bounds, scalar=True) for limit in given]
    return tuple(limits * 2 if len(limits) == 1 else limits)


class PopulationSettings(Declared):
    """Settings of one population that differ from those of the others; ``None``: as the others."""

    neurons_per_core: int | None = integer(
        None, low=1, high=NEURONS_PER_CORE, optional=True, doc="neurons that share a core"
    )
    spikes_per_second: float | None = param(
        None, "Hz", above=0.0, optional=True, scalar=True,
        doc="rate of each source that its accumulators are made for",
    )  # fmt: skip
    ring_buffer_sigma: float | None = param(
        None, low=0.0, optional=True, scalar=True,
        doc="standard deviations above the mean that its accumulators are made for",
    )  # fmt: skip
    max_expected_summed_weight: tuple[float, ...] | None = given(
        None, convert=_limits, rule="must be one number or two", unit="nA or uS",
        doc="largest sum of weights in a step, by receptor, in place of the toolchain's estimate",
    )  # fmt: skip


def _populations(owner: str, field: str, value: Any) -> tuple[Own, ...]:
    try:
        pairs = dict(value).items()
        return tuple(
            (name, item if isinstance(item, PopulationSettings) else PopulationSettings(**item))
            for name, item in pairs
        )
    except (TypeError, ValueError) as error:
        if isinstance(error, ParameterError):
            raise
        raise ParameterError(
            owner, field, "must map names of populations to PopulationSettings", value,
            "Give for example {'cells': {'neurons_per_core': 100}}.",
        ) from error  # fmt: skip


Own = tuple[str, PopulationSettings]
"""Name of a population and its settings."""


class Settings(Declared):
    """Choices of a deployment; the defaults are those of sPyNNaker 7.4.1.

    ``populations`` maps names of populations to :class:`PopulationSettings` (or mappings of their
    fields) that go before the common ones.
    """

    neurons_per_core: int = integer(
        NEURONS_PER_CORE, low=1, high=NEURONS_PER_CORE, doc="neurons that share a core"
    )
    spikes_per_second: float = param(
        30.0, "Hz", above=0.0, scalar=True, doc="rate of each source that accumulators are made for"
    )
    ring_buffer_sigma: float = param(
        5.0, low=0.0, scalar=True,
        doc="standard deviations above the mean that accumulators are made for",
    )  # fmt: skip
    time_scale_factor: int = integer(1, low=1, doc="hardware time over biological time")
    strict: bool = flag(
        True, doc="reproduce the defects of the firmware (plastic delays of a full turn)"
    )
    populations: tuple[Own, ...] = given(
        (), convert=_populations, rule="must map names of populations to PopulationSettings",
        doc="settings of single populations",
    )  # fmt: skip

    def of(self, population: str, field: str) -> Any:
        """A setting of a population: its own, or else the common one (``None`` if there is none).

        Parameters
        ----------
        population : str
            Name of the population.
        field : str
            Name of a field of :class:`PopulationSettings`.
        """
        own = dict(self.populations).get(population)
        value = None if own is None else getattr(own, field)
        return getattr(self, field, None) if value is None else value

    def require_known(self, names: list[str]) -> None:
        """Refuse settings of populations that do not exist.

        Raises
        ------
        ParameterError
            Naming the first of them.
        """
        for name, _ in self.populations:
            if name not in names:
                raise ParameterError(
                    "Settings", "populations", "must name populations of the network", name,
                    close_matches(name, names),
                )  # fmt: skip


class Disturbance(Declared):
    """What may go wrong between cores, drawn with a seed of its own; nothing does by default.

    On a board the order of packets inside a tick is that of their arrival, and a busy machine
    drops or delays some. The emulator takes them in the order of their keys, all and in time,
    unless told otherwise here.
    """

    shuffle: bool = flag(False, doc="take the packets of a tick in a random order")
    loss: float = param(0.0, low=0.0, high=1.0, scalar=True, doc="share of packets that are lost")
    late: float = param(0.0, low=0.0, high=1.0, scalar=True, doc="share of packets that come late")
    latest: int = integer(1, low=1, high=15, doc="ticks that a late packet is late at most")
    seed: int = integer(0, low=0, doc="root of these random numbers")

    @property
    def none(self) -> bool:
        """Whether nothing is disturbed."""
        return not self.shuffle and self.loss == 0.0 and self.late == 0.0


def plain(item: Settings | Disturbance) -> dict[str, Any]:
    """The fields as plain data from which the item can be made again."""
    values = item.values()
    if "populations" in values:
        values["populations"] = {
            name: {f: list(v) if isinstance(v, tuple) else v for f, v in own.values().items()}
            for name, own in values["populations"]
        }
    return values
