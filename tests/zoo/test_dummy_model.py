"""A model without weights and pixels, as right as it is told to be."""

import numpy as np
import polars as pl
import pytest

from errata.errors import InputError
from errata.images.tables import IMAGES
from errata.labels.tables import TARGETS
from errata.predictions.tables import PREDICTIONS
from errata.tables import check_table
from errata.zoo.predict import predict


def nothing_but_tables(images: int, classes: pl.DataFrame) -> dict[str, pl.DataFrame]:
    names = [f"img_{i:05d}.jpeg" for i in range(images)]
    targets = pl.DataFrame(
        {"file_name": names, "position": range(images), "target": np.arange(images) % classes.height},
        schema={name: column.dtype for name, column in TARGETS.columns.items()},
    )
    nowhere = {name: None for name in IMAGES.columns if name not in ("file_name", "position")}
    index = targets.select("file_name", "position").with_columns(
        **{**nowhere, "location": pl.col("file_name"), "bytes": pl.lit(0)}
    )
    index = index.cast({name: column.dtype for name, column in IMAGES.columns.items()}).select(*IMAGES.columns)
    return {"index": index, "targets": targets, "classes": classes}


@pytest.fixture
def tables(pictures):
    return nothing_but_tables(5000, pictures.classes)


@pytest.fixture
def dummy(make_row):
    return lambda **columns: make_row(
        **{"source": "dummy", "architecture": "-", "weights": "0.7", "view": "-", **columns}
    )


@pytest.mark.parametrize("accuracy", ["0", "0.7", "1"])
def test_its_accuracy_is_the_stated_one(accuracy, dummy, tables):
    rows = predict(dummy(weights=accuracy), **tables).rows
    # five standard errors of a share of 5,000 images
    assert (rows["target_rank"] == 1).mean() == pytest.approx(float(accuracy), abs=0.033)
    assert check_table(rows, PREDICTIONS, where="a test").height == 5000


def test_the_same_model_says_the_same_again(dummy, tables):
    assert predict(dummy(), **tables).rows.equals(predict(dummy(), **tables).rows)


def test_another_model_says_something_else(dummy, tables):
    one, other = (predict(dummy(model=name), **tables).rows["predicted_class"] for name in ("one@64", "other@64"))
    assert 0.4 < (one == other).mean() < 0.6  # both right: 0.49, both wrong in the same way: 0.002


def test_wrong_answers_spread_over_all_classes(dummy, tables):
    wrong = predict(dummy(weights="0"), **tables).rows["predicted_class"].value_counts()
    assert wrong.height == 40
    assert wrong["count"].min() > 60  # 125 expected


def test_what_it_says_about_an_image_does_not_depend_on_the_others(dummy, tables):
    few = {name: table.head(100) if name != "classes" else table for name, table in tables.items()}
    assert predict(dummy(), **few).rows.equals(predict(dummy(), **tables).rows.head(100))


@pytest.mark.parametrize("weights", ["-", "1.5", "nan", "good"])
def test_an_accuracy_that_is_none_is_refused(weights, dummy, tables):
    with pytest.raises(InputError, match="a number from 0 to 1; found"):
        predict(dummy(weights=weights), **tables)


def test_a_model_can_answer_among_the_classes_of_the_targets_only(dummy, tables):
    some = tables["targets"].with_columns(pl.col("target") % 3)
    everywhere, among = (predict(dummy(), **tables | {"targets": some}, own_classes=own) for own in (False, True))
    assert set(everywhere.rows["predicted_class"]) > {0, 1, 2}
    assert set(among.rows["predicted_class"]) == {0, 1, 2}
    assert among.notes["answers"] == "own classes"
    assert "answers" not in everywhere.notes
