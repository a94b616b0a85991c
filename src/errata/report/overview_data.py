"""The overview's table of models: its columns, and its data for the page's script, one file per group of images.

Columns are in sets of which one is shown at a time. The data are whole numbers in columns.

A page that opens from disk cannot fetch a file, but it can load a script. Each file is a call with one argument in
JSON. Percentages are whole hundredths, rounded down so that the script can round them to tenths; limits are whole
tenths. Shares are not there, since they follow from counts.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from errata.categories import CATEGORY_COLUMNS, FORGIVEN, MULTI_LABEL_ACCURACIES, PROVISIONAL_COLUMNS
from errata.files import slug
from errata.report.accuracy import unexpected_models
from errata.report.explorer import has_explorer
from errata.report.model_page import BEYOND, FEW_NEARBY
from errata.report.soft import SoftView
from errata.report.style import GROUP_NAMES, LOOKS, SOFT_LOOKS, STACK
from errata.results import Results

ACCURACIES = {
    "top1": ("Top-1", ""),
    **{accuracy.name: ("MLA", accuracy.note) for accuracy in MULTI_LABEL_ACCURACIES},
}
"""Column of the profile -> its label, and what sets it apart."""


@dataclass(frozen=True)
class Column:
    """A column of the table.

    `key`: what the address, sorting and filters call it.
    `label`, `note`: its heading, and the small print below.
    `kind`: how its cells are made: `model`, `accuracy`, `count`, `share`, `bar`, `outside`, `gain`, `mass` or `masses`.
    `source`: the category or the column of the profile that it shows.
    `group`: the group of images, where it is not the one that the reader chose.
    """

    key: str
    label: str
    kind: str
    source: str = ""
    note: str = ""
    group: str = ""


@dataclass(frozen=True)
class ColumnSet:
    """Columns that are shown together."""

    key: str
    title: str
    columns: tuple[Column, ...]


def column_sets(results: Results, soft: SoftView | None) -> list[ColumnSet]:
    """Return the sets that the results can fill, the one shown first in front."""
    defined, groups = results.defined_categories, results.groups
    model = Column("model", "Model", "model")
    facts = results.facts
    named = {name: (word[0].upper() + word[1:], "") for name, word in facts.accuracy_words.items()}
    forgiving = {name: (label.replace("MLA", named["mla"][0]), note) for name, (label, note) in ACCURACIES.items()}
    accuracies = forgiving if facts.forgives else named
    accuracy = {
        name: Column(name, label, "accuracy", source=name, note=note) for name, (label, note) in accuracies.items()
    }
    shares = tuple(
        Column(
            name,
            LOOKS[name].label,
            "share",
            name,
            "of all errors" if name in FORGIVEN or not facts.forgives else "of real mistakes",
        )
        for name in defined
    )
    errors = Column("errors", "Errors", "count", source="top1_errors")
    outside = (
        (Column("outside", "Unusual shares", "outside", note="beside published models"),)
        if results.comparison is not None
        else ()
    )
    sets = [
        ColumnSet(
            "categories",
            "Categories",
            (model, accuracy["top1"], accuracy["mla"], errors, Column("bar", "Profile", "bar"), *shares, *outside),
        ),
        ColumnSet(
            "accuracies",
            "Accuracies",
            (
                model,
                errors,
                *((Column("mle", "Real mistakes", "count", source="mle"),) if facts.forgives else ()),
                *accuracy.values(),
            ),
        ),
    ]
    if len(groups) > 1:
        by_group = (
            Column(
                f"{name}-{group}", label, "accuracy", name, ", ".join(filter(None, (GROUP_NAMES[group], note))), group
            )
            for group in groups
            for name, (label, note) in accuracies.items()
            if name in ("top1", "mla") or (name == "mla_own_classes" and group != "all")
        )
        sets.append(ColumnSet("groups", "Accuracy by group", (model, *by_group)))
    if results.what_if is not None:
        fixed = set(results.what_if.filter(pl.col("accuracy") == "mla")["category"])
        gains = (
            Column(f"fix-{name}", look.label, "gain", source=name, note=f"points of {facts.accuracy_words['mla']}")
            for name, look in LOOKS.items()
            if name in fixed
        )
        sets.append(ColumnSet("what-if", "What if fixed", (model, accuracy["mla"], *gains)))
    if soft is not None:
        masses = (Column(f"mass-{look.name}", look.label, "mass", source=look.name) for look in soft.defined)
        sets.append(
            ColumnSet("probability", "Probability", (model, Column("masses", "Not to the label", "masses"), *masses))
        )
    return sets


def ordered_models(profile: pl.DataFrame) -> list[str]:
    """Return the models, best MLA over all images first; those without an MLA come last."""
    rows = profile.filter(pl.col("group") == "all")
    return rows.sort("mla", "model", descending=[True, False], nulls_last=True)["model"].to_list()


def write_table_data(results: Results, models: Sequence[str], sets: Sequence[ColumnSet], folder: Path) -> None:
    """Write `overview-models.js` and an `overview-{group}.js` for every group into `folder`."""
    profile = results.profile
    _write(folder / "overview-models.js", "models", _about_models(results, models, sets))
    for group in profile["group"].unique():
        order = pl.DataFrame({"model": models}, schema={"model": pl.String})
        rows = order.join(profile.filter(pl.col("group") == group), on="model", how="left", maintain_order="left")
        data = {"group": group, **_numbers(rows), "masses": _masses(results.soft_profile, group, order)}
        data["gains"] = _gains(results.what_if, group, order)
        _write(folder / f"overview-{group}.js", "group", data)


def _about_models(results: Results, models: Sequence[str], sets: Sequence[ColumnSet]) -> dict:
    slugs = [slug(model) for model in models]
    outside = {} if results.comparison is None else _outside(results.comparison)
    unexpected = unexpected_models(results)
    return {
        "models": list(models),
        # nothing where the page is named like the model, as nearly always
        "pages": [0 if page == model else page for page, model in zip(slugs, models, strict=True)],
        "notes": [number for number, model in enumerate(models) if results.notes.get(model)],
        "unexpected": [number for number, model in enumerate(models) if model in unexpected],
        "outside": [outside.get(model) for model in models],
        "sets": [asdict(each) for each in sets],
        "looks": {
            name: {"label": look.label, "missing": results.facts.why_missing(name)}
            for name, look in (LOOKS | SOFT_LOOKS).items()
        },
        "stack": STACK,
        "provisional": PROVISIONAL_COLUMNS,
        "forgiven": FORGIVEN,
        "errors": {"top1": results.facts.words.errors, "mle": results.facts.words.mles},
        "groups": results.groups,
        "doors": has_explorer(results),
    }


def _outside(comparison: pl.DataFrame) -> dict[str, tuple[int, int, str]]:
    """Return of every model how many of its shares are outside their bands, of how many, and whether to be careful."""
    shares = comparison.filter(pl.col("quantity") == "share")
    everywhere = pl.col("group") == "all"
    counted = shares.group_by("model").agg(
        pl.col("outside").sum(),
        pl.len().alias("of"),
        pl.when((everywhere & pl.col("extrapolated")).any())
        .then(pl.lit(BEYOND))
        .when((everywhere & (pl.col("published_nearby") < FEW_NEARBY)).any())
        .then(pl.lit("few nearby"))
        .otherwise(pl.lit(""))
        .alias("caution"),
    )
    return {model: (outside, of, caution) for model, outside, of, caution in counted.iter_rows()}


def _numbers(rows: pl.DataFrame) -> dict:
    counts = (
        "images",
        "top1_errors",
        *(name for name in (*CATEGORY_COLUMNS, *PROVISIONAL_COLUMNS) if name in rows.columns),
    )
    known = [name for name in counts if rows[name].is_not_null().any()]
    accuracies = {name: _accuracy(rows, name) for name in ACCURACIES}
    return {
        "counts": {name: rows[name].to_list() for name in known},
        "limits": {name: _limits(rows, f"share_{name}") for name in known if name not in ("images", "top1_errors")},
        "accuracies": {name: columns for name, columns in accuracies.items() if columns},
    }


def _accuracy(rows: pl.DataFrame, name: str) -> list[list[int | None]]:
    """Return value, low and high; or nothing, low and high where only bounds are known; or nothing."""
    if name in rows.columns and rows[name].is_not_null().any():
        return [_in_steps(rows[name], 100, down=True), *_limits(rows, name)]
    bounds = [f"{name}_{side}_bound" for side in ("lower", "upper")]
    if set(bounds) <= set(rows.columns):
        return [[], *(_in_steps(rows[bound], 10) for bound in bounds)]
    return []


def _limits(rows: pl.DataFrame, name: str) -> list[list[int | None]]:
    limits = [f"{name}_{side}" for side in ("low", "high")]
    return [_in_steps(rows[limit], 10) for limit in limits] if set(limits) <= set(rows.columns) else []


def _masses(soft: pl.DataFrame | None, group: str, order: pl.DataFrame) -> dict[str, list[int | None]]:
    if soft is None:
        return {}
    here = soft.filter(pl.col("group") == group).pivot("category", index="model", values="mass")
    rows = order.join(here, on="model", how="left", maintain_order="left")
    return {name: _in_steps(rows[name], 100, down=True) for name in here.columns[1:] if rows[name].is_not_null().any()}


def _gains(what_if: pl.DataFrame | None, group: str, order: pl.DataFrame) -> dict[str, list[list[int | None]]]:
    """Return what the MLA would gain by category, in thousandths of a point, and its limits in hundredths."""
    if what_if is None:
        return {}
    here = what_if.filter(pl.col("group") == group, pl.col("accuracy") == "mla")
    gains = {}
    for (category,), part in here.partition_by("category", as_dict=True, maintain_order=True).items():
        rows = order.join(part, on="model", how="left", maintain_order="left")
        gains[category] = [
            _in_steps(rows["gain"], 1000, down=True),
            *(_in_steps(rows[limit], 100) for limit in ("gain_low", "gain_high")),
        ]
    return gains


def _in_steps(values: pl.Series, steps: int, *, down: bool = False) -> list[int | None]:
    """Return values as whole numbers of steps, so many to a point."""
    whole = values.fill_nan(None) * steps
    return (whole.floor() if down else whole.round()).cast(pl.Int32).to_list()


def _write(path: Path, what: str, data: Mapping[str, object]) -> None:
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=True)
    path.write_text(f'errataOverview.receive("{what}",{text});\n', encoding="utf-8")
