import neurosim as ns


def test_a_static_synapse_has_a_weight_and_a_delay_only():
    assert list(ns.Static.declared()) == ["weight", "delay"]
    assert repr(ns.Static(0.5, 1.0)) == "Static(weight=0.5, delay=1.0)"
