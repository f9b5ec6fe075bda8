"""What a run recorded, and how it is collected."""

from neurosim.recording.recording import Recording, Signal, SpikeTrains

__all__ = ["Recording", "Signal", "SpikeTrains"]
