import numpy as np
import pytest

from errata.classes.clustering import average_linkage, confusion_distances, cosine_distances


def literal_heights(distances: np.ndarray) -> list[float]:
    """Merge the two groups whose members are nearest on average, until one is left."""
    groups, heights = [[leaf] for leaf in range(len(distances))], []
    while len(groups) > 1:
        height, one, other = min(
            (distances[np.ix_(a, b)].mean(), i, j) for i, a in enumerate(groups) for j, b in enumerate(groups) if i < j
        )
        heights.append(height)
        groups[one] += groups.pop(other)
    return heights


@pytest.mark.parametrize("seed", range(5))
def test_merge_heights_are_mean_distances_of_the_nearest_groups(seed):
    distances = cosine_distances(np.random.default_rng(seed).normal(size=(23, 4)) + 1)
    assert average_linkage(distances).heights == pytest.approx(literal_heights(distances), abs=1e-6)


def test_a_node_has_the_classes_of_what_it_merged():
    distances = np.array([[0, 0.9, 0.1, 0.9], [0.9, 0, 0.9, 0.2], [0.1, 0.9, 0, 0.9], [0.9, 0.2, 0.9, 0]])
    assert [sorted(group) for group in average_linkage(distances).members[4:]] == [[0, 2], [1, 3], [0, 1, 2, 3]]


def line(places: list[float]) -> np.ndarray:
    """Distances of points on a line."""
    return np.abs(np.subtract.outer(places, places))


def test_the_cut_is_the_greatest_height_without_a_group_that_is_too_large():
    cut = average_linkage(line([0, 0.1, 0.5, 0.62, 0.9])).cut(2)
    assert sorted(map(sorted, cut.groups.values())) == [[0, 1], [2, 3], [4]]
    assert 0.12 < cut.height < 0.34


def test_one_group_that_would_be_too_large_cuts_all_at_its_height():
    # 0 to 2 merge at 0.15, so the pair at 0.9 is not joined
    cut = average_linkage(line([0, 0.1, 0.2, 5, 5.9])).cut(2)
    assert sorted(map(sorted, cut.groups.values())) == [[0, 1], [2], [3], [4]]


def test_what_is_unlike_is_in_no_group():
    cut = average_linkage(cosine_distances(np.eye(4))).cut(4)
    assert sorted(cut.groups.values()) == [[0], [1], [2], [3]]


def test_confused_classes_are_near_by_the_share_of_either():
    counts = np.array([[6, 4, 0], [0, 20, 0], [0, 0, 0]])
    assert confusion_distances(counts)[0] == pytest.approx([0, 1 - 0.4 / 2, 1])


def test_a_class_without_vector_is_unlike_all():
    vectors = np.array([[1.0, 0], [2, 0], [np.nan, np.nan], [0, 0]])
    assert cosine_distances(vectors)[2:].tolist() == [[1, 1, 0, 1], [1, 1, 1, 0]]
    assert cosine_distances(vectors)[0, 1] == 0
