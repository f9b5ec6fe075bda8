"""Benchmark networks with known rates, and how their speed is measured."""
