"""The models of one group as points: accuracy and the share of a category."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from errata.categories import FORGIVEN
from errata.published.fit import find_inflection


@dataclass(frozen=True)
class Cloud:
    """Models of a group whose share of a category and whatever else is needed are known.

    Attributes
    ----------
    group, category : str
    models : polars.DataFrame
        Rows of `errata.trends.models.COLUMNS`.
    x, y : numpy.ndarray
        float64, shape (models,): accuracy, and share of the category, in per cent.
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

    @property
    def blocks(self) -> np.ndarray:
        """The block of every model."""
        return self.models["block"].to_numpy()

    @property
    def block_count(self) -> int:
        """Of how many kinds the models are."""
        return self.models["block"].n_unique()

    def numbers(self, name: str) -> np.ndarray:
        """Return a column as float64."""
        return self.models[name].cast(pl.Float64).to_numpy()

    def labels(self, name: str) -> np.ndarray:
        """Return a column of words as numbers, equal where the words are; shape (models,)."""
        return np.unique(self.models[name].to_numpy(), return_inverse=True)[1]

    def line(self) -> np.ndarray:
        """Return the columns of a regression on the accuracy by one line: 1 and the centred accuracy."""
        return np.stack([np.ones(self.size), self.x - self.x.mean()], axis=1)

    def lines(self) -> np.ndarray:
        """Return the columns of a regression on the accuracy: two lines, below and above where the cloud bends.

        The place where it bends is that of all models. Where it cannot be found there is one line. The accuracy is
        centred, so that the columns are well-conditioned.
        """
        found = find_inflection(self.x, self.y)
        if found is None:
            return self.line()
        x = self.x - self.x.mean()
        upper = self.x >= found.at
        return np.stack([~upper, upper, ~upper * x, upper * x], axis=1).astype(np.float64)


def share(category: str) -> pl.Expr:
    """Share of a category in per cent, of the top-1 errors if the MLA forgives it, else of the multi-label errors."""
    whole = pl.col("top1_errors" if category in FORGIVEN else "mle")
    return 100 * pl.col(category) / pl.when(whole > 0).then(whole)


def accuracy_kind(category: str) -> str:
    """Which accuracy a category is followed against: top-1 for those that the MLA forgives, else the MLA."""
    return "top1" if category in FORGIVEN else "mla"


def cloud_of(
    models: pl.DataFrame, group: str, category: str, *, accuracy: str | None = None, known: tuple[str, ...] = ()
) -> Cloud:
    """Return the models of a group whose accuracy, share of the category and columns `known` are known."""
    accuracy = accuracy or accuracy_kind(category)
    rows = models.filter(pl.col("group") == group).with_columns(share(category).alias("_share"))
    rows = rows.drop_nulls([accuracy, "_share", *known]).sort("model")
    return Cloud(group, category, rows.drop("_share"), rows[accuracy].to_numpy(), rows["_share"].to_numpy())


def one_of(labels: np.ndarray) -> np.ndarray:
    """Return a column of 0 and 1 for every label but the first; float64, shape (models, labels - 1)."""
    return (labels[:, None] == np.arange(1, labels.max(initial=0) + 1)).astype(np.float64)
