"""The scores of `docs/own-data-sets.md`."""

import pytest

from errata.own_data.draft import begin_draft
from superclasses.score_proposals import cifar100, imagenet, score


def test_cifar100_has_twenty_superclasses_of_five_classes(project):
    import polars as pl

    table = pl.read_csv(project / "tests/superclasses/cifar100.csv")
    assert table["superclass"].value_counts()["count"].to_list() == [5] * 20
    assert table["name"].n_unique() == table["wnid"].n_unique() == 100


def test_wordnet_scores_as_documented_on_cifar100(nouns):
    found = cifar100(nouns)
    assert [found["names"].f1, found["wnids"].f1] == pytest.approx([0.16, 0.60], abs=0.005)


def test_wordnet_scores_as_documented_on_imagenet(nouns):
    table, published = imagenet(nouns)
    assert score(begin_draft(table, nouns=nouns).by_hypernyms(), published).f1 == pytest.approx(0.45, abs=0.005)
