"""Reading the sheet of models."""

from dataclasses import replace

import pytest

from errata.errors import InputError
from errata.models import COLUMNS, MODEL_COLUMNS, Model, read_models

ROW = ("a.in1k@224", "timm", "a.in1k", "pretrained", "224", "imagenet1k", "224-256-bicubic-center")
BARE = Model("a.in1k@224", "timm", "a.in1k", "pretrained", 224, "imagenet1k", "224-256-bicubic-center")
FACTS = COLUMNS[len(MODEL_COLUMNS) :]


@pytest.fixture
def sheet(tmp_path):
    def write(columns, *rows):
        path = tmp_path / "models.tsv"
        path.write_text("# a comment\n" + "".join("\t".join(row) + "\n" for row in (columns, *rows)))
        return path

    return write


def test_what_is_not_known_is_none(sheet):
    path = sheet(MODEL_COLUMNS + FACTS, (*ROW, *["-"] * len(FACTS)))
    assert read_models(path) == {"a.in1k@224": BARE}


def test_facts_may_be_left_out(sheet):
    for path in (sheet(MODEL_COLUMNS, ROW), sheet(MODEL_COLUMNS + FACTS, ROW)):
        assert read_models(path) == {"a.in1k@224": BARE}


def test_numbers_are_numbers(sheet):
    known = {"revision": "abc", "family": "cnn", "parameters": "25557032", "expected_top1": "80.382", "seconds": "7.1"}
    path = sheet(MODEL_COLUMNS + FACTS, (*ROW, *(known.get(name, "-") for name in FACTS)))
    facts = {"family": "cnn", "parameters": 25557032, "expected_top1": 80.382, "seconds": 7.1}
    assert read_models(path) == {"a.in1k@224": replace(BARE, revision="abc", **facts)}


def test_a_model_is_rebuilt_from_plain_values_without_facts():
    known = replace(BARE, revision="abc", licence="mit", seconds=7.1)
    values = known.how_to_run()
    assert values == dict(zip(MODEL_COLUMNS, (*ROW[:4], 224, *ROW[5:]), strict=True)) | {"revision": "abc"}
    assert Model(**values) == replace(BARE, revision="abc")


def test_a_number_that_is_none_is_named(sheet):
    path = sheet(MODEL_COLUMNS + FACTS, (*ROW, *("25 M" if name == "parameters" else "-" for name in FACTS)))
    with pytest.raises(InputError, match=r"model 'a.in1k@224': .*parameters.* must be numbers.*25 M"):
        read_models(path)


def test_what_a_run_needs_may_not_be_left_out(sheet):
    with pytest.raises(InputError, match="row 1: every column needs a value"):
        read_models(sheet(MODEL_COLUMNS + FACTS, ROW[:6]))


def test_unknown_columns_are_refused(sheet):
    with pytest.raises(InputError, match=r"expected the tab-separated columns .*found .*colour"):
        read_models(sheet((*MODEL_COLUMNS, "colour"), (*ROW, "red")))
