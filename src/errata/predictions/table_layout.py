"""Read predictions from tables with one row per image, or per image and model: Parquet, CSV and others."""

import difflib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from errata.errors import listed, shown
from errata.predictions.prediction_file import FROM_0, ModelRows, PredictionFile, PredictionsError, RowNumbers
from errata.user_files import open_csv, scan_parquet, told

COLUMNS = ("file_name", "predicted_class", "predicted_probability", "model")
"""What a column may be. What it is, is decided by its name alone, here and in `_SYNONYMS`, whatever the format."""

_MOST_MODELS = 10_000
_TEXT = (pl.String, pl.Categorical, pl.Enum)
_SYNONYMS = {
    "file_name": ("filename", "file", "image", "image_name", "img", "path", "name"),
    "predicted_class": ("pred", "prediction", "class", "label", "class_id", "predicted", "predicted_label"),
}

_TARGETS = ("label", "target", "true_class", "true_class_id", "ground_truth", "gt", "y_true")
_KAGGLE = {"ImageId": "file_name", "PredictionString": "predicted_class"}
"""The header of a submission to Kaggle's ImageNet challenge: a class and boxes, `n04356056 10 20 200 220 ...`."""
_BYTES = r"""^b(?:'(.*)'|"(.*)")$"""


def table_predictions(
    path: Path,
    frame: pl.DataFrame,
    *,
    found: list[str],
    model: str,
    kind: str,
    remarks: tuple[str, ...] = (),
    numbers: RowNumbers = FROM_0,
) -> PredictionFile:
    """Return the predictions in a table, whatever format it was read from.

    Parameters
    ----------
    frame : polars.DataFrame
        The table, or those of its columns that are named in `COLUMNS`.
    found : list of str
        The names of all columns of the file.
    model : str
        The name of the model if there is no column `model`; each value of such a column is a model.
    kind : str
        What the file is, for the diagnosis.
    numbers : RowNumbers
        How the file counts its rows.

    Raises
    ------
    PredictionsError
        If a column is missing, repeated or of another type, or there are no rows.
    """
    _check_header(path, found)
    layout = _layout(kind, found)
    if frame.height == 0:
        raise PredictionsError("empty_file", f"{path}: the table has no rows. Write it again.")
    _check_types(path, frame)
    frame, printed = _without_marks_of_bytes(frame)
    remarks = (*remarks, *printed)
    if "model" not in frame.columns:
        return PredictionFile(path, layout, (_model_rows(model, frame, numbers),), remarks)
    unnamed = frame["model"].null_count()
    if unnamed:
        first = numbers.name(int(frame["model"].is_null().arg_max()))
        raise PredictionsError(
            "wrong_header", f"{path}: {unnamed} row(s) have no value in column 'model', first {first}."
        )
    count = frame["model"].n_unique()
    if count > _MOST_MODELS:
        raise PredictionsError(
            "wrong_header",
            f"{path}: column 'model' names {count:,} models in {frame.height:,} rows, at most {_MOST_MODELS:,} are "
            f"read; first {shown(frame['model'][0], 60)}. Leave the column out, or name a model in it.",
        )
    models = tuple(_parts(frame, count, numbers))
    return PredictionFile(path, layout, models, remarks)


def _parts(frame: pl.DataFrame, count: int, numbers: RowNumbers) -> Iterator[ModelRows]:
    """Give the rows of each of `count` models; where those of one follow one another, without a copy."""
    runs = frame["model"].rle().struct.unnest()
    if runs.height == count:
        ends = runs["len"].cum_sum().cast(pl.Int64)
        for name, end, length in zip(runs["value"], ends, runs["len"], strict=True):
            yield _model_rows(str(name), frame.slice(end - length, length), numbers.of(slice(end - length, end)))
        return
    parts = frame.with_row_index("_row").partition_by("model", maintain_order=True, as_dict=True)
    for (name,), part in parts.items():
        yield _model_rows(str(name), part, numbers.of(part["_row"].to_numpy()))


def read_parquet_table(path: Path, *, model: str) -> PredictionFile:
    """Read a Parquet table with `predicted_class` and usually `file_name`."""
    table = scan_parquet(path)
    with told(path, as_="a Parquet file"):
        found = table.collect_schema().names()
        frame = table.select(name for name in COLUMNS if name in found).collect()
    return table_predictions(path, frame, found=found, model=model, kind="Parquet")


def read_csv_table(path: Path, *, model: str) -> PredictionFile:
    """Read a CSV table with the header `file_name,predicted_class[,predicted_probability][,model]`."""
    text = open_csv(path)
    remarks = text.remarks
    if set(_KAGGLE) <= set(text.header.split(",")) and "predicted_class" not in text.header:
        frame = text.read(infer_schema=False, columns=list(_KAGGLE)).rename(_KAGGLE)
        frame = frame.with_columns(pl.col("predicted_class").str.strip_chars().str.split(" ").list.first())
        found = list(_KAGGLE.values())
        remarks += ("It is a submission to Kaggle: the first class of every PredictionString was read.",)
    else:
        found = _csv_header(path, text.header)
        frame = text.read(infer_schema=False, columns=[name for name in COLUMNS if name in found])
    numbers = RowNumbers("line", 2, None if text.lines is None else text.lines[1:], "")
    for name in frame.columns:
        spread = frame[name].str.contains("\n", literal=True).arg_true()
        if len(spread):
            raise PredictionsError(
                "damaged_file",
                f"{path}: {numbers.name(spread[0])} opens a quote in column '{name}' that ends on another line: "
                f"{shown(frame[name][spread[0]], 60)}. Close it, or take it out.",
            )
    return table_predictions(path, frame, found=found, model=model, kind="CSV", remarks=remarks, numbers=numbers)


