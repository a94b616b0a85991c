"""What labels stand for: class ids, wnids, and the names that WordNet and the libraries of the field give the classes.

The same word is another class in another list: `crane` is a bird or a machine, `missile` stands for two classes in
CLIP's. So a file is read by the list that has most of its labels. Keras calls a class by WordNet's first name with
underscores, timm and Hugging Face by all its names; torchvision's and CLIP's lists are the package data
`class_names.tsv`.
"""

import contextlib
import difflib
import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from unicodedata import normalize

import numpy as np
import polars as pl

from errata.errors import shown
from errata.predictions.class_ids import AMBIGUOUS, FRACTIONAL, MISSING
from errata.predictions.prediction_file import FROM_0, PredictionsError, RowNumbers
from errata.user_files import read_csv

LISTS = {"torchvision": "torchvision", "clip": "CLIP"}
"""Lists of names in the package data, by column, and what they are called."""

_NULL_WORDS = ("", "nan", "none", "null", "na", "n/a", "-nan", "inf", "-inf")
_WNID = r"^n\d{8}$"
_WNID_FIRST = r"^(n\d{8})[\s,:_/-]"
"""A wnid with something after it, as a line of synset_words.txt, a path or Kaggle's submissions have it."""
_NUMBERED = r"(?i)^<?(?:class|label|id|category|idx|index|unmapped|cls)[\s_:#=-]*(\d+)>?$"
"""A class id with a word before it, as `LABEL_12` of a model of Hugging Face without names."""
_DECIMAL_COMMA = r"^(\d+),0*$"
_LIKE_A_NUMBER, _QUOTED = r"^[-+]?[.,]?\d[-+.,e\d]*$", r"^[\"']|[\"']$"
_ID_FIRST = r"^(\d+)\s*[:,-]\s*\D"
"""A class id with the name after it."""
_PRINTED = r"^(?:tensor|array|np\.\w+|device)?[\[(].*[\])]$"
"""What Python prints of a tensor, an array, a list or a tuple."""
_PROMPT = re.compile(r"^(?:an?|the) (?:[\w-]+ )?(?:photo|picture|image) of (?:an? |the )?(.+?)\.?$", re.IGNORECASE)
_MOST_AMBIGUOUS = 0.05
"""Share of the rows that may have an ambiguous name."""


@dataclass(frozen=True, eq=False)
class LabelIds:
    """Class ids of the rows and what the labels were.

    Attributes
    ----------
    ids : numpy.ndarray
        int32, shape (rows,): `MISSING`, `FRACTIONAL` and `AMBIGUOUS` where there is none.
    kind : str
        What the labels were, in words.
    ambiguous : str
        What is to be said of names of several classes; empty if there are none.
    remarks : tuple of str
    as_names : LabelIds or None
        Where the labels are numbers that are class ids and names of other classes: what they are as names.
    """

    ids: np.ndarray
    kind: str
    ambiguous: str = ""
    remarks: tuple[str, ...] = ()
    as_names: "LabelIds | None" = None


@dataclass(frozen=True)
class NameList:
    """One list of class names: each name as it is written, and without regard to case, -> the classes that it is."""

    title: str
    exact: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    folded: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def add(self, name: str, class_id: int) -> None:
        """Add a name of a class."""
        self.exact[name].add(class_id)
        self.folded[_folded(name)].add(class_id)

    def classes(self, label: str, *, keeps_case: bool) -> set[int]:
        """Return the classes that a label is the name of."""
        if keeps_case:
            for written in (label, _spaced(label), _spaced(label).replace(" ", "_")):
                if written in self.exact:
                    return self.exact[written]
        return self.folded.get(_folded(label), set())


