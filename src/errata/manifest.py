"""The manifest: what results were made from and with, so that they can be cited, compared and built again."""

import hashlib
import json
import platform
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from errata import __version__
from errata.atlas.compiled import METADATA_KEY
from errata.code_identity import content_of_library
from errata.contracts import EMBED, NEIGHBOURS, PREDICT
from errata.errors import InputError
from errata.files import read_text, sha256_of
from errata.provenance import MODELS_KEY, inputs_behind, model_notes
from errata.table_schema import declared_tables
from errata.tables import read_metadata
from errata.unfinished import refuse_unfinished

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

SHORT = 12
"""Hexadecimal digits of a manifest's hash that are cited."""

CAUSES = (
    ("errata", "Errata"),
    ("code", "code of Errata"),
    ("python", "Python"),
    ("libraries", "library"),
    ("contracts", "contract version"),
    ("tables", "version of the table"),
    ("settings", "setting"),
    ("atlases", "atlas"),
    ("encoders", "encoder"),
    ("models", "model"),
    ("inputs", "input"),
)
"""The parts of a manifest that results are made from, and what one entry of each is called."""

LONGEST = 60
"""Longer values are cut."""


def build_manifest(results: Mapping[str, Path | str], *, settings: Mapping[str, object]) -> dict:
    """Describe results. There are no times in it and no paths of inputs.

    Parameters
    ----------
    results : mapping
        Name -> Parquet table; each carries its inputs, and some the models or the atlas that they came from.
    settings : mapping
        What was asked for, see `errata.settings.settings_of`.

    Returns
    -------
    dict
        `errata`, `code` (a hash of the library), `python`, `libraries`, `contracts` (versions of what costly jobs
        compute), `tables` (their versions), `settings`, `atlases` (how they were compiled), `encoders` and `models`
        (weights, revision, preprocessing, precision), `inputs` (role -> file and hash), `results` (name -> hash).
    """
    results = {name: results[name] for name in sorted(results)}
    models: dict[str, dict] = {}
    atlases: dict[str, dict] = {}
    for path in results.values():
        models |= _models_behind(path)
        notes = read_metadata(path)
        if METADATA_KEY in notes:
            atlas = json.loads(notes[METADATA_KEY])
            how = {name: value for name, value in atlas["provenance"].items() if name != "inputs"}
            atlases[f"{atlas['dataset']}/{atlas['name']}"] = how
    encoders = {
        notes["encoder"]: notes
        for atlas in atlases.values()
        if isinstance(atlas.get("open_world"), Mapping)
        for notes in [atlas["open_world"].pop("encoder_notes", None)]
        if notes
    }
    return {
        "errata": __version__,
        "code": content_of_library(),
        "python": platform.python_version(),
        "libraries": {name: found for name in LIBRARIES if (found := _version(name))},
        "contracts": {"predict": PREDICT, "embed": EMBED, "neighbours": NEIGHBOURS},
        "tables": {name: table.version for name, (table, _) in declared_tables().items()},
        "settings": dict(settings),
        "atlases": dict(sorted(atlases.items())),
        "encoders": dict(sorted(encoders.items())),
        "models": dict(sorted(models.items())),
        "inputs": inputs_behind(results),
        "results": {name: sha256_of(path) for name, path in results.items()},
    }


def hash_of(manifest: Mapping[str, object]) -> str:
    """Return the SHA-256 of a manifest's content as 64 hexadecimal digits, whatever its layout."""
    text = json.dumps(manifest, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def read_manifest(path: Path | str) -> dict:
    """Read a manifest from its file, or from a folder of results or a report that holds one.

    Raises
    ------
    InputError
        If there is none, or the file is something else.
    """
    path = Path(path)
    refuse_unfinished(path if path.is_dir() else path.parent)
    places = (path / "manifest.json", path / "data" / "manifest.json") if path.is_dir() else (path,)
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise InputError(f"{path}: there is no manifest. Name a manifest.json, or a folder of results or of a report.")
    try:
        manifest = json.loads(read_text(found))
    except ValueError as error:
        raise InputError(f"{found}: expected a manifest, but it is no JSON ({error}).") from error
    if not isinstance(manifest, dict) or not {"errata", "inputs", "results"} <= manifest.keys():
        raise InputError(f"{found}: expected a manifest of Errata, with 'errata', 'inputs' and 'results'.")
    return manifest


def manifest_text(manifest: Mapping[str, object]) -> str:
    """Return a manifest as it is written."""
    return json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"


def _models_behind(path: Path | str) -> dict[str, dict]:
    notes = read_metadata(path)
    found = json.loads(notes[MODELS_KEY]) if MODELS_KEY in notes else {}
    own = model_notes(path)
    return found | ({own["model"]: own} if own else {})


def _version(library: str) -> str | None:
    try:
        return version(library)
    except PackageNotFoundError:
        return None


def differences(first: Mapping[str, object], second: Mapping[str, object]) -> list[str]:
    """Return a sentence for everything that differs, causes before results; nothing for equal builds."""
    found = [line for part, words in CAUSES for line in _differences(words, first.get(part), second.get(part))]
    results = list(_differences("result", first.get("results"), second.get("results")))
    if results and not found:
        results.append(
            "The results differ although nothing that they were made from does: the same build gave other results."
        )
    return found + results


def _differences(words: str, first: object, second: object) -> Iterator[str]:
    if not isinstance(first, Mapping) and not isinstance(second, Mapping):
        if first != second:
            yield f"{words}: {_text(first)} in the first, {_text(second)} in the second."
        return
    first, second = (value if isinstance(value, Mapping) else {} for value in (first, second))
    for name in sorted({*first, *second}):
        if name not in second:
            yield f"{words} '{name}': only in the first{_value(first[name])}."
        elif name not in first:
            yield f"{words} '{name}': only in the second{_value(second[name])}."
        elif first[name] != second[name]:
            yield f"{words} '{name}': {_change(first[name], second[name])}"


def _change(first: object, second: object) -> str:
    if not isinstance(first, Mapping) or not isinstance(second, Mapping):
        return f"{_text(first)} in the first, {_text(second)} in the second."
    fields = [name for name in sorted({*first, *second}) if first.get(name) != second.get(name)]
    if fields == ["sha256"]:
        return f"other content under the same name, {_text(first['sha256'])} and {_text(second['sha256'])}."
    each = (
        f"{name} is {_text(first.get(name))} in the first, {_text(second.get(name))} in the second" for name in fields
    )
    return f"{'; '.join(each)}."


def _value(value: object) -> str:
    return "" if isinstance(value, Mapping) else f" ({_text(value)})"


def _text(value: object) -> str:
    if value is None:
        return "nothing"
    text = str(value)
    if len(text) == 64 and all(digit in "0123456789abcdef" for digit in text):
        return f"{text[:12]}…"
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
