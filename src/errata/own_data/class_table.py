"""Read the classes of a data set of one's own: names, superclasses, accepted confusions, groups."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from errata.classes.tables import CLASSES, OVERLAP, SUPERCLASSES
from errata.errors import InputError, listed, shown
from errata.sheets import check_names
from errata.tables import CLASS_ID
from errata.user_files import read_csv

COLUMNS = ("name", "wnid", "superclass", "overlaps", "group", "synonyms")

SEPARATOR = ";"
"""Between several superclasses, classes or synonyms in a cell."""

MOST_CLASSES = 32_767
"""Class ids are int16."""

MOST_GROUPS = 7

REASON = "the table of classes accepts it"


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
        words = pl.concat([*known, synonyms], how="diagonal").unique()
        # a class may be called 7; then 7 is that class, and no position
        words = pl.concat([words, ids.join(words, on="word", how="anti")], how="diagonal")
        return words.filter(~pl.col("word").is_duplicated()).select("word", "class_id")


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
        many groups, or one that no file can be called after.
    """
    where = "the table of classes" if isinstance(given, pl.DataFrame) else str(given)
    frame = _checked(given if isinstance(given, pl.DataFrame) else read_csv(given, infer_schema=False), where)
    classes = frame.select(
        class_id=pl.int_range(pl.len()),
        wnid=pl.coalesce("wnid", "name"),
        name="name",
        lemmas=pl.concat_list("name", cells("synonyms")).list.unique(maintain_order=True),
        group=pl.col("group").fill_null(""),
    ).cast(CLASSES.schema)
    _refuse_repeated(classes["wnid"], what="wnid", where=where)
    _check_groups(frame["group"].drop_nulls().unique(maintain_order=True).to_list(), where)
    superclasses = (
        frame.select(superclass=cells("superclass"), class_id=pl.int_range(pl.len(), dtype=CLASS_ID))
        .explode("superclass")
        .drop_nulls()
        .unique()
        .sort("superclass", "class_id")
    )
    return OwnClasses(classes, superclasses.cast(SUPERCLASSES.schema), _overlap(frame, classes, where))


def _checked(frame: pl.DataFrame, where: str) -> pl.DataFrame:
    """Return all `COLUMNS` as stripped text, null where there is none."""
    if "name" not in frame.columns:
        raise InputError(
            f"{where}: expected a column name, with a class per row in the order of the model's outputs; found "
            f"{listed(frame.columns)}."
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
    """Return these columns as stripped text, null where a cell is empty or there is no such column."""
    text = pl.all().cast(pl.String).str.strip_chars()
    frame = frame.select(pl.when(text != "").then(text).name.keep())
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
