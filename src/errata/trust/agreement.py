"""Agreement with experts: the same mistakes, our category against theirs.

Experts judged every mistake of two models (Vasudevan et al. 2022). The category of a mistake depends on the image and
the prediction alone, so it is looked up in the atlas, and no predictions of these models are needed. An atlas without
open-world evidence leaves some mistakes unchecked. For many of them agreement is certain all the same: an unchecked
mistake is out of vocabulary or what its provisional category says, so if the experts say neither, they disagree.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from errata.atlas.compiled import Atlas
from errata.atlas.outcomes import CORRECT
from errata.categories import BEYOND_OPEN_WORLD, CATEGORY_COLUMNS, CHECKED, OPEN_WORLD_UNCHECKED
from errata.errors import InputError
from errata.profiles.intervals import Z, wilson
from errata.tables import check_table
from errata.trust.tables import AGREEMENT, EXPERT_MISTAKES

EXPERT_CATEGORIES = {
    "Fine-grained error": ("fine_grained",),
    "Fine-grained with Multilabel Options": ("fine_grained", "multi_label"),
    "Fine-grained error with OOV": ("fine_grained_oov",),
    "Fine-grained with OOV": ("fine_grained_oov",),
    "Spurious Correlation": ("spurious_correlation",),
    "Non-prototypical": ("non_prototypical",),
}
"""The experts' categories under our names; they spell one in two ways, and one names two."""

ALL = "all"
NOT_CIRCULAR = "all_but_non_prototypical"
"""All mistakes but those that experts call non-prototypical: those images are non-prototypical because they say so."""

IF_NOTHING_OOV = "all_if_nothing_oov"
"""All mistakes, the unchecked ones by their provisional category: as if nothing were out of vocabulary."""

OVER_ALL = (ALL, NOT_CIRCULAR, IF_NOTHING_OOV)
"""Rows of the table of agreement that are over all categories."""

CERTAIN_WITHOUT_CHECK = tuple(name for name in CHECKED if name not in BEYOND_OPEN_WORLD)
"""Categories that are decided before the open-world question, so that an unchecked mistake is in none of them."""

_SEPARATOR = ", "


@dataclass(frozen=True)
class Kappa:
    """Cohen's kappa with its 95 % limits; None where a judge always says the same, so that there is nothing to tell."""

    value: float | None
    low: float | None = None
    high: float | None = None


def judge_mistakes(atlas: Atlas, experts: pl.DataFrame) -> pl.DataFrame:
    """Look up what the atlas calls the mistakes that experts judged.

    `experts`: what `errata.labels.label_table.read_experts` returned.
    Returns the table `errata.trust.tables.EXPERT_MISTAKES`, by list and file name. Images that do not count, and
    answers that are correct, are left out.
    Raises InputError if an expert category is unknown or a prediction is no class.
    """
    _check(experts, classes=atlas.classes.height)
    images = atlas.images.with_row_index("row").filter(~pl.col("is_problematic")).select("row", "file_name", "target")
    judged = experts.join(images, on="file_name").filter(pl.col("predicted_class") != pl.col("target"))
    codes = atlas.outcomes[judged["row"].to_numpy(), judged["predicted_class"].to_numpy()]
    means = {name: _SEPARATOR.join(ours) for name, ours in EXPERT_CATEGORIES.items()}
    outcomes = atlas.outcome_list
    table = judged.with_columns(
        pl.Series("category", [outcomes[code].category for code in codes], dtype=pl.String),
        pl.Series("provisional_category", [outcomes[code].provisional_category for code in codes], dtype=pl.String),
        expert_means=pl.col("expert_category").replace_strict(means, return_dtype=pl.String),
    ).filter(pl.col("category") != CORRECT)
    theirs = pl.col("expert_means").str.split(_SEPARATOR)
    unchecked = pl.col("category") == OPEN_WORLD_UNCHECKED
    may_agree = theirs.list.contains("fine_grained_oov") | theirs.list.contains(pl.col("provisional_category"))
    table = table.with_columns(is_decided=~(unchecked & may_agree)).with_columns(
        agrees=pl.when("is_decided").then(theirs.list.contains(pl.col("category")))
    )
    return check_table(
        table.sort("expert_list", "file_name").select(*EXPERT_MISTAKES.columns), EXPERT_MISTAKES, where="mistakes"
    )


def _check(experts: pl.DataFrame, *, classes: int) -> None:
    strange = experts.filter(~pl.col("expert_category").is_in(list(EXPERT_CATEGORIES)))
    if strange.height:
        row = strange.row(0, named=True)
        raise InputError(
            f"expert list '{row['expert_list']}': {row['file_name']} has the category '{row['expert_category']}'; "
            f"expected one of {', '.join(EXPERT_CATEGORIES)}."
        )
    strange = experts.filter(~pl.col("predicted_class").is_between(0, classes - 1))
    if strange.height:
        row = strange.row(0, named=True)
        raise InputError(
            f"expert list '{row['expert_list']}': {row['file_name']} has the prediction {row['predicted_class']}; "
            f"expected a class id from 0 to {classes - 1}."
        )


