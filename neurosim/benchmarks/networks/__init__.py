"""Benchmark networks, built as a user would build them."""

from neurosim.benchmarks.definition import DT, Bench
from neurosim.benchmarks.networks.brunel import b3, b4
from neurosim.benchmarks.networks.microcircuit import b5
from neurosim.benchmarks.networks.silence import b7
from neurosim.benchmarks.networks.va import b1, b2

__all__ = ["DT", "Bench", "b1", "b2", "b3", "b4", "b5", "b7"]
