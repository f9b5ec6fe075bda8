"""Compiled loops of the emulator, on whole numbers."""
