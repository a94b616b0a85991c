"""Read predictions from tables with one row per image, or per image and model, whatever their columns are called."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from errata.errors import shown
from errata.predictions.array_layout import array_predictions
from errata.predictions.cells import (
    IMAGE_NAME,
    TEXT,
    Ranks,
    as_text,
    last_totals,
    plain_names,
    ranks_of,
    without_marks_of_bytes,
)
from errata.predictions.column_names import (
    COLUMNS,
    NamedColumns,
    may_be_prediction,
    may_be_scores,
    plain,
)
from errata.predictions.column_values import (
    NUMBERED_ROWS,
    are_probabilities,
    are_whole_numbers,
    counts_rows,
    whole_numbers,
)
from errata.predictions.prediction_file import FROM_0, ModelRows, PredictionFile, PredictionsError, RowNumbers
from errata.predictions.score_columns import (
    are_names_of_images,
    may_be_named_scores,
    named_scores,
    score_columns,
)
from errata.predictions.table_header import check_header, lacking, layout_of

_MOST_MODELS = 10_000
COUNTING = ("index", "idx", "id", "image_id", "img_id", "sample_id", "row", "number", "key", "i", "")
"""What columns are called that may count the rows."""
_FRACTIONS = 0.5


def table_predictions(
    path: Path,
    frame: pl.DataFrame,
    *,
    found: list[str],
    model: str,
    kind: str,
    classes: int | None = None,
    remarks: tuple[str, ...] = (),
    numbers: RowNumbers = FROM_0,
) -> PredictionFile:
    """Return the predictions in a table, whatever format it was read from.

    Parameters
    ----------
    frame : polars.DataFrame
        The table, or those of its columns that may be used.
    found : list of str
        The names of all columns of the file.
    model : str
        The name of the model if there is no column `model`; each value of such a column is a model.
    kind : str
        What the file is, for the diagnosis.
    classes : int, optional
        Number of classes of the data set: as many columns of numbers are scores.
    numbers : RowNumbers
        How the file counts its rows.

    Raises
    ------
    PredictionsError
        If a column is missing, repeated or of another type, or there are no rows.
    """
    names = check_header(path, found, classes)
    if frame.height == 0:
        raise PredictionsError("empty_file", f"{path}: the table has no rows. Write it again.")
    reader = _Table(path, frame, names, classes, remarks, numbers)
    rows = reader.rows(model)
    layout = layout_of(kind, [name for name in found if name not in reader.scores], reader.used)
    models = rows.pop("models")
    remarks = reader.all_remarks()
    if models is None:
        return PredictionFile(path, layout, (_model_rows(model, rows, reader.numbers),), remarks)
    unnamed = models.null_count()
    if unnamed:
        first = reader.numbers.name(int(models.is_null().arg_max()))
        raise PredictionsError(
            "wrong_header", f"{path}: {unnamed} row(s) have no value in column '{names.model}', first {first}."
        )
    count = models.n_unique()
    if count > _MOST_MODELS:
        raise PredictionsError(
            "wrong_header",
            f"{path}: column '{names.model}' names {count:,} models in {len(models):,} rows, at most {_MOST_MODELS:,} "
            f"are read; first {shown(models[0], 60)}. Leave the column out, or name a model in it.",
        )
    return PredictionFile(path, layout, tuple(_parts(models, rows, count, reader.numbers)), remarks)


def _parts(models: pl.Series, rows: dict, count: int, numbers: RowNumbers) -> Iterator[ModelRows]:
    """Give the rows of each of `count` models; where those of one follow one another, without a copy."""
    runs = models.rle().struct.unnest()
    if runs.height == count:
        ends = runs["len"].cum_sum().cast(pl.Int64)
        for name, end, length in zip(runs["value"], ends, runs["len"], strict=True):
            part = slice(end - length, end)
            yield _model_rows(str(name), {key: _taken(value, part) for key, value in rows.items()}, numbers.of(part))
        return
    parts = pl.DataFrame({"model": models}).with_row_index("row").partition_by("model", maintain_order=True)
    for table in parts:
        part = table["row"].to_numpy()
        name = str(table["model"][0])
        yield _model_rows(name, {key: _taken(value, part) for key, value in rows.items()}, numbers.of(part))


def _taken(value: object, part: slice | np.ndarray) -> object:
    """Return some rows of a series, an array, or of a mapping of them."""
    if isinstance(value, dict):
        return {key: _taken(each, part) for key, each in value.items()}
    return value if value is None or isinstance(value, str | bool) else value[part]


def _model_rows(model: str, rows: dict, numbers: RowNumbers) -> ModelRows:
    return ModelRows(model, numbers=numbers, **rows)


class _Table:
    """One table on its way to predictions: which column is what, and what was mended."""

    def __init__(
        self,
        path: Path,
        frame: pl.DataFrame,
        names: NamedColumns,
        classes: int | None,
        remarks: tuple[str, ...],
        numbers: RowNumbers,
    ):
        self.path, self.frame, self.names, self.classes, self.numbers = path, frame, names, classes, numbers
        self.remarks = list(remarks)
        self.used: dict[str, str] = {}
        self.scores: tuple[str, ...] = ()

    def rows(self, model: str) -> dict:
        """Return the columns of `ModelRows` by name, and `models`."""
        self.frame = self.frame.with_columns(as_text(self.path, column) for column in self.frame.iter_columns())
        self._strip_marks()
        names = self._file_names()
        self._leave_out_totals(names)
        self._keep_best_rank(names)
        self._sort_by_number(names)
        file_names = None if names is None else plain_names(self.frame[names])
        models = self.frame[self.names.model] if self.names.model in self.frame.columns else None
        if models is not None:
            self.used["model"] = self.names.model
            if models.dtype not in TEXT and not models.dtype.is_integer():
                raise self._wrong_type(self.names.model, "text")
            models = models.cast(pl.String)
        scores = self._scores()
        if scores is not None:
            rows = self._of_array(scores, file_names, model, "scores in columns")
        else:
            rows = self._of_named_scores(file_names, model, names) or self._of_columns(file_names, model, names)
        return {**rows, "models": models}

    def all_remarks(self) -> tuple[str, ...]:
        """Return what was mended, and which columns were taken for what."""
        renamed = [
            f"'{shown(name, 40)}' for {role}" for role, name in self.used.items() if name != role and role in COLUMNS
        ]
        taken = (f"Columns were taken by their names: {', '.join(renamed)}.",) if renamed else ()
        return (*self.remarks, *taken)

    def _strip_marks(self) -> None:
        stripped = (without_marks_of_bytes(column) for column in self.frame.iter_columns())
        changed = [column for column in stripped if column is not None]
        if changed:
            self.frame = self.frame.with_columns(changed)
            self.remarks.append("Text was written as Python bytes (b'...'); the marks were taken off.")

    def _file_names(self) -> str | None:
        """Return the column of file names: the first by name that holds text, not numbers that count the rows."""
        wanted = [name for name in self.names.file_names if name in self.frame.columns]
        for name in wanted:
            column = self.frame[name]
            if name == "file_name" and column.dtype not in TEXT:
                raise self._wrong_type(name, "text")
            if column.dtype in TEXT and not (name != "file_name" and are_whole_numbers(column)):
                self.used["file_name"] = name
                return name
        if "" in self.frame.columns and are_names_of_images(self.frame[""], IMAGE_NAME):
            self.used["file_name"] = ""
            return ""
        return None

    def _leave_out_totals(self, names: str | None) -> None:
        first = names or next(iter(self.names.predictions), None)
        if first is None or first not in self.frame.columns:
            return
        count = last_totals(self.frame[first])
        if count:
            self.frame = self.frame.head(self.frame.height - count)
            self.remarks.append(f"The last {count} row(s) name no image but a total or a mean; left out.")

    def _keep_best_rank(self, names: str | None) -> None:
        """Keep the first of several rows of each image, where a column says their rank."""
        rank = next((name for name in self.names.ranks if name in self.frame.columns), None)
        if rank is None or names is None or self.names.model in self.frame.columns:
            return
        order = self.frame[rank].cast(pl.Float64, strict=False)
        if order.null_count() or self.frame[names].n_unique() == self.frame.height:
            return
        kept = (order == order.min()).arg_true().to_numpy()
        self.frame, self.numbers = self.frame[kept], self.numbers.of(kept)
        self.remarks.append(f"Several rows per image: those of the best '{shown(rank, 40)}' were read.")

    def _sort_by_number(self, names: str | None) -> None:
        """Put rows without file names into the order that a column with the numbers of the rows says."""
        if names is not None or self.frame.height < NUMBERED_ROWS or self.names.model in self.frame.columns:
            return
        for name in self.frame.columns:
            if plain(name) not in COUNTING:
                continue
            place = whole_numbers(self.frame[name])
            if place is None or not np.array_equal(np.sort(place) - place.min(), np.arange(len(place))):
                continue
            if place.min() in (0, 1) and not counts_rows(place):
                order = np.argsort(place)
                self.frame, self.numbers = self.frame[order], self.numbers.of(order)
                self.remarks.append(f"The rows were sorted by their numbers in column '{shown(name, 40)}'.")
            return

    def _scores(self) -> np.ndarray | None:
        """Return the scores of a table with a column per class, its columns in the order of the classes."""
        members = score_columns(self.names, self.frame.columns, self.classes)
        if not members:
            return None
        table = self.frame.select(pl.col(members).cast(pl.Float64, strict=False))
        self._use_scores(members)
        return table.to_numpy()

    def _use_scores(self, members: list[str]) -> None:
        self.used["predicted_class"], self.scores = f"{members[0]} to {members[-1]}", tuple(members)

    def _of_array(self, array: np.ndarray, file_names: pl.Series | None, model: str, what: str) -> dict:
        file = array_predictions(self.path, array, file_names, model=model, classes=self.classes or 0, what=what)
        (rows,) = file.models
        own = ("labels", "file_names", "probability", "ranked", "ranked_probability", "lowest")
        about = ("score_columns", "other_columns", "constant_rows", "tied_rows")
        values = {key: getattr(rows, key) for key in own}
        if rows.score_columns is not None and self.names.model not in self.frame.columns:
            values |= {key: getattr(rows, key) for key in about}
        return values

    def _of_named_scores(self, file_names: pl.Series | None, model: str, names: str | None) -> dict | None:
        """Return the names of the columns with the largest scores, if there is a column per class."""
        if not may_be_named_scores(self.names, self.frame.columns, self.classes):
            return None
        scores = named_scores(self.frame, self.names, {names, self.names.model}, self.classes)
        if scores is None:
            return None
        self._use_scores(scores.columns)
        rows = self._of_array(scores.to_numpy(), file_names, model, "scores in columns")
        called = pl.Series("predicted_class", scores.columns)
        return {**rows, "labels": called.gather(rows["labels"]), "lowest": None}

    def _of_columns(self, file_names: pl.Series | None, model: str, names: str | None) -> dict:
        candidates = self._candidates(names)
        if not candidates:
            raise lacking(self.path, ["predicted_class"], self.frame.columns)
        name = candidates[0]
        self.used["predicted_class"] = name
        if name in self.names.groups:
            members = list(self.names.groups[name])
            probability = self._group_of_probabilities(len(members))
            self.used["predicted_class"] = members[0]
            return self._of_group(members, probability, file_names, model)
        ranks = ranks_of(self.path, self.frame[name])
        probability = self._probability()
        if ranks is not None:
            if self.frame[name].dtype == pl.String:
                first = shown(self.frame[name].drop_nulls()[0], 40)
                what = "classes joined by spaces" if first[:1].isdigit() else "what Python prints"
                self.remarks.append(f"'{shown(name, 40)}' holds {what}, such as '{first}'; it was read.")
            rows = self._of_ranks(ranks, file_names, model, name)
            if rows["probability"] is None:
                rows["probability"] = probability
        else:
            labels = self._checked_labels(name)
            rows = {"labels": labels, "file_names": file_names, "probability": probability}
        sure = name in self.names.predictions[: self.names.sure]
        unsure = set(self.names.predictions[self.names.sure :])
        others = {other: self.frame[other] for other in candidates[1:] if other in unsure}
        others = {other: column for other, column in others.items() if ranks_of(self.path, column) is None}
        rivals = {
            other: self.frame[other]
            for other in candidates[1:]
            if sure and other not in unsure and other not in self.names.groups
        }
        rivals = {other: column for other, column in rivals.items() if ranks_of(self.path, column) is None}
        return {**rows, "others": others, "rivals": rivals, "column": name, "is_sure": sure}

    def _candidates(self, names: str | None) -> list[str]:
        """Return the columns, or groups of numbered columns, that may be the prediction, the likeliest first."""
        alone = [name for name in self.names.predictions if name in self.frame.columns and name != names]
        sure = alone[: sum(name in alone for name in self.names.predictions[: self.names.sure])]
        groups = sorted(
            (base for base in self.names.groups if base and may_be_prediction(base)),
            key=lambda base: plain(base) not in ("index", "idx", "class_id", "class_idx"),
        )
        groups = [base for base in groups if set(self.names.groups[base]) <= set(self.frame.columns)]
        found = [*sure, *groups, *(name for name in alone if name not in sure)]
        if len(found) > 1:
            plausible = [name for name in found if name in groups or not self._is_no_class(name)]
            found = plausible or found
        return found or self._lists_of_scores() or self._by_content(names)

    def _lists_of_scores(self) -> list[str]:
        """Return the first column with the scores of all classes in each cell."""
        for name in filter(may_be_scores, self.frame.columns):
            ranks = ranks_of(self.path, self.frame[name])
            if ranks is not None and ranks.values is not None and ranks.values.shape[1] == self.classes:
                return [name]
        return []

    def _is_no_class(self, name: str) -> bool:
        """Tell whether a column counts the rows or holds fractions, so that it is no prediction."""
        values = whole_numbers(self.frame[name], fractions=True)
        if values is None or not len(values):
            return False
        whole = values == np.round(values)
        return bool(counts_rows(values)) if whole.all() else bool(whole.mean() < _FRACTIONS)

    def _by_content(self, names: str | None) -> list[str]:
        """Return the one column that is left beside file names and numbers of rows."""
        known = {names, self.names.model, *self.names.probabilities, *self.names.targets}
        left = [name for name in self.frame.columns if name not in known and not self._is_no_class(name)]
        return left if len(left) == 1 and (names is None or self.frame.width > 1) else []

    def _of_group(
        self, members: list[str], probability: np.ndarray | None, file_names: pl.Series | None, model: str
    ) -> dict:
        columns = [self._checked_labels(name) for name in members]
        ids = [whole_numbers(column) for column in columns]
        rows = {"labels": columns[0], "file_names": file_names, "probability": None}
        if all(column is not None and len(column) == self.frame.height for column in ids):
            rows["ranked"] = np.stack(ids, axis=1)
        if probability is not None:
            rows["probability"] = probability[:, 0]
            rows["ranked_probability"] = probability if "ranked" in rows else None
        return rows

    def _of_ranks(self, ranks: Ranks, file_names: pl.Series | None, model: str, name: str) -> dict:
        if ranks.values is None:
            return {"labels": ranks.first, "file_names": file_names, "probability": ranks.probability}
        self.remarks.append(f"Column '{shown(name, 40)}' holds {ranks.values.shape[1]} values per row.")
        return self._of_array(ranks.values, file_names, model, "lists")

    def _group_of_probabilities(self, count: int) -> np.ndarray | None:
        for base, members in self.names.groups.items():
            is_one = plain(base) in ("prob", "probs", "probability", "score", "confidence")
            if is_one and len(members) == count and set(members) <= set(self.frame.columns):
                return self.frame.select(pl.col(members).cast(pl.Float64, strict=False)).to_numpy()
        return None

    def _probability(self) -> np.ndarray | None:
        for name in self.names.probabilities:
            if name not in self.frame.columns:
                continue
            column = self.frame[name]
            if name == "predicted_probability" and not (column.dtype.is_numeric() or column.dtype in (*TEXT, pl.Null)):
                raise self._wrong_type(name, "a number per row, or leave the column out")
            if not column.dtype.is_numeric() and column.dtype not in (*TEXT, pl.Null):
                continue
            # text that is no number becomes null, then NaN, which the doctor reports
            values = column.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
            if name == "predicted_probability" or are_probabilities(values):
                self.used["predicted_probability"] = name
                return values
        return None

    def _checked_labels(self, name: str) -> pl.Series:
        column = self.frame[name]
        if column.dtype.is_numeric() or column.dtype in (*TEXT, pl.Null):
            return column.alias("predicted_class")
        raise self._wrong_type(name, "class ids (integers), wnids or class names (text)")

    def _wrong_type(self, name: str, expected: str) -> PredictionsError:
        dtype = shown(self.frame[name].dtype, 60)
        return PredictionsError(
            "wrong_header", f"{self.path}: column '{shown(name, 60)}' is {dtype}; expected {expected}."
        )
