"""Take pairs of classes that occur together from another data set, where its classes are the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from errata.atlas.compiled import read_atlas
from errata.atlas.evidence import evidence_path, read_evidence
from errata.classes.hypernyms import Nouns, find_nouns
from errata.classes.pairs import judge_pairs
from errata.errors import listed
from errata.shipped import atlas_file


@dataclass(frozen=True)
class BorrowedPairs:
    """Pairs of the own classes that another data set shows together, and that share no superclass there.

    Attributes
    ----------
    dataset : str
        What the other data set is called.
    evidence : Path
        The file that the pairs come from.
    pairs : polars.DataFrame
        `class_a` < `class_b`, ids of the own classes, and `count`: images of the other data set that show both.
    matched : polars.Series
        Ids of the own classes that are classes of the other data set.
    """

    dataset: str
    evidence: Path
    pairs: pl.DataFrame
    matched: pl.Series

    def added_to(self, own: pl.DataFrame, sharing: np.ndarray) -> pl.DataFrame:
        """Add the counts to those of the own images, and return the table `COOCCURRENCE` of both together.

        So whatever is spurious-prone by the own images alone remains so.
        """
        both = pl.concat([own.select(self.pairs.columns), self.pairs])
        return judge_pairs(both.group_by("class_a", "class_b").agg(pl.col("count").sum()), sharing)

    def remarks(self, classes: pl.DataFrame) -> Iterator[str]:
        """Yield how much of the other data set can be used."""
        missing = classes.filter(~pl.col("class_id").is_in(self.matched.implode()))["name"]
        pairs = "1 pair" if self.pairs.height == 1 else f"{self.pairs.height:,} pairs"
        yield (
            f"{len(self.matched):,} of {classes.height:,} classes are classes of {self.dataset}, which shows {pairs} "
            "of them together that share no superclass there."
        )
        if len(missing) and len(self.matched) > 1:
            yield (
                f"What occurs together with the others ({listed(missing, 3)}) is not known from there: spurious "
                "correlations are at least as many as are counted."
            )


def borrow_pairs(classes: pl.DataFrame, name_or_path: str | Path) -> BorrowedPairs:
    """Borrow pairs from an atlas: one that comes with Errata, by its name, or any other, by its path.

    `classes`: a table `errata.classes.tables.CLASSES`. A class is the one of the same wnid there; without a wnid, the
    one of the same name that has no wnid there either, else the one that is the only meaning of its name in WordNet, if
    WordNet is at hand. Synonyms are not looked at.

    Raises
    ------
    InputError
        If there is no such atlas, or no evidence beside it.
    """
    file = atlas_file(name_or_path)
    atlas = read_atlas(file)
    evidence = read_evidence(atlas, evidence_path(file))
    ids = atlas.classes.select("wnid", other="class_id")
    matched = classes.select("class_id", wnid=_wnids(classes, ids["wnid"], find_nouns(None, needed=False))).join(
        ids, on="wnid"
    )
    facts = evidence.filter(pl.col("kind") == "cooccurrence", pl.col("text") != "shares a superclass")
    facts = facts.select("class_a", "class_b", count=pl.col("number").cast(pl.Int32))
    for end in ("class_a", "class_b"):
        own = matched.select(pl.col("other").alias(end), pl.col("class_id").alias(f"own_{end}"))
        facts = facts.join(own, on=end)
    low, high = pl.min_horizontal("own_class_a", "own_class_b"), pl.max_horizontal("own_class_a", "own_class_b")
    pairs = facts.select(class_a=low, class_b=high, count="count")
    return BorrowedPairs(atlas.dataset, evidence_path(file), pairs, matched["class_id"].sort())


def _wnids(classes: pl.DataFrame, known: pl.Series, nouns: Nouns | None) -> pl.Series:
    """Return the wnids that classes have or that their names mean; of those without, the names."""
    there = set(known)

    def wnid_of(wnid: str, name: str) -> str:
        if wnid != name or wnid in there or nouns is None:
            return wnid
        meanings = nouns.meanings(name)
        return meanings[0].wnid if len(meanings) == 1 else wnid

    return pl.Series([wnid_of(*row) for row in classes.select("wnid", "name").iter_rows()], dtype=pl.String)
