"""Repair predictions whose fault has an unambiguous remedy."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl

from errata.atlas.compiled import Atlas
from errata.delimited import open_delimited
from errata.errors import InputError, RefusedError, listed, reason, shown
from errata.files import atomic_write
from errata.predictions.align import NO_ROW, Aligned, Aligner
from errata.predictions.columns import COLUMN, column_profile
from errata.predictions.doctor import as_aligner, diagnose, examine_file
from errata.predictions.findings import Diagnosis, Finding
from errata.predictions.formats import suffix_of
from errata.predictions.order_search import row_order_of_name
from errata.predictions.prediction_file import ModelRows, PredictionFile
from errata.predictions.row_orders import other_row_orders
from errata.user_files import read_parquet

_JOIN = " + "
_MOST_PROBABLE = "most probable column"
_IN_ANY_ORDER = ("rows_scattered",)
_TARGETS = ("perfect_accuracy", "target_column")
WRITERS = {".parquet": "write_parquet", ".csv": "write_csv"}
"""Formats that a repaired file is written in, and how."""


@dataclass(frozen=True, eq=False)
class Repaired:
    """Repaired predictions.

    Attributes
    ----------
    frame : polars.DataFrame
        The table of the file with the classes put right (`predicted_class`, int16), all its rows and columns; of an
        array `file_name` and `predicted_class` of the annotated images, and its further columns of class ids,
        `column_1` and so on, as they are counted from 0 in the file.
    findings : tuple of Finding
        The findings whose causes were undone, one per repaired model.
    left_out : int
        Rows of the file that are not in the frame, since what belongs there, or their name, is not known.
    remaining : tuple of Finding
        What the repaired predictions are still refused for.
    """

    frame: pl.DataFrame
    findings: tuple[Finding, ...]
    left_out: int
    remaining: tuple[Finding, ...] = ()


def check_place(out: Path, source: Path) -> None:
    """Check that a repaired file can be written to `out`: a new file of a known format.

    Raises
    ------
    InputError
        If there is something already, be it the file that is repaired, or the suffix is another.
    """
    if suffix_of(out) not in WRITERS:
        raise InputError(f"{out}: a repaired file is written as {listed(WRITERS)}. Name the file accordingly.")
    if out.exists() or out.is_symlink():
        what = "the file that is to be repaired" if out.resolve() == source.resolve() else "there already"
        raise InputError(f"{out}: it is {what}, and nothing is overwritten. Name a new file.")


def write_repaired(repaired: Repaired, out: Path, *, source: Path) -> None:
    """Write repaired predictions in the format that the suffix of `out` says."""
    check_place(out, source)
    try:
        with atomic_write(out) as temporary:
            getattr(repaired.frame, WRITERS[suffix_of(out)])(temporary)
    except pl.exceptions.PolarsError as error:
        raise InputError(f"{out}: these columns cannot be written so ({reason(error)}). Try .parquet.") from error


def repair(path: Path | str, aligner: Aligner | Atlas, *, order: Path | str | None = None) -> Repaired:
    """Repair the models of a file that were refused.

    What comes out is examined again, and is returned only if nothing refuses it but what would do so in any order, and
    it is not the targets.

    Raises
    ------
    InputError
        If a model has a fault without an unambiguous repair, its repair is refused, or nothing needs one.
    """
    path, aligner = Path(path), as_aligner(aligner)
    return repair_examined(path, aligner, *examine_file(path, aligner, order))


def repair_examined(
    path: Path, aligner: Aligner, file: PredictionFile | None, examined: list[tuple[Diagnosis, Aligned | None]]
) -> Repaired:
    """Repair what `examine_file` returned; see `repair`."""
    causes = [_cause_of(diagnosis, path) for diagnosis, _ in examined]
    if file is None or not any(causes):
        raise InputError(f"{path}: nothing needs a repair.")
    frames, remaining, left_out = [], [], 0
    for cause, (_, aligned), table in zip(causes, examined, _tables_of(path, file), strict=True):
        frame = _mended(cause, aligned, aligner, table)
        if cause:
            remaining += _check(frame, cause, aligned, aligner, file)
        left_out += len(aligned.source) - frame.height
        frames.append(frame)
    return Repaired(pl.concat(frames), tuple(filter(None, causes)), left_out, tuple(remaining))


def _cause_of(diagnosis: Diagnosis, path: Path) -> Finding | None:
    """Return the finding to be undone; None where nothing is refused."""
    refusals = [finding for finding in diagnosis.findings if finding.severity == "refuse"]
    hopeless = next((finding for finding in refusals if finding.fix_name is None), None)
    if hopeless or len(refusals) > 1:
        worst = hopeless or refusals[-1]
        raise RefusedError(
            f"{shown(path)}: model '{diagnosis.model}' cannot be repaired ({worst.kind}). {worst.message}",
            status=1 if diagnosis.is_readable else 2,
        )
    return refusals[0] if refusals else None


def _tables_of(path: Path, file: PredictionFile) -> list[pl.DataFrame | None]:
    """Return every model's rows with all columns; of an array those that are known to be named, None if none is."""
    suffix = suffix_of(path)
    if suffix not in WRITERS:
        return [
            None if rows.file_names is None else rows.file_names.alias("file_name").to_frame() for rows in file.models
        ]
    table = read_parquet(path) if suffix == ".parquet" else open_delimited(path).read(infer_schema=False)
    if "model" not in table.columns:
        return [table]
    return table.partition_by("model", maintain_order=True)


