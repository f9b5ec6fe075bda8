"""Lowered networks."""

from neurosim.plan.lower import lower
from neurosim.plan.plan import Plan

__all__ = ["Plan", "lower"]