class ClassVocabulary:
    """Converts labels to class ids: ids, wnids, and names of any of the lists.

    Parameters
    ----------
    classes : polars.DataFrame
        `class_id`, `wnid`, `name`, `lemmas`, in class-id order.
    """

    def __init__(self, classes: pl.DataFrame):  # noqa: D107 - the class docstring says it
        self.classes = classes
        self._wnids = dict(classes.select("wnid", "class_id").iter_rows())
        own = {_folded(name) for name in classes["name"]}
        self._null_words = [word for word in _NULL_WORDS if word not in own]
        # names that could be taken for class ids, or for no class: 7, LABEL_7, nan
        self._has_odd_names = len(self._null_words) < len(_NULL_WORDS) or any(
            re.search(pattern, name) for name in own for pattern in (_LIKE_A_NUMBER, _NUMBERED, _QUOTED)
        )

    @cached_property
    def _names(self) -> tuple[tuple[NameList, ...], NameList]:
        """All lists of names, made when a label is no id."""
        return _lists_of(self.classes)

    @property
    def lists(self) -> tuple[NameList, ...]:
        """The lists of names, the data set's own first."""
        return self._names[0]

    def ids_of(
        self,
        labels: pl.Series,
        *,
        where: str,
        numbers: RowNumbers = FROM_0,
        needed: np.ndarray | None = None,
        are_ids: bool = False,
    ) -> LabelIds:
        """Convert raw labels to class ids. Ids outside the data set's range are kept for the doctor to report.

        Parameters
        ----------
        labels : polars.Series
            One label per row.
        where : str
            What messages begin with.
        needed : numpy.ndarray, optional
            bool, shape (rows,): the rows that are used; what others hold is no fault.
        are_ids : bool
            Whether they are known to be class ids, as places of the largest scores are.

        Raises
        ------
        PredictionsError
            If a label is no class.
        """
        if are_ids or not self._has_odd_names:
            return self._ids_of(labels, where=where, numbers=numbers, needed=needed)
        text = _text_of(labels)
        used = text.is_not_null() & ~text.str.to_lowercase().is_in(self._null_words)
        used &= True if needed is None else pl.Series(needed)
        distinct = text.unique().drop_nulls().to_list()
        names = {name: next(iter(each)) for name in distinct if len(each := self._own_name(name)) == 1}
        of_names = text.replace_strict(names, default=None, return_dtype=pl.Int32)
        unknown = of_names.is_null() & used
        named = LabelIds(of_names.fill_null(MISSING).to_numpy(), "class names")
        are_numbers = text.filter(used).str.contains(_LIKE_A_NUMBER).all()
        if not unknown.any() and not are_numbers:
            return named
        ids = None
        with contextlib.suppress(PredictionsError):
            ids = self._ids_of(labels, where=where, numbers=numbers, needed=needed)
        if ids is not None and not are_numbers:
            return ids
        if ids is not None and ((ids.ids >= 0) & (ids.ids < self.classes.height))[used].all():
            is_same = unknown.any() or bool((ids.ids == named.ids)[used].all())
            return ids if is_same else replace(ids, as_names=named)
        if not unknown.any():
            return named
        if unknown.sum() < used.sum() / 2:
            # most are names, so the others are meant as names, too
            strange = text.filter(unknown).unique(maintain_order=True)
            raise self._unknown(strange, text, used, where=where, numbers=numbers)
        return self._ids_of(labels, where=where, numbers=numbers, needed=needed)

    def _own_name(self, label: str) -> set[int]:
        own, label = self.lists[0], normalize("NFC", label)
        spellings = (label, label.strip("\"'"), re.sub(r"^(-?\d+)\.0*$", r"\1", label))
        return next(filter(None, (own.classes(each, keeps_case=True) for each in spellings)), set())

    def _ids_of(self, labels: pl.Series, *, where: str, numbers: RowNumbers, needed: np.ndarray | None) -> LabelIds:
        if labels.dtype.is_integer():
            return LabelIds(_from_integers(labels), "class ids")
        if labels.dtype.is_numeric():
            return LabelIds(_from_floats(labels.cast(pl.Float64)), "class ids written as decimal numbers")
        if labels.dtype == pl.Null:
            return LabelIds(np.full(len(labels), MISSING, np.int32), "nothing")
        text = labels.str.strip_chars().str.strip_chars("\"'")
        usable = text.is_not_null() & ~text.str.to_lowercase().is_in(self._null_words)
        used = usable if needed is None else usable & pl.Series(needed)
        values = text.str.replace(_DECIMAL_COMMA, "$1").cast(pl.Float64, strict=False)
        kind = "class ids written as text"
        if (used & values.is_null()).any():
            worded = text.str.extract(_NUMBERED, 1).cast(pl.Float64, strict=False)
            if worded.is_not_null().any():
                values, kind = pl.select(pl.coalesce(values, worded)).to_series(), "class ids with a word before them"
        no_number = usable & values.is_null()
        unreadable = used & values.is_null()
        if not unreadable.any():
            return LabelIds(_from_floats(values), kind, remarks=_not_used(text, no_number))
        if unreadable.sum() < (used & ~unreadable).sum():
            row = int(unreadable.arg_max())
            raise PredictionsError(
                "mixed_labels",
                f"{where}: '{shown(text[row], 60)}' in {numbers.name(row)} stands among class ids; "
                f"{unreadable.sum()} row(s) hold such text. Write class ids, or wnids or class names, in all rows.",
            )
        return self._from_names(text, usable, used, where=where, numbers=numbers)

    def id_of(self, label: str) -> int:
        """Return the class id of one label.

        Raises
        ------
        PredictionsError
            If the label is no class, or the name of several.
        """
        own = self.lists[0].exact.get(_spaced(label))
        if own and len(own) == 1:
            return next(iter(own))
        found = self.ids_of(pl.Series([label], dtype=pl.String), where="class")
        class_id = int(found.ids[0])
        if class_id == AMBIGUOUS:
            raise PredictionsError("ambiguous_class_name", f"class: {found.ambiguous}")
        if not 0 <= class_id < self.classes.height:
            raise PredictionsError(
                "ids_out_of_range",
                f"class: '{label}' is no class; expected an id from 0 to {self.classes.height - 1}, a wnid or a name.",
            )
        return class_id

    def _from_names(
        self, text: pl.Series, usable: pl.Series, used: pl.Series, *, where: str, numbers: RowNumbers
    ) -> LabelIds:
        distinct = text.filter(used).unique(maintain_order=True)
        found, title = self._look_up(distinct.to_list())
        ids = [next(iter(each)) if len(each) == 1 else AMBIGUOUS if each else None for each in found]
        table = distinct.to_frame("label").with_columns(class_id=pl.Series(ids, dtype=pl.Int32))
        unknown = table.filter(pl.col("class_id").is_null())["label"]
        if len(unknown):
            raise self._unknown(unknown, text, used, where=where, numbers=numbers)
        joined = text.to_frame("label").join(table, on="label", how="left", maintain_order="left")["class_id"]
        row_ids = joined.fill_null(MISSING).to_numpy()
        is_wnid = bool(distinct.str.contains(_WNID).all())
        kind = "wnids" if is_wnid else f"class names{title}"
        several = {label: each for label, each in zip(distinct, found, strict=True) if len(each) > 1}
        ambiguous = self._ambiguous(several, int((row_ids == AMBIGUOUS).sum())) if several else ""
        if several and (row_ids == AMBIGUOUS).sum() > max(_MOST_AMBIGUOUS * int(used.sum()), len(used) == 1):
            raise PredictionsError("ambiguous_class_name", f"{where}: {ambiguous}")
        return LabelIds(row_ids, kind, ambiguous, _not_used(text, usable & ~used & joined.is_null()))

    def _look_up(self, labels: list[str]) -> tuple[list[set[int]], str]:
        """Return the classes of every label (several for an ambiguous one, none for an unknown one), and the list.

        Two names may differ in case only (Cardigan the dog, cardigan the garment). They are told apart if the labels
        show that their case was kept.
        """
        keeps_case = any(label != label.lower() for label in labels)
        composed = (normalize("NFC", label) for label in labels)
        plain = [prompt[1] if (prompt := _PROMPT.match(label)) else label for label in composed]
        scores = [
            (sum(_folded(label) in each.folded for label in plain), sum(label in each.exact for label in plain))
            for each in self.lists
        ]
        best = max(scores)
        fitting = [each for each, score in zip(self.lists, scores, strict=True) if score == best and best[0]]
        found = [self._classes_of(label, fitting, keeps_case=keeps_case) for label in plain]
        titles = [each.title for each in fitting if each.title]
        return found, f" ({titles[0]})" if len(fitting) == len(titles) == 1 else ""

    def _classes_of(self, label: str, fitting: list[NameList], *, keeps_case: bool) -> set[int]:
        """Return the classes of a label in the lists that fit the file best, else in any other."""
        for lists in (fitting, self.lists, [self._names[1]]):
            found = set().union(*(each.classes(label, keeps_case=keeps_case) for each in lists))
            if found:
                return found
        wnid = re.match(_WNID_FIRST, label)
        if wnid and wnid[1] in self._wnids:
            return {self._wnids[wnid[1]]}
        number = re.match(_ID_FIRST, label)
        if number and int(number[1]) < self.classes.height:
            return {int(number[1])}
        if ": " in label:
            # a name with the definition after it
            return self._classes_of(label.split(": ")[0], fitting, keeps_case=keeps_case)
        return {self._wnids[label.lower()]} if label.lower() in self._wnids else set()

    def _ambiguous(self, several: dict[str, set[int]], rows: int) -> str:
        label, ids = next(iter(several.items()))
        same = self.classes.filter(pl.col("class_id").is_in(list(ids)))
        options = ", ".join(f"'{row['name']}' ({row['wnid']})" for row in same.head(4).iter_rows(named=True))
        more = f" So are {len(several) - 1} other name(s)." if len(several) > 1 else ""
        return (
            f"'{shown(label, 60)}' is the name of several classes: {options}.{more} {rows} row(s) have such a name and "
            "are left out. Write the wnid or the class id."
        )

    def _unknown(
        self, unknown: pl.Series, text: pl.Series, used: pl.Series, *, where: str, numbers: RowNumbers
    ) -> PredictionsError:
        rows = (used & text.is_in(unknown.implode())).arg_true()
        first, count = shown(unknown[0], 60), len(rows)
        if unknown.str.contains(_WNID).all():
            return PredictionsError(
                "unknown_wnids",
                f"{where}: {count} row(s) predict wnids that are none of the {self.classes.height} classes, first "
                f"{first} in {numbers.name(rows[0])} ({len(unknown)} different ones). "
                "Was the model trained on another class set, such as ImageNet-21k?",
            )
        if unknown.str.contains(_PRINTED).all():
            return PredictionsError(
                "unknown_class_names",
                f"{where}: '{first}' in {numbers.name(rows[0])} is how Python prints a tensor, an array or a list, as "
                f"are {count} row(s). Save the number, int(x), or tensor.tolist().",
            )
        known = [name for each in (*self.lists, self._names[1]) for name in each.folded]
        near = difflib.get_close_matches(_folded(unknown[0][:100]), dict.fromkeys(known), n=3, cutoff=0.6)
        hint = f" Did you mean {' or '.join(repr(name) for name in near)}?" if near else ""
        return PredictionsError(
            "unknown_class_names",
            f"{where}: '{first}' in {numbers.name(rows[0])} is no class id, wnid or class name of this data set.{hint} "
            f"{count} row(s) have one of {len(unknown)} unknown labels.",
        )


