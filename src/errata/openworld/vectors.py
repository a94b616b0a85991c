"""Read and write files of unit vectors, and the notes about their origin beside them."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from errata.errors import InputError
from errata.files import atomic_write
from errata.user_files import read_npy


def read_vectors(path: Path | str, *, rows: int, what: str) -> np.ndarray:
    """Open a file of vectors as a memory map.

    `rows`: how many vectors there must be.
    `what`: what the rows are, for messages.
    Returns float32, shape (rows, dimensions), memory-mapped.
    Raises InputError if the file is no such array.
    """
    vectors = read_npy(Path(path))
    if vectors.dtype != np.float32 or vectors.ndim != 2 or len(vectors) != rows:
        raise InputError(
            f"{path}: expected float32 vectors of {rows} {what}, found {vectors.dtype} of shape {vectors.shape}. "
            "Embed them again."
        )
    return vectors


def notes_path(vectors: Path | str) -> Path:
    """Return the path of the notes about a file of vectors, beside it: `clip.npy` -> `clip.json`."""
    return Path(vectors).with_suffix(".json")


def write_notes(notes: Mapping[str, object], path: Path | str) -> None:
    """Write notes as JSON atomically."""
    with atomic_write(path) as temporary:
        temporary.write_text(json.dumps(notes, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_notes(path: Path | str) -> dict[str, object]:
    """Read the notes about a file of vectors.

    Raises InputError if the file is missing or is no JSON object.
    """
    try:
        notes = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: expected the notes that lie beside the vectors ({error}).") from error
    if not isinstance(notes, dict):
        raise InputError(f"{path}: expected a JSON object, found {type(notes).__name__}.")
    return notes


def check_same_encoder(notes: Mapping[str, Mapping[str, object]]) -> None:
    """Refuse vectors of different encoders, which cannot be compared.

    `notes`: what the vectors are, in words -> their notes.
    Raises InputError if the weights or the preprocessing of two of them differ.
    """
    (first, reference), *others = notes.items()
    for what, note in others:
        for key in ("architecture", "sha256", "quick_gelu", "view", "dimensions"):
            if reference.get(key) != note.get(key):
                raise InputError(
                    f"the vectors of {first} and of {what} come from different encoders: `{key}` is "
                    f"{reference.get(key)!r} and {note.get(key)!r}. Embed both with the same encoder."
                )
