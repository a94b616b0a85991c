import json

import polars as pl
import pytest

from errata.errors import InputError
from errata.labels.label_table import PART_KEY, build_labels, keep_part, read_experts
from errata.labels.reassessed import read_real
from errata.labels.tables import LABELS, TARGETS
from errata.tables import check_table

SCHEMA = {name: column.dtype for name, column in TARGETS.columns.items()}
TARGETS_ABC = pl.DataFrame({"file_name": ["a", "b", "c"], "position": [0, 1, 2], "target": [5, 6, 7]}, schema=SCHEMA)


def multilabels(rows):
    return pl.DataFrame(
        [(name, labels, [], problematic, None) for name, labels, problematic in rows],
        schema={
            "file_name": pl.String,
            "multi_labels": pl.List(pl.Int16),
            "unclear_labels": pl.List(pl.Int16),
            "is_problematic": pl.Boolean,
            "is_imagenet_m": pl.Boolean,
        },
        orient="row",
    )


def experts(tmp_path, **lists):
    paths = {}
    for name, judged in lists.items():
        paths[name] = tmp_path / f"{name}.json"
        rows = {
            file: {"top_prediction": 1, "failure category": category, "failure severity": "Minor"}
            for file, category in judged.items()
        }
        paths[name].write_text(json.dumps(rows))
    return read_experts(paths)


def test_without_multi_labels_the_target_alone_is_the_label_and_nothing_is_problematic():
    labels = check_table(build_labels(TARGETS_ABC, multilabels=None, experts=None), LABELS, where="labels")
    assert labels["multi_labels"].to_list() == [[5], [6], [7]]
    assert not labels["is_problematic"].any()
    assert labels["is_non_prototypical"].to_list() == [None] * 3


def test_only_annotated_images_are_kept_with_their_place_in_the_whole_data_set():
    labels = build_labels(TARGETS_ABC, multilabels=multilabels([("c", [7, 1], False)]), experts=None)
    assert labels.select("file_name", "position", "target").rows() == [("c", 2, 7)]


def test_an_image_is_non_prototypical_if_any_expert_list_says_so(tmp_path):
    lists = experts(
        tmp_path,
        one={"a": "Non-prototypical", "b": "Fine-grained error"},
        two={"a": "Non-prototypical", "c": "Non-prototypical"},
    )
    labels = build_labels(TARGETS_ABC, multilabels=None, experts=lists)
    assert labels["is_non_prototypical"].to_list() == [True, False, True]
    assert labels["non_prototypical_source"].to_list() == ["one, two", None, "two"]


def test_labels_of_images_that_the_data_set_does_not_have_are_refused():
    with pytest.raises(InputError, match=r"multi-labels name the image z.* parts: \[DATASET\]"):
        build_labels(TARGETS_ABC, multilabels=multilabels([("z", [1], False)]), experts=None)


def test_a_target_outside_the_multi_label_needs_the_image_to_be_problematic():
    with pytest.raises(InputError, match="multi-labels of a lack its target, class 5"):
        build_labels(TARGETS_ABC, multilabels=multilabels([("a", [1], False)]), experts=None)
    assert build_labels(TARGETS_ABC, multilabels=multilabels([("a", [1], True)]), experts=None).height == 1


def test_expert_lists_in_another_layout_are_refused(tmp_path):
    path = tmp_path / "list.json"
    path.write_text('{"a": {"top_prediction": 1}}')
    with pytest.raises(InputError, match="failure category"):
        read_experts({"list": path})


def test_real_labels_belong_to_the_images_in_order_of_their_names(tmp_path):
    path = tmp_path / "real.json"
    path.write_text("[[1], [], [2, 3]]")
    assert read_real(path, TARGETS_ABC)["real_labels"].to_list() == [[1], [], [2, 3]]


@pytest.mark.parametrize(("text", "complaint"), [("[[1]]", "expected 3 lists"), ("{}", "list"), ("[", "list")])
def test_real_labels_for_another_number_of_images_are_refused(tmp_path, text, complaint):
    path = tmp_path / "real.json"
    path.write_text(text)
    with pytest.raises(InputError, match=complaint):
        read_real(path, TARGETS_ABC)


def listed(*rows):
    return pl.DataFrame(rows, schema={"file_name": pl.String, "target": pl.Int16}, orient="row")


def test_of_a_part_the_labels_of_the_listed_images_are_kept_with_their_place():
    labels = build_labels(TARGETS_ABC, multilabels=None, experts=None)
    kept, notes = keep_part(labels, TARGETS_ABC, listed(("c", 7), ("a", 5)))
    assert kept.select("file_name", "position").rows() == [("a", 0), ("c", 2)]
    assert json.loads(notes[PART_KEY]) == {"images": 2, "of": 3}


@pytest.mark.parametrize("row", [("z", 5), ("a", 6)])
def test_a_part_with_other_images_or_other_targets_is_refused(row):
    labels = build_labels(TARGETS_ABC, multilabels=None, experts=None)
    with pytest.raises(InputError, match=f"names {row[0]} with target {row[1]}, which the data set does not have"):
        keep_part(labels, TARGETS_ABC, listed(("c", 7), row))


def test_a_part_without_an_annotated_image_is_refused():
    labels = build_labels(TARGETS_ABC, multilabels=multilabels([("c", [7], False)]), experts=None)
    with pytest.raises(InputError, match="none of the 1 images of the list is annotated"):
        keep_part(labels, TARGETS_ABC, listed(("a", 5)))
