import pytest

from errata.classes.pairs import overlap_matrix, read_overlap
from errata.errors import InputError


@pytest.fixture
def overlap(project, wnids):
    return read_overlap(project / "resources/class_overlap.csv", wnids)


def test_the_accepted_pairs_are_those_of_the_paper(overlap):
    # REFERENCE: Peychev et al. 2023, collapsed mappings, by class id
    one_way = {(249, 248), (250, 248), (385, 101), (386, 101), (504, 968), (482, 848), (435, 876)}
    both_ways = [{836, 837}, {638, 639}, {657, 744}, {620, 681}, {664, 782}, {356, 357, 358, 359}]
    mutual = {(a, b) for classes in both_ways for a in classes for b in classes if a != b}
    assert set(overlap.select("target", "predicted_class").iter_rows()) == one_way | mutual


def test_overlap_is_directed(overlap):
    matrix = overlap_matrix(overlap, 1000)
    assert matrix[504, 968]
    assert not matrix[968, 504]


def test_every_pair_has_a_reason(overlap):
    assert overlap["reason"].str.len_chars().min() > 10


def test_pairs_outside_the_vocabulary_are_left_out(project):
    assert read_overlap(project / "resources/class_overlap.csv", ["n01440764"]).height == 0


def test_other_columns_are_refused(tmp_path):
    path = tmp_path / "overlap.csv"
    path.write_text("target,prediction\n")
    with pytest.raises(InputError, match="reason"):
        read_overlap(path, [])
