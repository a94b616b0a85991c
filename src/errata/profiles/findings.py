"""What there is to say about models: accuracies, categories, the biggest lever, the place among published models."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Literal

import polars as pl

from errata.accuracy.tables import UNEXPECTED
from errata.categories import (
    BEYOND_OPEN_WORLD,
    CATEGORIES,
    CATEGORY_COLUMNS,
    FORGIVEN,
    OPEN_WORLD_UNCHECKED,
    Category,
)
from errata.results import Results

_BY_NAME: Mapping[str, Category] = {category.name: category for category in CATEGORIES}


@dataclass(frozen=True)
class Interval:
    """A number in per cent or points, with its 95 % limits; None where there are none."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class CategoryFinding:
    """How many errors of a category a model makes.

    Attributes
    ----------
    category, label : str
        Its name in tables and its name in headings.
    errors : int
    share : Interval or None
        In per cent of the errors that `of` names; None where there are no such errors.
    of : {'top1_errors', 'multi_label_errors'}
    usual : Interval or None
        The share that the trend of the published models leads to expect at this accuracy, and where 95 % of new models
        should fall; None where nothing is compared.
    percentile : float or None
        Rank of the share among the published models, once the accuracy is taken into account.
    position : {'high', 'low', 'usual'} or None
        Whether the share differs from the published models beyond their scatter and its own interval.
    """

    category: str
    label: str
    errors: int
    share: Interval | None
    of: str
    usual: Interval | None = None
    percentile: float | None = None
    position: Literal["high", "low", "usual"] | None = None


@dataclass(frozen=True)
class UncheckedPart:
    """What errors that were not checked for the open world may be: `at_most` so many, and an estimate with limits."""

    category: str
    label: str
    at_most: int | None
    estimate: Interval | None = None


@dataclass(frozen=True)
class Lever:
    """The category whose errors cost the most accuracy: the gain in points if all were right, and the accuracy then."""

    category: str
    label: str
    accuracy: str
    gain: Interval
    fixed: float


@dataclass(frozen=True)
class ModelFindings:
    """What there is to say about one model, over all images that count.

    Attributes
    ----------
    model : str
    images, top1_errors, multi_label_errors : int
    top1, mla : Interval or None
    categories : tuple of CategoryFinding
        Those that the atlas decides, least severe first.
    unchecked : tuple of UncheckedPart
        What `open_world_unchecked` may be made of; empty where the open world was checked.
    lever : Lever or None
        Among the categories that are decided.
    unchecked_cost : Interval or None
        The points of MLA that the errors which were not checked for the open world cost together.
    published_models, better_than, nearby : int or None
        Published models, those with a lower MLA, and those of like accuracy; None where nothing is compared.
    extrapolated : bool
        Whether the accuracy lies beyond those of the published models.
    marks : tuple of str
        Kinds of findings of the doctor that stay with the model.
    warnings : tuple of str
        What to keep in mind: sentences of the doctor and of the check of the accuracy.
    """

    model: str
    images: int
    top1_errors: int
    multi_label_errors: int
    top1: Interval | None
    mla: Interval | None
    categories: tuple[CategoryFinding, ...]
    unchecked: tuple[UncheckedPart, ...] = ()
    lever: Lever | None = None
    unchecked_cost: Interval | None = None
    published_models: int | None = None
    better_than: int | None = None
    nearby: int | None = None
    extrapolated: bool = False
    marks: tuple[str, ...] = ()
    warnings: tuple[str, ...] = field(default=())

    def values(self) -> dict:
        """Return plain values for JSON."""
        return asdict(self)


def model_findings(results: Results) -> list[ModelFindings]:
    """Return what there is to say about every model: best MLA first, those without an MLA last."""
    profile = results.profile.filter(pl.col("group") == "all")
    compared = _of_all(results.comparison, quantity="share")
    estimates = _of_all(results.estimate)
    gains = _of_all(results.what_if)
    diagnoses = {diagnosis.model: diagnosis for diagnosis in results.diagnoses or () if diagnosis.is_usable}
    unexpected = _unexpected(results.accuracy)
    published = None if results.published is None else results.published.filter(pl.col("group") == "all")["mla"]
    found = []
    for row in profile.iter_rows(named=True):
        model = row["model"]
        places = {place["category"]: place for place in compared.get(model, ())}
        marked = diagnoses.get(model)
        by_published = {}
        if places and published is not None:
            nearest = next(iter(places.values()))
            by_published = {
                "published_models": nearest["published_models"],
                "better_than": None if row["mla"] is None else int((published < row["mla"]).sum()),
                "nearby": nearest["published_nearby"],
                "extrapolated": any(place["extrapolated"] for place in places.values()),
            }
        found.append(
            ModelFindings(
                model=model,
                images=row["images"],
                top1_errors=row["top1_errors"],
                multi_label_errors=row["top1_errors"] - sum(row[name] or 0 for name in FORGIVEN),
                top1=_interval(row, "top1"),
                mla=_interval(row, "mla"),
                categories=tuple(_categories(row, places)),
                unchecked=tuple(_unchecked(row, {each["category"]: each for each in estimates.get(model, ())})),
                lever=_lever(gains.get(model, ())),
                unchecked_cost=_unchecked_cost(gains.get(model, ())),
                **by_published,
                marks=marked.marks if marked else (),
                warnings=(
                    *unexpected.get(model, ()),
                    *(f.message for f in (marked.findings if marked else ()) if f.severity in ("accepted", "warn")),
                ),
            )
        )
    return sorted(found, key=lambda each: (-(each.mla.value if each.mla else -1), each.model))


