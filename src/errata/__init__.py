"""Errata: what kind of mistakes does an image classifier make?

>>> import errata
>>> profile = errata.profile("predictions.csv")
>>> print(profile)
>>> profile.errors("multi_label")
>>> profile.report("report")
"""

import importlib

__version__ = "0.1.0"

_HOMES = {
    "Accumulator": "errata.api.accumulator",
    "Comparison": "errata.api.comparison",
    "Diagnoses": "errata.api.diagnoses",
    "InputError": "errata.errors",
    "PredictionWarning": "errata.api.given",
    "Profile": "errata.api.profile",
    "build_atlas": "errata.api.own",
    "compare": "errata.api.functions",
    "diagnose": "errata.api.functions",
    "explain": "errata.api.functions",
    "load_atlas": "errata.api.given",
    "profile": "errata.api.functions",
    "propose_superclasses": "errata.api.own",
    "restrict_atlas": "errata.api.own",
}

__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> object:
    """Load what is asked for, so that `import errata` loads no library."""
    if name not in _HOMES:
        raise AttributeError(f"module 'errata' has no attribute '{name}'")
    found = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
