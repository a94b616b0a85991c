import json

import polars as pl
import pytest

from errata.errors import InputError
from errata.labels.label_table import build_labels, read_experts
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
    with pytest.raises(InputError, match="multi-labels name the image z"):
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