def measure_agreement(mistakes: pl.DataFrame) -> pl.DataFrame:
    """Measure how often atlas and experts agree, by list and by category.

    A mistake that the experts put into two categories counts in both, and agrees if the atlas names either.

    `mistakes`: what `judge_mistakes` returned.
    Returns the table `errata.trust.tables.AGREEMENT`; categories that neither names are left out, and kappa over all
    categories is null where a mistake is undecided. Intervals are Wilson's: a mistake is one draw.
    """
    rows: list[dict] = []
    for (name,), listed in mistakes.group_by("expert_list", maintain_order=True):
        rows.append(_row(listed, ALL, listed) | {"expert_list": name})
        others = listed.filter(pl.col("expert_means") != "non_prototypical")
        rows.append(_row(others, NOT_CIRCULAR, others) | {"expert_list": name})
        if not listed["is_decided"].all():
            rows.append(_row(_as_if_checked(listed), IF_NOTHING_OOV, listed) | {"expert_list": name})
        for category in CATEGORY_COLUMNS:
            if category == OPEN_WORLD_UNCHECKED:
                continue
            theirs = listed.filter(_says(category))
            if theirs.height or (listed["category"] == category).any():
                rows.append(_row(theirs, category, listed) | {"expert_list": name})
    frame = pl.DataFrame(rows, schema=AGREEMENT.schema)
    return check_table(frame, AGREEMENT, where="agreement")


def _as_if_checked(listed: pl.DataFrame) -> pl.DataFrame:
    """Replace an unchecked category by the provisional one, as if nothing were out of vocabulary."""
    return listed.with_columns(
        category=pl.coalesce("provisional_category", "category"), is_decided=pl.lit(value=True)
    ).with_columns(agrees=pl.col("expert_means").str.split(_SEPARATOR).list.contains(pl.col("category")))


def _says(category: str) -> pl.Expr:
    return pl.col("expert_means").str.split(_SEPARATOR).list.contains(category)


def _row(theirs: pl.DataFrame, category: str, listed: pl.DataFrame) -> dict:
    overall = category in OVER_ALL
    decided = theirs.filter("is_decided")
    # of a mistake that experts put into two categories, only the one that the atlas names is met
    agreeing = decided.filter("agrees" if overall else pl.col("category") == category).height
    undecided = theirs.height - decided.height
    ours = listed if overall else listed.filter(pl.col("category") == category)
    met = ours.filter(pl.lit(value=True) if overall else _says(category)).height
    return {
        "category": category,
        "experts": theirs.height,
        "decided": decided.height,
        "agreeing": agreeing,
        **_share("recall", agreeing, decided.height),
        "at_least": 100 * agreeing / theirs.height if theirs.height else None,
        "at_most": 100 * (agreeing + undecided) / theirs.height if theirs.height else None,
        "ours": ours.height,
        **_share("precision", met, 0 if overall else ours.height),
        **_kappa(theirs if overall else listed, category),
    }


def _share(name: str, part: int, whole: int) -> dict[str, float | None]:
    if not whole:
        return {name: None, f"{name}_low": None, f"{name}_high": None}
    value = np.float64(part / whole)
    estimate = wilson(value, value * (1 - value) / whole, images=np.float64(whole))
    return {
        name: float(100 * estimate.value),
        f"{name}_low": float(100 * estimate.low),
        f"{name}_high": float(100 * estimate.high),
    }


def _kappa(listed: pl.DataFrame, category: str) -> dict[str, float | None]:
    kappa = _overall_kappa(listed) if category in OVER_ALL else _kappa_against_the_rest(listed, category)
    return {"kappa": kappa.value, "kappa_low": kappa.low, "kappa_high": kappa.high}


def _overall_kappa(listed: pl.DataFrame) -> Kappa:
    """Return kappa over all categories if every mistake is decided; of two expert categories the atlas's counts."""
    if not listed["is_decided"].all():
        return Kappa(None)
    decided = listed.select(
        ours="category",
        theirs=pl.when("agrees").then("category").otherwise(pl.col("expert_means").str.split(_SEPARATOR).list.first()),
    )
    ranks = {name: rank for rank, name in enumerate(CATEGORY_COLUMNS)}
    table = np.zeros((len(ranks), len(ranks)))
    cells = [decided[name].replace_strict(ranks, return_dtype=pl.Int32).to_numpy() for name in ("theirs", "ours")]
    np.add.at(table, tuple(cells), 1)
    return cohens_kappa(table)


def _kappa_against_the_rest(listed: pl.DataFrame, category: str) -> Kappa:
    """Return kappa of one category against the rest, if it is certain whether the atlas puts every mistake there."""
    has_unchecked = (listed["category"] == OPEN_WORLD_UNCHECKED).any()
    if has_unchecked and category not in CERTAIN_WITHOUT_CHECK:
        return Kappa(None)
    theirs = listed.select(_says(category)).to_series().to_numpy()
    ours = (listed["category"] == category).to_numpy()
    return cohens_kappa(np.array([[(theirs == a) & (ours == b) for b in (True, False)] for a in (True, False)]).sum(2))


def cohens_kappa(table: np.ndarray) -> Kappa:
    """Return Cohen's kappa of a square table of counts.

    The standard error is the large-sample one of Fleiss, Cohen and Everitt (Psychological Bulletin 72, 1969).

    `table`: shape (categories, categories): how often the first judge said the row and the second the column.
    """
    total = table.sum()
    if min(np.count_nonzero(table.sum(axis=0)), np.count_nonzero(table.sum(axis=1))) < 2:
        return Kappa(None)
    p = table / total
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    observed, expected = float(np.trace(p)), float(rows @ columns)
    kappa = (observed - expected) / (1 - expected)
    both = columns[:, None] + rows[None, :]
    agreeing = np.diag(p) * (1 - np.diag(both) * (1 - kappa)) ** 2
    differing = (p - np.diag(np.diag(p))) * both**2 * (1 - kappa) ** 2
    variance = agreeing.sum() + differing.sum() - (kappa - expected * (1 - kappa)) ** 2
    half = Z * np.sqrt(max(variance, 0) / total) / (1 - expected)
    return Kappa(kappa, max(kappa - half, -1.0), min(kappa + half, 1.0))
