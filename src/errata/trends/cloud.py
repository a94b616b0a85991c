"""Models as points along their accuracy, published or one's own, in one form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
import polars as pl

from errata.categories import BEYOND_OPEN_WORLD, CATEGORY_COLUMNS, FORGIVEN, OPEN_WORLD_UNCHECKED
from errata.trends.fit import find_inflection
from errata.trends.pretraining import pretraining

QUANTITIES = ("share", "count")

DENOMINATORS = ("share", "of_errors", "of_images", "count")
"""What a category's count may be divided by, `count` by nothing: `share` takes the multi-label errors, or the top-1
errors if the MLA forgives the category."""

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

TREND_COLUMNS = {
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
    "pretraining": pl.String,
    "block": pl.String,
}
"""What trends are computed from: one row per model and group. `top1` is over the group's images that count, `mle` the
multi-label errors, `training_images` the size of the largest set that the model was trained on. Models of one `block`
are alike, so they count as one draw when intervals are made. What is not known is null. Published models have
`open_world_unchecked` as the sum of the four categories that it stands for, others only where these are unchecked."""


def described(known: Mapping[str, Mapping[str, object]]) -> pl.DataFrame:
    """Return what is known of models by name as a table: `model` and the columns `DESCRIPTIONS`."""
    rows = [(model, *(facts.get(name) for name in DESCRIPTIONS)) for model, facts in known.items()]
    return pl.DataFrame(rows, schema={"model": pl.String, **DESCRIPTIONS}, orient="row", strict=False)


def trend_models(frame: pl.DataFrame, descriptions: pl.DataFrame | None = None) -> pl.DataFrame:
    """Convert a profile or the published table to the columns that trends are computed from.

    `frame`: table `errata.profiles.tables.PROFILE` or `errata.published.tables.PUBLISHED`.
    `descriptions`: `model` and any of the columns `DESCRIPTIONS`, one row per model, where they are known. They take
        the place of what `frame` says.
    Returns the columns `TREND_COLUMNS`, sorted by group and model.
    """
    if descriptions is not None:
        known = ["model", *(name for name in DESCRIPTIONS if name in descriptions.columns)]
        frame = frame.drop([name for name in known[1:] if name in frame.columns])
        frame = frame.join(descriptions.select(known), on="model", how="left", maintain_order="left")
    if OPEN_WORLD_UNCHECKED in frame.columns:
        told_apart = pl.col("fine_grained_oov").is_not_null()
        frame = frame.with_columns(pl.when(~told_apart).then(OPEN_WORLD_UNCHECKED).alias(OPEN_WORLD_UNCHECKED))
    absent = {name: dtype for name, dtype in DESCRIPTIONS.items() if name not in frame.columns}
    frame = _with_totals(frame.with_columns(pl.lit(None, dtype).alias(name) for name, dtype in absent.items()))
    frame = frame.with_columns(
        pl.coalesce("training_images", _images_named(pl.col("training_data"))).alias("training_images"),
        pl.col("training_data").str.replace(_SIZE, ""),
    ).join(_blocks(frame), on="model", how="left")
    frame = frame.with_columns(pretraining=pretraining())
    return frame.select(*TREND_COLUMNS).cast(TREND_COLUMNS).sort("group", "model")


def measures(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a profile or the published table in long form.

    Returns `model, group, category, quantity, accuracy_kind, accuracy, value`, the 95 % limits `accuracy_low`,
    `accuracy_high`, `value_low` and `value_high` where the frame has them, and `step`, what one error is worth: one
    row for every count that is defined and every share whose denominator is not 0. `open_world_unchecked` is the sum
    of the four categories that it stands for where the frame has those instead.
    """
    frame = _with_totals(frame)
    known = set(frame.columns)

    def limits(name: str, column: str) -> list[pl.Expr]:
        sides = [(f"{column}_{side}", f"{name}_{side}") for side in ("low", "high")]
        return [(pl.col(a) if a in known else pl.lit(None, pl.Float64)).alias(b) for a, b in sides]

    parts = [
        frame.select(
            "model",
            "group",
            pl.lit(category).alias("category"),
            pl.lit(quantity).alias("quantity"),
            pl.lit(accuracy_kind(category)).alias("accuracy_kind"),
            pl.col(accuracy_kind(category)).alias("accuracy"),
            _value(category, quantity).alias("value"),
            *limits("accuracy", accuracy_kind(category)),
            *limits("value", f"share_{category}" if quantity == "share" else ""),
            (100 / _whole(category) if quantity == "share" else pl.lit(1.0)).alias("step"),
        )
        for quantity in QUANTITIES
        for category in CATEGORY_COLUMNS
    ]
    return pl.concat(parts).drop_nulls(["accuracy", "value"])


def points_of(
    models: pl.DataFrame, group: str, quantities: Sequence[str] = DENOMINATORS
) -> dict[tuple[str, str], tuple[np.ndarray, np.ndarray]]:
    """Return (category, quantity) -> accuracy and value of the models of a group that have both.

    `models` has the columns `TREND_COLUMNS`.
    Both are float64, shape (models,), in the order of `models`; the accuracy is that which `accuracy_kind` names.
    """
    wanted = list(product(CATEGORY_COLUMNS, quantities))
    # all in one query: each costs more than what it does
    values = [_value(*of).cast(pl.Float64).alias(" ".join(of)) for of in wanted]
    rows = models.filter(pl.col("group") == group).select("mla", "top1", *values)
    points = {}
    for category, quantity in wanted:
        x, y = (rows[name].to_numpy() for name in (accuracy_kind(category), f"{category} {quantity}"))
        known = ~(np.isnan(x) | np.isnan(y))
        points[category, quantity] = x[known], y[known]
    return points


