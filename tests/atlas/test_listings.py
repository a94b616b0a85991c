"""Listings of what an atlas was compiled from, on five images of a cat, a dog, a mug and a cliff."""

from dataclasses import replace

import polars as pl
import pytest

from errata.atlas.listings import group_overlaps, label_statistics, prone_pairs, superclass_members
from errata.atlas.tables import EVIDENCE
from trust.five_images import atlas

COLUMNS = ("kind", "class_a", "class_b", "number", "text")


def evidence(*rows: tuple) -> pl.DataFrame:
    dtypes = {name: column.dtype for name, column in EVIDENCE.columns.items()}
    frame = pl.DataFrame(rows, schema={name: dtypes[name] for name in COLUMNS}, orient="row")
    return frame.with_columns(file_name=pl.lit(None, pl.String)).select(*dtypes)


FACTS = evidence(
    ("superclass", 1, None, None, "pet"),
    ("superclass", 0, None, None, "pet"),
    ("cooccurrence", 1, 3, 2.0, "spurious-prone"),
    ("cooccurrence", 0, 2, 5.0, "spurious-prone"),
    ("cooccurrence", 0, 1, 9.0, "shares a superclass"),
    ("cooccurrence", 2, 3, 1.0, "too rare"),
)


def test_labels_are_counted_on_images_that_count():
    # four images count: a cat with a mug, a cat, a dog, a mug
    assert label_statistics(atlas()).rows() == [
        ("all", 4, 4, 1, 25.0, 1.25, 2.0),
        ("organism", 3, 2, 1, pytest.approx(100 / 3), pytest.approx(4 / 3), 2.0),
        ("artifact", 2, 1, 1, 50.0, 1.5, 2.0),
        ("other", 0, 1, 0, None, None, None),
    ]


def test_an_image_with_labels_in_two_groups_is_in_both():
    assert group_overlaps(atlas()).rows() == [
        ("organism", "artifact", 1),
        ("organism", "other", 0),
        ("artifact", "other", 0),
    ]


def test_groups_of_ones_own_are_counted_as_well():
    own = atlas()
    own = replace(own, classes=own.classes.with_columns(group=pl.Series(["pet", "pet", "thing", "thing"])))
    assert label_statistics(own)["group"].to_list() == ["all", "pet", "thing"]
    assert group_overlaps(own).rows() == [("pet", "thing", 1)]


def test_members_of_superclasses_have_their_names():
    assert superclass_members(atlas(), FACTS).rows() == [
        ("pet", 0, "n00000000", "cat", "organism"),
        ("pet", 1, "n00000001", "dog", "organism"),
    ]


def test_pairs_that_share_a_superclass_or_are_rare_are_not_prone():
    assert prone_pairs(atlas(), FACTS).rows() == [(0, "cat", 2, "mug", 5), (1, "dog", 3, "cliff", 2)]
