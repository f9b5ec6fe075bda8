"""Machines to deploy to, named by the user: a virtual board, a board, a spalloc server, a service.

Nothing is ever looked for: without a name there is no board.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from neurosim.declare import Declared, given, integer
from neurosim.errors import NoBoardConfigured, ParameterError

VARIABLE: Final = "NEUROSIM_SPINNAKER"
"""Environment variable that names the machine when no argument does."""

VERSIONS: Final = (3, 5)
"""Boards of 4 and of 48 chips."""

WAYS: Final = (
    "'board:HOSTNAME?version=5' (or target=Board('HOSTNAME', version=5)), "
    "'spalloc:SERVER?user=NAME' (or target=Spalloc('SERVER', user='NAME')), "
    "'remote:URL' (or target=Remote('URL'))"
)
"""The three ways to name a machine, for messages."""


def _address(owner: str, field: str, value: Any) -> str:
    if not isinstance(value, str) or not value or value != value.strip() or "\n" in value:
        raise ParameterError(
            owner, field, "must be an address", value, "Give a name, a number or a URL."
        )
    return value


def _word(owner: str, field: str, value: Any) -> str | None:
    return None if value is None else _address(owner, field, value)


def _version(owner: str, field: str, value: Any) -> int:
    if isinstance(value, bool) or value not in VERSIONS:
        raise ParameterError(
            owner, field, "must be 3 (4 chips) or 5 (48 chips)", value, "Read it off the board."
        )
    return int(value)


def _text(convert: Callable[[str, str, Any], Any], doc: str, *default: None) -> Any:
    return given(*default, convert=convert, rule="must be a text", doc=doc)


def _board_version() -> Any:
    return given(5, convert=_version, rule="must be 3 or 5", doc="version of the board")


class Virtual(Declared):
    """No board at all: networks are mapped, and nothing is computed."""

    version: int = _board_version()

    def config(self) -> dict[str, str]:
        """Section ``Machine`` of sPyNNaker's configuration."""
        return {"virtual_board": "True", "version": str(self.version)}


class Board(Declared):
    """A board at an address of the network."""

    hostname: str = _text(_address, "name or IP address")
    version: int = _board_version()

    def config(self) -> dict[str, str]:
        """Section ``Machine`` of sPyNNaker's configuration."""
        return {"machine_name": self.hostname, "version": str(self.version)}


class Spalloc(Declared):
    """Boards that a spalloc server lends for a run.

    A password is taken from the environment variable ``SPALLOC_PASSWORD`` by sPyNNaker itself.
    """

    server: str = _text(_address, "name or URL of the server")
    user: str | None = _text(_word, "who asks for boards", None)
    port: int = integer(22244, low=1, high=65535, doc="port, for servers named without a URL")

    def config(self) -> dict[str, str]:
        """Section ``Machine`` of sPyNNaker's configuration."""
        made = {"spalloc_server": self.server, "spalloc_port": str(self.port), "version": "5"}
        return made if self.user is None else {**made, "spalloc_user": self.user}


class Remote(Declared):
    """A service that lends boards under a URL."""

    url: str = _text(_address, "address of the service")

    def config(self) -> dict[str, str]:
        """Section ``Machine`` of sPyNNaker's configuration."""
        return {"remote_spinnaker_url": self.url, "version": "5"}


Target = Virtual | Board | Spalloc | Remote
KINDS: Final[Mapping[str, tuple[type[Any], str]]] = {
    "virtual": (Virtual, ""),
    "board": (Board, "hostname"),
    "spalloc": (Spalloc, "server"),
    "remote": (Remote, "url"),
}
"""Class and field of the address, by the word before the colon."""

NUMBERS: Final = ("version", "port")


def parse(text: str) -> Target:
    """A target from its text.

    Parameters
    ----------
    text : str
        ``virtual?version=3``, ``board:HOSTNAME?version=5``, ``spalloc:SERVER?user=NAME`` or
        ``remote:URL``.

    Raises
    ------
    ParameterError
        If the text is none of these.

    Examples
    --------
    >>> parse("board:192.168.240.253?version=3")
    Board(hostname='192.168.240.253', version=3)
    >>> parse("virtual")
    Virtual()
    """
    head, _, query = (text, "", "") if text.startswith("remote:") else text.partition("?")
    word, _, address = head.partition(":")
    if word not in KINDS:
        raise ParameterError(
            "deploy", "target", "must name a machine", text, f"Use one of {WAYS}, or 'virtual'."
        )
    kind, field = KINDS[word]
    options: dict[str, Any] = dict(parse_qsl(query, keep_blank_values=True))
    for name in set(options) & set(NUMBERS):
        options[name] = int(options[name]) if options[name].isdecimal() else options[name]
    if not field and address:
        raise ParameterError(
            "deploy", "target", "must be 'virtual' or 'virtual?version=3'", text,
            "A virtual board has no address.",
        )  # fmt: skip
    made: Target = kind(**options, **({field: address} if field else {}))
    return made


def find(target: Target | str | None = None) -> Target:
    """The machine that the user named.

    Parameters
    ----------
    target : Virtual, Board, Spalloc, Remote, str or None
        A target or its text; ``None`` takes the environment variable ``NEUROSIM_SPINNAKER``.

    Raises
    ------
    NoBoardConfigured
        If there is no name.
    ParameterError
        If the name is not one of a machine.
    """
    if isinstance(target, Target):
        return target
    text = os.environ.get(VARIABLE, "") if target is None else target
    if not isinstance(text, str):
        raise ParameterError(
            "deploy", "target", "must name a machine", target, f"Use one of {WAYS}."
        )
    if not text.strip():
        raise NoBoardConfigured(
            f"backend 'spinnaker-board': needs a machine, and none was named. Set {VARIABLE} or "
            f"the argument 'target' to one of {WAYS}. Without a board use backend "
            "'spinnaker-emulator', which computes what a board would, or 'virtual' to map only."
        )
    return parse(text.strip())