def accuracy_kind(category: str) -> str:
    """Return which accuracy a category is followed against: top-1 for those that the MLA forgives, else the MLA."""
    return "top1" if category in FORGIVEN else "mla"


def share(category: str) -> pl.Expr:
    """Return a category's share in per cent of the multi-label errors; of the top-1 errors if the MLA forgives it."""
    return 100 * pl.col(category) / _whole(category)


def _whole(category: str) -> pl.Expr:
    whole = pl.col("top1_errors" if category in FORGIVEN else "mle")
    return pl.when(whole > 0).then(whole)


def _value(category: str, quantity: str) -> pl.Expr:
    if quantity == "count":
        return pl.col(category).cast(pl.Float64)
    if quantity == "share":
        return share(category)
    whole = pl.col({"of_errors": "top1_errors", "of_images": "images"}[quantity])
    return 100 * pl.col(category) / pl.when(whole > 0).then(whole)


def _with_totals(frame: pl.DataFrame) -> pl.DataFrame:
    """Add `mle`, `top1` over the images that count, the sum of unchecked categories, and nulls for absent ones."""
    if OPEN_WORLD_UNCHECKED not in frame.columns:
        unchecked = pl.sum_horizontal(pl.col(BEYOND_OPEN_WORLD).fill_null(0))
        frame = frame.with_columns(unchecked.alias(OPEN_WORLD_UNCHECKED))
    unknown = [name for name in CATEGORY_COLUMNS if name not in frame.columns]
    forgiven = pl.sum_horizontal(pl.col(FORGIVEN).fill_null(0))
    return frame.with_columns(
        *(pl.lit(None, pl.Int32).alias(name) for name in unknown),
        (pl.col("top1_errors") - forgiven).cast(pl.Int32).alias("mle"),
        (100 * pl.col("correct") / pl.when(pl.col("images") > 0).then(pl.col("images"))).alias("top1"),
    )


def _images_named(training_data: pl.Expr) -> pl.Expr:
    """Return the size in brackets after a training set's name in the paper's tables: `ImageNet-21k (14M)`."""
    size = training_data.str.extract_groups(_SIZE)
    return size.struct[0].cast(pl.Float64) * size.struct[1].replace_strict(
        {"M": 1e6, "B": 1e9}, default=None, return_dtype=pl.Float64
    )


def _blocks(frame: pl.DataFrame) -> pl.DataFrame:
    """Return `model, block`: models of one architecture, else neighbours by name, since variants begin alike."""
    models = frame.select("model", "architecture_name").unique("model").sort("model")
    unknown = pl.col("architecture_name").is_null()
    place = unknown.cum_sum() - 1
    blocks = unknown.sum().clip(1, MOST_BLOCKS)
    neighbours = pl.format("models by name, block {}", place * blocks // unknown.sum().clip(1))
    return models.select("model", pl.coalesce("architecture_name", neighbours).alias("block"))


@dataclass(frozen=True)
class Cloud:
    """Models of a group whose share of a category and whatever else is needed are known.

    `models`: rows of `TREND_COLUMNS`.
    `x`, `y`: float64, shape (models,): accuracy, and share of the category, in per cent.
    """

    group: str
    category: str
    models: pl.DataFrame
    x: np.ndarray
    y: np.ndarray

    @property
    def size(self) -> int:
        """How many models there are."""
        return self.x.size

    @cached_property
    def blocks(self) -> np.ndarray:
        """The block of every model, as the place of its name among all; numbers are sorted much faster than names."""
        return np.unique(self.models["block"].to_numpy(), return_inverse=True)[1]

    @property
    def block_count(self) -> int:
        """Of how many kinds the models are."""
        return len(np.unique(self.blocks))

    def numbers(self, name: str) -> np.ndarray:
        """Return a column as float64."""
        return self.models[name].cast(pl.Float64).to_numpy()

    def one_of(self, name: str) -> np.ndarray:
        """Return a column of 0 and 1 for every word of a column but the first; float64, shape (models, words - 1)."""
        words = self.models[name].to_numpy()
        return (words[:, None] == np.unique(words)[1:]).astype(np.float64)

    def line(self) -> np.ndarray:
        """Return the columns of a regression on the accuracy by one line: 1 and the centred accuracy."""
        return np.stack([np.ones(self.size), self.x - self.x.mean()], axis=1)

    @cached_property
    def lines(self) -> np.ndarray:
        """The columns of a regression on the accuracy: two lines, below and above where the cloud bends.

        The place where it bends is that of all models. Where it cannot be found there is one line. The accuracy is
        centred, so that the columns are well-conditioned.
        """
        found = find_inflection(self.x, self.y)
        if found is None:
            return self.line()
        x = self.x - self.x.mean()
        upper = self.x >= found.at
        return np.stack([~upper, upper, ~upper * x, upper * x], axis=1).astype(np.float64)


def cloud_of(
    models: pl.DataFrame, group: str, category: str, *, accuracy: str | None = None, known: tuple[str, ...] = ()
) -> Cloud:
    """Return the models of a group whose accuracy, share of the category and columns `known` are known."""
    accuracy = accuracy or accuracy_kind(category)
    there = [share(category).is_not_null(), *(pl.col(name).is_not_null() for name in (accuracy, *known))]
    rows = models.filter(pl.col("group") == group, *there)
    return Cloud(group, category, rows, rows[accuracy].to_numpy(), rows.select(share(category)).to_series().to_numpy())
