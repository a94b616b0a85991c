"""Read the classes of a data set of one's own: names, superclasses, accepted confusions, groups."""

import re
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from errata.classes.tables import CLASSES, OVERLAP, SUPERCLASSES
from errata.delimited import open_delimited
from errata.errors import InputError, listed, shown
from errata.files import check_file, open_file
from errata.sheets import check_names
from errata.tables import CLASS_ID, with_formulas

COLUMNS = ("name", "wnid", "superclass", "overlaps", "group", "synonyms")

SEPARATOR = ";"
"""Between several superclasses, classes or synonyms in a cell."""

MOST_CLASSES = 32_767
"""Class ids are int16."""

MOST_GROUPS = 7

_BINARY = {b"PK\x03\x04": "a workbook or an archive", b"\xd0\xcf\x11\xe0": "a workbook", b"PAR1": "a Parquet file"}
"""How files begin that are no text."""

REASON = "the table of classes accepts it"

EVIDENCE = "draft_evidence"
"""The column that `errata classes propose` adds. A table that has it is a draft, of which no atlas is made."""


@dataclass(frozen=True)
class OwnClasses:
    """The classes of a data set.

    classes, superclasses, overlap : polars.DataFrame
        The tables `errata.classes.tables.CLASSES`, `SUPERCLASSES` and `OVERLAP`.
    """

    classes: pl.DataFrame
    superclasses: pl.DataFrame
    overlap: pl.DataFrame

    @property
    def words(self) -> pl.DataFrame:
        """What names a class: `word` and `class_id`; a word that names several classes is left out."""
        ids = self.classes.select(word=pl.col("class_id").cast(pl.String), class_id="class_id")
        known = [self.classes.select("class_id", word=name).filter(pl.col("word") != "") for name in ("name", "wnid")]
        synonyms = self.classes.select("class_id", word="lemmas").explode("word").drop_nulls()
        # a class may be called as another class's synonym; then the word is that class
        words = known[0].select("word", "class_id")
        # where a class is called 7, every number is a name: 8, if no class is called so, is a mistake and no position
        is_numbered = known[0]["word"].str.contains(r"^\d+$").any()
        for weaker in (known[1], synonyms, *([] if is_numbered else [ids])):
            further = weaker.select("word", "class_id").unique()
            words = pl.concat([words, further.join(words, on="word", how="anti")])
        return words.filter(~pl.col("word").is_duplicated())


def read_own_classes(given: Path | str | pl.DataFrame) -> OwnClasses:
    """Read a table of classes: one row per class, in the order of the model's outputs.

    Parameters
    ----------
    given : path or polars.DataFrame
        `name`, and optionally `wnid`, `superclass` (several, separated by `;`), `overlaps` (names of the classes that
        are accepted as answers for this one), `group` and `synonyms`. Without a wnid, the name stands in its place.

    Raises
    ------
    InputError
        If there is no class, a column is unknown, a name or wnid repeats, `overlaps` names no class, or there are too
        many groups, or one that no file can be called after; or the table is a draft.
    """
    return read_own_frame(given)[1]


def read_own_frame(given: Path | str | pl.DataFrame) -> tuple[pl.DataFrame, OwnClasses]:
    """Read a table of classes as `read_own_classes` does; return its cells, too: text, null where they are empty."""
    where = "the table of classes" if isinstance(given, pl.DataFrame) else str(given)
    frame = _checked(given if isinstance(given, pl.DataFrame) else read_own_table(given), where)
    classes = frame.select(
        class_id=pl.int_range(pl.len()),
        wnid=pl.coalesce("wnid", "name"),
        name="name",
        lemmas=pl.concat_list("name", cells("synonyms")).list.unique(maintain_order=True),
        group=pl.col("group").fill_null(""),
    ).cast(CLASSES.schema)
    _refuse_repeated(classes["wnid"], what="wnid", where=where)
    for column in ("superclass", "group"):
        _refuse_other_spellings(frame, column, where)
    _check_groups(frame["group"].drop_nulls().unique(maintain_order=True).to_list(), where)
    superclasses = (
        frame.select(superclass=cells("superclass"), class_id=pl.int_range(pl.len(), dtype=CLASS_ID))
        .explode("superclass")
        .drop_nulls()
        .unique()
        .sort("superclass", "class_id")
    )
    return frame, OwnClasses(classes, superclasses.cast(SUPERCLASSES.schema), _overlap(frame, classes, where))


