"""The table of models as data for the page's script: whole numbers in columns, one file per group of images.

A page that opens from disk cannot fetch a file, but it can load a script. Each file is a call with one argument in
JSON. Percentages are whole hundredths, rounded down so that the script can round them to tenths; limits are whole
tenths. Shares are not there, since they follow from counts.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import polars as pl

from errata.categories import CATEGORY_COLUMNS, FORGIVEN, PROVISIONAL_COLUMNS
from errata.files import slug
from errata.report.accuracy import unexpected_models
from errata.report.categories import LOOKS, SOFT_LOOKS, STACK
from errata.report.inputs import ReportInputs, present_groups
from errata.report.overview.columns import ACCURACIES, ColumnSet
from errata.report.rows import FEW_NEARBY


def ordered_models(profile: pl.DataFrame) -> list[str]:
    """Return the models, best MLA over all images first; those without an MLA come last."""
    rows = profile.filter(pl.col("group") == "all")
    return rows.sort("mla", "model", descending=[True, False], nulls_last=True)["model"].to_list()


def write_table_data(inputs: ReportInputs, models: Sequence[str], sets: Sequence[ColumnSet], folder: Path) -> None:
    """Write `overview-models.js` and an `overview-{group}.js` for every group into `folder`."""
    profile = inputs.profile
    _write(folder / "overview-models.js", "models", _about_models(inputs, models, sets))
    for group in profile["group"].unique():
        order = pl.DataFrame({"model": models}, schema={"model": pl.String})
        rows = order.join(profile.filter(pl.col("group") == group), on="model", how="left", maintain_order="left")
        data = {"group": group, **_numbers(rows), "masses": _masses(inputs.soft_profile, group, order)}
        data["gains"] = _gains(inputs.what_if, group, order)
        _write(folder / f"overview-{group}.js", "group", data)


def _about_models(inputs: ReportInputs, models: Sequence[str], sets: Sequence[ColumnSet]) -> dict:
    slugs = [slug(model) for model in models]
    outside = {} if inputs.comparison is None else _outside(inputs.comparison)
    unexpected = unexpected_models(inputs)
    return {
        "models": list(models),
        # nothing where the page is named like the model, as nearly always
        "pages": [0 if page == model else page for page, model in zip(slugs, models, strict=True)],
        "notes": [number for number, model in enumerate(models) if inputs.diagnoses.get(model)],
        "unexpected": [number for number, model in enumerate(models) if model in unexpected],
        "outside": [outside.get(model) for model in models],
        "sets": [asdict(each) for each in sets],
        "looks": {
            name: {"label": look.label, "missing": inputs.atlas.why_missing(name)}
            for name, look in (LOOKS | SOFT_LOOKS).items()
        },
        "stack": STACK,
        "provisional": PROVISIONAL_COLUMNS,
        "forgiven": FORGIVEN,
        "groups": present_groups(inputs),
    }


def _outside(comparison: pl.DataFrame) -> dict[str, tuple[int, int, str]]:
    """Return of every model how many of its shares are outside their bands, of how many, and whether to be careful."""
    shares = comparison.filter(pl.col("quantity") == "share")
    everywhere = pl.col("group") == "all"
    counted = shares.group_by("model").agg(
        (~pl.col("inside")).sum().alias("outside"),
        pl.len().alias("of"),
        pl.when((everywhere & pl.col("extrapolated")).any())
        .then(pl.lit("extrapolated"))
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
