"""A process in place of the one that holds sPyNNaker: it tells where it is, fails, and dies."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from neurosim.hardware.spinnaker.worker import Wrong, serve


class Session:
    """Answers for the tests of the process."""

    def where(self):
        """Home and working folder, configuration, caches, and what was in the home."""
        home = Path(os.environ["HOME"])
        kept = sorted(k for k in os.environ if k.startswith("XDG_"))
        config = (home / ".spynnaker.cfg").read_text(encoding="utf-8")
        return str(home), os.getcwd(), config, kept, [p.name for p in home.iterdir()]

    def litter(self):
        """Write files everywhere that the tools might."""
        Path.home().joinpath("left").write_text("x", encoding="utf-8")
        Path("left").write_text("x", encoding="utf-8")

    def fail(self, text):
        raise ValueError(text)

    def lack(self):
        return self.nothing_of_that_name

    def refuse(self):
        raise Wrong("needs sPyNNaker 7.4.x, got 6.0.0")

    def talk(self):
        print("a line of the tools on standard output")
        os.write(1, b"and one below Python\n")
        return "said"

    def die(self):
        print("the last words of the tools")
        sys.stdout.flush()
        os._exit(7)

    def sleep(self, seconds):
        time.sleep(seconds)

    def end(self):
        return None


if __name__ == "__main__":
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(Session(), sys.stdin.buffer, replies)
