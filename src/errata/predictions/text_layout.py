"""Read predictions from text with columns: CSV, TSV and what else programs write, with or without a header."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from errata.delimited import DelimitedText, fields_of, open_delimited
from errata.errors import shown
from errata.predictions.cells import IMAGE_NAME
from errata.predictions.column_names import COLUMNS, columns_by_name, is_file_name, may_be_prediction
from errata.predictions.json_layout import read_json_table
from errata.predictions.prediction_file import PredictionFile, PredictionsError, RowNumbers
from errata.predictions.table_header import check_header
from errata.predictions.table_layout import table_predictions
from errata.user_files import MOST_UNPACKED, UserFile

_VALUE = r"^-?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?$|^n\d{8}$|^tensor\("
_FEW_ROWS = 20
_MOST_PREFACE, _LONGEST_HEADER = 12, 100_000
_SPREADSHEET = re.compile(r"^sep=(.)$")


def read_text_table(file: UserFile, *, model: str, classes: int) -> PredictionFile:
    """Read a table with the header `file_name,predicted_class[,predicted_probability][,model]`, or one like it."""
    with file.open(expected="text with columns") as stream:
        start = stream.read(200).lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] in (b"{", b"[") and b"," in start and not re.match(rb"\[\s*-?\d+\s*\]", start):
        # JSON or JSON lines under another name
        return read_json_table(file, model=model, classes=classes)
    text, skipped = _without_preface(open_delimited(file))
    header, first, remarks = list(text.header), 2, text.remarks
    has_header = not _is_data(header)
    if not has_header:
        first, remarks = 1, (*remarks, "The file has no header: its columns were told apart by what they hold.")
        frame = text.read(infer_schema=False, has_header=False)
        frame.columns = header = _roles_by_content(file.path, frame, text, classes)
    else:
        # as numpy.savetxt writes it
        header[0] = header[0].lstrip("# ")
        if _are_places(header, classes):
            frame = text.read(infer_schema=False)
            header = _roles_by_content(file.path, frame, text, classes)
        check_header(file.path, header, classes)
        exact = {"file_name", "predicted_class"} <= set(header)
        kept = [place for place, name in enumerate(header) if name in COLUMNS or not exact]
        frame = text.read(infer_schema=False, columns=kept)
        frame.columns = [header[place] for place in kept]
    numbers = RowNumbers("line", first + skipped, None if text.lines is None else text.lines[first - 1 :], "")
    _refuse_open_quotes(file.path, frame, numbers, header)
    return table_predictions(
        file.path,
        frame,
        found=header,
        model=model,
        kind=_kind_of(text),
        classes=classes,
        remarks=remarks,
        numbers=numbers,
    )


def _kind_of(text: DelimitedText) -> str:
    return {"\t": "TSV", ",": "CSV"}.get(text.separator, "text")


def _without_preface(text: DelimitedText) -> tuple[DelimitedText, int]:
    """Return text without the lines before its header, and how many they are: `sep=;`, comments, notes.

    The header is the first of the first lines in which a column of file names and one of predictions are known.
    """
    if _is_header(text.header) or _is_data(list(text.header)):
        return text, 0
    with text.file.open(expected="text with columns") as stream:
        lines = [stream.readline(_LONGEST_HEADER) for _ in range(_MOST_PREFACE)]
    is_spreadsheet = _SPREADSHEET.match(text.first_line.strip('"')) is not None
    for skipped in range(1, _MOST_PREFACE):
        line = lines[skipped].decode("utf-8", "replace").strip()
        if is_spreadsheet or _is_header(fields_of(line.lstrip("# "))):
            rest = text.file.read(MOST_UNPACKED, expected="text with columns").split(b"\n", skipped)[-1]
            found = open_delimited(UserFile(text.file.path, rest))
            remark = f"{skipped} line(s) before the header were skipped."
            lines_left = found.lines if found.lines is None else found.lines + skipped
            return replace(found, lines=lines_left, remarks=(*text.remarks, *found.remarks, remark)), skipped
    return text, 0


def _is_header(fields: Sequence[str]) -> bool:
    names = columns_by_name(field.lstrip("# ") for field in fields)
    return bool(names.file_names and (names.predictions or names.groups))


def _is_data(header: list[str]) -> bool:
    """Tell whether the first line holds values: an image, a number or a wnid, and no name of a column."""
    if any(is_file_name(name) or may_be_prediction(name) for name in header):
        return False
    values = [re.search(IMAGE_NAME, name) is not None or re.search(_VALUE, name) is not None for name in header]
    return any(values) and not _are_numbers_of_columns(header)


def _are_numbers_of_columns(header: list[str]) -> bool:
    """Tell whether a header is `0,1`, as pandas calls columns without names, or a column per class."""
    numbers = [name for name in header if name]
    return len(header) > 1 and (
        numbers == [str(place) for place in range(len(numbers))]
        or bool(columns_by_name(header).groups.get(""))
        or all(re.match(r"^n\d{8}$", name) for name in numbers)
    )


def _are_places(header: list[str], classes: int) -> bool:
    """Tell whether columns are numbered instead of named, as pandas does it, and are no scores."""
    numbers = [name for name in header if name]
    return 1 < len(header) < classes and numbers == [str(place) for place in range(len(numbers))]


def _roles_by_content(path: Path, frame: pl.DataFrame, text: DelimitedText, classes: int) -> list[str]:
    """Name the columns of a table without names: images are named like images, one other column is the class.

    As many others as there are classes, none of them of whole numbers, are scores, as `numpy.savetxt` writes them.
    """
    are_names = [(column.head(1000).str.contains(IMAGE_NAME).mean() or 0) > 0.9 for column in frame.iter_columns()]
    names = [place for place, is_name in enumerate(are_names) if is_name]
    rest = [place for place in range(frame.width) if place not in names and not _are_numbers_of_rows(frame, place)]
    if len(rest) == 2 and names and _are_fractions(frame.to_series(rest[1])):
        roles = {names[0]: "file_name", rest[0]: "predicted_class", rest[1]: "predicted_probability"}
    elif len(rest) == 1 and len(names) <= 1:
        roles = dict.fromkeys(names, "file_name") | {rest[0]: "predicted_class"}
    elif len(rest) == classes > 1 and len(names) <= 1 and not any(_are_whole(frame.to_series(place)) for place in rest):
        roles = dict.fromkeys(names, "file_name") | {place: str(class_id) for class_id, place in enumerate(rest)}
    else:
        raise PredictionsError(
            "csv_without_header",
            f"{path}: the first line {shown(text.first_line.strip(), 80)!r} looks like data, not like a header. "
            f"It has {frame.width:,} columns; without a header, expected the names of the images (not needed in the "
            f"data set's order) and either predicted classes or a score for each of {classes:,} classes. Put a header "
            "above it, such as 'file_name,predicted_class'.",
        )
    return [roles.get(place, f"column_{place}") for place in range(frame.width)]


def _are_numbers_of_rows(frame: pl.DataFrame, place: int) -> bool:
    """Tell whether a column before others counts the rows."""
    if place or frame.width == 1 or frame.height < _FEW_ROWS:
        return False
    numbers = frame.to_series(0).cast(pl.Float64, strict=False)
    return not numbers.null_count() and bool((numbers.diff().drop_nulls() == 1).all())


def _are_whole(column: pl.Series) -> bool:
    values = column.cast(pl.Float64, strict=False)
    return bool(values.null_count()) or bool((values == values.round()).all())


def _are_fractions(column: pl.Series) -> bool:
    values = column.cast(pl.Float64, strict=False)
    return not _are_whole(column) and bool(values.is_between(0, 1).all())


def _refuse_open_quotes(path: Path, frame: pl.DataFrame, numbers: RowNumbers, header: list[str]) -> None:
    for name in frame.columns:
        column = frame[name]
        spread = (
            column.str.contains("\n", literal=True) & ~column.str.contains(r"^[\[({]|^(?:tensor|array)\(")
        ).arg_true()
        if len(spread):
            raise PredictionsError(
                "damaged_file",
                f"{path}: {numbers.name(spread[0])} opens a quote in column '{shown(name, 60)}' that ends on another "
                f"line: {shown(column[spread[0]], 60)}. Close it, or take it out.",
            )
