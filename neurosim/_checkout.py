"""Find models/, hardware/ and experiments/ beside this folder in a checkout without links."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("models", "hardware", "experiments")


class SiblingFolders(MetaPathFinder):
    """Finds ``neurosim.models`` and the like in the folders beside the package."""

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The folder of that name, if it is one of the three and there."""
        parent, _, last = name.rpartition(".")
        folder = self.root / last
        if parent != "neurosim" or last not in NAMES or not (folder / "__init__.py").is_file():
            return None
        return spec_from_file_location(
            name, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )


def install() -> None:
    """Add the finder behind all others."""
    sys.meta_path.append(SiblingFolders())
