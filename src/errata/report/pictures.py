"""Small copies of a few images for the pages: which ones, and their files."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from PIL import Image

from errata.atlas.compiled import Atlas
from errata.errors import InputError
from errata.files import slug
from errata.images.decode import rgb_image
from errata.images.store import ImageStore, open_store
from errata.report.image_folder import find_image_folder
from errata.results import Results

STRIP = 12
"""Images at the top of the report."""

CANDIDATES = 6
"""Images of a class that one is chosen from."""

EXAMPLES_OF_A_CAUSE = 6

LONGEST_SIDE = 256
"""Pixels; smaller images keep their size."""

QUALITY = 90
"""Of the JPEG files; drawings have sharp edges that lower ones blur."""


@dataclass(frozen=True)
class PictureSource:
    """The images that may be shown, and how to get one.

    `images`: `file_name` and `target` of images that can be read.
    `class_names`: name of every class, in class-id order.
    `read`: file name -> the image in RGB.
    """

    images: pl.DataFrame
    class_names: tuple[str, ...]
    read: Callable[[str], Image.Image]


@dataclass(frozen=True)
class Picture:
    """An image on a page.

    `file_name`, `label`: the image and the name of its target class.
    `file`: its small copy, relative to the report's folder.
    `width`, `height`: of the copy, in pixels.
    `cause`, `confuser`: what was planted in it, and the name of the class that it leads to.
    `note`: what it shows, in words.
    """

    file_name: str
    label: str
    file: str
    width: int
    height: int
    cause: str | None = None
    confuser: str | None = None
    note: str = ""


def picture_source(atlas: Atlas, index: pl.DataFrame, store: ImageStore) -> PictureSource:
    """Return the images of `atlas` that count and can be read, from where `index` says they are in `store`.

    `index`: the table `errata.images.tables.IMAGES` of the data set.
    `store`: open as long as the source is used.
    """
    places = {
        name: (location, offset, size)
        for name, location, offset, size in index.filter(pl.col("problem").is_null())
        .select("file_name", "location", "offset", "bytes")
        .iter_rows()
    }

    def read(file_name: str) -> Image.Image:
        location, offset, size = places[file_name]
        return rgb_image(store.read(location, offset=offset, size=size))

    shown = atlas.images.filter(~pl.col("is_problematic") & pl.col("file_name").is_in(places.keys()))
    return PictureSource(shown.select("file_name", "target"), tuple(atlas.classes["name"]), read)


@contextmanager
def with_pictures(results: Results, report: Path) -> Iterator[Results]:
    """Yield the results with their pictures, if the images of the data set are among their files.

    If they are not, yield them with the places of the images in `results.image_folder`, if there is such a folder.
    `report`: where the report will be.
    """
    if "pixels" not in results.files or results.images is None:
        folder = results.image_folder
        found = None if folder is None else find_image_folder(folder, results.atlas, report=report)
        yield results if found is None else results.having(image_places=found)
        return
    with open_store(results.files["pixels"]) as store:
        yield results.having(pictures=picture_source(results.atlas, results.images, store))


def strip_pictures(source: PictureSource, planted: pl.DataFrame | None, folder: Path) -> list[Picture]:
    """Write small copies of images of different classes into `folder`, evenly among the classes.

    Where causes were planted, typical images are taken before others; among the first few of a class the one with the
    most contrast, in which something is most likely to be seen at that size.
    """
    images = _with_plants(source, planted).sort(pl.col("cause").is_not_null(), "file_name")
    classes = _evenly(images.select("target").unique().sort("target"), STRIP)
    candidates = images.join(classes, on="target", how="semi", maintain_order="left").with_columns(
        _rank=pl.int_range(pl.len()).over("target")
    )
    candidates = candidates.filter(pl.col("_rank") < CANDIDATES)
    contrast = [_contrast(source.read(name)) for name in candidates["file_name"]]
    shown = candidates.with_columns(_contrast=pl.Series(contrast, dtype=pl.Float64)).sort(
        pl.col("cause").is_not_null(), pl.col("_contrast"), "file_name", descending=[False, True, False]
    )
    return _pictures(shown.group_by("target", maintain_order=True).first().sort("target"), source, folder)


def _contrast(image: Image.Image) -> float:
    """Return the standard deviation of the brightness of a very small copy, in which noise averages out."""
    return float(np.asarray(image.convert("L").resize((32, 32), Image.Resampling.BOX), dtype=np.float64).std())


def example_pictures(source: PictureSource, planted: pl.DataFrame, folder: Path) -> dict[str, list[Picture]]:
    """Write small copies of images of every planted cause into `folder`; different classes and confusers first."""
    images = _with_plants(source, planted).filter(pl.col("cause").is_not_null()).sort("file_name")
    rank = pl.int_range(pl.len()).over("cause", "target", "confuser")
    examples = {}
    for (cause,), rows in images.with_columns(_rank=rank).partition_by("cause", as_dict=True).items():
        fresh = rows.filter(pl.col("_rank") == 0).sort("target", "confuser")
        chosen = _evenly(fresh, EXAMPLES_OF_A_CAUSE)
        more = rows.filter(pl.col("_rank") > 0).sort("_rank", "file_name").head(EXAMPLES_OF_A_CAUSE - chosen.height)
        examples[cause] = _pictures(pl.concat([chosen, more]), source, folder)
    return examples


def _with_plants(source: PictureSource, planted: pl.DataFrame | None) -> pl.DataFrame:
    images = source.images.select("file_name", "target")
    if planted is None:
        nothing = (pl.lit(None, dtype).alias(name) for name, dtype in (("cause", pl.String), ("confuser", pl.Int16)))
        return images.with_columns(*nothing, pl.lit("").alias("note"))
    strange = planted.filter(pl.col("confuser") >= len(source.class_names))
    if not strange.is_empty():
        name, confuser = strange.select("file_name", "confuser").row(0)
        raise InputError(
            f"Table of planted causes: image '{name}' has the confuser {confuser}; the data set has the classes 0 to "
            f"{len(source.class_names) - 1}. Correct the table."
        )
    return images.join(planted.select("file_name", "cause", "confuser", "note"), on="file_name", how="inner")


def _evenly(rows: pl.DataFrame, number: int) -> pl.DataFrame:
    """Select `number` rows at equal distances."""
    if rows.height <= number:
        return rows
    return rows[[round(step * (rows.height - 1) / (number - 1)) for step in range(number)]]


def _pictures(rows: pl.DataFrame, source: PictureSource, folder: Path) -> list[Picture]:
    return [_picture(row, source, folder) for row in rows.iter_rows(named=True)]


def _picture(row: dict, source: PictureSource, folder: Path) -> Picture:
    image = source.read(row["file_name"])
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    path = folder / f"{slug(row['file_name'])}.jpg"
    image.save(path, format="JPEG", quality=QUALITY, subsampling=0)
    confuser = None if row["confuser"] is None else source.class_names[row["confuser"]]
    return Picture(
        file_name=row["file_name"],
        label=source.class_names[row["target"]],
        file=f"{folder.name}/{path.name}",
        width=image.width,
        height=image.height,
        cause=row["cause"],
        confuser=confuser,
        note=row["note"],
    )
