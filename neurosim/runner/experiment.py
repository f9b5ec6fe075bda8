"""What an experiment is: parameters, a function that runs, a figure and claims beside it.

An experiment is a folder with an ``EXPERIMENT`` of this form in its ``__init__.py`` and a
``claims.toml``; see :mod:`neurosim.runner.claims`. The runner receives experiments and knows none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from neurosim import seeds
from neurosim.backends.progress import bar
from neurosim.declare import Declared
from neurosim.errors import ParameterError
from neurosim.network.network import Network
from neurosim.recording.recording import Recording

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Metric = float | int | bool | str
Item = TypeVar("Item")


@dataclass(frozen=True)
class Result:
    """What a run of an experiment gave.

    Parameters
    ----------
    metrics : mapping of str to float, int, bool or str
        Named numbers; claims are about these. NumPy scalars are turned into plain ones.
    arrays : mapping of str to ndarray
        Data behind the metrics and the figure.
    recordings : mapping of str to Recording
        Recordings worth keeping.
    notes : tuple of str
        Sentences for the report.

    Raises
    ------
    ParameterError
        If a metric is no single value or an array holds objects.
    """

    metrics: Mapping[str, Metric]
    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    recordings: Mapping[str, Recording] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        metrics = {name: _metric(name, value) for name, value in self.metrics.items()}
        arrays = {name: _array(name, value) for name, value in self.arrays.items()}
        object.__setattr__(self, "metrics", metrics)
        object.__setattr__(self, "arrays", arrays)


@dataclass(frozen=True)
class Context:
    """What an experiment gets beside its parameters.

    Parameters
    ----------
    seed : int
        Root of all randomness of the run.
    backend : str
        Name of the backend to simulate with.
    scratch : Path
        An empty folder that is deleted after the run.
    progress : bool or None
        Show progress bars; None decides by whether someone watches.
    """

    seed: int
    backend: str
    scratch: Path
    progress: bool | None = None

    def rng(self, name: str) -> np.random.Generator:
        """A generator for the stream ``name``, independent of all other names."""
        return seeds.generator(self.seed, name)

    def track(self, items: Iterable[Item], title: str) -> Iterator[Item]:
        """The items in order, with a progress bar when someone watches."""
        known = list(items)
        with bar(len(known), self.progress, title) as shown:
            for done, item in enumerate(known):
                shown.update(done)
                yield item


@dataclass(frozen=True)
class Setup:
    """The network of an experiment and how it is run, for those who run it elsewhere.

    Parameters
    ----------
    network : Network
        The network.
    dt : float
        Time step, ms.
    duration : float or None
        Length of the run, ms; None if it is open.
    """

    network: Network
    dt: float
    duration: float | None = None


@dataclass(frozen=True)
class Experiment:
    """An experiment that the runner can execute.

    Parameters
    ----------
    name : str
        Its name on the command line; also the name of its module.
    summary : str
        One line for lists.
    params : type of Declared
        Its parameters. Every field has a default.
    run : function
        ``run(params, context) -> Result``.
    figure : function or None
        ``figure(result, params) -> matplotlib Figure``.
    folder : Path
        Where ``claims.toml`` is.
    setup : function or None
        ``setup(params) -> Setup``, for experiments that are about one network: what ``neurosim
        deploy`` takes to a machine.
    """

    name: str
    summary: str
    params: type[Declared]
    run: Callable[[Any, Context], Result]
    figure: Callable[[Result, Any], Figure] | None
    folder: Path
    setup: Callable[[Any], Setup] | None = None


def _metric(name: str, value: Any) -> Metric:
    plain = value.item() if isinstance(value, np.generic) else value
    if not isinstance(plain, (float, int, bool, str)):
        raise ParameterError(
            "Result", "metrics", "must be numbers, truth values or words", value,
            "Put arrays into 'arrays'.", f"metric {name!r}",
        )  # fmt: skip
    return plain


def _array(name: str, value: Any) -> NDArray[Any]:
    array = np.asarray(value)
    if array.dtype.hasobject:
        raise ParameterError(
            "Result", "arrays", "must hold numbers or fixed-length text", value,
            "Convert it before.", f"array {name!r}",
        )  # fmt: skip
    return array
