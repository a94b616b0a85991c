"""Read predictions from JSON: records, lines, columns, what pandas and Hugging Face write, and lists of classes."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from errata.errors import listed, reason, shown
from errata.predictions.array_layout import array_predictions
from errata.predictions.cells import IMAGE_NAME
from errata.predictions.column_names import (
    ALIASES,
    columns_by_name,
    is_file_name,
    is_prediction,
    is_summary,
    is_target,
    may_be_prediction,
    may_be_scores,
    plain,
)
from errata.predictions.prediction_file import PredictionFile, PredictionsError
from errata.predictions.table_layout import table_predictions
from errata.user_files import UserFile

MOST_JSON = 300_000_000
"""Bytes of JSON that are read: they take ten times as much memory."""
_MOST_VALUES = 3
_NUMBERS = (int, float)
_PANDAS = ({"columns", "data"}, {"schema", "data"})


def read_json_table(file: UserFile, *, model: str, classes: int) -> PredictionFile:
    """Read predictions from JSON or JSON lines.

    Raises
    ------
    PredictionsError
        If it is no JSON, gives a key twice, is nested too deeply, or has a layout that Errata does not know.
    """
    content = file.read(MOST_JSON, expected="JSON")
    value, kind = parse_json(content, where=file)
    return json_predictions(file.path, value, model=model, classes=classes, kind=kind)


def parse_json(content: bytes, *, where: object) -> tuple[Any, str]:
    """Parse JSON or JSON lines; the second value says which it was."""
    try:
        # UTF-8, -16 and -32, as JSON may be in
        text = content.decode(json.detect_encoding(content)).removeprefix("\ufeff").strip()
    except UnicodeDecodeError as error:
        raise PredictionsError(
            "csv_encoding", f"{where}: expected JSON in UTF-8, found other bytes ({reason(error)})."
        ) from error
    if not text:
        raise PredictionsError("empty_file", f"{where}: the file holds nothing but blanks. Write it again.")
    try:
        return _parsed(text), "JSON"
    except json.JSONDecodeError as error:
        lines = text.splitlines() if text.count("\n") or text.count("\r") else []
        first = _parsed_or_none(lines[0]) if lines else None
        if isinstance(first, dict | list) or (lines and error.msg == "Extra data"):
            return _parsed_lines(lines, where), "JSON lines"
        raise PredictionsError(
            "damaged_file",
            f"{where}: it is no JSON: {shown(error.msg, 60)} in line {error.lineno}, column {error.colno}. It may be "
            "truncated: write it again.",
        ) from error
    except (ValueError, RecursionError) as error:
        raise _fault(error, where) from error


def _parsed_lines(lines: list[str], where: object) -> list:
    values = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            values.append(_parsed(line))
        except json.JSONDecodeError as error:
            raise PredictionsError(
                "damaged_file",
                f"{where}: line {number} is no JSON ({shown(error.msg, 60)}): {shown(line, 60)}. Write it again.",
            ) from error
        except (ValueError, RecursionError) as error:
            raise _fault(error, f"{where}: line {number}") from error
    return values


def _parsed(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_unique)


def _parsed_or_none(text: str) -> Any:
    try:
        return _parsed(text)
    except (ValueError, RecursionError):
        return None


class _KeyTwiceError(ValueError):
    pass


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        again = next(name for place, name in enumerate(names) if name in names[:place])
        raise _KeyTwiceError(f"the key '{shown(again, 60)}' is given twice in one object")
    return found


def _fault(error: BaseException, where: object) -> PredictionsError:
    what = "it is nested too deeply" if isinstance(error, RecursionError) else reason(error)
    return PredictionsError("damaged_file", f"{where}: {what}. Write one record per image.")


def json_predictions(path: Path, value: Any, *, model: str, classes: int, kind: str) -> PredictionFile:
    """Return the predictions in what JSON holds, or in lists and dictionaries like it.

    Parameters
    ----------
    value : object
        A list of records, of classes, of lists of records with `label` and `score`, or of rows of numbers; or an object
        with a list per column, with a record, a class or a list per file name, or in a layout of pandas.

    Raises
    ------
    PredictionsError
        If it is none of these.
    """
    unfolded, remarks = _unwrapped(path, value)
    if isinstance(unfolded, list | tuple) and (merged := _merged(unfolded)):
        unfolded = merged
    names: list[str] | None = None
    if isinstance(unfolded, Mapping):
        columns, names = _columns_of_object(path, unfolded, classes)
    else:
        columns = _columns_of_list(path, unfolded)
    if not columns or not max(len(values) for values in columns.values()):
        raise PredictionsError("empty_file", f"{path}: it holds no row. Write it again.")
    if names is not None and not any(is_file_name(name) and plain(name) not in ("id", "key") for name in columns):
        columns = {"file_name": names, **columns}
    frame = pl.DataFrame([_column(path, name, values) for name, values in columns.items()])
    matrix = _matrix(frame)
    if matrix is not None:
        file_names = frame["file_name"] if "file_name" in frame.columns else None
        return array_predictions(path, matrix, file_names, model=model, classes=classes, what=f"{kind}, lists")
    return table_predictions(path, frame, found=frame.columns, model=model, kind=kind, classes=classes, remarks=remarks)


def _unwrapped(path: Path, value: Any) -> tuple[Any, tuple[str, ...]]:
    """Return what holds the rows: of an object with one long list beside short notes, that list."""
    if isinstance(value, str | int | float | bool | None):
        raise _unknown(path, "a single value")
    if not isinstance(value, Mapping):
        return value, ()
    if is_summary(value) and not any(isinstance(each, list | dict) for each in value.values()):
        raise PredictionsError(
            "accuracies_only",
            f"{path}: it holds accuracies of a model ({listed(value, 6)}), not what was predicted for each image. Save "
            "the predictions, such as with timm's inference.py.",
        )
    if any(needed <= value.keys() for needed in _PANDAS) and isinstance(value["data"], list):
        return value, ()
    nested = [key for key, each in value.items() if isinstance(each, list | dict) and each]
    scalars = [key for key, each in value.items() if not isinstance(each, list | dict)]
    if len(nested) == 1 and (scalars or len(value) == 1) and not is_file_name(nested[0]):
        inner = value[nested[0]]
        holds_rows = isinstance(inner, dict) or (inner and isinstance(inner[0], dict | list))
        if holds_rows and not _is_row_name(nested[0]):
            return inner, (f"The rows are under the key '{shown(nested[0], 40)}'.",)
    return value, ()


def _is_row_name(key: str) -> bool:
    return "." in key or "/" in key


def _columns_of_list(path: Path, rows: Sequence) -> dict[str, list]:
    if not len(rows):
        raise PredictionsError("empty_file", f"{path}: the list is empty. Write it again.")
    if all(isinstance(row, Mapping) for row in rows):
        return _from_records(path, rows)
    if any(isinstance(row, Mapping) for row in rows):
        raise _unknown(path, "a list of objects and others")
    if 1 < len(rows) <= _MOST_VALUES and all(isinstance(row, list | tuple) and len(row) > _MOST_VALUES for row in rows):
        # a list of names beside one of classes
        rows = list(zip(*rows, strict=False)) if any(map(_are_image_names, rows)) else rows
    widths = {len(row) if isinstance(row, list | tuple) else 0 for row in rows}
    if len(widths) == 1 and 2 <= next(iter(widths)) <= _MOST_VALUES and not any(map(_is_simple_list, rows)):
        columns = {str(place): [row[place] for row in rows] for place in range(next(iter(widths)))}
        names = [key for key, values in columns.items() if _are_image_names(values)]
        classes = [key for key in columns if key not in names]
        if len(names) == len(classes) == 1:
            return {"file_name": columns[names[0]], "predicted_class": columns[classes[0]]}
    return {"predicted_class": list(rows)}


def _is_simple_list(row: Sequence) -> bool:
    return not isinstance(row[0], str) and not isinstance(row[1], str)


def _are_image_names(values: list) -> bool:
    return all(isinstance(value, str) and re.search(IMAGE_NAME, value) for value in values)


def _merged(rows: Sequence) -> Mapping | None:
    """Return one object of many that each have a file name as their only key."""
    if not all(isinstance(row, Mapping) and len(row) == 1 for row in rows):
        return None
    merged = {key: each for row in rows for key, each in row.items()}
    return merged if len(merged) == len(rows) and _are_image_names(list(merged)) else None


def _from_records(path: Path, records: Sequence[Mapping]) -> dict[str, list]:
    keys = list(dict.fromkeys(key for record in records for key in record))
    if len(keys) > 10_000:
        raise _unknown(path, f"records with {len(keys):,} different keys")
    return {str(key): [record.get(key) for record in records] for key in keys}


def _columns_of_object(path: Path, value: Mapping, classes: int) -> tuple[dict[str, list], list[str] | None]:
    """Return the columns of an object, and the names of the rows where its keys are these."""
    if "data" in value and isinstance(value["data"], list):
        if isinstance(value.get("columns"), list):
            names = [str(name) for name in value["columns"]]
            if any(not isinstance(row, list) or len(row) != len(names) for row in value["data"]):
                raise _unknown(path, "rows of 'data' that have not as many values as 'columns'")
            columns = {name: [row[place] for row in value["data"]] for place, name in enumerate(names)}
            index = value.get("index")
            has_names = isinstance(index, list) and len(index) == len(value["data"]) and isinstance(index[0], str)
            return columns, [str(name) for name in index] if has_names else None
        if "schema" in value and all(isinstance(row, Mapping) for row in value["data"]):
            return _from_records(path, value["data"]), None
    if not value:
        raise PredictionsError("empty_file", f"{path}: the object is empty. Write it again.")
    lists = {str(key): each for key, each in value.items() if isinstance(each, list)}
    named = [
        key for key in lists if is_file_name(key) or may_be_prediction(key) or may_be_scores(key) or is_target(key)
    ]
    if named and any(is_prediction(key) or may_be_prediction(key) or may_be_scores(key) for key in named):
        return _from_lists(path, lists), None
    objects = {str(key): each for key, each in value.items() if isinstance(each, Mapping)}
    if objects and len(objects) == len(value):
        inner = next(iter(objects.values()))
        by_column = any(is_file_name(key) or may_be_prediction(key) for key in objects)
        if by_column and not any(is_file_name(key) or is_prediction(key) for key in inner):
            return _by_column(path, objects)
        if _are_scores(inner):
            best = [max(each, key=lambda key, row=each: _score(row[key]), default=None) for each in objects.values()]
            return {"predicted_class": best}, list(objects)
        columns = _from_records(path, list(objects.values()))
        has_numbers = all(key.isdigit() for key in objects)
        return columns, None if has_numbers else list(objects)
    if len(lists) == len(value) and all(each and _are_image_names(each) for each in lists.values()):
        # the file names of each class
        names = [name for each in lists.values() for name in each]
        return {"predicted_class": [key for key, each in lists.items() for _ in each]}, names
    # a class, a list of classes or scores, or records per file name
    return {"predicted_class": list(value.values())}, [str(key) for key in value]


def _from_lists(path: Path, lists: dict[str, list]) -> dict[str, list]:
    """Return the lists that are as long as the longest that is known by its name."""
    lengths = {key: len(each) for key, each in lists.items()}
    known = [key for key in lists if may_be_prediction(key) or may_be_scores(key)]
    rows = max(lengths[key] for key in known)
    wrong = [key for key in lists if lengths[key] != rows and (is_file_name(key) or key in known)]
    if wrong:
        raise PredictionsError(
            "order_length",
            f"{path}: '{shown(wrong[0], 40)}' has {lengths[wrong[0]]:,} values where others have {rows:,}. Write as "
            "many of each.",
        )
    columns = {key: each for key, each in lists.items() if lengths[key] == rows}
    if not any(may_be_prediction(key) for key in columns) or not any(is_prediction(key) for key in columns):
        scores = next((key for key in columns if may_be_scores(key) and isinstance(columns[key][0], list)), None)
        if scores is not None:
            kept = {key: each for key, each in columns.items() if is_file_name(key)}
            return {**kept, "predicted_class": columns[scores]}
    return columns


def _by_column(path: Path, objects: Mapping[str, Mapping]) -> tuple[dict[str, list], list[str] | None]:
    """Read an object per column, with a value per row, as pandas writes it by default."""
    keys = list(next(iter(objects.values())))
    if any(list(each) != keys for each in objects.values()):
        raise _unknown(path, "columns with different rows")
    columns = {name: list(each.values()) for name, each in objects.items()}
    return columns, None if all(str(key).isdigit() for key in keys) else [str(key) for key in keys]


def _column(path: Path, name: str, values: list) -> pl.Series:
    """Return a column of numbers, of text, or of lists."""
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int, float}:
        if int in kinds and any(type(value) is int and abs(value) >= 2**63 for value in values):
            values = [float(value) if value is not None and abs(value) < 10**300 else None for value in values]
        return pl.Series(name, values, dtype=pl.Int64 if kinds == {int} and not float_needed(values) else pl.Float64)
    if kinds == {bool}:
        return pl.Series(name, values)
    if kinds <= {str, int, float}:
        return pl.Series(name, [None if value is None else str(value) for value in values], dtype=pl.String)
    if kinds <= {list, tuple} or kinds == {dict}:
        return _column_of_lists(path, name, [[value] if isinstance(value, dict) else value for value in values])
    raise _unknown(path, f"values of several kinds under '{shown(name, 40)}'")


def float_needed(values: list) -> bool:
    """Tell whether numbers are no integers of 64 bits."""
    return any(isinstance(value, float) for value in values)


def _column_of_lists(path: Path, name: str, values: list) -> pl.Series:
    first = next((value[0] for value in values if value), None)
    if isinstance(first, Mapping):
        return _best_of_records(path, name, values)
    if isinstance(first, list | tuple):
        if first and isinstance(first[0], list | tuple | dict):
            raise _unknown(path, f"lists in lists under '{shown(name, 40)}'")
        # a class with its names and score, as Keras's decode_predictions gives it
        return _column(path, name, [value[0][0] if value and value[0] else None for value in values])
    if isinstance(first, str) and len(values[0]) == 3 and isinstance(values[0][2], float):
        return pl.Series(name, [value[0] if value else None for value in values], dtype=pl.String)
    try:
        if all(isinstance(each, _NUMBERS) for value in values if value for each in value):
            whole = all(isinstance(each, int) for value in values if value for each in value)
            return pl.Series(name, values, dtype=pl.List(pl.Int64 if whole else pl.Float64), strict=False)
        return pl.Series(
            name, [None if v is None else [str(each) for each in v] for v in values], dtype=pl.List(pl.String)
        )
    except (TypeError, OverflowError, pl.exceptions.PolarsError) as error:
        raise _unknown(path, f"lists of several kinds under '{shown(name, 40)}'") from error


def _are_scores(record: Mapping) -> bool:
    """Tell whether a record holds the scores of classes by their names, and nothing else."""
    if len(record) < 2 or not all(isinstance(value, _NUMBERS) for value in record.values()):
        return False
    names = columns_by_name(str(key) for key in record)
    known = (*names.predictions, *names.probabilities, *(base for base in names.groups if may_be_prediction(base)))
    return not known


def _best_of_records(path: Path, name: str, values: list) -> pl.Series:
    """Return the label of the largest score of each row, as a pipeline of Hugging Face gives them."""
    sample = next(value[0] for value in values if value)
    label = next((key for key in sample if may_be_prediction(str(key))), None)
    score = next((key for key in sample if plain(str(key)) in ALIASES["predicted_probability"]), None)
    if label is None and _are_scores(sample):
        rows = [value[0] if value else {} for value in values]
        best = [max(row, key=lambda key, row=row: _score(row[key]), default=None) for row in rows]
        return _column(path, "predicted_class", best)
    if label is None:
        raise _unknown(path, f"records with {listed(sample, 6)}")

    def best(records: list) -> Any:
        known = [record for record in records or [] if isinstance(record, Mapping) and label in record]
        if score is None or not known:
            return known[0][label] if known else None
        return max(known, key=lambda record: _score(record.get(score)))[label]

    return _column(path, name, [best(value) for value in values])


def _score(value: Any) -> float:
    return float(value) if isinstance(value, _NUMBERS) and not math.isnan(value) else -math.inf


def _matrix(frame: pl.DataFrame) -> np.ndarray | None:
    """Return the rows of numbers of a table that holds nothing else but file names."""
    if set(frame.columns) - {"file_name"} != {"predicted_class"}:
        return None
    column = frame["predicted_class"]
    if not isinstance(column.dtype, pl.List) or not column.dtype.inner.is_numeric() or column.null_count():
        return None
    lengths = column.list.len()
    if lengths.n_unique() > 1 or not lengths[0]:
        return None
    return column.explode().to_numpy().reshape(len(column), int(lengths[0]))


def _unknown(path: Path, found: str) -> PredictionsError:
    return PredictionsError(
        "unknown_layout",
        f"{path}: found {found}; expected JSON with a record per image, such as "
        '[{"file_name": "a.JPEG", "predicted_class": 65}, ...], or a list per column.',
    )
