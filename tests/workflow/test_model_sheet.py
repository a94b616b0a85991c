"""Reading the sheet of models."""

import json
from dataclasses import replace

import pytest
from snakemake.utils import validate

from errata.errors import InputError
from errata.models import COLUMNS, MODEL_COLUMNS, Model, read_models
from errata.sheets import read_datasets, schema_check

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


@pytest.mark.parametrize(
    ("column", "found", "said"),
    [
        ("parameters", "25 M", "model 'a.in1k@224': .*parameters.* must be numbers, or '-': '25 M'"),
        ("seconds", "fast", "model 'a.in1k@224': .*seconds must be numbers, or '-': 'fast'"),
        ("source", "tim", "model 'a.in1k@224' has source 'tim'; expected one of timm, torchvision, open_clip"),
    ],
)
def test_a_cell_that_the_schema_does_not_allow_is_named(sheet, project, column, found, said):
    cells = dict(zip(COLUMNS, (*ROW, *["-"] * len(FACTS)), strict=True)) | {column: found}
    path = sheet(COLUMNS, tuple(cells.values()))
    with pytest.raises(InputError, match=f"models.tsv[:,] {said}"):
        read_models(path, check=schema_check(path, project / "config/schemas/models.schema.json", validate=validate))


def test_the_sheets_of_the_project_fit_their_schemas(project):
    for name, read in (("models", read_models), ("datasets", read_datasets)):
        path = project / f"config/{name}.tsv"
        assert read(path, check=schema_check(path, project / f"config/schemas/{name}.schema.json", validate=validate))


@pytest.mark.parametrize("name", ["models", "datasets"])
def test_schemas_describe_all_columns(project, name):
    schema = json.loads((project / f"config/schemas/{name}.schema.json").read_text())
    lines = (project / f"config/{name}.tsv").read_text().splitlines()
    header = next(line for line in lines if not line.startswith("#")).split("\t")
    assert list(schema["additionalProperties"]["properties"]) == header


def test_pairs_of_encoders_are_names_with_an_equals_sign(project, tmp_path):
    path = tmp_path / "datasets.tsv"
    path.write_text((project / "config/datasets.tsv").read_text().replace("vit-b-32=demo-clip-tiny", "vit-b-32"))
    check = schema_check(path, project / "config/schemas/datasets.schema.json", validate=validate)
    with pytest.raises(InputError, match=r"data set 'demo.*', stand_ins: expected name=name, .* found 'vit-l"):
        read_datasets(path, check=check)


def test_what_a_run_needs_may_not_be_left_out(sheet):
    with pytest.raises(InputError, match="row 1: every column needs a value"):
        read_models(sheet(MODEL_COLUMNS + FACTS, ROW[:6]))


def test_unknown_columns_are_refused(sheet):
    with pytest.raises(InputError, match=r"expected the tab-separated columns .*found .*colour"):
        read_models(sheet((*MODEL_COLUMNS, "colour"), (*ROW, "red")))