def read_own_table(path: Path | str) -> pl.DataFrame:
    """Read a table that a user wrote as text, whatever separates its columns and however it is encoded.

    Raises
    ------
    InputError
        If it is a workbook or a Parquet file.
    """
    if Path(path).is_dir():
        raise InputError(f"{path}: expected a CSV file, found a folder. errata init {path} begins the tables.")
    check_file(path, expected="a CSV file")
    with open_file(Path(path)) as stream:
        head = stream.read(8)
    binary = next((what for mark, what in _BINARY.items() if head.startswith(mark)), None)
    if binary:
        raise InputError(f"{path}: expected a CSV file, found {binary}. Save it as 'CSV UTF-8'.")
    if not head:
        raise InputError(f"{path}: expected a CSV file, but it is empty. Write it again.")
    text = open_delimited(Path(path))
    frame = text.read(infer_schema=False, has_header=False)
    names = [(name or "").strip().lower().replace(" ", "_") for name in frame.row(0)]
    frame = frame[1:]
    # spreadsheets write columns and rows that hold nothing
    empty = [name for name, column in zip(names, frame.columns, strict=True) if not name and _is_empty(frame[column])]
    kept = [place for place, name in enumerate(names) if name or not empty or not _is_empty(frame.to_series(place))]
    repeated = [name for name in dict.fromkeys(names) if name and names.count(name) > 1]
    if repeated:
        raise InputError(f"{path}: the column {listed(repeated)} occurs more than once. Keep one of them.")
    frame = with_formulas(frame.select(frame.to_series(place).alias(names[place]) for place in kept))
    return frame.filter(pl.any_horizontal(pl.all().str.strip_chars() != "")) if frame.width > 1 else frame


def _is_empty(column: pl.Series) -> bool:
    return bool((column.fill_null("").str.strip_chars() == "").all())


def _refuse_other_spellings(frame: pl.DataFrame, column: str, where: str) -> None:
    """Refuse names that differ in case only, and several that other characters than `;` separate."""
    names = frame.select(cells(column) if column == "superclass" else pl.col(column)).to_series()
    names = (names.explode() if column == "superclass" else names).drop_nulls().unique(maintain_order=True).to_list()
    spelt: dict[str, str] = {}
    for name in names:
        if spelt.setdefault(name.lower(), name) != name:
            raise InputError(
                f"{where}: {column} is '{shown(spelt[name.lower()], 60)}' in one row and '{shown(name, 60)}' in "
                "another. Write it in one way, or call them differently."
            )
        parts = [part.strip().lower() for part in re.split(r"[,|/；，、]", name)]
        if len(parts) > 1 and column == "superclass" and set(parts) <= {each.strip().lower() for each in names}:
            raise InputError(
                f"{where}: '{shown(name, 60)}' joins superclasses of other rows. Separate several by '{SEPARATOR}'."
            )


