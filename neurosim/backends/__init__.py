"""Ways to run plans."""
