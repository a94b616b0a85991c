"""Raw labels (class ids, wnids, class names) turned into class ids."""

import difflib
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import polars as pl

from errata.predictions.prediction_file import PredictionsError

MISSING = np.iinfo(np.int32).min
"""Stands for a null, NaN or infinite prediction among class ids."""
FRACTIONAL = MISSING + 1
"""Stands for a prediction that is a number but no integer."""

_NULL_WORDS = ("", "nan", "none", "null", "na", "n/a", "-nan", "inf", "-inf")
_AMBIGUOUS = -1
_WNID = r"^n\d{8}$"


@dataclass(frozen=True, eq=False)
class LabelIds:
    """Class ids of the rows (int32, `MISSING` and `FRACTIONAL` where there is none) and what the labels were."""

    ids: np.ndarray
    kind: str


class ClassVocabulary:
    """Every way to write a class: its id, wnid, name, and the lemma names that no other class has.

    Parameters
    ----------
    classes : polars.DataFrame
        `class_id`, `wnid`, `name`, `lemmas`, in class-id order.
    """

    def __init__(self, classes: pl.DataFrame):  # noqa: D107 - the class docstring says it
        self.classes = classes
        self._known = _known_labels(classes)
        self._names = {_spaced(name): class_id for name, class_id in classes.select("name", "class_id").iter_rows()}

    def ids_of(self, labels: pl.Series, *, where: str) -> LabelIds:
        """Turn raw labels into class ids. Ids outside the data set's range are kept for the doctor to report.

        Raises
        ------
        PredictionsError
            If a label is no class, or the name of several.
        """
        if labels.dtype.is_integer():
            return LabelIds(_from_integers(labels), "class ids")
        if labels.dtype.is_numeric():
            return LabelIds(_from_floats(labels.cast(pl.Float64)), "class ids written as decimal numbers")
        if labels.dtype == pl.Null:
            return LabelIds(np.full(len(labels), MISSING, np.int32), "nothing")
        return self._from_text(labels, where=where)

    def id_of(self, label: str) -> int:
        """Return the class id of one label.

        Raises
        ------
        PredictionsError
            If the label is no class, or the name of several.
        """
        if _spaced(label) in self._names:
            return self._names[_spaced(label)]
        class_id = int(self.ids_of(pl.Series([label], dtype=pl.String), where="class").ids[0])
        if not 0 <= class_id < self.classes.height:
            raise PredictionsError(
                "ids_out_of_range",
                f"class: '{label}' is no class; expected an id from 0 to {self.classes.height - 1}, a wnid or a name.",
            )
        return class_id

    def _from_text(self, labels: pl.Series, *, where: str) -> LabelIds:
        text = labels.str.strip_chars()
        usable = text.is_not_null() & ~text.str.to_lowercase().is_in(_NULL_WORDS)
        numbers = text.cast(pl.Float64, strict=False)
        unreadable = usable & numbers.is_null()
        if not unreadable.any():
            return LabelIds(_from_floats(numbers), "class ids written as text")
        if unreadable.sum() < (usable & ~unreadable).sum():
            row = int(unreadable.arg_max())
            raise PredictionsError(
                "mixed_labels",
                f"{where}: '{text[row]}' in row {row} stands among class ids; {unreadable.sum()} row(s) hold such "
                "text. Write class ids, or wnids or class names, in all rows.",
            )
        distinct = text.filter(usable).unique(maintain_order=True)
        ids = distinct.to_frame("label").with_columns(class_id=pl.Series(self._look_up(distinct), dtype=pl.Int32))
        self._refuse_unknown(ids, text, usable, where=where)
        joined = text.to_frame("label").join(ids, on="label", how="left", maintain_order="left")["class_id"]
        is_wnid = bool(distinct.str.contains(_WNID).all())
        return LabelIds(joined.fill_null(MISSING).to_numpy(), "wnids" if is_wnid else "class names")

    def _look_up(self, distinct: pl.Series) -> list[int | None]:
        """Return the class id of every label, `_AMBIGUOUS` for the name of several classes, None for an unknown one.

        Two names may differ in case only (Cardigan the dog, cardigan the garment). They are told apart if the labels
        show that their case was kept.
        """
        keeps_case = any(label != label.lower() for label in distinct)
        found = [self._known.get(_folded(label)) for label in distinct]
        return [
            self._names.get(_spaced(label), class_id) if class_id == _AMBIGUOUS and keeps_case else class_id
            for label, class_id in zip(distinct, found, strict=True)
        ]

    def _refuse_unknown(self, ids: pl.DataFrame, text: pl.Series, usable: pl.Series, *, where: str) -> None:
        ambiguous = ids.filter(pl.col("class_id") == _AMBIGUOUS)["label"]
        if len(ambiguous):
            label = ambiguous[0]
            words = pl.concat_list("name", "lemmas").list.eval(pl.element().str.to_lowercase())
            same = self.classes.filter(words.list.contains(_folded(label)))
            options = ", ".join(f"'{row['name']}' ({row['wnid']})" for row in same.iter_rows(named=True))
            raise PredictionsError(
                "ambiguous_class_name",
                f"{where}: '{label}' is the name of several classes: {options}. Write the wnid or the class id "
                f"({len(ambiguous)} ambiguous name(s)).",
            )
        unknown = ids.filter(pl.col("class_id").is_null())["label"]
        if not len(unknown):
            return
        rows = (usable & text.is_in(unknown.implode())).arg_true()
        first, count = unknown[0], len(rows)
        if unknown.str.contains(_WNID).all():
            raise PredictionsError(
                "unknown_wnids",
                f"{where}: {count} row(s) predict wnids that are none of the {self.classes.height} classes, first "
                f"{first} in row {rows[0]} ({len(unknown)} different ones). "
                "Was the model trained on another class set, such as ImageNet-21k?",
            )
        near = difflib.get_close_matches(_folded(first), self._known, n=3, cutoff=0.6)
        hint = f" Did you mean {' or '.join(repr(name) for name in near)}?" if near else ""
        raise PredictionsError(
            "unknown_class_names",
            f"{where}: '{first}' in row {rows[0]} is no class id, wnid or class name of this data set.{hint} "
            f"{count} row(s) have one of {len(unknown)} unknown labels.",
        )


