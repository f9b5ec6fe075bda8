"""``python -m neurosim`` is the command line."""

from neurosim.cli import app

app(prog_name="neurosim")
