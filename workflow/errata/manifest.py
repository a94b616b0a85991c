"""The manifest: what a run was made from and with, so that it can be cited and built again."""

import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from errata import __version__
from errata.files import sha256_of
from errata.provenance import inputs_behind

LIBRARIES = (
    "jinja2",
    "matplotlib",
    "numpy",
    "open_clip_torch",
    "pillow",
    "polars",
    "snakemake",
    "timm",
    "torch",
    "torchvision",
)
"""Libraries that results may depend on."""


def build_manifest(results: Iterable[Path | str], *, settings: Mapping[str, object]) -> dict:
    """Describe results: their hashes, the inputs behind them, versions and settings. No times, no paths of inputs.

    Parameters
    ----------
    results : iterable of path
        Parquet tables that carry their inputs.
    settings : mapping
        What the run was asked for; kept as it is.
    """
    results = sorted(map(str, results))
    return {
        "errata": __version__,
        "python": platform.python_version(),
        "libraries": {name: found for name in LIBRARIES if (found := _version(name))},
        "settings": dict(settings),
        "inputs": {path: inputs_behind({"result": path}) for path in results},
        "results": {path: sha256_of(path) for path in results},
    }


def _version(library: str) -> str | None:
    try:
        return version(library)
    except PackageNotFoundError:
        return None
