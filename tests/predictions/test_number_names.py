"""Classes that are called by numbers, or by words that could stand for no class."""

import json

import numpy as np
import polars as pl
import pytest

from errata.own_data.build import build
from errata.predictions.align import Aligner
from errata.predictions.doctor import examine
from errata.predictions.in_memory import InMemory

IMAGES = 240


def aligner_of(names: list[str]) -> Aligner:
    """A data set whose images show the classes in turn."""
    shown = [names[image % len(names)] for image in range(IMAGES)]
    labels = pl.DataFrame({"file_name": files(), "label": shown})
    return Aligner(build(pl.DataFrame({"name": names}), labels, name="own").atlas)


def files() -> list[str]:
    return [f"{image:03d}.png" for image in range(IMAGES)]


def answers(names: list[str]) -> list[str]:
    """Names of which nine of ten are right."""
    return [names[(image + (image % 10 == 0)) % len(names)] for image in range(IMAGES)]


def written(tmp_path, values: list, suffix: str, column: str = "predicted_class"):
    frame = pl.DataFrame({"file_name": files(), column: values})
    path = tmp_path / f"model{suffix}"
    if suffix == ".json":
        path.write_text(json.dumps(frame.to_dicts()))
    elif suffix == "python":
        return InMemory("model", values, pl.Series("file_name", files()))
    else:
        (frame.write_csv if suffix == ".csv" else frame.write_parquet)(path)
    return path


def accuracy(source, aligner) -> tuple[float | None, list[tuple[str, str]]]:
    ((found, _),) = examine(source, aligner)
    return found.accuracy, [(each.kind, each.severity) for each in found.findings]


YEARS = ["2019", "2020", "2021", "2023"]
DIGITS = [str(digit) for digit in range(10)]
BY_TEXT = sorted(map(str, range(20)))  # 0, 1, 10, 11, ..., 19, 2, 3: as class folders are sorted
ODD = [
    "nan",
    "NA",
    "null",
    "none",
    "inf",
    "true",
    "false",
    "007",
    "7",
    "class 1",
    "-1",
    "1e5",
    "it's",
    '"so"',
    "cafe\u0301",
]

everywhere = pytest.mark.parametrize("suffix", [".csv", ".parquet", ".json", "python"])
as_given = pytest.mark.parametrize("kind", [str, int, float])


@everywhere
@as_given
def test_numbers_that_are_no_class_ids_are_names(tmp_path, suffix, kind):
    for names in (YEARS, ["3", "7"], [*DIGITS[1:], "10"]):
        source = written(tmp_path, list(map(kind, answers(names))), suffix)
        assert accuracy(source, aligner_of(names)) == (90, [])


@everywhere
@as_given
def test_numbers_that_are_no_names_are_class_ids(tmp_path, suffix, kind):
    source = written(tmp_path, [kind(YEARS.index(name)) for name in answers(YEARS)], suffix)
    assert accuracy(source, aligner_of(YEARS)) == (90, [])


@everywhere
@as_given
def test_nothing_is_said_where_class_i_is_called_i(tmp_path, suffix, kind):
    assert accuracy(written(tmp_path, list(map(kind, answers(DIGITS))), suffix), aligner_of(DIGITS)) == (90, [])


@everywhere
@as_given
def test_numbers_that_are_ids_and_names_are_what_more_are_right_as_and_that_is_said(tmp_path, suffix, kind):
    aligner = aligner_of(BY_TEXT)
    names = answers(BY_TEXT)
    by_name = written(tmp_path, list(map(kind, names)), suffix)
    assert accuracy(by_name, aligner) == (90, [("remark", "note")])
    by_id = written(tmp_path, [kind(BY_TEXT.index(name)) for name in names], suffix)
    assert accuracy(by_id, aligner) == (90, [("remark", "note")])


def test_numbers_are_class_ids_where_the_accuracy_does_not_tell_and_a_warning_says_so(tmp_path):
    ((found, _),) = examine(written(tmp_path, ["2"] * 100 + ["10"] * 140, ".csv"), aligner_of(BY_TEXT))
    warning = next(each for each in found.findings if each.kind == "number_names")
    assert warning.severity == "warn"
    assert "They were read as class ids: 5.0% are right as class ids, 5.0% as names. Call the" in warning.message


def test_the_name_of_the_column_says_what_numbers_are(tmp_path):
    aligner, names = aligner_of(BY_TEXT), answers(BY_TEXT)
    ids = [BY_TEXT.index(name) for name in names]
    for column, right, wrong in (("class_name", names, ids), ("class_id", ids, names)):
        assert accuracy(written(tmp_path, right, ".csv", column), aligner)[0] == 90
        assert ("class_order", "refuse") in accuracy(written(tmp_path, wrong, ".csv", column), aligner)[1]


def test_scores_are_those_of_class_ids_whatever_the_classes_are_called():
    scores = np.eye(20)[[BY_TEXT.index(name) for name in answers(BY_TEXT)]]
    source = InMemory("model", scores, pl.Series("file_name", files()))
    assert accuracy(source, aligner_of(BY_TEXT)) == (90, [])


def test_a_number_that_is_no_class_among_others_that_are_is_named(tmp_path):
    source = written(tmp_path, [*answers(YEARS)[:-1], "2022"], ".csv")
    ((found, _),) = examine(source, aligner_of(YEARS))
    assert found.findings[0].kind == "unknown_class_names"
    assert "'2022' in line 241 is no class id, wnid or class name" in found.findings[0].message


@everywhere
def test_names_that_look_like_nothing_or_like_a_number_are_names(tmp_path, suffix):
    assert accuracy(written(tmp_path, answers(ODD), suffix), aligner_of(ODD)) == (90, [])


@everywhere
def test_names_with_a_word_before_a_number_are_no_class_ids(tmp_path, suffix):
    names = ["class_1", "class_2", "class_3", "LABEL_0"]
    assert accuracy(written(tmp_path, answers(names), suffix), aligner_of(names)) == (90, [])


def test_a_word_for_nothing_that_no_class_is_called_is_still_missing(tmp_path):
    names = ["nan", "cat", "dog"]
    ((found, _),) = examine(written(tmp_path, [*answers(names)[:-1], "null"], ".csv"), aligner_of(names))
    assert [(each.kind, each.rows_affected) for each in found.findings] == [("not_finite", 1)]


def test_of_one_class_every_answer_is_right_and_nothing_is_said(tmp_path):
    assert accuracy(written(tmp_path, ["nan"] * IMAGES, ".csv"), aligner_of(["nan"])) == (100, [])
