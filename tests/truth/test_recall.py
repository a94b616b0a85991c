"""Recall of planted causes: counts, intervals, the comparison of atlases."""

import runpy
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from errata.errors import InputError
from errata.predictions.tables import ERRORS
from errata.tables import CLASS_ID, check_table, read_table, write_table
from errata.truth.recall import measure_recall, rank_atlases
from errata.truth.tables import PLANTED, RECALL

CONFUSER, ANOTHER = 1, 2


def planted(*rows: tuple[str, str | None, int | None]) -> pl.DataFrame:
    """The table of planted causes from (file name, cause, confuser)."""
    frame = pl.DataFrame(
        {"file_name": [row[0] for row in rows], "cause": [row[1] for row in rows], "note": ["a scene"] * len(rows)},
        schema={"file_name": pl.String, "cause": pl.String, "note": pl.String},
    ).with_columns(pl.Series("confuser", [row[2] for row in rows], dtype=CLASS_ID))
    return check_table(frame, PLANTED, where="planted")


def errors(*rows: tuple[str, str, int, str]) -> pl.LazyFrame:
    """The table of errors from (model, file name, predicted class, category)."""
    names = ("model", "file_name", "predicted_class", "category")
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String) | {"predicted_class": CLASS_ID}, orient="row")
    frame = frame.with_columns(
        pl.lit(0, CLASS_ID).alias("target"), pl.lit(None, pl.String).alias("provisional_category")
    )
    return check_table(frame, ERRORS, where="errors").lazy()


def cell(recall: pl.DataFrame, cause: str | None, category: str, *, as_planted: bool, atlas: str = "paper") -> dict:
    """The one row with this key."""
    rows = recall.filter(
        pl.col("cause").eq_missing(pl.lit(cause, pl.String)), atlas=atlas, category=category, as_planted=as_planted
    )
    return rows.row(0, named=True)


PLANTS = planted(
    ("a.png", "multi_label", CONFUSER),
    ("b.png", "multi_label", CONFUSER),
    ("c.png", "model_failure", None),
    ("d.png", None, None),
)
FOUND = errors(
    ("strong", "a.png", CONFUSER, "multi_label"),
    ("strong", "d.png", ANOTHER, "fine_grained"),
    ("weak", "a.png", CONFUSER, "multi_label"),
    ("weak", "b.png", CONFUSER, "spurious_correlation"),
    ("weak", "c.png", ANOTHER, "model_failure"),
    ("third", "b.png", ANOTHER, "model_failure"),
)


@pytest.fixture(scope="module")
def recall() -> pl.DataFrame:
    return measure_recall(PLANTS, [("paper", FOUND)])


def test_recall_is_the_share_of_the_errors_that_get_the_name_of_their_cause(recall: pl.DataFrame):
    found = cell(recall, "multi_label", "multi_label", as_planted=False)
    assert (found["errors"], found["of_errors"], found["share"]) == (2, 4, 50)


def test_errors_as_planted_are_those_whose_prediction_is_the_planted_class(recall: pl.DataFrame):
    found = cell(recall, "multi_label", "multi_label", as_planted=True)
    assert (found["errors"], found["of_errors"]) == (2, 3)
    assert found["share"] == pytest.approx(100 * 2 / 3)


def test_where_no_one_class_was_planted_every_error_is_as_planted(recall: pl.DataFrame):
    assert cell(recall, "model_failure", "model_failure", as_planted=True)["share"] == 100


def test_images_are_counted_once_however_many_models_err_on_them(recall: pl.DataFrame):
    found = cell(recall, "multi_label", "multi_label", as_planted=False)
    assert (found["images"], found["of_images"]) == (1, 2)


def test_errors_on_typical_images_are_in_the_table_too(recall: pl.DataFrame):
    assert cell(recall, None, "fine_grained", as_planted=False)["share"] == 100
    assert recall.filter(pl.col("cause").is_null() & pl.col("as_planted")).is_empty()


def test_the_shares_of_a_cause_add_up_to_all_of_its_errors(recall: pl.DataFrame):
    sums = recall.group_by("cause", "as_planted").agg(pl.col("share").sum(), pl.col("errors").sum(), "of_errors")
    assert sums["share"].to_list() == pytest.approx([100] * sums.height)
    assert sums["errors"].to_list() == [total[0] for total in sums["of_errors"]]


def test_the_table_is_as_declared_with_causes_from_mild_to_severe_and_typical_images_last(recall: pl.DataFrame):
    check_table(recall, RECALL, where="recall")
    assert recall["cause"].unique(maintain_order=True).to_list() == ["multi_label", "model_failure", None]


def test_a_cause_without_errors_has_a_row_without_a_share():
    recall = measure_recall(planted(("a.png", "fine_grained", 1)), [("paper", errors())])
    assert recall.select("errors", "of_errors", "share", "behind").unique().row(0) == (0, 0, None, None)


