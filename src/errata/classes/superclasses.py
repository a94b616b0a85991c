"""Superclasses: named unions of conjunctions of lemma names, and the classes that they select."""

import difflib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from errata.classes.tables import SUPERCLASSES
from errata.classes.wordnet import WordNet, all_on_paths
from errata.errors import InputError
from errata.files import read_text


@dataclass(frozen=True)
class Superclass:
    """A named union: a class is in it if all lemma names of one conjunction are on its hypernym paths."""

    name: str
    any_of: tuple[tuple[str, ...], ...]


def read_superclasses(path: Path | str) -> list[Superclass]:
    """Read a superclass file: YAML with `name` and `any_of`, or the paper's JSON lines.

    Raises
    ------
    InputError
        If the file has neither layout, or a name repeats.
    """
    path = Path(path)
    text = read_text(path)
    superclasses = _from_json_lines(path, text) if text.lstrip().startswith("{") else _from_yaml(path)
    seen: set[str] = set()
    for superclass in superclasses:
        if superclass.name in seen:
            raise InputError(f"{path}: the superclass '{superclass.name}' is defined more than once.")
        seen.add(superclass.name)
    return superclasses


def select_classes(superclasses: list[Superclass], wnids: list[str], wordnet: WordNet) -> pl.DataFrame:
    """Return the members of superclasses. Superclasses without a class are left out.

    Returns
    -------
    polars.DataFrame
        The table `errata.classes.tables.SUPERCLASSES`, one row per superclass and member.

    Raises
    ------
    InputError
        If a lemma name is not in WordNet, with the nearest names that are.
    """
    for superclass in superclasses:
        for lemma in {lemma for conjunction in superclass.any_of for lemma in conjunction}:
            if lemma not in wordnet.lemma_names:
                near = difflib.get_close_matches(lemma, wordnet.lemma_names, n=3)
                hint = f" Did you mean {' or '.join(near)}?" if near else ""
                raise InputError(
                    f"superclass '{superclass.name}': '{lemma}' is not a lemma name of a WordNet noun "
                    f"(exact spelling, underscores for spaces).{hint}"
                )
    above = [wordnet.lemmas_above(wordnet.synset(wnid).offset) for wnid in wnids]
    members = [
        (superclass.name, class_id)
        for superclass in superclasses
        for class_id, lemmas_above in enumerate(above)
        if any(all_on_paths(conjunction, lemmas_above) for conjunction in superclass.any_of)
    ]
    schema = {name: column.dtype for name, column in SUPERCLASSES.columns.items()}
    return pl.DataFrame(members, schema=schema, orient="row")


def sharing_matrix(superclasses: pl.DataFrame, class_count: int) -> np.ndarray:
    """Return a bool matrix, shape (classes, classes): whether two classes share a superclass.

    A class in no superclass is its own singleton, so the diagonal is True.
    """
    sharing = np.eye(class_count, dtype=bool)
    for members in superclasses.group_by("superclass").agg("class_id")["class_id"]:
        sharing[np.ix_(members, members)] = True
    return sharing


def _from_yaml(path: Path) -> list[Superclass]:
    # the command line does without YAML
    from errata.yaml_files import read_yaml

    rows = read_yaml(path)
    if not isinstance(rows, list):
        raise InputError(f"{path}: expected a list of superclasses, each with `name` and `any_of`.")
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict) or set(row) != {"name", "any_of"}:
            raise InputError(f"{path}: superclass {number} must have exactly `name` and `any_of`, found {row!r:.200}.")
    return [Superclass(str(row["name"]), _conjunctions(path, row["name"], row["any_of"])) for row in rows]


def _from_json_lines(path: Path, text: str) -> list[Superclass]:
    superclasses = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(f"{path}, line {number}: expected one JSON object a line ({error}).") from error
        if not isinstance(row, dict):
            raise InputError(f"{path}, line {number}: expected an object {{name: [[lemma, ...], ...]}}.")
        superclasses += [Superclass(name, _conjunctions(path, name, value)) for name, value in row.items()]
    return superclasses


def _conjunctions(path: Path, name: str, value: object) -> tuple[tuple[str, ...], ...]:
    is_list_of_lists = isinstance(value, list) and all(isinstance(row, list) and row for row in value)
    if not value or not is_list_of_lists or not all(isinstance(lemma, str) for row in value for lemma in row):
        raise InputError(
            f"{path}: superclass '{name}' must list conjunctions of lemmas, [[lemma, ...], ...], found {value!r:.200}."
        )
    return tuple(tuple(row) for row in value)
