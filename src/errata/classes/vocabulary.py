"""The classes of a data set: ids, names and groups."""

from collections import Counter
from pathlib import Path

import polars as pl

from errata.classes.tables import CLASSES
from errata.classes.wordnet import Synset, WordNet
from errata.errors import InputError, listed
from errata.user_files import read_csv

GROUP_LEMMAS = ("organism", "artifact")
"""A class is in the group of a lemma name if it occurs on its hypernym paths, else in `other` (REFERENCE: the paper's
three groups)."""


def read_vocabulary(path: Path | str) -> list[str]:
    """Read the class list from a CSV with columns `class_id` and `wnid`.

    Class ids are the ranks of the wnids, so a file whose ids say otherwise is refused.

    Returns
    -------
    list of str
        The wnids in class-id order.

    Raises
    ------
    InputError
        If a column is missing, a wnid repeats or an id is not its wnid's rank.
    """
    frame = read_csv(path, schema_overrides={"wnid": pl.String})
    if not {"class_id", "wnid"} <= set(frame.columns):
        raise InputError(f"{path}: expected the columns class_id, wnid; found {listed(frame.columns)}.")
    wnids = frame["wnid"].to_list()
    expected = pl.Series(sorted(set(wnids)))
    if len(expected) != len(wnids):
        repeated = next(wnid for wnid, times in Counter(wnids).items() if times > 1)
        raise InputError(f"{path}: the wnid {repeated} is listed more than once.")
    ranks = frame.with_columns(rank=pl.col("wnid").rank("ordinal").cast(pl.Int64) - 1)
    wrong = ranks.filter(pl.col("rank") != pl.col("class_id"))
    if wrong.height:
        found = wrong.row(0, named=True)
        raise InputError(
            f"{path}: class ids must be the ranks of the wnids, but {found['wnid']} has id {found['class_id']} "
            f"and rank {found['rank']}."
        )
    return expected.to_list()


def build_classes(wnids: list[str], wordnet: WordNet) -> pl.DataFrame:
    """Describe every class: name, lemma names and group.

    Names are the first lemma; where several classes have the same one, the first lemma of the direct hypernym is
    added in brackets.

    Returns
    -------
    polars.DataFrame
        The table `errata.classes.tables.CLASSES`.

    Raises
    ------
    InputError
        If a class is an ancestor of another: the open-world rules have no meaning then.
    """
    synsets = [wordnet.synset(wnid) for wnid in wnids]
    _refuse_nested(synsets, wordnet)
    first_lemmas = Counter(_title(synset) for synset in synsets)
    names = [
        _title(synset)
        if first_lemmas[_title(synset)] == 1 or not synset.hypernyms
        else f"{_title(synset)} ({_title(wordnet.synsets[synset.hypernyms[0]])})"
        for synset in synsets
    ]
    return pl.DataFrame(
        {
            "class_id": range(len(wnids)),
            "wnid": wnids,
            "name": names,
            "lemmas": [[lemma.replace("_", " ") for lemma in synset.lemmas] for synset in synsets],
            "group": [_group(wordnet.lemmas_above(synset.offset)) for synset in synsets],
        },
        schema={name: column.dtype for name, column in CLASSES.columns.items()},
    )


def _title(synset: Synset) -> str:
    return synset.lemmas[0].replace("_", " ")


def _group(lemmas_above: frozenset[str]) -> str:
    return next((lemma for lemma in GROUP_LEMMAS if lemma in lemmas_above), "other")


def _refuse_nested(synsets: list[Synset], wordnet: WordNet) -> None:
    known = {synset.offset for synset in synsets}
    for synset in synsets:
        above = (wordnet.ancestors_or_self(synset.offset) & known) - {synset.offset}
        if above:
            ancestor = wordnet.synsets[min(above)]
            raise InputError(
                f"class {synset.wnid} ({_title(synset)}) is a kind of class {ancestor.wnid} ({_title(ancestor)}); "
                "no class may be another's ancestor in WordNet."
            )
