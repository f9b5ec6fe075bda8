"""The command line: ``neurosim COMMAND``."""

from neurosim.cli.main import app

__all__ = ["app"]
