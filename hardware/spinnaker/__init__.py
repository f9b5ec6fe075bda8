"""SpiNNaker: the machine's arithmetic emulated, what fits on it, and running on a board."""
