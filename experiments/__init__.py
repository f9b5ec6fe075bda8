"""Experiments with published claims, imported as ``neurosim.experiments``; run by name."""
