"""File names for models, whatever the models are called."""

import hashlib
import re

LONGEST = 80
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{digit}" for port in ("com", "lpt") for digit in range(10))}


def slug(model: str) -> str:
    """Return a file name (without extension) for a model: lower-case ASCII letters, digits, `.`, `_`, `-`.

    A name that is one already is kept. Any other gets eight digits of its SHA-256 appended, so that two models never
    share a file, on file systems that ignore case either.
    """
    plain = re.sub(r"[^a-z0-9._-]+", "-", model.lower()).strip("-.")[:LONGEST]
    if plain and plain == model and plain.split(".")[0] not in _RESERVED:
        return plain
    digest = hashlib.sha256(model.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{plain.strip('-.') or 'model'}-{digest}"
