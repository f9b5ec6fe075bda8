"""Named child seeds of one root seed.

Every consumer of randomness asks for a child by name (``child(root, "projection/a->b/weights")``).
The name decides the stream, not the order of the calls, so adding a probe or a population changes
nothing else.
"""

from __future__ import annotations

import hashlib
import secrets

import numpy as np


def fresh() -> int:
    """A new random root seed, to be stored with the result."""
    return secrets.randbits(32)


def child(root: int, name: str) -> int:
    """A 64-bit key for the stream ``name`` of ``root``.

    Examples
    --------
    >>> child(1, "a") == child(1, "a"), child(1, "a") == child(1, "b")
    (True, False)
    """
    digest = hashlib.blake2b(f"{int(root)}/{name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def generator(root: int, name: str) -> np.random.Generator:
    """A NumPy generator for the stream ``name``, for draws outside kernels."""
    return np.random.Generator(np.random.PCG64(child(root, name)))
