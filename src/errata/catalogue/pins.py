"""Pin models to the commits that were used: write them into the sheet's column `revision`."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from errata.errors import InputError
from errata.files import atomic_write, read_text
from errata.models import read_models
from errata.sheets import NONE

COMMIT = re.compile(r"(?:[^@\s]+@)?([0-9a-f]{40})")
"""A commit of the hub, alone or after its repository."""


def used_commits(path: Path) -> dict[str, str]:
    """Read which commit of the hub each model's weights were taken from; models without one are left out.

    `path`: the table of the rule `fetch_weights`, or the manifest of a run.
    Raises InputError if it is neither.
    """
    expected = "the manifest.json of a run, or results/weights.tsv as snakemake fetch_weights writes it"
    text = read_text(path, expected=expected)
    try:
        if path.suffix == ".json":
            used = {name: notes.get("revision") for name, notes in json.loads(text)["models"].items()}
        else:
            header, *rows = [line.split("\t") for line in text.splitlines()]
            model, revision = header.index("model"), header.index("revision")
            used = {row[model]: row[revision] for row in rows}
    except (ValueError, LookupError, AttributeError, TypeError) as error:
        raise InputError(f"{path}: expected {expected}; it cannot be read as either.") from error
    commits = {name: COMMIT.fullmatch(str(said)) for name, said in used.items()}
    return {name: found[1] for name, found in commits.items() if found}


def pin(sheet: Path, commits: Mapping[str, str]) -> list[str]:
    """Write commits into the rows of timm's models that have none; all else in the sheet stays as it is.

    `commits`: model to commit.
    Returns the models that were pinned.
    Raises InputError if a row has another commit already, or the sheet has no column `revision`.
    """
    models = read_models(sheet)
    rows = {name: models[name] for name in commits if name in models and models[name].source == "timm"}
    for name, row in rows.items():
        if row.revision not in (None, commits[name]):
            raise InputError(
                f"{row.row}: it is pinned to {row.revision}, the weights used were of {commits[name]}. Put '-' into "
                "its column revision to pin it anew."
            )
    pinned = [name for name, row in rows.items() if row.revision is None]
    lines = read_text(sheet).splitlines()
    header = next(line.split("\t") for line in lines if not line.startswith("#"))
    if "revision" not in header:
        raise InputError(
            f"{sheet}: expected a column revision to write commits into. Add one, with {NONE} in all rows."
        )
    name, revision = header.index("model"), header.index("revision")
    for place, line in enumerate(lines):
        cells = line.split("\t")
        if len(cells) == len(header) and cells[name] in pinned:
            cells[revision] = commits[cells[name]]
            lines[place] = "\t".join(cells)
    if pinned:
        with atomic_write(sheet) as temporary:
            temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return pinned
