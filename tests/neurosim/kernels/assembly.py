"""Whether compiled code works on several numbers at once, read from its machine code."""

from __future__ import annotations

import re
from typing import NamedTuple

EDGE = re.compile(r"\.?L\w+:|\t(?:j\w+|b|b\.\w+|cbn?z|tbn?z|ret\w*)\s")
CALL = re.compile(r"\t(?:callq?|blr?)\s")
PACKED = re.compile(
    r"\tv?(?:add|sub|mul|div)p[sd]\s"  # x86-64
    r"|\tf(?:add|sub|mul|div)(?:\.\d[sd])?\s+v\d"  # AArch64
)
SINGLE = re.compile(r"\tv?(?:add|sub|mul|div)s[sd]\s|\tf(?:add|sub|mul|div)\s+[sd]\d")
FUSED = re.compile(r"\tvfn?m(?:add|sub)\d|\tfn?m(?:add|sub|la|ls)\b")


class Run(NamedTuple):
    """What stands between two labels or jumps: instructions of floating-point arithmetic on several
    numbers and on one, and calls."""

    packed: int
    single: int
    calls: int


def runs(assembly: str) -> list[Run]:
    """Straight runs of instructions in assembly of x86-64 (AT&T syntax) or AArch64, as LLVM prints
    it. The body of a vectorised loop is one of them (or, unrolled, part of one)."""
    bodies: list[list[str]] = [[]]
    for line in assembly.splitlines():
        if EDGE.match(line):
            bodies.append([])
        else:
            bodies[-1].append(line)
    patterns = PACKED, SINGLE, CALL
    return [Run(*(sum(map(bool, map(p.match, body))) for p in patterns)) for body in bodies]


def vectorised(assembly: str, least: int) -> bool:
    """Whether a run has that many packed instructions, none on single numbers and no call."""
    return any(r.packed >= least and r.single == r.calls == 0 for r in runs(assembly))


def fused(assembly: str) -> list[str]:
    """Lines that multiply and add with one rounding."""
    return [line for line in assembly.splitlines() if FUSED.match(line)]
