from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from neurosim.errors import ClaimError, SpecError, StoreError
from neurosim.runner.claims import Claim, evaluate, read_claims, require
from tests.neurosim.runner.tiny import CLAIMS

GOOD = dict(name="c", metric="m", relation="==", value=1, source="table 1")


def claim(**fields):
    return Claim.model_validate({**GOOD, **fields})


@pytest.mark.parametrize(
    ("fields", "measured", "holds"),
    [
        (dict(value=1), 1, True),
        (dict(value=1), 1.0, True),
        (dict(value=1), 2, False),
        (dict(value=1), True, False),
        (dict(value=True), True, True),
        (dict(value=True), 1, False),
        (dict(value="a"), "a", True),
        (dict(value="a"), "b", False),
        (dict(relation=">=", value=0.5), 0.5, True),
        (dict(relation=">=", value=0.5), 0.4999, False),
        (dict(relation="<=", value=0.5), 0.5, True),
        (dict(relation="<=", value=0.5), 0.5001, False),
        (dict(relation="~", value=10, tolerance=0.5), 10.5, True),
        (dict(relation="~", value=10, tolerance=0.5), 9.4, False),
        (dict(relation="~", value=-10, tolerance=0.1, kind="relative"), -9.0, True),
        (dict(relation="~", value=-10, tolerance=0.1, kind="relative"), -11.1, False),
        (dict(relation=">=", value=0), float("nan"), False),
        (dict(relation="<=", value=0), float("nan"), False),
        (dict(relation="~", value=0, tolerance=1.0), float("nan"), False),
        (dict(relation=">=", value=0), True, False),
        (dict(relation=">=", value=0), "1", False),
    ],
)
def test_relations(fields, measured, holds):
    assert claim(**fields).holds(measured) is holds


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (dict(relation="="), "relation"),
        (dict(relation="~"), "tolerance is needed"),
        (dict(tolerance=0.1), "only there"),
        (dict(relation="~", tolerance=-0.1), "tolerance"),
        (dict(relation="~", tolerance=float("inf")), "tolerance"),
        (dict(relation=">=", value="a"), "needs a finite number"),
        (dict(relation="<=", value=True), "needs a finite number"),
        (dict(relation=">=", value=float("nan")), "needs a finite number"),
        (dict(kind="percent"), "kind"),
        (dict(source=""), "source"),
        (dict(value=[1]), "value"),
    ],
)
def test_a_claim_that_makes_no_sense_is_refused(fields, message):
    with pytest.raises(ValidationError, match=message):
        claim(**fields)


def test_texts():
    assert claim(relation="~", value=0.99, tolerance=0.01).text == "~ 0.99 ± 0.01"
    assert claim(relation="~", value=5, tolerance=0.1, kind="relative").text == "~ 5 ± 10 %"
    assert claim(relation=">=", value=3).text == ">= 3"


def test_claims_are_read(tmp_path: Path):
    (tmp_path / "claims.toml").write_text(CLAIMS)
    first, second = read_claims(tmp_path)
    assert (first.metric, first.tolerance, first.kind) == ("mean", 0.5, "absolute")
    assert second.value is True
    (tmp_path / "claims.toml").write_text("# none\n")
    assert read_claims(tmp_path) == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[claim]\n", "is not valid TOML"),
        ("[[claims]]\n", r"must hold \[\[claim\]\] tables only"),
        ("claim = 3\n", r"must hold \[\[claim\]\] tables only"),
        (CLAIMS.replace("source", "sauce", 1), "claim 1: unknown key 'sauce'. Did you mean"),
        (CLAIMS.replace('metric = "complete"\n', ""), "claim 2: key 'metric' is missing"),
        (CLAIMS.replace('"all there"', '"mean"'), "claim names must differ, got 'mean' twice"),
    ],
)
def test_wrong_claims_name_file_and_claim(tmp_path: Path, text, message):
    (tmp_path / "claims.toml").write_text(text)
    with pytest.raises(SpecError, match=message) as caught:
        read_claims(tmp_path)
    assert str(tmp_path / "claims.toml") in str(caught.value)


def test_an_experiment_has_claims(tmp_path: Path):
    with pytest.raises(StoreError, match=r"claims.toml"):
        read_claims(tmp_path)


def test_a_claim_about_nothing_is_an_error():
    with pytest.raises(SpecError, match=r"metric 'm' was not measured. Use one of: n"):
        evaluate([claim()], {"n": 1})


def test_claims_that_fail_are_listed():
    good, bad = evaluate([claim(name="a"), claim(name="b", value=2)], {"m": 1})
    assert good.holds
    assert bad.to_dict()["measured"] == 1
    require([good])
    with pytest.raises(
        ClaimError, match=r"claim 'b': m must be == 2 \(table 1\), got 1."
    ) as caught:
        require([good, bad])
    assert "'a'" not in str(caught.value)


def test_a_claim_marked_as_not_reproduced_is_shown_and_fails_no_check():
    known = claim(value=2, reproduced=False, note="other images")
    (verdict,) = evaluate([known], {"m": 1})
    assert not verdict.holds
    assert not verdict.fails
    require([verdict])
    assert verdict.to_dict()["reproduced"] is False
    with pytest.raises(ValidationError, match=r"note is needed where reproduced is false"):
        claim(value=2, reproduced=False)
