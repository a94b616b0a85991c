"""Small copies of the most difficult images, where they may be shown."""

from pathlib import Path

import polars as pl
from PIL import Image

from errata.report.pictures import PictureSource

MOST_PICTURES = 1_200
"""About 7 MB."""

LONGEST_SIDE = 192
QUALITY = 75


def write_pictures(source: PictureSource, images: pl.DataFrame, difficulty: pl.DataFrame, folder: Path) -> list[int]:
    """Write small copies of images into `folder`, named by their row, and return these rows.

    Parameters
    ----------
    source : PictureSource
    images : polars.DataFrame
        `file_name`, in the explorer's order.
    difficulty : polars.DataFrame
        The table `errata.mistakes.tables.DIFFICULTY`, most difficult first; with more than `MOST_PICTURES`, the first
        ones are shown.
    """
    shown = (
        difficulty.join(source.images.select("file_name"), on="file_name", how="semi", maintain_order="left")
        .head(MOST_PICTURES)
        .join(images.select("file_name").with_row_index("row"), on="file_name")
        .sort("row")
    )
    folder.mkdir()
    for row, file_name in shown.select("row", "file_name").iter_rows():
        picture = source.read(file_name)
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BICUBIC)
        picture.save(folder / f"{row}.jpg", format="JPEG", quality=QUALITY)
    return shown["row"].to_list()
