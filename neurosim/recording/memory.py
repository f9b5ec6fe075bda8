"""How much memory is free, where the system tells."""

from __future__ import annotations

from pathlib import Path

MEMINFO = Path("/proc/meminfo")
GROUP = Path("/sys/fs/cgroup")
UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")


def available(meminfo: Path = MEMINFO, group: Path = GROUP) -> int | None:
    """Free memory in bytes, within the limit of the control group; None where it is not known."""
    known = [n for n in (_system(meminfo), _group(group)) if n is not None]
    return min(known) if known else None


def size(n: float) -> str:
    """A number of bytes in words.

    Examples
    --------
    >>> size(512), size(3 * 2**20), size(1.5 * 2**30)
    ('512 bytes', '3 MiB', '1.5 GiB')
    """
    power = 0
    while n >= 1024 and power < len(UNITS) - 1:
        n, power = n / 1024, power + 1
    return f"{n:.3g} {UNITS[power]}" if n < 1000 else f"{n:.0f} {UNITS[power]}"


def _system(meminfo: Path) -> int | None:
    fields = _fields(meminfo)
    return fields["MemAvailable:"] * 1024 if "MemAvailable:" in fields else None


def _group(group: Path) -> int | None:
    """What the control group still grants: its limit without what is used and cannot be dropped."""
    try:
        limit = int((group / "memory.max").read_text())
        used = int((group / "memory.current").read_text())
    except (OSError, ValueError):
        return None  # no such file, or "max": no limit
    return max(0, limit - used + _fields(group / "memory.stat").get("inactive_file", 0))


def _fields(path: Path) -> dict[str, int]:
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return {}
    rows = [line.split() for line in lines]
    return {row[0]: int(row[1]) for row in rows if len(row) > 1 and row[1].isdigit()}
