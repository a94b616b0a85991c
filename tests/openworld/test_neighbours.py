import numpy as np
import polars as pl
import pytest
import torch

from errata.openworld import neighbours
from errata.openworld.neighbours import find_nearest, neighbours_table
from errata.openworld.tables import NEIGHBOURS
from errata.tables import check_table
from openworld.forty_classes import unit_vectors

QUERIES, TRAIN, DIMENSIONS = 70, 900, 24


@pytest.fixture(scope="module")
def vectors():
    """Queries and training vectors with copies among them, unreadable ones, and nearer ones towards the end."""
    rng = np.random.default_rng(0)
    queries, train = unit_vectors(rng, QUERIES, DIMENSIONS), unit_vectors(rng, TRAIN, DIMENSIONS)
    near = train[600:] + 0.5 * queries[rng.integers(0, QUERIES, 300)]
    train[600:] = near / np.linalg.norm(near, axis=1, keepdims=True)
    train[300:400] = train[100:200]
    train[::17] = np.nan
    train[5] = train[800]
    return queries, train


def sorted_by_cosine(queries, train, count):
    cosines = (queries.astype(np.float64) @ train.astype(np.float64).T).astype(np.float32)
    cosines[:, np.isnan(train).any(axis=1)] = -np.inf
    order = np.argsort(-cosines, axis=1, kind="stable")[:, :count]
    return order, np.take_along_axis(cosines, order, axis=1)


def test_the_nearest_are_those_of_sorting_all_cosines(vectors):
    found = find_nearest(*vectors)
    positions, cosines = sorted_by_cosine(*vectors, 50)
    assert np.array_equal(found.positions, positions)
    assert np.array_equal(found.cosines, cosines)
    assert found.positions.dtype == np.int32
    assert found.cosines.dtype == np.float32


@pytest.mark.parametrize(("train_rows", "product"), [(9, (35, 4)), (7, (70, 3)), (64, (32, 64)), (899, (64, 100))])
def test_sizes_of_chunks_and_products_change_nothing(vectors, monkeypatch, train_rows, product):
    expected = find_nearest(*vectors)
    monkeypatch.setitem(neighbours.PRODUCT, "cpu", product)
    monkeypatch.setattr(neighbours, "FIRST_ROWS", 16)
    found = find_nearest(*vectors, train_rows=train_rows)
    assert np.array_equal(found.positions, expected.positions)
    assert np.array_equal(found.cosines, expected.cosines)


@pytest.mark.parametrize("threads", [1, 3, 100])
def test_the_number_of_threads_changes_nothing_and_torch_keeps_it(vectors, threads):
    expected, before = find_nearest(*vectors), torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        found = find_nearest(*vectors)
        assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)
    assert np.array_equal(found.positions, expected.positions)
    assert np.array_equal(found.cosines, expected.cosines)


def test_more_nearly_equal_training_images_than_are_kept_beside_the_best_are_told_apart_exactly(vectors):
    queries, train = vectors
    rng = np.random.default_rng(2)
    # 600 around the first query whose cosines differ in the seventh digit
    near = queries[:1] + 3e-4 * unit_vectors(rng, 600, DIMENSIONS)
    train = np.concatenate([train, near / np.linalg.norm(near, axis=1, keepdims=True)]).astype(np.float32)
    found = find_nearest(queries, train, train_rows=100)
    positions, cosines = sorted_by_cosine(queries, train, 50)
    assert np.array_equal(found.positions, positions)
    assert np.array_equal(found.cosines, cosines)


def test_of_equally_near_training_images_the_one_with_the_lower_position_comes_first():
    train = np.repeat(np.eye(4, dtype=np.float32), 25, axis=0)[np.random.default_rng(1).permutation(100)]
    found = find_nearest(np.eye(4, dtype=np.float32), train, k=30, train_rows=13)
    for query in range(4):
        same = np.flatnonzero(train[:, query] == 1)
        others = np.flatnonzero(train[:, query] == 0)[:5]
        assert found.positions[query].tolist() == [*same, *others]


def test_with_fewer_training_images_all_of_them_are_neighbours():
    train = unit_vectors(np.random.default_rng(0), 7, DIMENSIONS)
    train[2] = np.nan
    found = find_nearest(unit_vectors(np.random.default_rng(1), 3, DIMENSIONS), train)
    assert found.positions.shape == (3, 6)
    assert 2 not in found.positions


def test_the_table_has_the_classes_of_the_training_images(vectors):
    queries, train = vectors
    classes = np.arange(TRAIN, dtype=np.int16) % 10
    names = pl.Series([f"{number}.JPEG" for number in range(QUERIES)])
    table = check_table(neighbours_table(find_nearest(queries, train, k=3), names, classes), NEIGHBOURS, where="table")
    for positions, found in table.select("train_positions", "train_classes").iter_rows():
        assert found == [position % 10 for position in positions]


@pytest.mark.gpu
def test_a_gpu_finds_the_same(vectors):
    if not torch.cuda.is_available():
        pytest.skip("there is no GPU")
    expected, found = find_nearest(*vectors), find_nearest(*vectors, device="cuda")
    assert np.array_equal(found.positions, expected.positions)
    assert np.array_equal(found.cosines, expected.cosines)
