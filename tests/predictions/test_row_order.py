"""Rows in a regular order, and rows that say nothing about their images, on made-up rows of a hundred classes."""

import numpy as np
import pytest

from errata.predictions.class_folders import read_class_folders
from errata.predictions.class_ids import NO_CLASS, find_subset_numbering
from errata.predictions.dead_rows import find_dead_rows, rows_for_power
from errata.predictions.regular_orders import find_regular_order, find_shift, nearby_hits, regular_orders
from errata.predictions.row_support import is_independent

CLASSES, ROWS = 100, 6000
RANDOM = np.random.default_rng(7)
TARGETS = RANDOM.permutation(np.arange(ROWS) % CLASSES)
RIGHT = np.where(RANDOM.random(ROWS) < 0.7, TARGETS, (TARGETS + RANDOM.integers(1, 4, ROWS)) % CLASSES)
"""Right in 70 % of the rows, else one of three classes that this class is confused with."""
JUDGED = np.where(np.arange(ROWS) % 5 < 2, TARGETS, -1)
"""Two of five images are annotated."""


def strided(workers):
    return np.concatenate([np.arange(rank, ROWS, workers) for rank in range(workers)])


def gathered(workers, batch):
    shards = np.arange(ROWS).reshape(-1, workers).T
    return np.concatenate([shards[:, i : i + batch].ravel() for i in range(0, ROWS // workers, batch)])


def dealt(workers, batch):
    rows = np.arange(ROWS)
    return np.concatenate([rows[rows // batch % workers == rank] for rank in range(workers)])


ORDERS = {
    "4 ranks one after the other": strided(4),
    "7 ranks of unequal length one after the other": strided(7),
    "5 shards in turn": np.argsort(strided(5)),
    "batches of 16 gathered from 4 processes": gathered(4, 16),
    "batches of 7 gathered from 3 processes": gathered(3, 7),
    "batches of 16 from 4 processes interleaved": np.argsort(gathered(4, 16)),
    "3 ranks one after the other, batches of 10": dealt(3, 10),
    "every 25 rows reversed": np.arange(ROWS).reshape(-1, 25)[:, ::-1].ravel(),
    "neighbouring rows exchanged": np.arange(ROWS).reshape(-1, 2)[:, ::-1].ravel(),
    "groups of 8 rows exchanged": np.arange(ROWS).reshape(-1, 2, 8)[:, ::-1].ravel(),
    "rows shifted by +50": np.roll(np.arange(ROWS), 50),
}


@pytest.mark.parametrize("name", [name for name in ORDERS if "shifted" not in name])
def test_a_regular_order_is_a_formula_of_the_row(name):
    (order,) = (order for order in regular_orders(ROWS) if order.name == name)
    assert (order.image(np.arange(ROWS), ROWS) == ORDERS[name]).all()


def find(targets, predictions):
    found = find_regular_order(targets, predictions[None], CLASSES)
    return found[0] if found else None


@pytest.mark.parametrize("name", ["batches of 7 gathered from 3 processes", "rows shifted by +50"])
def test_a_regular_order_is_found_to_the_row(name):
    found = find(JUDGED, RIGHT[ORDERS[name]])
    assert found.name == name
    assert (found.image == ORDERS[name]).all()


def test_no_order_is_found_for_rows_in_random_order():
    assert find(JUDGED, np.random.default_rng(1).permutation(RIGHT)) is None


@pytest.mark.slow
def test_targets_are_never_put_in_order():
    assert find(JUDGED, TARGETS[strided(4)]) is None


@pytest.mark.slow
def test_a_shift_whose_wrapped_rows_prove_nothing_leaves_them_without_an_image():
    found = find(JUDGED, np.roll(RIGHT, 1))
    assert (found.name, found.image[0], found.image[1]) == ("rows shifted by +1", -1, 0)


def test_a_shift_of_any_size_is_found():
    assert find_shift(JUDGED, np.roll(RIGHT, -1234)) == 1234
    assert find_shift(JUDGED, RIGHT) is None


def mixed(rows):
    ids = RIGHT.copy()
    ids[rows] = np.random.default_rng(3).permutation(ids[rows])
    return ids


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        (np.arange(2000, 2300), "rows 2000 to 2299"),
        (np.arange(3, ROWS, 8), "every 8th row, from row 3 on,"),
        (np.arange(1, ROWS, 2), "every 2nd row, from row 1 on,"),
    ],
)
def test_shuffled_rows_are_found_at_their_place(rows, where):
    dead = find_dead_rows(JUDGED, mixed(rows), CLASSES)
    expected = np.isin(np.arange(ROWS), rows)
    assert dead.is_refused
    assert (dead.rows != expected).sum() < 30
    if "every" in where:
        assert [region.in_words() for region in dead.regions] == [where]


@pytest.mark.parametrize(
    ("rows", "period"),
    [(np.arange(4000, ROWS), None), (np.arange(5, ROWS, 16), 16), (np.arange(ROWS)[np.arange(ROWS) % 8 != 0], 8)],
)
def test_rows_that_were_never_filled_are_found(rows, period):
    ids = RIGHT.copy()
    ids[rows] = 0
    (region,) = find_dead_rows(JUDGED, ids, CLASSES).regions
    assert (region.label, region.period) == (0, period)
    assert (region.rows != np.isin(np.arange(ROWS), rows)).sum() < 20


def test_scattered_rows_of_one_class_are_found():
    ids = np.where(np.random.default_rng(4).random(ROWS) < 0.06, 17, RIGHT)
    (region,) = find_dead_rows(TARGETS, ids, CLASSES).regions
    assert region.label == 17


HONEST = {
    "as it is": np.arange(ROWS),
    "in class order": np.argsort(TARGETS, kind="stable"),
    "errors first": np.argsort(RIGHT == TARGETS, kind="stable"),
    "sorted by prediction": np.argsort(RIGHT, kind="stable"),
}


@pytest.mark.parametrize("order", HONEST)
def test_an_honest_file_has_no_dead_rows_however_it_is_sorted(order):
    rows = HONEST[order]
    assert find_dead_rows(TARGETS[rows], RIGHT[rows], CLASSES).regions == ()


@pytest.mark.parametrize("accuracy", [0.3, 0.1, 0.04])
def test_a_weak_model_has_no_dead_rows(accuracy):
    random = np.random.default_rng(5)
    weak = np.where(random.random(ROWS) < accuracy, TARGETS, (TARGETS + random.integers(1, 9, ROWS)) % CLASSES)
    assert find_dead_rows(TARGETS, weak, CLASSES).regions == ()


def test_a_model_that_never_names_some_classes_has_no_dead_rows():
    never = np.where(RIGHT < 30, RIGHT + 30, RIGHT)
    for rows in HONEST.values():
        assert find_dead_rows(TARGETS[rows], never[rows], CLASSES).regions == ()


def test_fewer_rows_are_noticed_where_more_answers_are_right():
    assert rows_for_power(20_000, 0.8) < rows_for_power(20_000, 0.5) < rows_for_power(20_000, 0.1)


def test_rows_that_are_shuffled_within_batches_stand_near_their_image():
    batches = np.random.default_rng(6).random((ROWS // 4, 4)).argsort(axis=1) + 4 * np.arange(ROWS // 4)[:, None]
    reach, share = nearby_hits(TARGETS, RIGHT[batches.ravel()])
    assert reach <= 4
    assert share > 0.5
    assert nearby_hits(TARGETS, RIGHT) == (0, 0.0)
    in_order = np.argsort(TARGETS, kind="stable")
    assert nearby_hits(TARGETS[in_order], RIGHT[in_order]) == (0, 0.0)


@pytest.mark.parametrize("rows", [slice(None), slice(0, ROWS - 80), np.append(np.arange(ROWS), [0, 1, 2])])
def test_class_folders_are_read_without_targets_whether_rows_were_dropped_or_added(rows):
    listed = np.random.default_rng(8).permutation(CLASSES)
    in_folders = RIGHT[np.argsort(np.argsort(listed)[TARGETS], kind="stable")]
    found = read_class_folders(in_folders[rows], CLASSES, ROWS // CLASSES)
    assert (found.classes == listed[: len(found.classes)]).all()
    assert read_class_folders(RIGHT[rows], CLASSES, ROWS // CLASSES) is None


def test_ids_that_number_the_classes_of_a_head_of_few_classes_are_recognised():
    kept = np.arange(2, CLASSES, 10)
    number = np.full(CLASSES, NO_CLASS)
    number[kept] = np.arange(len(kept))
    ids = np.where(number[RIGHT] >= 0, number[RIGHT], np.random.default_rng(9).integers(0, len(kept), ROWS))
    found = find_subset_numbering(ids, TARGETS, CLASSES)
    assert found.table.tolist() == kept.tolist()
    assert found.before < 0.2 < 0.6 < found.after


def test_a_head_of_few_classes_that_writes_ids_of_the_data_set_is_no_numbering_of_its_own():
    head = np.minimum(RIGHT, 9)
    assert find_subset_numbering(head, TARGETS, CLASSES) is None


@pytest.mark.parametrize("images", [300, 1000])
def test_a_few_images_of_many_classes_that_are_sorted_by_success_have_no_dead_rows(images):
    random = np.random.default_rng(10)
    targets = random.permutation(1000)[:images]
    ids = np.where(random.random(images) < 0.7, targets, random.integers(0, 1000, images))
    for order in (np.argsort(ids == targets, kind="stable"), np.argsort(ids != targets, kind="stable")):
        assert find_dead_rows(targets[order], ids[order], 1000).regions == ()
    shuffled = np.where(np.arange(images) < images // 2, random.permutation(ids), ids)
    assert find_dead_rows(targets, shuffled, 1000).is_refused


def test_three_answers_that_agree_by_chance_do_not_make_a_stretch_depend_on_its_targets():
    random = np.random.default_rng(11)
    targets, inside = random.permutation(np.arange(6000) % 1000), np.arange(6000) < 1000
    ids = np.where(random.random(6000) < 0.7, targets, random.integers(0, 1000, 6000))
    ids[inside] = random.permutation(ids[inside])
    targets[:6], ids[:6] = [3, 3, 3, 8, 8, 8], [500, 500, 500, 600, 600, 600]
    assert is_independent(targets, ids, inside, 1000)
    assert not is_independent(targets, ids, ~inside, 1000)