def _csv_header(path: Path, line: str) -> list[str]:
    found = [name.strip('"') for name in line.rstrip("\r\n").split(",")]
    for delimiter, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        parts = [part.strip().strip('"') for part in line.split(delimiter)]
        if len(parts) > 1 and len(found) < len(parts):
            raise PredictionsError(
                "csv_delimiter",
                f"{path}: the columns are separated by {word} ({shown(line.strip(), 80)!r}); expected commas. "
                "Save it again with commas.",
            )
    looks_like_data = any(name.strip().lstrip("-").replace(".", "", 1).isdigit() for name in found)
    if looks_like_data and "predicted_class" not in found:
        raise PredictionsError(
            "csv_without_header",
            f"{path}: the first line {shown(line.strip(), 80)!r} looks like data, not like a header. "
            "Put the line 'file_name,predicted_class' above it.",
        )
    _check_header(path, found)
    return found


def _check_header(path: Path, found: list[str]) -> None:
    repeated = sorted({name for name in found if found.count(name) > 1})
    if repeated:
        raise PredictionsError("wrong_header", f"{path}: the column(s) {listed(repeated)} occur more than once.")
    lacking = [name for name in ("predicted_class",) if name not in found]
    # without file names the rows may still be in the data set's order, unless a column looks like misspelt names
    if "file_name" not in found and (lacking or _near_match("file_name", found)):
        lacking.insert(0, "file_name")
    if lacking:
        hints = [
            f"'{shown(near, 40)}' looks like '{name}': rename it"
            for name in lacking
            if (near := _near_match(name, found))
        ]
        target = next((other for other in found if other.lower() in _TARGETS), None)
        hints += [f"'{target}' is then the target"] if target and hints and f"'{target}' looks" not in hints[-1] else []
        advice = f" {'; '.join(hints)}." if hints else ""
        raise PredictionsError(
            "wrong_header",
            f"{path}: lacks the column(s) {', '.join(lacking)}; found {listed(found)}. "
            f"Expected file_name, predicted_class and optionally predicted_probability, model.{advice}",
        )


def _near_match(name: str, found: list[str]) -> str | None:
    # a column that says so is the prediction, and `label` beside it the target
    said = [other for other in found if name == "predicted_class" and other not in COLUMNS and "pred" in other.lower()]
    found = [other for other in said if "prob" not in other.lower() and "score" not in other.lower()] or found
    candidates = {other.strip().lower().replace(" ", "_"): other for other in found if other not in COLUMNS}
    for synonym in _SYNONYMS[name]:
        if synonym in candidates:
            return candidates[synonym]
    close = difflib.get_close_matches(name, candidates, n=1, cutoff=0.75)
    return candidates[close[0]] if close else next(iter(said), None)


def _layout(kind: str, found: list[str]) -> str:
    ignored = [name for name in found if name not in COLUMNS]
    used = ", ".join(name for name in COLUMNS if name in found)
    return f"{kind} table with {used}" + (f" (not used: {listed(ignored)})" if ignored else "")


def _check_types(path: Path, frame: pl.DataFrame) -> None:
    expected = {
        "file_name": ("text", lambda dtype: dtype in _TEXT),
        "predicted_class": (
            "class ids (integers), wnids or class names (text)",
            lambda dtype: dtype.is_numeric() or dtype in (*_TEXT, pl.Null),
        ),
        "predicted_probability": (
            "a number per row, or leave the column out",
            lambda dtype: dtype.is_numeric() or dtype in (*_TEXT, pl.Null),
        ),
        "model": ("text", lambda dtype: dtype in _TEXT or dtype.is_integer()),
    }
    for name, dtype in frame.schema.items():
        words, is_right = expected[name]
        if not is_right(dtype):
            raise PredictionsError("wrong_header", f"{path}: column '{name}' is {shown(dtype, 60)}; expected {words}.")


def _without_marks_of_bytes(frame: pl.DataFrame) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Take the marks of Python bytes, b'...', off text that has them in every row, as from TensorFlow's data sets."""
    columns = []
    for name in ("file_name", "predicted_class"):
        text = frame[name] if name in frame.columns else None
        if text is None or text.dtype not in _TEXT:
            continue
        column = text.cast(pl.String)
        if column.head(1).str.contains(_BYTES).all() and column.str.contains(_BYTES).all():
            columns.append(pl.coalesce(column.str.extract(_BYTES, 1), column.str.extract(_BYTES, 2)).alias(name))
    if not columns:
        return frame, ()
    return frame.with_columns(columns), ("Text was written as Python bytes (b'...'); the marks were taken off.",)


def _model_rows(model: str, frame: pl.DataFrame, numbers: RowNumbers) -> ModelRows:
    names, labels = frame.to_dict().get("file_name"), frame["predicted_class"]
    probability = None
    if "predicted_probability" in frame.columns:
        # text that is no number becomes null, then NaN, which the doctor reports
        values = frame["predicted_probability"].cast(pl.Float64, strict=False)
        probability = values.fill_null(np.nan).to_numpy()
    return ModelRows(
        model,
        labels.cast(pl.String) if labels.dtype in _TEXT else labels,
        file_names=names.cast(pl.String) if names is not None else None,
        probability=probability,
        numbers=numbers,
    )
