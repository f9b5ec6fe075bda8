"""Suites for authors of backends: named networks, checks, and strategies for random networks."""
