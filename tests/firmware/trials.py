"""What is compared word by word."""

from __future__ import annotations

from neurosim.hardware.spinnaker.settings import Disturbance, Settings
from tests.firmware import networks
from tests.firmware.emulated import Trial

TIGHT = Settings(populations={"a": {"max_expected_summed_weight": [0.6, 0.4]}})
"""Accumulators too small for what arrives."""
LATE = Disturbance(late=0.3, latest=4, seed=5)

TRIALS = [
    *(Trial(networks.static(kind, 1.0, seed)) for kind in networks.CELLS for seed in (1, 2)),
    *(Trial(networks.static(kind, 0.1, 3), 0.1) for kind in networks.CELLS),
    Trial(networks.static("exp", 1.0, 4), steps=(1, 62, 1, 136)),
    Trial(networks.static("exp", 1.0, 5), settings=Settings(neurons_per_core=11)),
    Trial(networks.static("exp", 1.0, 6), settings=TIGHT),
    Trial(networks.static("exp", 1.0, 7), disturbance=LATE),
    Trial(networks.plastic("additive", "all_to_all", 7, 1)),
    Trial(networks.plastic("additive", "all_to_all", 8, 2)),
    Trial(networks.plastic("multiplicative", "all_to_all", 6, 3)),
    Trial(networks.plastic("multiplicative", "all_to_all", 4, 4)),
    Trial(networks.plastic("additive", "nearest", 5, 5)),
    Trial(networks.plastic("additive", "nearest", 2, 6)),
    Trial(networks.plastic("additive", "all_to_all", 5, 7), steps=(90, 110)),
    Trial(networks.plastic("additive", "all_to_all", 7, 8), disturbance=LATE),
    Trial(networks.long_delays(1)),
    Trial(networks.extremes(1)),
    Trial(networks.plastic("additive", "all_to_all", 7, 9, "cond")),
    Trial(networks.plastic("additive", "all_to_all", 6, 10, "izhikevich")),
    Trial(networks.plastic("additive", "all_to_all", 5, 11, "alpha")),
    Trial(networks.plastic("additive", "nearest", 6, 12, "cond")),
    Trial(networks.plastic("additive", "all_to_all", 6, 16, "delta")),
    Trial(networks.plastic("additive", "nearest", 5, 17, "delta")),
    Trial(networks.plastic("additive", "all_to_all", 12, 13, dt=0.1), 0.1),
    Trial(networks.plastic("multiplicative", "nearest", 5, 14)),
    Trial(
        networks.plastic("additive", "all_to_all", 9, 15), settings=Settings(neurons_per_core=10)
    ),
    Trial(networks.injected("exp", 1.0, 1)),
    Trial(networks.injected("izhikevich", 0.1, 2), 0.1),
    Trial(networks.injected("cond", 1.0, 3), steps=(60, 140)),
    Trial(networks.noisy(1.0, 1)),
    Trial(networks.noisy(0.1, 2), 0.1),
    Trial(networks.crossed(1), settings=TIGHT),  # keys are not in the order of the populations
]
