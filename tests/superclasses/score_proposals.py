"""Score proposed superclasses against published ones, by pairs of classes that share a superclass.

python tests/superclasses/score_proposals.py [--real ../shared/real] [--vectors FILE.npy]

CIFAR-100's classes and its twenty superclasses (`cifar100.csv` beside this) are those of A. Krizhevsky, "Learning
multiple layers of features from tiny images", 2009; the wnids are our reading of its names. ImageNet's 161 superclasses
are `resources/superclasses.yaml`. With a folder of real predictions, confusions are scored, too; with an array of a row
per ImageNet class, vectors.
"""

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from errata.classes.hypernyms import NOUNS, Nouns, find_nouns
from errata.classes.superclasses import read_superclasses, select_classes, sharing_matrix
from errata.classes.tables import SUPERCLASSES
from errata.own_data.class_table import cells
from errata.own_data.draft import Draft, begin_draft
from errata.own_data.propose import propose
from errata.predictions.read import NamedFile

CIFAR100 = Path(__file__).with_name("cifar100.csv")
RESOURCES = Path(__file__).parents[2] / "resources"


class Score(NamedTuple):
    """Pairs of classes that share a superclass: how many proposed ones are published, and the reverse."""

    precision: float
    recall: float
    f1: float
    superclasses: int
    classes: int


def sharing_of(table: pl.DataFrame) -> np.ndarray:
    """Return which classes of a table share a superclass, bool, shape (classes, classes)."""
    rows = table.select(superclass=cells("superclass"), class_id=pl.int_range(pl.len())).explode("superclass")
    return sharing_matrix(rows.drop_nulls().cast(SUPERCLASSES.schema), table.height)


def score(draft: Draft, published: np.ndarray) -> Score:
    """Score a draft against published superclasses."""
    pairs = np.triu_indices(len(published), 1)
    proposed, right = sharing_of(draft.table)[pairs], published[pairs]
    both = int((proposed & right).sum())
    precision, recall = both / max(int(proposed.sum()), 1), both / int(right.sum())
    f1 = 2 * both / max(int(proposed.sum()) + int(right.sum()), 1)
    return Score(precision, recall, f1, len(draft.groups), draft.table["superclass"].count())


def cifar100(nouns: Nouns) -> dict[str, Score]:
    """Score WordNet on CIFAR-100, by its names alone and with wnids."""
    table = pl.read_csv(CIFAR100)
    published = sharing_of(table)
    return {
        how: score(begin_draft(table.select(columns), nouns=nouns).by_hypernyms(), published)
        for how, columns in {"names": ["name"], "wnids": ["name", "wnid"]}.items()
    }


def imagenet(nouns: Nouns) -> tuple[pl.DataFrame, np.ndarray]:
    """Return ImageNet's classes, called by their wnids, and which share one of the 161 superclasses."""
    wnids = pl.read_csv(RESOURCES / "vocabularies/imagenet1k.csv")["wnid"].to_list()
    members = select_classes(read_superclasses(RESOURCES / "superclasses.yaml"), wnids, nouns.wordnet)
    # a wnid that is the name as well is none: so the names are made up
    table = pl.DataFrame({"name": [f"class {wnid}" for wnid in wnids], "wnid": wnids})
    return table, sharing_matrix(members, len(wnids))


def confusions(predictions: list[Path], labels: pl.DataFrame, table: pl.DataFrame, published: np.ndarray) -> Score:
    """Score the confusions of models on ImageNet."""
    drafting = begin_draft(table, nouns=None)
    return score(propose(drafting, predictions=[NamedFile(file) for file in predictions], labels=labels), published)


def main() -> None:
    """Print the table of `docs/own-data-sets.md`."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--real", type=Path, default=Path("../shared/real"))
    options.add_argument("--vectors", type=Path)
    given = options.parse_args()
    nouns = find_nouns(NOUNS, needed=True)
    table, published = imagenet(nouns)
    found = {f"WordNet, CIFAR-100 by {how}": each for how, each in cifar100(nouns).items()}
    found["WordNet, ImageNet"] = score(begin_draft(table, nouns=nouns).by_hypernyms(), published)
    if (given.real / "predictions").is_dir():
        labels = pl.read_csv(given.real / "val_labels.csv").select("file_name", label="wnid")
        files = sorted((given.real / "predictions").glob("*.parquet"))
        other = sorted((given.real.parent / "unseen/predictions").glob("*.parquet"))
        for what, some in {
            f"one model ({files[0].stem})": files[:1],
            "50 models": files,
            "8 other models": other,
        }.items():
            found[f"confusions of {what}, ImageNet"] = confusions(some, labels, table, published)
    if given.vectors:
        draft = propose(begin_draft(table, nouns=None), vectors=given.vectors)
        found["vectors, ImageNet"] = score(draft, published)
    print(f"{'':42}precision recall    F1  superclasses classes with one")
    for what, each in found.items():
        shares = f"{each.precision:9.2f} {each.recall:6.2f} {each.f1:5.2f}"
        print(f"{what:42}{shares} {each.superclasses:12,} {each.classes:10,}")


if __name__ == "__main__":
    main()
