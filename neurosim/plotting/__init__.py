"""Figures of recordings; every function draws into Axes, returns them and shows nothing."""

from neurosim.plotting.raster import raster
from neurosim.plotting.rates import rate
from neurosim.plotting.style import COLOURS, styled
from neurosim.plotting.traces import traces

__all__ = ["COLOURS", "raster", "rate", "styled", "traces"]
