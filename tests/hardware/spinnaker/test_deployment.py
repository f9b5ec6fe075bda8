"""What the toolchain says of a deployment."""

from __future__ import annotations

from neurosim.hardware.spinnaker.deployment import Facts, Placed


def test_cores_and_chips_are_those_of_the_network():
    placements = (
        Placed("SYSTEM:ExtraMonitor", "", 5, 5, 1, "extra_monitor_support.aplx", 0, 0),
        Placed("b", "cells", 0, 1, 4, "IF_curr_exp.aplx", 100, 149),
        Placed("a", "cells", 0, 0, 3, "IF_curr_exp.aplx", 0, 99),
        Placed("s", "source", 0, 0, 4, "reverse_iptag_multicast_source.aplx", 0, 2),
    )
    facts = Facts("7.4.1", True, placements, {}, {})
    assert (facts.cores, facts.chips) == (3, 2)
    assert [p.first for p in facts.of("cells")] == [0, 100]
    assert facts.of("nobody") == ()
