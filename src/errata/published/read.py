"""The paper's tables of counts, one CSV file per group, as one table under Errata's names."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from errata.categories import CATEGORIES, PUBLISHED_CATEGORIES
from errata.errors import InputError
from errata.groups import GROUPS
from errata.published.tables import PUBLISHED
from errata.tables import check_table
from errata.user_files import read_csv

COUNT_COLUMNS = {
    "num_group_samples": "images",
    "num_group_correct": "correct",
    "num_group_top1_errors": "top1_errors",
    **{category.published: category.name for category in CATEGORIES if category.published},
}
"""Published name -> Errata's name of every count that is read."""

PERCENTAGE_COLUMNS = {
    "mla_group": "mla",
    "mla_group_minor_error": "mla_minor",
    "mla_group_explainable_error": "mla_explainable",
    "top1_val_acc": "top1",
}

DESCRIPTION_COLUMNS = {
    "model_dir_id": "model",
    "num_params": "parameters",
    "training_data": "training_data",
    "arch_group": "architecture",
    "arch": "architecture_name",
    "arch_family": "architecture_family",
}

ONLY_WITH_MULTI_LABELS = ("multi_label", "non_prototypical")
"""Categories that a data set without multi-labels leaves undefined; the published files write 0 there."""

IMAGENET_M = "num_imagenet-m_errors"
"""A column that only the files of a data set with multi-labels have."""


def read_published(files: Mapping[str, Path | str]) -> pl.DataFrame:
    """Read the published counts of one data set.

    `files`: group -> CSV file, for every group.
    Returns one row per model and group, columns of `errata.published.tables.PUBLISHED`, sorted by group and model. The
    counts of "multi_label" and "non_prototypical" are null on a data set without multi-labels, where they are
    undefined.
    Raises InputError if a file is no such table, if the groups list different models, or if counts do not add up.
    """
    frames = {group: _read_group(Path(files[group]), group) for group in GROUPS}
    _check_same_models(frames, files)
    return check_table(pl.concat(frames.values()), PUBLISHED, where=str(files["all"]))


def _read_group(path: Path, group: str) -> pl.DataFrame:
    wanted = (*DESCRIPTION_COLUMNS, *COUNT_COLUMNS, *PERCENTAGE_COLUMNS)
    try:
        raw = read_csv(path, infer_schema=False)
    except InputError as error:
        raise InputError(f"{error} Expected a CSV file of published counts.") from error
    missing = [name for name in wanted if name not in raw.columns]
    if missing:
        raise InputError(
            f"{path}: lacks the column(s) {', '.join(missing)}. Expected the published file "
            f"non_problematic_stats_{group}.csv; found the columns {', '.join(raw.columns[:8])}, …"
        )
    if not raw.height:
        raise InputError(f"{path}: holds no model.")
    _check_numbers(raw, path)
    frame = raw.select(
        pl.col("model_dir_id").alias("model"),
        pl.lit(group).alias("group"),
        *(pl.col(old).cast(pl.Int32).alias(new) for old, new in COUNT_COLUMNS.items()),
        *(pl.col(old).cast(pl.Float64).alias(new) for old, new in PERCENTAGE_COLUMNS.items()),
        (pl.col(IMAGENET_M) if IMAGENET_M in raw.columns else pl.lit(None)).cast(pl.Int32).alias("imagenet_m_errors"),
        pl.col("num_params").cast(pl.Int64).alias("parameters"),
        pl.col("training_data", "arch_group", "arch", "arch_family").name.map(DESCRIPTION_COLUMNS.get),
    )
    _check_sums(frame, path)
    if IMAGENET_M not in raw.columns and not frame.select(pl.sum_horizontal(*ONLY_WITH_MULTI_LABELS).sum()).item():
        frame = frame.with_columns(pl.lit(None, pl.Int32).alias(name) for name in ONLY_WITH_MULTI_LABELS)
    return frame.sort("model")


def _check_numbers(raw: pl.DataFrame, path: Path) -> None:
    counts = [name for name in (*COUNT_COLUMNS, IMAGENET_M) if name in raw.columns]
    kinds = ((counts, pl.Int32, "a whole number"), (PERCENTAGE_COLUMNS, pl.Float64, "a number"))
    for names, dtype, kind in kinds:
        for name in names:
            bad = raw.filter(pl.col(name).cast(dtype, strict=False).is_null())
            if bad.height:
                model, value = bad.select("model_dir_id", name).row(0)
                raise InputError(
                    f"{path}: column '{name}' of model '{model}' must be {kind}, found {value!r}. "
                    "Fetch the published file again."
                )


def _check_sums(frame: pl.DataFrame, path: Path) -> None:
    parts = {
        "images": ("correct", "top1_errors"),
        "top1_errors": PUBLISHED_CATEGORIES,
    }
    published_name = {new: old for old, new in COUNT_COLUMNS.items()}
    for whole, terms in parts.items():
        bad = frame.select("model", pl.col(whole), pl.sum_horizontal(*terms).alias("sum")).filter(
            pl.col(whole) != pl.col("sum")
        )
        if bad.height:
            model, expected, found = bad.row(0)
            raise InputError(
                f"{path}: the counts of {bad.height} model(s) do not add up, first '{model}': "
                f"{published_name[whole]} is {expected}, but "
                f"{' + '.join(published_name[term] for term in terms)} is {found}. Fetch the published file again."
            )


def _check_same_models(frames: Mapping[str, pl.DataFrame], files: Mapping[str, Path | str]) -> None:
    first, *others = GROUPS
    models = set(frames[first]["model"])
    for group in others:
        difference = sorted(models ^ set(frames[group]["model"]))
        if difference:
            raise InputError(
                f"{files[first]} and {files[group]} list different models, {len(difference)} are in one only, "
                f"first '{difference[0]}'. Take all four files from the same place."
            )
