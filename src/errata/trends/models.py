"""Models with their counts, accuracies and descriptions, published or one's own, in one form."""

from collections.abc import Mapping

import polars as pl

from errata.categories import BEYOND_OPEN_WORLD, CATEGORY_COLUMNS, FORGIVEN, OPEN_WORLD_UNCHECKED

MOST_BLOCKS = 60
"""Models whose architecture is not known are put into at most so many blocks."""

_SIZE = r" \(([\d.]+)([MB])\)$"

DESCRIPTIONS = {
    "parameters": pl.Int64,
    "training_data": pl.String,
    "training_images": pl.Float64,
    "architecture": pl.String,
    "architecture_name": pl.String,
    "architecture_family": pl.String,
}
"""What may be known of a model besides its errors."""

COLUMNS = {
    "model": pl.String,
    "group": pl.String,
    "images": pl.Int32,
    "correct": pl.Int32,
    "top1_errors": pl.Int32,
    "mle": pl.Int32,
    **dict.fromkeys(CATEGORY_COLUMNS, pl.Int32),
    "mla": pl.Float64,
    "top1": pl.Float64,
    **DESCRIPTIONS,
    "block": pl.String,
}
"""What every function of this room takes: one row per model and group. `top1` is over the group's images that count,
`mle` the multi-label errors, `training_images` the size of the largest set that the model was trained on. Models of one
`block` are alike, so they count as one draw when intervals are made. What is not known is null. Published models have
`open_world_unchecked` as the sum of the four categories that it stands for, others only where these are unchecked."""


def described(known: Mapping[str, Mapping[str, object]]) -> pl.DataFrame:
    """Return what is known of models by name as a table: `model` and the columns `DESCRIPTIONS`."""
    rows = [(model, *(facts.get(name) for name in DESCRIPTIONS)) for model, facts in known.items()]
    return pl.DataFrame(rows, schema={"model": pl.String, **DESCRIPTIONS}, orient="row", strict=False)


def trend_models(frame: pl.DataFrame, descriptions: pl.DataFrame | None = None) -> pl.DataFrame:
    """Bring a profile or the published table into the form that trends are computed from.

    Parameters
    ----------
    frame
        Table `errata.profile.tables.PROFILE` or `PUBLISHED`.
    descriptions
        `model` and any of the columns `DESCRIPTIONS`, one row per model, where they are known. They take the place of
        what `frame` says.

    Returns
    -------
    polars.DataFrame
        Columns `COLUMNS`, sorted by group and model.
    """
    frame = frame.drop([name for name in ("top1", "mle") if name in frame.columns])
    if descriptions is not None:
        known = ["model", *(name for name in DESCRIPTIONS if name in descriptions.columns)]
        frame = frame.drop([name for name in known[1:] if name in frame.columns])
        frame = frame.join(descriptions.select(known), on="model", how="left", maintain_order="left")
    if OPEN_WORLD_UNCHECKED not in frame.columns:
        # the published models told apart what it is the sum of
        unchecked = pl.sum_horizontal(pl.col(BEYOND_OPEN_WORLD).fill_null(0))
        frame = frame.with_columns(unchecked.alias(OPEN_WORLD_UNCHECKED))
    else:
        told_apart = pl.col("fine_grained_oov").is_not_null()
        frame = frame.with_columns(pl.when(~told_apart).then(OPEN_WORLD_UNCHECKED).alias(OPEN_WORLD_UNCHECKED))
    absent = {name: dtype for name, dtype in DESCRIPTIONS.items() if name not in frame.columns}
    absent |= {name: pl.Int32 for name in CATEGORY_COLUMNS if name not in frame.columns}
    frame = frame.with_columns(pl.lit(None, dtype).alias(name) for name, dtype in absent.items())
    forgiven = pl.sum_horizontal(pl.col(FORGIVEN).fill_null(0))
    frame = frame.with_columns(
        (pl.col("top1_errors") - forgiven).cast(pl.Int32).alias("mle"),
        (100 * pl.col("correct") / pl.when(pl.col("images") > 0).then(pl.col("images"))).alias("top1"),
        pl.coalesce("training_images", _images_named(pl.col("training_data"))).alias("training_images"),
        pl.col("training_data").str.replace(_SIZE, ""),
    ).join(_blocks(frame), on="model", how="left")
    return frame.select(*COLUMNS).cast(COLUMNS).sort("group", "model")


def _images_named(training_data: pl.Expr) -> pl.Expr:
    """The size that stands in brackets after a training set's name in the paper's tables: `ImageNet-21k (14M)`."""
    size = training_data.str.extract_groups(_SIZE)
    return size.struct[0].cast(pl.Float64) * size.struct[1].replace_strict(
        {"M": 1e6, "B": 1e9}, default=None, return_dtype=pl.Float64
    )


def _blocks(frame: pl.DataFrame) -> pl.DataFrame:
    """`model, block`: models of one architecture, else neighbours by name, since variants of a model begin alike."""
    models = frame.select("model", "architecture_name").unique("model").sort("model")
    unknown = pl.col("architecture_name").is_null()
    place = unknown.cum_sum() - 1
    blocks = unknown.sum().clip(1, MOST_BLOCKS)
    neighbours = pl.format("models by name, block {}", place * blocks // unknown.sum().clip(1))
    return models.select("model", pl.coalesce("architecture_name", neighbours).alias("block"))
