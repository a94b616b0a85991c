"""Where the models of a report stand among the published ones, in a sentence and as rows of a table."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from errata.categories import CATEGORY_COLUMNS
from errata.files import slug
from errata.groups import GROUPS
from errata.looks import LOOKS, CategoryLook
from errata.results import Results

MOST_PLACED = 100
"""Up to so many models, the map shows the intervals of each."""

MOST_IN_TABLE = 5
"""Up to so many models, the page has a table with the place of each."""


@dataclass(frozen=True)
class Place:
    """A share of a model beside published models: its look, and its row of the table `COMPARISON` in every group."""

    model: str
    slug: str
    look: CategoryLook
    cells: Mapping[str, Mapping[str, object] | None]


def place_rows(results: Results) -> list[Place]:
    """Return a row per category of every model, if they are few."""
    if results.comparison is None or results.profile["model"].n_unique() > MOST_IN_TABLE:
        return []
    shares = results.comparison.filter(quantity="share")
    rows = []
    for model in shares["model"].unique(maintain_order=True):
        for category in CATEGORY_COLUMNS:
            found = {row["group"]: row for row in shares.filter(model=model, category=category).iter_rows(named=True)}
            if found:
                rows.append(Place(model, slug(model), LOOKS[category], {name: found.get(name) for name in GROUPS}))
    return rows


def place_sentence(results: Results) -> str:
    """Return in a sentence how many shares are outside of what published models lead to expect; empty without these."""
    compared = results.comparison
    if compared is None or compared.is_empty():
        return ""
    # a model without errors has counts and no shares
    shares = compared.filter(quantity="share")
    models, published = compared["model"].n_unique(), compared["published_models"].max()
    who, whose = (compared["model"][0], "its") if models == 1 else (f"{models:,} models", "their")
    outside = shares.filter("outside")
    start = f"{who} among {published:,} published models:"
    if compared.filter(group="all")["extrapolated"].all():
        return f"{start} {whose} accuracy lies beyond that of all of them, so there is nothing to compare with."
    if outside.is_empty():
        return f"{start} {'it errs' if models == 1 else 'they err'} as models of like accuracy do."
    verb = "is" if outside.height == 1 else "are"
    text = f"{start} {outside.height:,} of {whose} {shares.height:,} shares {verb} outside"
    odd = outside.filter(group="all").sort(pl.col("standard_deviations").abs(), descending=True)
    if models > 1 or odd.is_empty():
        return f"{text}."
    said = [
        f"{LOOKS[name].label} {'high' if up > 0 else 'low'}" for name, up in odd.select("category", "residual").rows()
    ]
    return f"{text}; on all images {' and '.join(said)}."
