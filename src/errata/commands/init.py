"""Begin the tables of a data set of one's own."""

import argparse
from pathlib import Path

import polars as pl

from errata.errors import InputError, listed
from errata.files import atomic_write
from errata.images.match import is_image_name
from errata.images.store import open_store
from errata.labels.targets import class_folders
from errata.tables import csv_text

CLASSES, LABELS = "classes.csv", "labels.csv"


def init(options: argparse.Namespace) -> int:
    """Write `classes.csv` and `labels.csv` for a folder of images."""
    classes, labels = tables_of(options.images)
    existing = [name for name in (CLASSES, LABELS) if (options.out / name).exists()]
    if existing:
        raise InputError(f"{options.out}: there is {listed(existing)} already. Name another folder with --out.")
    for name, table in ((CLASSES, classes), (LABELS, labels)):
        with atomic_write(options.out / name) as temporary:
            temporary.write_text(csv_text(table), encoding="utf-8")
    many = "1 class" if classes.height == 1 else f"{classes.height:,} classes"
    print(f"{options.out / CLASSES}: {many}. Put the rows into the order of your model's outputs.")
    print("  superclass  classes that share one are confused for good reason: fine-grained errors")
    print("              (errata classes propose drafts them)")
    print("  overlaps    names of classes whose answer is right as well, separated by ;")
    print("  group       a statistic of its own for each group; leave it empty if there is none")
    print(f"{options.out / LABELS}: {labels.height:,} {'image' if labels.height == 1 else 'images'}.")
    print("  label       what the image was collected for")
    print("  labels      everything that it shows, separated by ;, the label first")
    print("Leave empty what you do not know: it is undefined then, not zero. When they are complete:")
    print(f"  errata atlas build --classes {options.out / CLASSES} --labels {options.out / LABELS} --out my.parquet")
    return 0


def tables_of(folder: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the tables of classes and labels to begin with.

    Raises InputError if the folder holds no image.
    """
    with open_store(folder) as store:
        names = store.list_files().filter(is_image_name("location"))["location"]
    if not len(names):
        raise InputError(f"{folder}: expected images, in a folder per class or all in one; found none.")
    empty = pl.lit(None, pl.String)
    if names.str.contains("/", literal=True).any():
        rows = class_folders(folder).sort("file_name")
        labels = rows.select("file_name", "label", labels=empty)
        known = rows["label"].unique().sort()
    else:
        labels = names.sort().to_frame("file_name").with_columns(label=empty, labels=empty)
        known = pl.Series([], dtype=pl.String)
    columns = ("superclass", "overlaps", "group", "synonyms", "wnid")
    return known.to_frame("name").with_columns(empty.alias(name) for name in columns), labels
