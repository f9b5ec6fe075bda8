"""Run experiments: parameters by dotted names, claims, outputs with provenance."""

from neurosim.runner.claims import Claim, Verdict
from neurosim.runner.execute import Outcome, execute
from neurosim.runner.experiment import Context, Experiment, Result

__all__ = ["Claim", "Context", "Experiment", "Outcome", "Result", "Verdict", "execute"]
