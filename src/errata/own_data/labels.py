"""Read the labels of a data set of one's own: a table, or a folder with a folder per class."""

from pathlib import Path

import polars as pl

from errata.errors import InputError, listed, shown
from errata.labels.tables import LABELS
from errata.labels.targets import class_folders
from errata.own_data.class_table import SEPARATOR, OwnClasses, cells, read_own_table, text_columns
from errata.tables import CLASS_ID

COLUMNS = ("file_name", "label", "labels", "unclear", "problematic", "non_prototypical")

YES, NO = ("1", "true", "yes"), ("0", "false", "no")

SOURCE = "the table of labels"


def read_own_labels(given: Path | str | pl.DataFrame, classes: OwnClasses) -> tuple[pl.DataFrame, bool]:
    """Read what the images of a data set show.

    Parameters
    ----------
    given : path or polars.DataFrame
        A folder with a folder of images per class (called by its name, wnid or position), or a table with `file_name`
        and `label`, the class that the image was collected for; or `labels`, everything that the image shows, separated
        by `;` and the label first. Optionally `unclear` (labels that may hold, which count as right), `problematic`
        and `non_prototypical` (yes or no).
    classes : OwnClasses
        Classes are written by name, wnid, synonym, or position counted from 0.

    Returns
    -------
    labels : polars.DataFrame
        The table `errata.labels.tables.LABELS`, by file name, folder by folder.
    has_multilabels : bool
        Whether it is known what else the images show.

    Raises
    ------
    InputError
        If there is no image that counts, a column is unknown, an image repeats, or a label is no class.
    """
    if isinstance(given, pl.DataFrame):
        where, frame = "the table of labels", given
    elif Path(given).is_dir():
        where, frame = str(given), class_folders(Path(given))
    else:
        where, frame = str(given), read_own_table(given)
    rows = _checked(frame, where).with_row_index("row").with_columns(cells("labels"), cells("unclear"))
    rows = rows.with_columns(pl.coalesce("label", pl.col("labels").list.first()).alias("label"))
    targets = _class_ids(rows.select("row", word="label"), classes, rows, where)
    shown_there, unclear = (
        rows.select("row").join(
            _class_ids(rows.select("row", word=name).explode("word").drop_nulls(), classes, rows, where)
            .group_by("row", maintain_order=True)
            .agg(name=pl.col("class_id")),
            on="row",
            how="left",
            maintain_order="left",
        )["name"]
        for name in ("labels", "unclear")
    )
    empty = pl.Series([[]], dtype=pl.List(CLASS_ID))
    labels = rows.with_columns(
        target=targets["class_id"],
        multi_labels=shown_there.fill_null(empty),
        unclear_labels=unclear.fill_null(empty),
        is_problematic=_flags(rows, "problematic", where).fill_null(value=False),
        is_non_prototypical=_flags(rows, "non_prototypical", where),
        non_prototypical_source=pl.lit(None, pl.String),
        is_imagenet_m=pl.lit(None, pl.Boolean),
    )
    # what an image was collected for it shows, unless its labels say otherwise and it is problematic
    keeps = pl.col("is_problematic") & (pl.col("multi_labels").list.len() > 0)
    collected = pl.when(keeps).then(empty.first()).otherwise(pl.concat_list("target"))
    labels = labels.with_columns(
        multi_labels=pl.concat_list(collected, "multi_labels", "unclear_labels").list.unique(maintain_order=True),
        non_prototypical_source=pl.when("is_non_prototypical").then(pl.lit(SOURCE)),
    )
    if labels["is_problematic"].all():
        raise InputError(
            f"{where}: every image is problematic, so none would count. Mark those only that no label fits."
        )
    has_multilabels = bool((rows["labels"].list.len() > 0).any() or (rows["unclear"].list.len() > 0).any())
    # folder by folder, as programs list them: all of `bus` before `bus stop`, though a blank sorts before a slash
    by_folder = pl.col("file_name").str.replace_all(r"[/\\]", "\0")
    table = labels.sort(by_folder).drop("row").with_row_index("position").select(*LABELS.columns)
    return table.cast(LABELS.schema), has_multilabels


def _checked(frame: pl.DataFrame, where: str) -> pl.DataFrame:
    """Return all `COLUMNS` as text, null where there is none."""
    if "file_name" not in frame.columns or not {"label", "labels"} & set(frame.columns):
        raise InputError(
            f"{where}: expected the columns file_name and label (or labels, several separated by ';'); found "
            f"{listed(frame.columns)}."
        )
    strangers = [name for name in frame.columns if name not in COLUMNS]
    if strangers:
        raise InputError(
            f"{where}: there is no column {listed(strangers)} in a table of labels; it may have {', '.join(COLUMNS)}."
        )
    if not frame.height:
        raise InputError(f"{where}: lists no image.")
    frame = text_columns(frame, COLUMNS)
    unlabelled = frame.with_row_index("row", offset=1).filter(
        pl.col("file_name").is_null() | (pl.col("label").is_null() & pl.col("labels").is_null())
    )
    if unlabelled.height:
        raise InputError(
            f"{where}: row {unlabelled['row'][0]} lacks its file name or label ({unlabelled.height} rows like this). "
            "Complete or remove it."
        )
    repeated = frame.filter(pl.col("file_name").is_duplicated())["file_name"]
    if len(repeated):
        raise InputError(
            f"{where}: the image {shown(repeated[0], 80)} is listed more than once. List it once, with all its labels."
        )
    return frame


def _class_ids(words: pl.DataFrame, classes: OwnClasses, rows: pl.DataFrame, where: str) -> pl.DataFrame:
    """Return `row` and `class_id` of words (`row`, `word`), in their order."""
    found = words.join(classes.words, on="word", how="left", maintain_order="left")
    unknown = found.filter(pl.col("class_id").is_null())
    if unknown.height:
        row, word = unknown.select("row", "word").row(0)
        parted = classes.classes["name"].filter(classes.classes["name"].str.contains(SEPARATOR, literal=True))
        hint = f" '{shown(parted[0], 60)}' is parted by its '{SEPARATOR}': give it a synonym." if len(parted) else ""
        raise InputError(
            f"{where}: {shown(rows['file_name'][row], 80)} has the label '{shown(word, 60)}', which names no class, or "
            f"several ({unknown['row'].n_unique()} images like this). Write classes by their names in that table.{hint}"
        )
    return found.select("row", "class_id")


def _flags(rows: pl.DataFrame, column: str, where: str) -> pl.Series:
    """Return yes and no as booleans; an empty cell of a column that is there is no, otherwise nothing is known."""
    if not rows[column].is_not_null().any():
        return pl.Series([None] * rows.height, dtype=pl.Boolean)
    said = rows[column].fill_null(NO[0]).str.to_lowercase()
    bad = said.is_in([*YES, *NO]).not_().arg_true()
    if len(bad):
        raise InputError(
            f"{where}: {shown(rows['file_name'][bad[0]], 80)} has '{shown(rows[column][bad[0]], 60)}' under {column}; "
            f"expected one of {', '.join((*YES, *NO))}, or nothing."
        )
    return said.is_in(YES)
