from __future__ import annotations

import pytest

from neurosim.errors import UnsupportedError
from neurosim.io.nir.report import Report


def test_notes_do_not_stand_in_the_way():
    report = Report("net")
    assert str(report) == "network 'net': NIR expresses all of it"
    report.add("probe of 'a'", "becomes an Output", "note")
    assert report.is_faithful
    report.require(allow_lossy=False)
    assert str(report).endswith("\n- note: probe of 'a': becomes an Output")


def test_changes_must_be_allowed():
    report = Report("net")
    report.add("input 'x'", "is left out", "changes")
    assert not report.is_faithful
    with pytest.raises(UnsupportedError, match=r"- input 'x': is left out\n.*allow_lossy=True"):
        report.require(allow_lossy=False)
    report.require(allow_lossy=True)


def test_what_is_impossible_stays_so():
    report = Report("net")
    report.add("population 'a'", "AdEx has no node in NIR", "impossible")
    for allowed in (False, True):
        with pytest.raises(UnsupportedError, match="AdEx has no node") as caught:
            report.require(allow_lossy=allowed)
        assert "allow_lossy" not in str(caught.value)
