"""What NIR cannot express of a network."""

from __future__ import annotations

from dataclasses import dataclass, field

from neurosim.errors import UnsupportedError

EFFECTS = ("note", "changes", "impossible")


@dataclass(frozen=True)
class Finding:
    """One thing that NIR cannot express as it is.

    Parameters
    ----------
    where : str
        The part of the network.
    what : str
        What is lost or done instead.
    effect : {"note", "changes", "impossible"}
        Whether spikes stay the same, change, or nothing can be written.
    """

    where: str
    what: str
    effect: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass
class Report:
    """All that NIR cannot express of a network.

    Parameters
    ----------
    network : str
        The network's name.
    findings : list of Finding
        In the order of the network.
    """

    network: str
    findings: list[Finding] = field(default_factory=list)

    def add(self, where: str, what: str, effect: str) -> None:
        """Note a finding."""
        self.findings.append(Finding(where, what, effect))

    def of(self, effect: str) -> tuple[Finding, ...]:
        """Findings with that effect."""
        return tuple(f for f in self.findings if f.effect == effect)

    @property
    def is_faithful(self) -> bool:
        """Whether what is written gives the same spikes."""
        return not self.of("changes") and not self.of("impossible")

    def require(self, allow_lossy: bool) -> None:
        """Refuse what changes the spikes (unless allowed) or cannot be written.

        Raises
        ------
        UnsupportedError
            With all findings that stand in the way.
        """
        barred = self.of("impossible") + (() if allow_lossy else self.of("changes"))
        if barred:
            remedy = "Change the network"
            if not self.of("impossible"):
                remedy += ", or pass allow_lossy=True to write it as said"
            lines = "".join(f"\n- {finding}" for finding in barred)
            raise UnsupportedError(
                f"network {self.network!r}: cannot be written to NIR as it is:{lines}\n{remedy}."
            )

    def __str__(self) -> str:
        if not self.findings:
            return f"network {self.network!r}: NIR expresses all of it"
        lines = "".join(f"\n- {f.effect}: {f}" for f in self.findings)
        return f"network {self.network!r} in NIR:{lines}"
