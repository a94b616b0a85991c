import json

import polars as pl
import pytest

from errata.errors import InputError
from errata.labels.multilabels import read_multilabels

WNIDS = ["n00000001", "n00000002", "n00000003"]


def official(tmp_path, annotations, *, problematic=(), imagenet_m=()):
    path = tmp_path / "labels.json"
    content = {
        "initial_annots": annotations,
        "problematic_images": {name: {} for name in problematic},
        "imagenet_m": list(imagenet_m),
    }
    path.write_text(json.dumps(content))
    return path


def row(table, file_name="a"):
    return table.filter(file_name=file_name).row(0, named=True)


def test_the_multi_label_is_correct_then_unclear(tmp_path):
    path = official(tmp_path, {"a": {"correct": ["n00000003"], "wrong": ["n00000002"], "unclear": ["n00000001"]}})
    found = row(read_multilabels(path, WNIDS))
    assert (found["multi_labels"], found["unclear_labels"]) == ([2, 0], [0])


def test_an_id_that_repeats_counts_once_in_the_first_place_and_as_correct(tmp_path):
    path = official(tmp_path, {"a": {"correct": ["n00000003", "n00000001"], "unclear": ["n00000001", "n00000002"]}})
    found = row(read_multilabels(path, WNIDS))
    assert (found["multi_labels"], found["unclear_labels"]) == ([2, 0, 1], [1])


def test_problematic_images_may_have_no_label(tmp_path):
    path = official(tmp_path, {"a": {"wrong": ["n00000001"]}, "b": {"correct": ["n00000001"]}}, problematic=["a"])
    table = read_multilabels(path, WNIDS)
    assert row(table)["multi_labels"] == []
    assert table.filter("is_problematic")["file_name"].to_list() == ["a"]


def test_an_empty_imagenet_m_list_is_no_statement(tmp_path):
    annotations = {"a": {"correct": ["n00000001"]}, "b": {"correct": ["n00000001"]}}
    assert read_multilabels(official(tmp_path, annotations), WNIDS)["is_imagenet_m"].to_list() == [None, None]
    listed = read_multilabels(official(tmp_path, annotations, imagenet_m=["b"]), WNIDS)
    assert listed["is_imagenet_m"].to_list() == [False, True]


def test_csv_and_parquet_say_the_same_as_the_official_layout(tmp_path):
    json_path = official(
        tmp_path,
        {"a": {"correct": ["n00000001"], "unclear": ["n00000002"]}, "b": {"correct": ["n00000003"]}},
        problematic=["b"],
    )
    csv = tmp_path / "labels.csv"
    csv.write_text("file_name,multi_labels,unclear_labels,is_problematic\na,n00000001,n00000002,false\nb,2,,true\n")
    parquet = tmp_path / "labels.parquet"
    pl.DataFrame(
        {
            "file_name": ["a", "b"],
            "multi_labels": [[0], [2]],
            "unclear_labels": [[1], []],
            "is_problematic": [False, True],
        }
    ).write_parquet(parquet)
    expected = read_multilabels(json_path, WNIDS)
    assert read_multilabels(csv, WNIDS).equals(expected)
    assert read_multilabels(parquet, WNIDS).equals(expected)


@pytest.mark.parametrize(
    ("annotations", "problematic", "complaint"),
    [
        ({"a": {"correct": ["n12345678"]}}, [], "a has label 'n12345678'"),
        ({"a": {"wrong": ["n00000001"]}}, [], "a has no label and is not marked as problematic"),
        ({"a": {"correct": ["n00000001"]}}, ["z"], "z is called problematic"),
    ],
)
def test_unusable_labels_are_refused(tmp_path, annotations, problematic, complaint):
    with pytest.raises(InputError, match=complaint):
        read_multilabels(official(tmp_path, annotations, problematic=problematic), WNIDS)


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("x.json", "{}", "initial_annots"),
        ("x.csv", "file_name,labels\n", "multi_labels"),
        ("x.csv", "file_name,multi_labels\na,n00000001\na,n00000001\n", "a is listed more than once"),
        ("x.csv", "file_name,multi_labels,is_problematic\na,n00000001,perhaps\n", "'perhaps'"),
        ("x.parquet", "no parquet", "expected a Parquet file"),
        ("x.txt", "", r"\.json, \.csv or \.parquet"),
    ],
)
def test_other_layouts_are_refused(tmp_path, name, text, complaint):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(InputError, match=complaint):
        read_multilabels(path, WNIDS)