def _lists_of(classes: pl.DataFrame) -> tuple[tuple[NameList, ...], NameList]:
    """Return the lists of names of some classes, and every single name of them."""
    own, wnids, every = NameList(""), NameList(""), NameList("")
    joined, first, keras = NameList("all names"), NameList("first names"), NameList("Keras's names")
    lists = {column: NameList(f"{title}'s names") for column, title in LISTS.items()}
    named = names_of_libraries()
    for class_id, wnid, name, words in classes.select("class_id", "wnid", "name", "lemmas").iter_rows():
        own.add(name, class_id)
        wnids.add(wnid, class_id)
        joined.add(", ".join(words) or name, class_id)
        first.add(words[0] if words else name, class_id)
        keras.add((words[0] if words else name).replace(" ", "_"), class_id)
        for word in words:
            every.add(word, class_id)
        for column, each in lists.items():
            if wnid in named:
                each.add(named[wnid][column], class_id)
    return (own, wnids, joined, first, keras, *lists.values()), every


@lru_cache(maxsize=1)
def names_of_libraries() -> dict[str, dict[str, str]]:
    """Return what libraries call the classes of ImageNet: wnid -> list -> name."""
    table = read_csv(Path(str(files("errata") / "data" / "class_names.tsv")), separator="\t", infer_schema=False)
    return {row["wnid"]: row for row in table.iter_rows(named=True)}


def _not_used(text: pl.Series, unknown: pl.Series) -> tuple[str, ...]:
    """Return a remark about rows that are not used and hold no class."""
    if not unknown.any():
        return ()
    first = shown(text[int(unknown.arg_max())], 40)
    return (f"{unknown.sum()} row(s) of images that do not count hold no class, such as '{first}'; they are not used.",)


def _text_of(labels: pl.Series) -> pl.Series:
    """Return labels as text, whole numbers without a decimal point, null where there is none."""
    if labels.dtype.is_float():
        whole = labels.cast(pl.Int64, strict=False)
        labels = pl.select(pl.when(labels == whole).then(whole)).to_series()
    return labels.cast(pl.String).str.strip_chars()


def _spaced(label: str) -> str:
    return label.strip().replace("_", " ")


def _folded(label: str) -> str:
    return _spaced(label).lower()


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
