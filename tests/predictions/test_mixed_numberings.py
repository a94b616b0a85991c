"""Rows that number the classes otherwise than the others of a file, and an order of rows together with a numbering."""

import numpy as np
import polars as pl
import pytest

from errata.predictions.class_ids import ClassOrder
from errata.predictions.doctor import examine
from errata.predictions.mixed_numberings import find_mixed_numberings
from errata.predictions.repair import repair

CLASSES, ROWS = 40, 4000
RANDOM = np.random.default_rng(3)
TARGETS = RANDOM.permutation(np.arange(ROWS) % CLASSES)
IDS = np.where(RANDOM.random(ROWS) < 0.7, TARGETS, (TARGETS + RANDOM.choice([1, 5, 7, 9, 20], ROWS)) % CLASSES)
"""Right in 70 % of the rows, else one of five classes that this class is confused with."""
JUDGED = np.where(np.arange(ROWS) % 5 < 2, TARGETS, -1)
FROM_1 = ClassOrder("ids minus 1", "", np.arange(CLASSES, dtype=np.int32), 1)
REVERSED = ClassOrder("classes reversed", "", np.arange(CLASSES, dtype=np.int32)[::-1].copy())
PLACE = np.arange(ROWS)


def found(ids):
    return find_mixed_numberings(ids, JUDGED, (FROM_1, REVERSED), CLASSES)


@pytest.mark.parametrize("rows", [PLACE >= 2200, PLACE < 400, (PLACE >= 1000) & (PLACE < 1500), PLACE % 3 == 1])
def test_rows_counted_from_1_are_found_at_their_place(rows):
    mixed = found(np.where(rows, IDS + 1, IDS))
    assert (mixed.base, mixed.order) == (None, FROM_1)
    assert (mixed.rows != rows).sum() < 20
    assert mixed.after == pytest.approx(0.7, abs=0.03)


def test_rows_that_recur_are_said_by_their_period():
    (part,) = found(np.where(PLACE % 3 == 1, IDS + 1, IDS)).parts
    assert part.in_words() == "every 3rd row, from row 1 on,"


def test_both_parts_may_have_a_known_numbering_of_their_own():
    mixed = found(np.where(PLACE < 1500, CLASSES - 1 - IDS, IDS + 1))
    assert {mixed.base.name, mixed.order.name} == {"ids minus 1", "classes reversed"}


def test_rows_of_an_unknown_numbering_are_found():
    other = np.random.default_rng(4).permutation(CLASSES)
    mixed = found(np.where(PLACE >= 1000, other[IDS], IDS))
    assert mixed.is_learnt
    assert (mixed.rows != (PLACE >= 1000)).sum() < 20


@pytest.mark.parametrize(
    "ids",
    [
        IDS,
        IDS + 1,
        np.random.default_rng(5).permutation(IDS),
        np.where(PLACE < 1000, np.random.default_rng(5).permutation(IDS), IDS),
        np.where(TARGETS < 5, (TARGETS + 1) % CLASSES, IDS),
        np.zeros(ROWS, int),
    ],
    ids=["sound", "all from 1", "all shuffled", "a part shuffled", "five classes taken for the next", "constant"],
)
def test_one_numbering_or_none_is_no_mixture(ids):
    assert found(ids) is None


@pytest.mark.parametrize("order", [np.argsort(IDS == TARGETS, kind="stable"), np.argsort(TARGETS, kind="stable")])
def test_an_honest_file_is_no_mixture_however_it_is_sorted(order):
    ids = np.where(TARGETS < 5, (TARGETS + 1) % CLASSES, IDS)[order]
    assert find_mixed_numberings(ids, TARGETS[order], (FROM_1, REVERSED), CLASSES) is None


@pytest.fixture
def atlas(make_atlas):
    return make_atlas([f"class {number}" for number in range(CLASSES)], per_class=50)


def test_the_doctor_says_where_a_csv_counts_from_1_by_its_lines(atlas, make_noisy, tmp_path):
    ids = make_noisy(atlas.targets, CLASSES)
    frame = atlas.images.select("file_name", predicted_class=np.where(np.arange(2000) >= 1200, ids + 1, ids))
    frame.write_csv(tmp_path / "m.csv")
    ((diagnosis, predicted),) = examine(tmp_path / "m.csv", atlas)
    finding = diagnosis.findings[0]
    assert (finding.kind, finding.fix_name, predicted) == ("class_order_part", None, None)
    first = int(finding.message.split("Lines ")[1].split(" to ")[0])
    # line 1 is the header
    assert 1202 <= first <= 1210


@pytest.mark.slow
def test_an_order_of_several_processes_and_ids_from_1_are_repaired_together(atlas, make_noisy, tmp_path):
    ids = make_noisy(atlas.targets, CLASSES)
    ranks = np.concatenate([np.arange(rank, 2000, 4) for rank in range(4)])
    np.save(tmp_path / "m.npy", (ids + 1)[ranks])
    repaired = repair(tmp_path / "m.npy", atlas)
    assert repaired.findings[0].fix_name == "4 ranks one after the other + ids minus 1"
    assert repaired.frame.sort("file_name")["predicted_class"].to_list() == ids.tolist()


def test_ranked_columns_go_with_their_prediction(atlas, make_noisy, tmp_path):
    ids = make_noisy(atlas.targets, CLASSES)
    ranked = np.column_stack([ids, (ids + 1) % CLASSES, (ids + 2) % CLASSES])
    np.save(tmp_path / "m.npy", ranked[::-1])
    frame = repair(tmp_path / "m.npy", atlas).frame
    assert frame.columns == ["file_name", "predicted_class", "column_1", "column_2"]
    assert (frame.drop("file_name").to_numpy() == ranked).all()


def test_dead_rows_of_a_csv_are_said_by_its_lines(atlas, make_noisy, tmp_path):
    ids = make_noisy(atlas.targets, CLASSES)
    ids[500:1000] = 7
    atlas.images.select("file_name", predicted_class=pl.Series(ids)).write_csv(tmp_path / "m.csv")
    ((diagnosis, _),) = examine(tmp_path / "m.csv", atlas)
    assert diagnosis.findings[0].message.startswith("Lines 502 to 1001 (25.0% of the rows)")