def _checked(frame: pl.DataFrame, where: str) -> pl.DataFrame:
    """Return all `COLUMNS` as stripped text, null where there is none."""
    if "name" not in frame.columns:
        raise InputError(
            f"{where}: expected a column name, with a class per row in the order of the model's outputs; found "
            f"{listed(frame.columns)}."
        )
    if EVIDENCE in frame.columns:
        raise InputError(
            f"{where}: is a draft of errata classes propose. Read its superclasses, correct them, and delete the "
            f"column {EVIDENCE}: then it is a table of classes."
        )
    strangers = [name for name in frame.columns if name not in COLUMNS]
    if strangers:
        raise InputError(
            f"{where}: there is no column {listed(strangers)} in a table of classes; it has name and, as far as you "
            f"know them, {', '.join(COLUMNS[1:])}."
        )
    if not 0 < frame.height <= MOST_CLASSES:
        raise InputError(f"{where}: expected 1 to {MOST_CLASSES:,} classes, a row each; found {frame.height:,} rows.")
    frame = text_columns(frame, COLUMNS)
    nameless = frame.with_row_index("row", offset=1).filter(pl.col("name").is_null())["row"]
    if len(nameless):
        raise InputError(f"{where}: row {nameless[0]} has no name. Every class needs one.")
    _refuse_repeated(frame["name"], what="name", where=where)
    return frame


def _check_groups(groups: list[str], where: str) -> None:
    """Refuse groups that files and addresses cannot be called after, and more than fit into a byte beside all."""
    check_names(groups, kind="a group", where=where)
    if "all" in groups:
        raise InputError(f"{where}: no group can be called 'all', which stands for all images. Give it another name.")
    if len(groups) > MOST_GROUPS:
        raise InputError(
            f"{where}: has {len(groups)} groups ({listed(groups)}); at most {MOST_GROUPS} can be told apart. "
            "Merge some; what is easily confused are superclasses, of which there may be any number."
        )


def _refuse_repeated(values: pl.Series, *, what: str, where: str) -> None:
    repeated = values.filter(values.is_duplicated())
    if len(repeated):
        rows = [row + 1 for row in (values == repeated[0]).arg_true()]
        raise InputError(
            f"{where}: the {what} '{shown(repeated[0], 60)}' stands in rows {listed(rows)}; every class needs its own. "
            + ("Add what tells them apart, such as 'crane (bird)'." if what == "name" else "Correct one of them.")
        )


def text_columns(frame: pl.DataFrame, names: tuple[str, ...]) -> pl.DataFrame:
    """Return these columns as stripped text, null where a cell is empty or there is no such column.

    Letters with marks are written in one way (Unicode's NFC), as the same names of folders on a Mac are not; names of
    files stay as they are.
    """
    text = pl.all().cast(pl.String).str.strip_chars()
    composed = [pl.col(name).str.normalize("NFC") for name in frame.columns if name != "file_name"]
    frame = frame.select(pl.when(text != "").then(text).name.keep()).with_columns(composed)
    return frame.with_columns(pl.lit(None, pl.String).alias(name) for name in names if name not in frame.columns)


def cells(column: str) -> pl.Expr:
    """Return the parts of the cells of a column, an empty list where there are none."""
    parts = pl.col(column).fill_null("").str.split(SEPARATOR).list.eval(pl.element().str.strip_chars())
    return parts.list.filter(pl.element() != "")


def _overlap(frame: pl.DataFrame, classes: pl.DataFrame, where: str) -> pl.DataFrame:
    """Return the accepted pairs, one direction a row, as the table says them."""
    ids = classes.select(accepted="name", predicted_class="class_id")
    pairs = (
        frame.select("name", accepted=cells("overlaps"), target=pl.int_range(pl.len(), dtype=CLASS_ID))
        .explode("accepted")
        .drop_nulls("accepted")
        .join(ids, on="accepted", how="left", maintain_order="left")
    )
    unknown = pairs.filter(pl.col("predicted_class").is_null())
    if unknown.height:
        name, accepted = unknown.select("name", "accepted").row(0)
        raise InputError(
            f"{where}: class '{shown(name, 60)}' overlaps with '{shown(accepted, 60)}', which is the name of no class "
            f"({unknown.height} like this). Write the names as in the column name, separated by '{SEPARATOR}'."
        )
    pairs = pairs.filter(pl.col("target") != pl.col("predicted_class")).unique(["target", "predicted_class"])
    return pairs.with_columns(reason=pl.lit(REASON)).select(*OVERLAP.columns).sort("target", "predicted_class")
