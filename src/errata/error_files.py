"""Every error of a model as a CSV that can be read without the atlas: the classes have their names."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import polars as pl

from errata.errors import InputError
from errata.files import atomic_write, slug
from errata.predictions.tables import ERROR_FILE
from errata.tables import check_table, write_csv

MOST_MODELS = 100
"""An error file takes about half a megabyte; for more models than this none are written unless asked for."""


def errors_with_names(errors: pl.DataFrame, classes: pl.DataFrame) -> pl.DataFrame:
    """Return the errors of one model as the table `errata.predictions.tables.ERROR_FILE`.

    Parameters
    ----------
    errors : polars.DataFrame
        Rows of the table `errata.predictions.tables.ERRORS` of one model.
    classes : polars.DataFrame
        `class_id` and `name` of the atlas's classes.
    """
    names = classes.select("class_id", "name")
    frame = errors.join(
        names.rename({"class_id": "target", "name": "target_name"}),
        on="target",
        how="left",
        maintain_order="left",
    ).join(
        names.rename({"class_id": "predicted_class", "name": "predicted_name"}),
        on="predicted_class",
        how="left",
        maintain_order="left",
    )
    return check_table(frame.select(*ERROR_FILE.columns), ERROR_FILE, where="errors")


def errors_of_model(errors: pl.LazyFrame, model: str | None, classes: pl.DataFrame) -> pl.DataFrame:
    """Return the errors of one of the models in a table of errors; None: of the only model that has any.

    Raises
    ------
    InputError
        If the table has no error of a model of this name, or `model` is None and it does not have errors of one model.
    """
    known = errors.select(pl.col("model").unique().sort()).collect()["model"].to_list()
    if model is None and len(known) == 1:
        model = known[0]
    if not known:
        raise InputError("the table has no errors: every answer that counts is right.")
    if model not in known:
        listed = f"{', '.join(known[:8])}{' and others' if len(known) > 8 else ''}"
        what = "expected the name of a model" if model is None else f"model '{model}': the table has no error of it"
        raise InputError(f"{what}; it has errors of {listed}.")
    return errors_with_names(errors.filter(pl.col("model") == model).collect(), classes)


def write_error_files(
    errors: pl.LazyFrame, classes: pl.DataFrame, folder: Path, *, ready: Mapping[str, Path] = MappingProxyType({})
) -> Mapping[str, Path]:
    """Write a file per model into `folder` and return the files by model; models without errors have none.

    Error files that an earlier call left there are removed; other files are left alone. `ready` are files by model that
    were written of the same errors just now, into another folder: they are copied.
    """
    folder.mkdir(parents=True, exist_ok=True)
    remove_error_files(folder)
    files: dict[str, Path] = {}
    models = errors.select(pl.col("model").unique(maintain_order=True)).collect()["model"]
    for model in models:
        files[model] = folder / f"{slug(model)}.csv"
        if model in ready:
            with atomic_write(files[model]) as temporary:
                shutil.copyfile(ready[model], temporary)
        else:
            write_csv(errors_with_names(errors.filter(pl.col("model") == model).collect(), classes), files[model])
    return files


def remove_error_files(folder: Path) -> None:
    """Remove the error files in a folder, if there is one; other files are left alone."""
    for old in folder.iterdir() if folder.is_dir() else ():
        if old.suffix == ".csv" and old.is_file():
            with old.open(encoding="utf-8", errors="replace") as stream:
                is_ours = stream.readline().strip() == ",".join(ERROR_FILE.columns)
            if is_ours:
                old.unlink()
