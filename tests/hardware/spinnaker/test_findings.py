from neurosim.hardware.spinnaker.findings import Finding, population, projection


def test_a_finding_is_one_line():
    found = Finding("error", "rule", projection("a->b"), "is too long", "Shorten it.")
    assert str(found) == "error: projection 'a->b': is too long. Shorten it."
    assert population("a") == "population 'a'"
