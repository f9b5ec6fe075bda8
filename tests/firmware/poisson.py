"""Starts the board's Poisson sources from the emulator's seeds."""

from __future__ import annotations

import struct
from dataclasses import replace

from neurosim.hardware.spinnaker.layout import core_seed
from neurosim.hardware.spinnaker.mapping import Mapping
from neurosim.hardware.spinnaker.settings import SOURCES_PER_CORE
from tests.firmware.image import CoreImage, Image, Region

KIND = "SpikeSourcePoissonMachineVertex"
PARAMETERS, SEED_AT = 1, 40
"""Region of the parameters, and where in it the four words of the seed are."""


def with_seeds(image: Image, mapping: Mapping) -> Image:
    """The image with other seeds in its Poisson cores."""
    names = [p.name for p in mapping.plan.populations]
    keys = {names[block.population]: block.key for block in mapping.plan.poisson}
    cores = tuple(_seeded(c, keys[c.label]) if c.kind == KIND else c for c in image.cores)
    return replace(image, cores=cores)


def _seeded(core: CoreImage, key: int) -> CoreImage:
    number, rest = divmod(core.first, SOURCES_PER_CORE)
    if rest:
        raise ValueError(f"{core.label}: a core begins at source {core.first}")
    region = core.regions[PARAMETERS]
    content = bytearray(region.content)
    struct.pack_into("<4I", content, SEED_AT, *(int(w) for w in core_seed(key, number)))
    return replace(core, regions={**core.regions, PARAMETERS: Region(region.size, bytes(content))})
