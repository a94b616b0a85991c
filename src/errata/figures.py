"""Figures for papers and slides: the kinds of errors of models, their place among published ones, two models compared.

The report's own figures are made by the same functions of `errata.drawing`.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl
from matplotlib.figure import Figure

from errata.categories import CATEGORY_COLUMNS, OPEN_WORLD_UNCHECKED
from errata.drawing.bars import bars_of, bars_of_groups, draw_bars
from errata.drawing.clouds import CloudData, draw_cloud
from errata.drawing.pairs import draw_pair
from errata.drawing.style import SHEETS, Sheet
from errata.errors import InputError, listed
from errata.looks import GROUP_NAMES, LOOKS
from errata.paired.compare import PairedComparison, compare_pair
from errata.profiles.answers import answered_all, look_up
from errata.results import Results
from errata.trends.cloud import measures

LEADING = ("model_failure", OPEN_WORLD_UNCHECKED, "fine_grained")
"""The category that a map shows if none is asked for: the first that is known."""


def draw_profile(
    results: Results,
    model: str | None = None,
    *,
    width: str = "column",
    group: str | None = None,
    grey: bool = False,
) -> Figure:
    """Draw the kinds of errors: of one model a bar per group of images, of several a bar per model.

    Parameters
    ----------
    results : Results
    model : str, optional
        Which of several models; needed only to show one of them.
    width : {'column', 'page', 'slide'}
        What it is made for: the size is final, letters are readable at it.
    group : {'all', 'organism', 'artifact', 'other'}, optional
        Which images, of several models; all by default.
    grey : bool
        Whether greys and hatchings take the place of colours.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If there is no such model, group or width.
    """
    sheet, words = sheet_of(width), results.facts.words
    models = results.profile["model"].unique(maintain_order=True).to_list()
    one = _known(model, models, "model") if model is not None else models[0] if len(models) == 1 else None
    if one is not None and group is None:
        return draw_bars(bars_of_groups(results.profile, one), sheet, words=words, title=one, grey=grey)
    chosen = _known(group or "all", results.groups, "group of images")
    profile = results.profile if one is None else results.profile.filter(pl.col("model") == one)
    title = f"Kinds of errors, {GROUP_NAMES[chosen]}"
    return draw_bars(bars_of(profile, chosen), sheet, words=words, title=title, grey=grey)


def draw_trend(
    results: Results,
    model: str | None = None,
    *,
    category: str | None = None,
    width: str = "column",
    group: str = "all",
    grey: bool = False,
) -> Figure:
    """Draw where models stand among the published ones: the share of a category against the accuracy.

    Parameters
    ----------
    results : Results
        With published results to compare with.
    model : str, optional
        Which of several models; all by default.
    category : str, optional
        Which category; by default model failures or, where the open world is not checked, what could be one.
    width, group, grey
        As of `draw_profile`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If there are no published results, or no such model, category, group or width.
    """
    sheet = sheet_of(width)
    if results.published is None or results.comparison is None:
        raise InputError(
            "There are no published results on these images, so there is no trend to draw. They are there for "
            "models of all classes on ImageNet's validation set or a part of it; draw the profile instead."
        )
    shares = results.comparison.filter(quantity="share", group=_known(group, results.groups, "group of images"))
    if model is not None:
        shares = shares.filter(pl.col("model") == _known(model, results.profile["model"].unique().to_list(), "model"))
    compared = [name for name in CATEGORY_COLUMNS if name in set(shares["category"])]
    if not compared:
        raise InputError("The models make no errors here, so there is no share to set beside published models.")
    if category is None:
        category = next((name for name in LEADING if name in compared), compared[0])
    return draw_cloud(
        cloud_data(results, _known(category, compared, "category that is compared"), group, shares), sheet, grey=grey
    )


def cloud_data(
    results: Results, category: str, group: str, shares: pl.DataFrame, cloud: pl.DataFrame | None = None
) -> CloudData:
    """Return what a figure of a category in a group shows.

    `shares`: rows of the table `COMPARISON`.
    `cloud`: the measures of the published models, where they are at hand.
    """
    here = (pl.col("category") == category) & (pl.col("group") == group)
    cloud = (measures(results.published) if cloud is None else cloud).filter(here, quantity="share")
    published = cloud.select("model", pl.col("accuracy").alias("x"), pl.col("value").alias("y"))
    own = shares.filter(here)
    accuracy = cloud["accuracy_kind"][0]
    limits = results.profile.filter(pl.col("group") == group).select(
        "model", *(pl.col(f"{accuracy}_{side}").alias(f"x_{side}") for side in ("low", "high"))
    )
    names = {"accuracy": "x", "value": "y", "value_low": "y_low", "value_high": "y_high"}
    own = own.select("model", *names).rename(names).join(limits, on="model", how="left", maintain_order="left")
    trend = results.trends[group, category, "share"]
    return CloudData(published, own, trend, LOOKS[category], accuracy, results.facts.words, GROUP_NAMES[group])


def draw_compare(
    comparison: PairedComparison, *, width: str = "column", group: str = "all", grey: bool = False
) -> Figure:
    """Draw two models on the same images: every kind of error of both, and the difference with its 95 % interval.

    Parameters
    ----------
    comparison : PairedComparison
        Of `errata.paired.compare.compare_pair`, or of `pair_of` for two models of results.
    width, group, grey
        As of `draw_profile`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If there is no such group or width.
    """
    groups = comparison.differences["group"].unique(maintain_order=True).to_list()
    return draw_pair(comparison, _known(group, groups, "group of images"), sheet_of(width), grey=grey)


def pair_of(results: Results, a: str, b: str) -> PairedComparison:
    """Compare two models of results that answered every image.

    Raises
    ------
    InputError
        If there is no such model, or it did not answer every image: only its errors are kept, so its right answers
        are not known.
    """
    complete = answered_all(results.atlas, results.profile)
    if results.errors is None:
        complete = []
    models = [_known(each, complete, "model that answered every image") for each in (a, b)]
    atlas = results.atlas
    place = atlas.images.select("file_name", place=pl.int_range(pl.len()))
    predictions = np.tile(atlas.targets.astype(np.int16), (2, 1))
    for row, name in enumerate(models):
        wrong = results.errors.filter(pl.col("model") == name).select("file_name", "predicted_class").collect()
        found = wrong.join(place, on="file_name")
        predictions[row, found["place"].to_numpy()] = found["predicted_class"].to_numpy()
    return compare_pair(atlas, look_up(atlas, models, predictions))


def sheet_of(width: str) -> Sheet:
    """Return what a figure of a width is made for.

    Raises InputError if there is no such width.
    """
    return SHEETS[_known(width, list(SHEETS), "width")]


def _known(name: str, names: Sequence[str], kind: str) -> str:
    if name not in names:
        raise InputError(f"There is no {kind} '{name}'. Name one of: {listed(names, 8) if names else 'none is there'}.")
    return name
