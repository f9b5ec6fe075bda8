from __future__ import annotations

from neurosim.benchmarks.results import Change
from neurosim.benchmarks.show import (
    CHANGE,
    GOAL,
    PEER,
    SUMMARY,
    change_rows,
    detail_rows,
    goal_rows,
    peer_rows,
    summary_rows,
)

GOALS = [
    dict(level="must", quantity="seconds", goal=0.05, value=0.04, met=True, because="peer"),
    dict(level="should", quantity="seconds", goal=0.02, value=0.04, met=None, because="peer"),
    dict(level="must", quantity="peak_mb", goal=100.0, value=180.0, met=False, because="bound"),
]
PEERS = [
    dict(peer="nest", simulator="NEST 3", threads=1, wall_s=1.0, cpu_s=0.8, rate_hz=5.1,
         rates_ok=False, peak_mb=290.0, wall_ratio=0.041, cpu_ratio=0.05, note="same work"),
]  # fmt: skip
REPORT = dict(
    bench="b1", scale=5.0, variant="", precision="double", threads=1, wall_s=0.041, cpu_s=0.04,
    ns_per_event=None, rtf=0.041, rate_hz=5.2, rates={"excitatory": 5.0, "inhibitory": 6.0},
    rates_ok=True, peak_mb=1800.4, peers=PEERS, goals=GOALS,
)  # fmt: skip


def test_a_summary_has_a_row_per_report_and_per_peer():
    ours, peer = summary_rows([REPORT])
    assert len(ours) == len(peer) == len(SUMMARY)
    assert ours == [
        "b1 x5", "double", "1", "0.041", "0.04", "", "0.041", "5.2", "yes", "1800", "0.05", "0.02",
        "must met, peak_mb MISSED",
    ]  # fmt: skip
    assert peer[0].strip() == "nest"
    assert peer[8] == "NO"
    assert peer[-1] == "ours is 0.05 of it (CPU)"


def test_details_name_every_quantity():
    rows = dict(detail_rows(REPORT))
    assert rows["rates"] == "excitatory 5, inhibitory 6"
    assert (rows["rates_ok"], rows["wall_s"], rows["threads"]) == ("yes", "0.041", "1")
    assert "peers" not in rows


def test_peers_and_goals():
    (row,) = peer_rows(REPORT)
    assert len(row) == len(PEER)
    assert row[0] == "nest (NEST 3)"
    assert row[-3:] == ["0.041", "0.05", "same work"]
    rows = goal_rows(REPORT)
    assert {len(r) for r in rows} == {len(GOAL)}
    assert [r[4] for r in rows] == ["met", "not judged", "MISSED"]


def test_a_run_without_published_rates_is_not_known_to_count():
    (row,) = summary_rows([REPORT | {"rates_ok": None, "peers": [], "goals": []}])
    assert row[8:] == ["not known", "1800", "", "", ""]


def test_changes():
    rows = change_rows([Change("b1", "cpu_s", 1.0, 1.5, 1.5, 1.1), Change("b1", "x", 1, 1, 1, 1.1)])
    assert {len(r) for r in rows} == {len(CHANGE)}
    assert [r[-1] for r in rows] == ["SLOWER", "fine"]
