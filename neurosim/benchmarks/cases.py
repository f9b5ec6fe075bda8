"""What to measure and how: a case of a benchmark, and the settings of a measurement."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from neurosim.benchmarks.definition import DT, checked_scale, one_of
from neurosim.declare import Bounds, number
from neurosim.errors import ParameterError
from neurosim.facade import DEFAULT_BACKEND

PRECISIONS = ("double", "single")


@dataclass(frozen=True)
class Case:
    """A benchmark at a size, in one of its variants.

    Parameters
    ----------
    name : str
        Name of the benchmark, ``"b1"`` to ``"b7"``.
    scale : float
        Number of neurons as a multiple of the published one.
    variant : str
        Value of the benchmark's own option, ``""`` for its default.
    """

    name: str
    scale: float = 1.0
    variant: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "scale", checked_scale(self.scale))

    @property
    def label(self) -> str:
        """Short text, for example ``"b1 x5"`` or ``"b3 own"``."""
        size = "" if self.scale == 1.0 else f"x{self.scale:g}"
        return " ".join(part for part in (self.name, size, self.variant) if part)


@dataclass(frozen=True)
class Settings:
    """How to measure.

    Parameters
    ----------
    threads : int
        Threads of the step loop.
    repeats : int
        Spans that are timed.
    duration : float
        Length of a span, ms.
    seed : int
        Root of all randomness.
    backend, precision : str
        As in :func:`neurosim.simulate`.

    Raises
    ------
    ParameterError
        If one is not allowed.
    """

    threads: int = 1
    repeats: int = 3
    duration: float = 1000.0
    seed: int = 1
    backend: str = DEFAULT_BACKEND
    precision: str = "double"

    def __post_init__(self) -> None:
        for field, low in (("threads", 1), ("repeats", 1), ("seed", 0)):
            value = getattr(self, field)
            if isinstance(value, bool) or not isinstance(value, int) or value < low:
                rule = f"must be a whole number >= {low}"
                raise ParameterError("bench", field, rule, value, "Give such a number.")
        duration = number("bench", "duration", self.duration, Bounds("ms", low=DT), scalar=True)
        object.__setattr__(self, "duration", float(duration))
        one_of("bench", "precision", self.precision, PRECISIONS)

    def simulation_options(self) -> dict[str, Any]:
        """Arguments of :func:`neurosim.prepare`."""
        return {
            "dt": DT, "seed": self.seed, "backend": self.backend, "precision": self.precision,
            "threads": self.threads, "progress": False,
        }  # fmt: skip


def plain(case: Case, settings: Settings) -> dict[str, Any]:
    """Both as plain data (JSON), for another process; :func:`restored` reads it."""
    return {"case": asdict(case), "settings": asdict(settings)}


def restored(data: dict[str, Any]) -> tuple[Case, Settings]:
    """What :func:`plain` was given."""
    return Case(**data["case"]), Settings(**data["settings"])
