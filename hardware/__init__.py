"""Hardware backends, imported as ``neurosim.hardware``."""
