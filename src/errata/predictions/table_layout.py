"""Read predictions from tables with one row per image, or per image and model: Parquet, CSV and others."""

import difflib
from pathlib import Path

import numpy as np
import polars as pl

from errata.predictions.prediction_file import ModelRows, PredictionFile, PredictionsError

COLUMNS = ("file_name", "predicted_class", "predicted_probability", "model")
"""What a column may be. What it is, is decided by its name alone, here and in `_SYNONYMS`, whatever the format."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_WIDE_ENCODINGS = (b"\xff\xfe", b"\xfe\xff")
_SYNONYMS = {
    "file_name": ("filename", "file", "image", "image_name", "img", "path", "name"),
    "predicted_class": ("pred", "prediction", "class", "label", "class_id", "predicted", "predicted_label"),
}


def table_predictions(
    path: Path, frame: pl.DataFrame, *, found: list[str], model: str, kind: str, remarks: tuple[str, ...] = ()
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
    if "model" not in frame.columns:
        return PredictionFile(path, layout, (_model_rows(model, frame),), remarks)
    unnamed = frame["model"].null_count()
    if unnamed:
        raise PredictionsError("wrong_header", f"{path}: {unnamed} row(s) have no value in column 'model'.")
    models = tuple(
        _model_rows(str(name), part)
        for (name,), part in frame.partition_by("model", maintain_order=True, as_dict=True).items()
    )
    return PredictionFile(path, layout, models, remarks)


def read_parquet_table(path: Path, *, model: str) -> PredictionFile:
    """Read a Parquet table with `predicted_class` and usually `file_name`."""
    try:
        # a name with brackets is a name, not a pattern of names
        table = pl.scan_parquet(path, glob=False)
        found = table.collect_schema().names()
        frame = table.select(name for name in COLUMNS if name in found).collect()
    except pl.exceptions.PolarsError as error:
        raise PredictionsError(
            "damaged_file",
            f"{path}: it begins like a Parquet file but cannot be read ({error}). "
            "It is probably truncated: write or download it again.",
        ) from error
    return table_predictions(path, frame, found=found, model=model, kind="Parquet")


def read_csv_table(path: Path, *, model: str) -> PredictionFile:
    """Read a CSV table with the header `file_name,predicted_class[,predicted_probability][,model]`."""
    with path.open("rb") as stream:
        head = stream.read(4096)
    if head[:2] in _WIDE_ENCODINGS or b"\x00" in head:
        raise PredictionsError(
            "csv_encoding",
            f"{path}: expected text in UTF-8, found another encoding (UTF-16, as spreadsheets and PowerShell write it, "
            "or no text at all). Save it as 'CSV UTF-8'.",
        )
    try:
        first_line = head.splitlines()[0].removeprefix(_BYTE_ORDER_MARK).decode("utf-8")
    except UnicodeDecodeError as error:
        raise PredictionsError(
            "csv_encoding", f"{path}: its first line is not text in UTF-8 ({error}). Save it as 'CSV UTF-8'."
        ) from error
    found = _csv_header(path, first_line)
    try:
        frame = pl.read_csv(path, glob=False, infer_schema=False, columns=[name for name in COLUMNS if name in found])
    except pl.exceptions.PolarsError as error:
        raise PredictionsError(
            "damaged_file", f"{path}: it cannot be read as CSV with {len(found)} comma-separated columns ({error})."
        ) from error
    remarks = ("The file begins with a byte-order mark; it was skipped.",) if head[:3] == _BYTE_ORDER_MARK else ()
    return table_predictions(path, frame, found=found, model=model, kind="CSV", remarks=remarks)


def _csv_header(path: Path, line: str) -> list[str]:
    found = [name.strip('"') for name in line.rstrip("\r\n").split(",")]
    for delimiter, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        parts = [part.strip().strip('"') for part in line.split(delimiter)]
        if len(parts) > 1 and len(found) < len(parts):
            raise PredictionsError(
                "csv_delimiter",
                f"{path}: the columns are separated by {word} ({line.strip()!r}); expected commas. "
                "Save it again with commas.",
            )
    looks_like_data = any(name.strip().lstrip("-").replace(".", "", 1).isdigit() for name in found)
    if looks_like_data and "predicted_class" not in found:
        raise PredictionsError(
            "csv_without_header",
            f"{path}: the first line {line.strip()!r} looks like data, not like a header. "
            "Put the line 'file_name,predicted_class' above it.",
        )
    _check_header(path, found)
    return found


def _check_header(path: Path, found: list[str]) -> None:
    repeated = sorted({name for name in found if found.count(name) > 1})
    if repeated:
        raise PredictionsError("wrong_header", f"{path}: the column(s) {', '.join(repeated)} occur more than once.")
    lacking = [name for name in ("predicted_class",) if name not in found]
    # without file names the rows may still be in the data set's order, unless a column looks like misspelt names
    if "file_name" not in found and (lacking or _near_match("file_name", found)):
        lacking.insert(0, "file_name")
    if lacking:
        hints = [f"'{near}' looks like '{name}': rename it" for name in lacking if (near := _near_match(name, found))]
        advice = f" {'; '.join(hints)}." if hints else ""
        raise PredictionsError(
            "wrong_header",
            f"{path}: lacks the column(s) {', '.join(lacking)}; found {', '.join(found)}. "
            f"Expected file_name, predicted_class and optionally predicted_probability, model.{advice}",
        )


def _near_match(name: str, found: list[str]) -> str | None:
    candidates = {other.strip().lower().replace(" ", "_"): other for other in found if other not in COLUMNS}
    for synonym in _SYNONYMS[name]:
        if synonym in candidates:
            return candidates[synonym]
    close = difflib.get_close_matches(name, candidates, n=1, cutoff=0.75)
    return candidates[close[0]] if close else None


def _layout(kind: str, found: list[str]) -> str:
    ignored = [name for name in found if name not in COLUMNS]
    used = ", ".join(name for name in COLUMNS if name in found)
    return f"{kind} table with {used}" + (f" (not used: {', '.join(ignored)})" if ignored else "")


def _check_types(path: Path, frame: pl.DataFrame) -> None:
    dtype = frame["predicted_class"].dtype
    if not (dtype.is_numeric() or dtype in (pl.String, pl.Categorical, pl.Null)):
        raise PredictionsError(
            "wrong_header",
            f"{path}: column 'predicted_class' is {dtype}; expected class ids (integers), wnids or class names (text).",
        )
    if "file_name" in frame.columns and frame["file_name"].dtype not in (pl.String, pl.Categorical):
        raise PredictionsError(
            "wrong_header", f"{path}: column 'file_name' is {frame['file_name'].dtype}; expected text."
        )


def _model_rows(model: str, frame: pl.DataFrame) -> ModelRows:
    names, labels = frame.to_dict().get("file_name"), frame["predicted_class"]
    probability = None
    if "predicted_probability" in frame.columns:
        # text that is no number becomes null, then NaN, which the doctor reports
        values = frame["predicted_probability"].cast(pl.Float64, strict=False)
        probability = values.fill_null(np.nan).to_numpy()
    return ModelRows(
        model,
        labels.cast(pl.String) if labels.dtype == pl.Categorical else labels,
        file_names=names.cast(pl.String) if names is not None else None,
        probability=probability,
    )
