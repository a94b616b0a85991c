"""Which files a result was made from, by name and SHA-256; no paths and no times, so that rebuilds are identical."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from errata.errors import InputError
from errata.files import sha256_of
from errata.tables import read_metadata

INPUTS_KEY = "errata.inputs"


def inputs_behind(files: Mapping[str, Path | str]) -> dict[str, dict[str, str]]:
    """Return the original inputs behind some files: role -> {`file`, `sha256`}.

    Parameters
    ----------
    files : mapping
        Role -> path. A Parquet file that carries its own inputs stands for those; any other file stands for itself.
        If two of them carry different files of one role (two data sets have images), the later one's is named after
        the role that led to it.
    """
    found: dict[str, dict[str, str]] = {}
    for role, path in files.items():
        path = Path(path)
        notes = read_metadata(path) if path.suffix == ".parquet" else {}
        behind = json.loads(notes[INPUTS_KEY]) if INPUTS_KEY in notes else {role: file_and_hash(path)}
        for name, note in behind.items():
            found[name if found.get(name, note) == note else f"{role} / {name}"] = note
    return dict(sorted(found.items()))


def distinct_names(paths: Sequence[Path]) -> dict[str, Path]:
    """Name files shortly and apart from one another: by the last parts of their paths that differ.

    A file that is given twice is named once.
    """
    whole = {path: path.absolute().parts for path in paths}
    taken: dict[str, Path] = {}
    for path, parts in whole.items():
        others = [other for one, other in whole.items() if other != parts]
        length = next(
            (n for n in range(1, len(parts)) if all(other[-n:] != parts[-n:] for other in others)), len(parts)
        )
        taken["/".join(parts[-length:])] = path
    return taken


def inputs_note(inputs: Mapping[str, dict[str, str]]) -> dict[str, str]:
    """Return the metadata under which a table carries its inputs."""
    return {INPUTS_KEY: json.dumps(inputs, ensure_ascii=False)}


def file_and_hash(path: Path) -> dict[str, str]:
    """Return the name and hash of a file, or the name of a folder and the hashes of the files in it."""
    if path.is_dir():
        return {"file": path.name, **_hashes_in(path)}
    return {"file": path.name, "sha256": sha256_of(path)}


def _hashes_in(folder: Path) -> dict[str, str]:
    # a file may be called as a key is
    named = ((file.name if file.name != "file" else "./file", file) for file in sorted(folder.iterdir()))
    return {name: sha256_of(file) for name, file in named if file.is_file()}


MODEL_KEY = "errata.model"
"""Under this key a table of predictions says which model made it."""

MODELS_KEY = "errata.models"
"""Under this key a profile carries what is known about the models in it."""


def model_notes(path: Path | str) -> dict[str, object]:
    """Return what is known about the model behind a predictions file: weights, revision, preprocessing, precision."""
    notes = read_metadata(path) if Path(path).suffix.lower() == ".parquet" else {}
    try:
        note = json.loads(notes.get(MODEL_KEY, "{}"))
    except ValueError:
        note = None
    if not isinstance(note, dict) or (note and "model" not in note):
        raise InputError(
            f"{path}: its metadata '{MODEL_KEY}', which Errata writes, are damaged. Write the file again without it."
        )
    return note