def _mended(cause: Finding | None, aligned: Aligned, aligner: Aligner, table: pl.DataFrame | None) -> pl.DataFrame:
    """Return the table with the cause undone; without a table, the annotated images.

    Where rows were exchanged all columns but the file name go with the prediction.
    """
    rows = np.arange(len(aligned.source), dtype=np.int32)
    ids, source = (aligned.row_classes, rows) if cause is None else put_right(cause, aligned, aligner)
    usable = (ids >= 0) & (ids < aligner.class_count)
    classes = pl.Series("predicted_class", np.where(usable, ids, 0).astype(np.int16))
    classes = pl.select(pl.when(pl.Series(usable)).then(classes).alias("predicted_class")).to_series()
    further = _further_columns(cause, aligned, aligner)
    if table is None:
        images = np.where(aligned.match.rows == NO_ROW, NO_ROW, source[aligned.match.rows])
        has = np.flatnonzero(images != NO_ROW)
        named = aligner.atlas.images.select("file_name")[has]
        moved = [column.gather(images[has]) for column in (classes, *further)]
        return named.with_columns(moved).drop_nulls("predicted_class")
    table = table.with_columns(further)
    kept = np.flatnonzero(source != NO_ROW)
    if len(kept) < len(rows) and "file_name" not in table.columns:
        raise InputError(
            f"{aligned.source.model}: the place of {len(rows) - len(kept)} rows is not known, and the file does not "
            "name them. Add a column file_name, or predict again."
        )
    moved = table.with_columns(classes)[source[kept]]
    return moved.with_columns(table["file_name"].gather(kept)) if "file_name" in table.columns else moved


def _further_columns(cause: Finding | None, aligned: Aligned, aligner: Aligner) -> list[pl.Series]:
    """Return an array's columns of class ids after the first; with the numbering of the classes put right, if need be.

    Where another column than the first is the prediction, all are returned.
    """
    ranked = aligned.source.ranked
    if ranked is None or len(ranked) != len(aligned.source):
        return []
    steps = cause.fix_name.split(_JOIN) if cause else []
    orders = [order for order in aligner.orders.all if order.name in steps]
    is_by_column = bool(cause) and (cause.fix_name.startswith(COLUMN) or cause.fix_name == _MOST_PROBABLE)
    columns = range(0 if is_by_column else 1, ranked.shape[1])
    return [
        pl.Series(f"column_{column}", orders[0].apply(ranked[:, column]) if orders else ranked[:, column])
        for column in columns
    ]


