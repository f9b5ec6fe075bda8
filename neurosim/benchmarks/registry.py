"""Benchmarks by name.

A benchmark is anything that fits :class:`Benchmark`: networks and spans of time are
:class:`~neurosim.benchmarks.spans.NetworkBenchmark`, batches of samples are
:class:`~neurosim.benchmarks.batches.BatchBenchmark`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from neurosim.benchmarks import b6
from neurosim.benchmarks.batches import BatchBenchmark
from neurosim.benchmarks.cases import Case, Settings
from neurosim.benchmarks.networks import b1, b2, b3, b4, b5, b7
from neurosim.benchmarks.spans import NetworkBenchmark
from neurosim.errors import SpecError, close_matches


class Benchmark(Protocol):
    """What can be measured."""

    @property
    def name(self) -> str:
        """Its name, ``"b1"`` for example."""

    @property
    def option(self) -> str:
        """Name of its own option (``"weights"``, ``"activity"``), ``""`` if it has none."""

    @property
    def cases(self) -> tuple[Case, ...]:
        """What ``neurosim bench all`` measures; empty to be left out."""

    @property
    def peers(self) -> tuple[str, ...]:
        """Names of the peers that can run it."""

    @property
    def threaded(self) -> bool:
        """Whether it can use several threads."""

    @property
    def small(self) -> float | None:
        """A scale that is built at once, to time compiling; ``None`` to time no first steps."""

    def checked(self, case: Case) -> Case:
        """The case with its variant filled in.

        Raises
        ------
        NeurosimError
            If the benchmark has no such case.
        """

    def measure(self, case: Case, settings: Settings) -> dict[str, Any]:
        """Run and time it in this process; see :func:`~neurosim.benchmarks.spans.measure`."""

    def step(self, case: Case, settings: Settings) -> None:
        """Build it and make one step."""

    def task(self, case: Case, settings: Settings) -> dict[str, Any]:
        """The same work as plain data, for a peer."""

    def judge(self, case: Case, answer: Mapping[str, Any], duration: float) -> dict[str, Any]:
        """Rates of a peer's answer, and whether they count."""


BENCHMARKS: dict[str, Benchmark] = {
    made.name: made
    for made in (
        NetworkBenchmark(
            "b1", b1, cases=tuple(Case("b1", scale) for scale in (1.0, 5.0, 20.0)),
            peers=("nest", "brian2", "brian2-cpp", "annarchy"), small=0.05,
        ),
        NetworkBenchmark(
            "b2", b2, cases=(Case("b2"), Case("b2", 20.0)),
            peers=("nest", "brian2", "brian2-cpp", "annarchy"), small=0.05,
        ),
        NetworkBenchmark(
            "b3", b3, "weights", ("own", "one"), (Case("b3", 1.0, "own"), Case("b3", 1.0, "one")),
            peers=("nest", "brian2", "brian2-cpp", "annarchy"), small=0.05,
        ),
        NetworkBenchmark(
            "b4", b4, "weights", ("one", "own"), (Case("b4", 1.0, "one"),),
            peers=("nest", "brian2", "brian2-cpp"), small=0.05,
        ),
        NetworkBenchmark("b5", b5, peers=("nest",), small=0.02),
        BatchBenchmark(
            "b6",
            b6.measure,
            dict(
                inputs=b6.INPUTS, hidden=b6.HIDDEN, batch=b6.BATCH, steps=b6.STEPS, beta=0.95,
                probability=0.02, threshold=1.0, input_sd=0.1, recurrent_sd=0.02,
            ),
            b6.ACCEPTED,
        ),
        NetworkBenchmark(
            "b7", b7, "activity", ("active", "sparse", "silent"),
            tuple(Case("b7", 1.0, activity) for activity in ("silent", "sparse", "active")),
            peers=("nest", "brian2", "brian2-cpp"), small=0.01, seeded=True,
        ),
    )
}  # fmt: skip
"""Benchmarks by name, in the order in which ``neurosim bench all`` measures them."""


def benchmark(name: str) -> Benchmark:
    """The benchmark of that name.

    Raises
    ------
    SpecError
        If there is none.
    """
    if name not in BENCHMARKS:
        hint = close_matches(name, BENCHMARKS)
        raise SpecError(f"bench: must be known, got {name!r}. {hint}")
    return BENCHMARKS[name]


def case_of(name: str, scale: float = 1.0, **options: str | None) -> Case:
    """The case that a user asks for.

    Parameters
    ----------
    name : str
        Name of a benchmark.
    scale : float
        Number of neurons as a multiple of the published one.
    **options
        Values of the options of benchmarks, ``None`` for those that were not given.

    Raises
    ------
    SpecError
        If there is no such benchmark, or it lacks an option that was given.
    """
    found = benchmark(name)
    given = {key: value for key, value in options.items() if value is not None}
    for key, value in given.items():
        if key != found.option:
            raise SpecError(f"{name}.{key}: is no option of {name}, got {value!r}. Leave it out.")
    return found.checked(Case(name, scale, given.get(found.option, "")))