def _of_all(table: pl.DataFrame | None, **fixed: str) -> dict[str, list[dict]]:
    """Return the rows over all images by model."""
    if table is None:
        return {}
    rows: dict[str, list[dict]] = {}
    for row in table.filter(group="all", **fixed).iter_rows(named=True):
        rows.setdefault(row["model"], []).append(row)
    return rows


def _unexpected(accuracy: pl.DataFrame | None) -> dict[str, tuple[str, ...]]:
    if accuracy is None:
        return {}
    rows = accuracy.filter(pl.col("check") == UNEXPECTED).select("model", "sentence")
    return {model: (f"Not as accurate as published. {sentence}",) for model, sentence in rows.iter_rows()}


def _interval(row: Mapping[str, object], name: str) -> Interval | None:
    if row.get(name) is None:
        return None
    return Interval(row[name], row.get(f"{name}_low"), row.get(f"{name}_high"))


def _categories(row: Mapping[str, object], places: Mapping[str, Mapping]) -> Iterable[CategoryFinding]:
    for name in CATEGORY_COLUMNS:
        told_apart = name == OPEN_WORLD_UNCHECKED and row["fine_grained_oov"] is not None
        if row[name] is None or (told_apart and not row[name]):
            continue
        place = places.get(name)
        if place is not None and place["extrapolated"]:
            # beyond the published models, nothing is known to be usual
            place = None
        yield CategoryFinding(
            category=name,
            label=_BY_NAME[name].label,
            errors=row[name],
            share=_interval(row, f"share_{name}"),
            of="top1_errors" if name in FORGIVEN else "multi_label_errors",
            usual=None
            if place is None
            else Interval(*(max(place[key], 0) for key in ("expected", "prediction_low", "prediction_high"))),
            percentile=None if place is None else place["percentile"],
            position=None if place is None else _position(place),
        )


def _position(place: Mapping[str, object]) -> Literal["high", "low", "usual"]:
    if not place["outside"]:
        return "usual"
    return "high" if place["residual"] > 0 else "low"


def _unchecked(row: Mapping[str, object], estimates: Mapping[str, Mapping]) -> Iterable[UncheckedPart]:
    if row["fine_grained_oov"] is not None or not row[OPEN_WORLD_UNCHECKED]:
        return
    for name in BEYOND_OPEN_WORLD:
        estimated = estimates.get(name)
        known = estimated is not None and estimated["estimate"] is not None
        if known or row.get(f"provisional_{name}") is not None:
            yield UncheckedPart(
                category=name,
                label=_BY_NAME[name].label,
                at_most=row.get(f"provisional_{name}"),
                estimate=Interval(*(estimated[key] for key in ("estimate", "low", "high"))) if known else None,
            )


def _lever(gains: Sequence[Mapping]) -> Lever | None:
    """Return the decided category that costs the most MLA, or top-1 accuracy where there is no MLA."""
    accuracy = "mla" if any(row["accuracy"] == "mla" for row in gains) else "top1"
    decided = [row for row in gains if row["accuracy"] == accuracy and row["category"] in _BY_NAME]
    decided = [row for row in decided if row["category"] != OPEN_WORLD_UNCHECKED and row["gain"]]
    if not decided:
        return None
    best = max(decided, key=lambda row: row["gain"])
    name = best["category"]
    return Lever(name, _BY_NAME[name].plural, accuracy, _interval(best, "gain"), best["fixed"])


def _unchecked_cost(gains: Sequence[Mapping]) -> Interval | None:
    row = next((row for row in gains if (row["accuracy"], row["category"]) == ("mla", OPEN_WORLD_UNCHECKED)), None)
    return _interval(row, "gain") if row else None
