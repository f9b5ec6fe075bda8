"""Store digits by cue, recall them by cue and by fragment, overwrite some, forget some.

Everything is done by the network and by the oracle. A fragment is presented bit by bit, and the cue
with most votes is recalled. Queries by several bits at once, and the documented spacing, are tried
on memories of their own, since they spoil what is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from neurosim.datasets.digits import LEVELS
from neurosim.declare import Declared, given, integer, nested, param
from neurosim.errors import ParameterError
from neurosim.experiments._ca3 import judge, memory_setup, spacing_text
from neurosim.experiments.ca3_recall.images import N_PIXELS, Images, chosen, digits
from neurosim.models.ca3.memory import CA3Memory
from neurosim.models.ca3.network import OUT
from neurosim.models.ca3.operations import Learn, Operation, RecallContent, RecallCue
from neurosim.models.ca3.oracle import Oracle
from neurosim.models.ca3.params import CA3Params, Circuit
from neurosim.models.ca3.retrieval import Associative, Retrieval, retrieve
from neurosim.models.ca3.timing import DOCUMENTED, Spacing, as_spacing, schedule
from neurosim.runner.experiment import Context, Result, Setup

QUERY_BITS = (1, 3, 6)
"""Bits of the queries that are presented at once."""
OUT_RECORDING = "out"

Metrics = dict[str, float | int]
Arrays = dict[str, NDArray[np.bool_] | NDArray[np.int64]]


class Params(Declared):
    """Parameters of the experiment."""

    n_cues: int = integer(16, low=2, doc="images stored")
    threshold: int = integer(12, low=1, high=LEVELS, doc="grey level from which a pixel is on")
    fragment: int = integer(10, low=1, doc="pixels of a fragment")
    short_fragment: int = integer(6, low=1, doc="pixels of a short fragment")
    overwritten: float = param(0.5, low=0.0, high=1.0, scalar=True, doc="share of cues overwritten")
    forgotten: int = integer(2, low=0, doc="cues forgotten at the end")
    draws: int = integer(50, low=1, doc="choices of images for the expectation by the oracle")
    spacing: str = given(
        "safe", convert=spacing_text, rule="must be a spacing", doc="'safe', 'documented' or 14/14"
    )
    circuit: Circuit = nested(Circuit, doc="cells, weights, delays, plasticity")

    def check(self) -> None:
        if self.forgotten > self.n_cues:
            raise ParameterError(
                "Params", "forgotten", f"must be <= n_cues ({self.n_cues})", self.forgotten,
                "Lower it.",
            )  # fmt: skip

    @property
    def policy(self) -> Spacing:
        """The spacing in steps."""
        return as_spacing("Params", "spacing", self.spacing)


def setup(params: Params) -> Setup:
    """The memory, whose input is fed while it runs."""
    return memory_setup(CA3Params(params.n_cues, N_PIXELS, params.circuit))


def run(params: Params, context: Context) -> Result:
    """Carry out all parts; see the module."""
    n = params.n_cues
    pool, labels = digits(params.threshold)
    both = chosen(2 * n, len(pool), context.rng("images"))
    old, fresh = pool[both[:n]], pool[both[n:]]
    replaced = np.zeros(n, dtype=np.bool_)
    replaced[context.rng("overwritten").permutation(n)[: round(params.overwritten * n)]] = True
    new = np.where(replaced[:, np.newaxis], fresh, old)
    lost = np.zeros(n, dtype=np.bool_)
    lost[context.rng("forgotten").permutation(n)[: params.forgotten]] = True

    with CA3Memory(
        n, N_PIXELS, spacing=params.policy, backend=context.backend, seed=context.seed,
        circuit=params.circuit,
    ) as memory:  # fmt: skip
        session = _Session(memory, Oracle(n, N_PIXELS), params, context)
        session.learn(old, np.arange(n))
        session.ask(old, "")
        session.learn(new, np.flatnonzero(replaced))
        session.ask(new, "new_")
        session.forget(new, np.flatnonzero(lost))
        session.metrics["operations"] = session.operations
        session.metrics["operations_per_second"] = session.operations / session.seconds
        session.metrics["simulated_ms_per_second"] = memory.t / session.seconds
        recording = memory.simulation.recording()
    session.metrics |= _expectation(pool, params, context)
    session.metrics |= _direct_queries(old, params, context)
    session.metrics |= _documented(old, fresh, params, context)
    digit = labels[both].reshape(2, n)
    arrays = session.arrays | {"labels": digit, "replaced": replaced, "forgotten": lost}
    return Result(session.metrics, arrays, {OUT_RECORDING: recording})


class _Session:
    """A memory and an oracle that are used in the same way, and what came of it."""

    def __init__(self, memory: CA3Memory, oracle: Oracle, params: Params, context: Context) -> None:
        self.memory, self.oracle, self.params, self.context = memory, oracle, params, context
        self.metrics: Metrics = {}
        self.arrays: Arrays = {}
        self.operations, self.seconds = 0, 0.0

    def learn(self, images: Images, cues: NDArray[np.int64]) -> None:
        """Store the images of some cues."""
        began = perf_counter()
        for cue in cues.tolist():
            self.memory.learn(cue, _bits(images[cue]))
            self.oracle.learn(cue, _bits(images[cue]))
        self.operations += len(cues)
        self.seconds += perf_counter() - began

    def ask(self, images: Images, prefix: str) -> None:
        """Recall every cue, and complete a fragment of every image, of either length."""
        recalled = self._recalled(self.memory)
        right = (recalled == images).all(axis=1)
        wanted = (self._recalled(self.oracle) == images).all(axis=1)
        self.metrics[f"{prefix}recall_accuracy"] = float(right.mean())
        self.metrics[f"{prefix}recall_accuracy_oracle"] = float(wanted.mean())
        self.arrays |= {f"{prefix}stored": images, f"{prefix}recalled": recalled}
        for name, length in (
            ("fragment", self.params.fragment), ("short_fragment", self.params.short_fragment)
        ):  # fmt: skip
            rng = self.context.rng(f"{prefix}{name}")
            fragments = np.array([_fragment(image, length, rng) for image in images])
            found = self._completed(self.memory, fragments, f"{prefix}{name}")
            judged = [retrieve(self.oracle, _bits(f)) for f in fragments]
            completed = np.array([_image(r.content) for r in found])
            expected = np.array([_image(r.content) for r in judged])
            same = [np.array_equal(a.votes, b.votes) for a, b in zip(found, judged, strict=True)]
            self.metrics |= {
                f"{prefix}{name}_accuracy": float((completed == images).all(axis=1).mean()),
                f"{prefix}{name}_accuracy_oracle": float((expected == images).all(axis=1).mean()),
                f"{prefix}{name}_same_votes": float(np.mean(same)),
            }
            self.arrays |= {f"{prefix}{name}": fragments, f"{prefix}{name}_recalled": completed}

    def forget(self, images: Images, cues: NDArray[np.int64]) -> None:
        """Forget some cues, then recall all, and look for the forgotten ones by their bits."""
        began = perf_counter()
        for cue in cues.tolist():
            self.memory.forget(cue)
            self.oracle.forget(cue)
        self.operations += len(cues)
        self.seconds += perf_counter() - began
        recalled = self._recalled(self.memory)
        wanted = images.copy()
        wanted[cues] = False
        found = self._completed(self.memory, images[cues], "forgotten")
        self.metrics["forgotten_recall_accuracy"] = float((recalled == wanted).all(axis=1).mean())
        self.metrics["forgotten_found_by_bit"] = sum(
            int(r.votes[cue]) for r, cue in zip(found, cues, strict=True)
        )
        self.arrays["forgotten_recalled"] = recalled

    def _recalled(self, memory: Associative) -> Images:
        began = perf_counter()
        answers = [memory.recall_cue(cue) for cue in range(self.params.n_cues)]
        if memory is self.memory:
            self.operations += len(answers)
            self.seconds += perf_counter() - began
        return np.array([_image(bits) for bits in answers])

    def _completed(self, memory: CA3Memory, fragments: Images, title: str) -> list[Retrieval]:
        began = perf_counter()
        found = [retrieve(memory, _bits(f)) for f in self.context.track(list(fragments), title)]
        self.operations += int(fragments.sum()) + sum(r.cue is not None for r in found)
        self.seconds += perf_counter() - began
        return found


def _expectation(pool: Images, params: Params, context: Context) -> Metrics:
    """How well fragments determine a cue, by the oracle, over many choices of images."""
    metrics: Metrics = {}
    for name, length in (("fragment", params.fragment), ("short_fragment", params.short_fragment)):
        rng = context.rng(f"expectation/{name}")
        unique, matches = [], []
        for _ in range(params.draws):
            images = pool[chosen(params.n_cues, len(pool), rng)]
            oracle = Oracle(len(images), N_PIXELS)
            for cue, image in enumerate(images):
                oracle.learn(cue, _bits(image))
            for cue, image in enumerate(images):
                found = retrieve(oracle, _bits(_fragment(image, length, rng)))
                unique.append(found.unique and found.cue == cue)
                matches.append((found.votes > 0).mean())
        metrics[f"{name}_unique_winner"] = float(np.mean(unique))
        metrics[f"{name}_matched_by_or"] = float(np.mean(matches))
    return metrics


def _direct_queries(images: Images, params: Params, context: Context) -> Metrics:
    """Queries by several bits at once, one per image, each length on a memory of its own."""
    metrics: Metrics = {}
    for prefix, spacing in (("", params.policy), ("documented_", DOCUMENTED)):
        for length in QUERY_BITS:
            rng = context.rng(f"query/{length}")
            queries = [RecallContent(_bits(_fragment(image, length, rng))) for image in images]
            right = _right([*_learns(images), *queries], spacing, params, context)
            metrics[f"{prefix}query_{length}_accuracy"] = float(right[-len(queries) :].mean())
    return metrics


def _documented(images: Images, fresh: Images, params: Params, context: Context) -> Metrics:
    """Recall by cue at the documented spacing, after storing and after overwriting all."""
    recalls = [RecallCue(cue) for cue in range(len(images))]
    operations = [*_learns(images), *recalls, *_learns(fresh), *recalls]
    right = _right(operations, DOCUMENTED, params, context)
    return {
        "documented_recall_accuracy": float(right[len(images) :][: len(images)].mean()),
        "documented_new_recall_accuracy": float(right[-len(recalls) :].mean()),
    }


def _right(
    operations: Sequence[Operation], spacing: Spacing, params: Params, context: Context
) -> NDArray[np.bool_]:
    size = CA3Params(params.n_cues, N_PIXELS, params.circuit)
    return judge(schedule(operations, spacing), size, context, record=(OUT,)).right


def _learns(images: Images) -> list[Learn]:
    return [Learn(cue, _bits(image)) for cue, image in enumerate(images)]


def _bits(image: NDArray[np.bool_]) -> set[int]:
    return set(np.flatnonzero(image).tolist())


def _image(bits: set[int]) -> NDArray[np.bool_]:
    image = np.zeros(N_PIXELS, dtype=np.bool_)
    image[sorted(bits)] = True
    return image


def _fragment(image: NDArray[np.bool_], length: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    on = np.flatnonzero(image)
    return _image(set(rng.choice(on, min(length, len(on)), replace=False).tolist()))
