"""Models that are not as accurate as published, and models beside their own rows in the paper's tables."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from errata.accuracy.tables import AS_EXPECTED, NOT_CHECKED, UNEXPECTED
from errata.files import slug
from errata.report.style import LOOKS
from errata.results import Results

NUMBERS = {"top1_errors": "top-1 errors", "mla": "MLA"}
"""What a model is compared in with its row in the paper's tables, besides the categories."""


@dataclass(frozen=True)
class AccuracyView:
    """The checks of all models that were run.

    `cards`: model -> its row of the table ACCURACY and further `name`, `slug`, `is_unexpected`, and `twins`: the model
        beside its row in the paper's tables, over all images: label, number here and there, whether they are counts,
        else per cent; empty where its images are others or it has no such row.
    `as_expected`, `not_checked`: how many models.
    """

    cards: dict[str, dict]
    unexpected: list[dict]
    as_expected: int
    not_checked: int


def accuracy_view(results: Results) -> AccuracyView | None:
    """Return the checks of the models of a report, None if no model of it was run here."""
    if results.accuracy is None:
        return None
    profile = {row["model"]: row for row in results.profile.filter(pl.col("group") == "all").iter_rows(named=True)}
    published = {}
    if results.published is not None:
        rows = results.published.filter(pl.col("group") == "all").iter_rows(named=True)
        published = {row["model"]: row for row in rows}
    cards = {
        row["model"]: row
        | {
            "name": row["model"],
            "slug": slug(row["model"]),
            "is_unexpected": row["check"] == UNEXPECTED,
            "twins": _twins(profile[row["model"]], published.get(row["published"])),
        }
        for row in results.accuracy.iter_rows(named=True)
        if row["model"] in profile
    }
    checks = [card["check"] for card in cards.values()]
    unexpected = [card for card in cards.values() if card["is_unexpected"]]
    return AccuracyView(cards, unexpected, checks.count(AS_EXPECTED), checks.count(NOT_CHECKED))


def unexpected_models(results: Results) -> dict[str, str]:
    """Return the models that are not as accurate as published, with the sentence that says so."""
    if results.accuracy is None:
        return {}
    return dict(results.accuracy.filter(pl.col("check") == UNEXPECTED).select("model", "sentence").iter_rows())


def _twins(here: Mapping[str, object], published: Mapping[str, object] | None) -> tuple[tuple, ...]:
    if published is None or published["images"] != here["images"]:
        return ()
    labels = NUMBERS | {name: look.label for name, look in LOOKS.items()}
    return tuple(
        (label, here[name], published[name], name != "mla")
        for name, label in labels.items()
        if here.get(name) is not None and published.get(name) is not None
    )
