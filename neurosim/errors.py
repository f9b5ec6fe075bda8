"""Exceptions and warnings of neurosim.

::

    NeurosimError
    ├── SpecError (ValueError)          something the user wrote is not allowed
    │   ├── ParameterError              a value of a constructor or option
    │   └── WiringError                 a connection, receptor or recording that does not fit
    ├── LoweringError                   a network cannot be turned into a plan
    ├── UnsupportedError                a backend lacks what the network needs
    ├── MappingError                    a network does not fit a target
    ├── BackendUnavailable (ImportError)
    │   ├── MissingDependency           an optional package is not installed
    │   └── NoBoardConfigured           a board is needed and none was named
    ├── SimulationError (RuntimeError)  a run cannot start or go on
    │   └── ToolchainError              a vendor's tools failed
    ├── StoreError                      a file cannot be read or written
    └── ClaimError                      a published number was not met

    Interrupted (KeyboardInterrupt)     Ctrl-C during a run; holds what was recorded

    NeurosimWarning (UserWarning)
    ├── RoundingWarning                 a time or delay was rounded to the grid
    └── TimingWarning                   operations follow each other too closely

Messages follow one form: ``Owner.field: rule and bound with unit, got value (where). What to do.``
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any


class NeurosimError(Exception):
    """Base of all errors that neurosim raises on purpose."""


class SpecError(NeurosimError, ValueError):
    """Something in a description (network, parameters, options) is not allowed."""


class ParameterError(SpecError):
    """A parameter breaks its rule.

    Parameters
    ----------
    owner : str
        What the parameter belongs to, for example ``"IFCurrExp"``.
    field : str
        Name of the parameter.
    rule : str
        What is required, with bound and unit.
    value : object
        What was given.
    remedy : str
        What to do about it.
    where : str, optional
        Closer place, for example ``"neuron 3"``.
    """

    def __init__(
        self, owner: str, field: str, rule: str, value: Any, remedy: str, where: str = ""
    ) -> None:
        self.owner, self.field, self.rule = owner, field, rule
        self.value, self.remedy, self.where = value, remedy, where
        place = f" ({where})" if where else ""
        super().__init__(f"{owner}.{field}: {rule}, got {shown(value)}{place}. {remedy}")

    def __reduce__(self) -> tuple[Any, ...]:
        fields = (self.owner, self.field, self.rule, self.value, self.remedy, self.where)
        return type(self), fields


class WiringError(SpecError):
    """Populations, projections, inputs or probes do not fit together."""


class LoweringError(NeurosimError):
    """A network cannot be turned into a plan at the requested time step."""


class UnsupportedError(NeurosimError):
    """A backend, kind or timing lacks a feature that the network uses."""


class MappingError(NeurosimError):
    """A network does not fit the target it is mapped to."""


class BackendUnavailable(NeurosimError, ImportError):
    """A backend exists but cannot be loaded here."""


class MissingDependency(BackendUnavailable):
    """An optional package is needed and not installed."""

    def __init__(self, feature: str, package: str, extra: str) -> None:
        self.feature, self.package, self.extra = feature, package, extra
        super().__init__(f"{feature} needs {package}: pip install 'neurosim-snn[{extra}]'")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.feature, self.package, self.extra)


class NoBoardConfigured(BackendUnavailable):
    """A network shall run on a board and none was named."""


class SimulationError(NeurosimError, RuntimeError):
    """A simulation cannot start or go on."""


class ToolchainError(SimulationError):
    """The tools of a hardware's vendor failed, or are not those that are supported."""


class StoreError(NeurosimError):
    """A file cannot be read or written, or is not what it should be."""


class ClaimError(NeurosimError):
    """A claim of an experiment does not hold."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C stopped a run between two chunks.

    Parameters
    ----------
    time : float
        Biological time reached, ms.
    recording : Recording
        What was recorded until then.
    """

    def __init__(self, time: float, recording: Any) -> None:
        self.time, self.recording = time, recording
        super().__init__(
            f"run stopped at {time:g} ms; this exception's 'recording' holds what ran until then "
            "(in a notebook: sys.last_value.recording)"
        )


class NeurosimWarning(UserWarning):
    """Base of neurosim's warnings."""


class RoundingWarning(NeurosimWarning):
    """A time or delay does not lie on the grid of time steps and was rounded."""


class TimingWarning(NeurosimWarning):
    """Operations follow each other more closely than the model allows."""


def shown(value: Any) -> str:
    """A short text of any value for an error message."""
    text = repr(value)
    return text if len(text) <= 120 else text[:117] + "..."


def close_matches(name: object, known: Iterable[str]) -> str:
    """A sentence that names the known words closest to ``name``, or all of them.

    Examples
    --------
    >>> close_matches("tau_n", ["tau_m", "v_rest"])
    "Did you mean 'tau_m'?"
    >>> close_matches("x", ["tau_m", "v_rest"])
    'Use one of: tau_m, v_rest.'
    """
    names = sorted(known)
    near = get_close_matches(str(name), names, n=3)
    if near:
        return "Did you mean " + " or ".join(repr(n) for n in near) + "?"
    return f"Use one of: {', '.join(names)}." if names else "There is none to choose from."
