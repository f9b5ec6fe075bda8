"""Models built on neurosim. Every model package has a line called ``SUMMARY``."""
