"""What models offer: small protocols, each satisfied by the models it fits and by no others."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from neurosim.network.network import Network


@runtime_checkable
class NetworkModel(Protocol):
    """A model that is a network: a module or object with :meth:`build`."""

    def build(self, params: Any) -> Network:
        """The network for these parameters.

        Parameters
        ----------
        params : Declared
            The model's parameters.

        Returns
        -------
        Network
        """


@runtime_checkable
class Memory(Protocol):
    """A store of key-value pairs that is asked by key."""

    def store(self, key: Any, value: Any) -> None:
        """Keep a value under a key, in place of what was there."""

    def recall(self, cue: Any) -> Any:
        """What the memory answers to a cue."""

    def reset(self) -> None:
        """End all activity and keep what is stored."""

    def clear(self) -> None:
        """Forget everything."""


@runtime_checkable
class Forgetful(Protocol):
    """A memory that can forget one key."""

    def forget(self, key: Any) -> None:
        """Remove what is stored under a key."""
