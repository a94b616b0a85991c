import numpy as np
import polars as pl

from errata.classes.pairs import count_cooccurrence, spurious_matrix

SHARING = np.eye(5, dtype=bool)
SHARING[0, 1] = SHARING[1, 0] = True


def count(*images):
    frame = pl.DataFrame(
        {"target": [target for target, _ in images], "real_labels": [labels for _, labels in images]},
        schema={"target": pl.Int16, "real_labels": pl.List(pl.Int16)},
    )
    return count_cooccurrence(frame, SHARING)


def counts(*images):
    return {(a, b): n for a, b, n in count(*images).select("class_a", "class_b", "count").iter_rows()}


def test_every_unordered_pair_counts_once_per_image():
    assert counts((0, [0, 1, 2]), (2, [2, 1])) == {(0, 1): 1, (0, 2): 1, (1, 2): 2}


def test_a_missing_target_is_added_to_the_labels():
    assert counts((3, [1])) == {(1, 3): 1}


def test_images_without_labels_do_not_count():
    assert counts((3, []), (1, [1])) == {}


def test_a_repeated_label_counts_once():
    assert counts((0, [0, 2, 2])) == {(0, 2): 1}


def test_a_pair_is_spurious_prone_if_seen_twice_and_without_a_common_superclass():
    table = count((0, [0, 1, 2]), (0, [0, 1, 2]), (3, [3, 4]))
    prone = set(table.filter("is_spurious_prone").select("class_a", "class_b").iter_rows())
    assert prone == {(0, 2), (1, 2)}  # 0 and 1 share a superclass, 3 and 4 were seen once
    matrix = spurious_matrix(table, 5)
    assert np.array_equal(matrix, matrix.T)
    assert matrix.sum() == 4
