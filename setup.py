"""Top-level source folders become sub-packages of neurosim; the rest is in pyproject.toml."""

from setuptools import find_packages, setup

FOLDERS = {
    "neurosim": "neurosim",
    "neurosim.models": "models",
    "neurosim.hardware": "hardware",
    "neurosim.experiments": "experiments",
}
LINKS = [f"{d}{s}" for d in ("models", "hardware", "experiments") for s in ("", ".*")]

setup(
    package_dir=FOLDERS,
    packages=[
        package
        for name, folder in FOLDERS.items()
        for package in [
            name,
            *(
                f"{name}.{p}"
                for p in find_packages(folder, exclude=LINKS if name == "neurosim" else [])
            ),
        ]
    ],
)
