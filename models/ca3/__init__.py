"""The CA3 content-addressable memory and the minimal address memory."""

from neurosim.models.ca3.address import AddressMemory, build_address
from neurosim.models.ca3.memory import CA3Memory
from neurosim.models.ca3.network import BACKWARD, FORWARD, POPULATIONS, build, counts
from neurosim.models.ca3.operations import Answer, Learn, Operation, RecallContent, RecallCue
from neurosim.models.ca3.oracle import Oracle
from neurosim.models.ca3.params import CA3Params, Circuit
from neurosim.models.ca3.play import answers, play
from neurosim.models.ca3.retrieval import Retrieval, retrieve
from neurosim.models.ca3.table import SpikeTable, spike_table
from neurosim.models.ca3.timing import DOCUMENTED, SAFE, Spacing, schedule

SUMMARY = (
    "content-addressable memory of hippocampal CA3: learns, recalls by cue or content, forgets"
)

__all__ = [
    "BACKWARD",
    "DOCUMENTED",
    "FORWARD",
    "POPULATIONS",
    "SAFE",
    "SUMMARY",
    "AddressMemory",
    "Answer",
    "CA3Memory",
    "CA3Params",
    "Circuit",
    "Learn",
    "Operation",
    "Oracle",
    "RecallContent",
    "RecallCue",
    "Retrieval",
    "Spacing",
    "SpikeTable",
    "answers",
    "build",
    "build_address",
    "counts",
    "play",
    "retrieve",
    "schedule",
    "spike_table",
]
