"""Models, published or one's own, in one form."""

import polars as pl

from errata.trends.cloud import DESCRIPTIONS, MOST_BLOCKS, described, trend_models

COUNTS = {"fine_grained_oov": 4, "spurious_correlation": 3, "non_prototypical": 1, "model_failure": 12}


def frame(*models: str, **more) -> pl.DataFrame:
    """Models with 40 top-1 errors, 28 of them multi-label errors, on 100 images."""
    return pl.DataFrame({"model": models}).with_columns(
        group=pl.lit("all"),
        images=pl.lit(100),
        correct=pl.lit(60),
        top1_errors=pl.lit(40),
        class_overlap=pl.lit(2),
        multi_label=pl.lit(10),
        fine_grained=pl.lit(8),
        mla=pl.lit(72.0),
        **{name: pl.lit(value) for name, value in (COUNTS | more).items()},
    )


def only(models: pl.DataFrame) -> dict:
    return models.row(0, named=True)


def test_the_size_of_a_training_set_is_read_from_the_papers_name_for_it():
    named = frame("a").with_columns(training_data=pl.lit("LAION-2B (2.3B)"))
    row = only(trend_models(named))
    assert (row["training_data"], row["training_images"]) == ("LAION-2B", 2.3e9)


def test_what_is_known_of_models_is_joined_by_name_and_the_rest_stays_unknown():
    known = pl.DataFrame({"model": ["b"], "parameters": [5], "training_data": ["JFT"], "training_images": [3e8]})
    models = trend_models(frame("a", "b"), known)
    assert models["parameters"].to_list() == [None, 5]
    assert models["training_data"].to_list() == [None, "JFT"]
    assert models["training_images"].to_list() == [None, 3e8]


def test_multi_label_errors_and_top1_are_those_of_the_group():
    row = only(trend_models(frame("a")))
    assert (row["mle"], row["top1"]) == (28, 60.0)


def test_without_multi_labels_only_class_overlap_is_forgiven():
    row = only(trend_models(frame("a").with_columns(multi_label=pl.lit(None, pl.Int32))))
    assert row["mle"] == 38


def test_published_models_have_what_is_unchecked_elsewhere_as_a_sum():
    assert only(trend_models(frame("a")))["open_world_unchecked"] == 20


def test_models_of_ones_own_have_unchecked_errors_only_where_nothing_is_told_apart():
    checked = frame("a").with_columns(open_world_unchecked=pl.lit(0))
    assert only(trend_models(checked))["open_world_unchecked"] is None
    unchecked = frame("a", **dict.fromkeys(COUNTS)).with_columns(open_world_unchecked=pl.lit(20))
    assert only(trend_models(unchecked))["open_world_unchecked"] == 20


def test_models_of_one_architecture_are_one_block():
    known = pl.DataFrame({"model": ["a", "b", "c"], "architecture_name": ["vgg", "vgg", "deit"]})
    models = trend_models(frame("a", "b", "c"), known)
    assert models["block"].to_list() == ["vgg", "vgg", "deit"]


def test_models_without_an_architecture_are_blocks_of_neighbours_by_name():
    few = trend_models(frame("a", "b", "c"))
    assert few["block"].n_unique() == 3
    names = [f"m{number:04d}" for number in range(4 * MOST_BLOCKS)]
    many = trend_models(frame(*names))
    assert many["block"].n_unique() == MOST_BLOCKS
    assert many.group_by("block").len()["len"].unique().to_list() == [4]
    first = many.filter(pl.col("model").is_in(names[:4]))
    assert first["block"].n_unique() == 1


def test_what_a_sheet_says_becomes_a_table_with_nulls_for_what_it_does_not():
    known = described({"a": {"parameters": 5, "training_images": 1_281_167, "architecture": "ResNet"}, "b": {}})
    assert known.schema == pl.Schema({"model": pl.String, **DESCRIPTIONS})
    assert known.row(0, named=True) | {"model": ""} == {
        "model": "",
        "parameters": 5,
        "training_data": None,
        "training_images": 1_281_167.0,
        "architecture": "ResNet",
        "architecture_name": None,
        "architecture_family": None,
    }
    assert known.row(1) == ("b", *[None] * len(DESCRIPTIONS))