def put_right(cause: Finding, aligned: Aligned, aligner: Aligner) -> tuple[np.ndarray, np.ndarray]:
    """Undo the cause of a finding that names a repair.

    Returns
    -------
    ids : numpy.ndarray
        int32, shape (rows,): the class id that every row of the file holds.
    source : numpy.ndarray
        int32, shape (rows,): the row of the file whose prediction belongs into each row; `NO_ROW` where it is not
        known.
    """
    rows, ids, source = np.arange(len(aligned.source), dtype=np.int32), aligned.row_classes, aligned.source
    name = cause.fix_name
    if name in source.other_columns:
        return source.other_columns[name], rows
    if name == "smallest score":
        return source.lowest, rows
    if name.startswith(COLUMN):
        return source.ranked[:, int(name.removeprefix(COLUMN))].astype(np.int32), rows
    if name == _MOST_PROBABLE:
        return source.ranked[rows, source.ranked_probability.argmax(axis=1)].astype(np.int32), rows
    class_orders = {order.name: order for order in aligner.orders.all}
    steps = name.split(_JOIN)
    for step in filter(class_orders.get, steps):
        ids = class_orders[step].apply(ids)
    # an order of the rows is searched for among the right classes
    for step in (step for step in steps if step not in class_orders):
        rows = _source_of_rows(step, replace(aligned, row_classes=ids), aligner)
    return ids, rows


def _source_of_rows(name: str, aligned: Aligned, aligner: Aligner) -> np.ndarray:
    """Return which row's prediction belongs into each row, int32, shape (rows,), `NO_ROW` where it is not known."""
    match = aligned.match
    order = row_order_of_name(name, aligned, aligner)
    if order.source is not None:
        return order.source
    of_images = order.rows
    has = match.rows != NO_ROW
    source = np.full(match.row_count, NO_ROW, np.int32)
    source[match.rows[has]] = of_images[has]
    if order.is_by_class or match.names is None:
        return source
    # an order of the file alone is an order of all its rows, annotated or not
    every_row = replace(aligned, match=replace(match, rows=np.arange(match.row_count, dtype=np.int32)))
    whole = next((order.rows for order in other_row_orders(every_row, aligner) if order.name == name), None)
    if whole is None or whole.shape != source.shape or (whole[match.rows[has]] != of_images[has]).any():
        return source
    return whole


def _check(
    frame: pl.DataFrame, cause: Finding, aligned: Aligned, aligner: Aligner, file: PredictionFile
) -> list[Finding]:
    """Examine repaired predictions as any others; refuse them if the doctor does, or if they are the targets.

    Returned are refusals that say nothing about the repair: rows that look random do so in any order.
    """
    names = frame["file_name"].cast(pl.String) if "file_name" in frame.columns else None
    rows = ModelRows(aligned.source.model, frame["predicted_class"], file_names=names)
    found = diagnose(aligner.align(rows, where=str(file.path)), aligner, file=file)
    refused = [each for each in found.findings if each.severity == "refuse" or each.kind in _TARGETS]
    wrong = [each for each in refused if each.kind not in _IN_ANY_ORDER]
    if not wrong and aligned.source.ranked is not None and not cause.fix_name.startswith(COLUMN):
        _, source = put_right(cause, aligned, aligner)
        judged = aligner.counts & (aligned.match.rows != NO_ROW)
        ranked = aligned.source.ranked[source[aligned.match.rows[judged]]]
        columns = column_profile(ranked, aligner.targets[judged]) if ranked.shape[1] > 1 else None
        if columns and columns.verdict != "ranked":
            wrong = [Finding("top_k_order", "refuse", "The columns are not ranked. Save the arg-max.")]
    if wrong:
        raise RefusedError(
            f"{shown(file.path)}: model '{aligned.source.model}' cannot be repaired: after '{cause.fix_name}' there is "
            f"{wrong[0].kind}. {wrong[0].message}"
        )
    return refused