def _spaced(label: str) -> str:
    return label.strip().replace("_", " ")


def _folded(label: str) -> str:
    return _spaced(label).lower()


def _known_labels(classes: pl.DataFrame) -> dict[str, int]:
    """Map every folded way to write a class to its id, or to `_AMBIGUOUS`; display names win over lemmas."""
    names: dict[str, set[int]] = defaultdict(set)
    lemmas: dict[str, set[int]] = defaultdict(set)
    for class_id, wnid, name, words in classes.select("class_id", "wnid", "name", "lemmas").iter_rows():
        names[_folded(name)].add(class_id)
        names[_folded(wnid)].add(class_id)
        for word in (*words, ", ".join(words)):
            lemmas[_folded(word)].add(class_id)
    return {word: next(iter(ids)) if len(ids) == 1 else _AMBIGUOUS for word, ids in {**lemmas, **names}.items()}


def _from_integers(labels: pl.Series) -> np.ndarray:
    if labels.dtype in (pl.Int8, pl.Int16, pl.Int32, pl.UInt8, pl.UInt16):
        wide = labels.cast(pl.Int32)
    else:
        limit = np.iinfo(np.int32).max
        wide = labels.cast(pl.Int64, strict=False).clip(-limit, limit).cast(pl.Int32)
    return (wide.fill_null(MISSING) if wide.null_count() else wide).to_numpy()


def _from_floats(labels: pl.Series) -> np.ndarray:
    values = labels.fill_null(np.nan).to_numpy()
    finite = np.isfinite(values)
    limit = np.iinfo(np.int32).max
    ids = np.where(finite, np.clip(values, -limit, limit), 0.0)
    whole = ids == np.round(ids)
    return np.where(finite, np.where(whole, ids, FRACTIONAL), MISSING).astype(np.int32)