def test_an_error_on_an_image_that_is_not_listed_is_refused():
    with pytest.raises(InputError, match=r"image 'z.png', on which the atlas 'paper' has an error, is not in it"):
        measure_recall(PLANTS, [("paper", errors(("weak", "z.png", 1, "multi_label")))])


def test_a_cause_that_is_no_category_is_refused():
    with pytest.raises(InputError, match=r"image 'a.png' has the cause 'bad luck'"):
        measure_recall(planted(("a.png", "bad luck", 1)), [("paper", errors())])


def test_no_atlas_is_refused():
    with pytest.raises(InputError, match="No table of errors"):
        measure_recall(PLANTS, [])


def many_images(*, images: int, models: int, right: np.ndarray) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Images with the same cause on which all models err; `right`, shape (images, models): assigned to the cause."""
    names = [f"{number:04d}.png" for number in range(images)]
    rows = [
        (f"m{model}", name, CONFUSER, "multi_label" if right[image, model] else "model_failure")
        for image, name in enumerate(names)
        for model in range(models)
    ]
    return planted(*((name, "multi_label", CONFUSER) for name in names)), errors(*rows)


def limits(*, images: int, models: int, right: np.ndarray) -> tuple[float, float]:
    """The interval of the recall of those errors."""
    plants, found = many_images(images=images, models=models, right=right)
    row = cell(measure_recall(plants, [("paper", found)]), "multi_label", "multi_label", as_planted=True)
    return row["share_low"], row["share_high"]


def test_more_models_with_the_same_answers_do_not_narrow_the_interval():
    right = np.random.default_rng(0).random((40, 1)) < 0.7
    once, five_times = (limits(images=40, models=models, right=np.repeat(right, models, axis=1)) for models in (1, 5))
    assert once == pytest.approx(five_times)


def test_intervals_of_recall_cover_the_truth_in_93_to_98_per_cent():
    rng = np.random.default_rng(20233)
    covered = []
    for _ in range(300):
        of_image = rng.beta(4, 1, (40, 1))  # models mostly agree on an image
        low, high = limits(images=40, models=5, right=rng.random((40, 5)) < of_image)
        covered.append(low <= 80 <= high)
    assert 0.93 <= np.mean(covered) <= 0.98


TWICE = measure_recall(
    PLANTS,
    [
        ("worse", FOUND.with_columns(category=pl.lit("model_failure"))),
        ("better", FOUND),
        ("twin", FOUND),
    ],
)


def test_atlases_are_ranked_by_their_average_over_the_causes():
    ranked = rank_atlases(TWICE)
    assert ranked["atlas"].to_list() == ["better", "twin", "worse"]
    assert ranked["as_planted"].to_list() == pytest.approx([100 * (2 / 3 + 1) / 2] * 2 + [50])
    assert ranked["causes"].to_list() == [2, 2, 2]


def test_an_atlas_that_decides_everything_alike_is_not_behind_at_all():
    assert rank_atlases(TWICE).filter(atlas="twin").select("behind", "behind_low", "behind_high").row(0) == (0, 0, 0)


def test_how_far_an_atlas_is_behind_is_the_difference_of_the_averages_with_an_interval():
    ranked = rank_atlases(TWICE)
    behind = ranked.filter(atlas="worse").row(0, named=True)
    assert behind["behind"] == pytest.approx(ranked["as_planted"][0] - behind["as_planted"])
    assert behind["behind_low"] < behind["behind"] < behind["behind_high"]


def test_the_limits_of_an_average_are_nearer_to_it_than_those_of_its_parts():
    row = rank_atlases(TWICE).row(0, named=True)
    parts = TWICE.filter(pl.col("cause") == pl.col("category"), atlas="better", as_planted=True)
    assert row["as_planted"] - row["as_planted_low"] < (parts["share"] - parts["share_low"]).max()


def test_the_adapter_measures_every_atlas_under_its_own_name(project: Path, tmp_path: Path):
    write_table(PLANTS, PLANTED, tmp_path / "planted.parquet")
    for name in ("one", "two"):
        write_table(FOUND.collect(), ERRORS, tmp_path / f"{name}.parquet")
    main = runpy.run_path(str(project / "workflow/scripts/measure_recall.py"))["main"]
    main(
        planted=str(tmp_path / "planted.parquet"),
        errors=[str(tmp_path / f"{name}.parquet") for name in ("two", "one")],
        atlases=["two", "one"],
        recall=str(tmp_path / "recall.parquet"),
    )
    assert read_table(RECALL, tmp_path / "recall.parquet")["atlas"].unique(maintain_order=True).to_list() == [
        "two",
        "one",
    ]
