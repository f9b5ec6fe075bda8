"""The board's own programs as the judge of the emulator; run by ``pytest -m firmware``."""
