"""The images that a model's page shows first: its most severe mistakes, those first that few other models make."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

import polars as pl
from PIL import Image

from errata.files import slug
from errata.profiles.answers import MODELS_PER_CHUNK
from errata.report.page import explorer_link
from errata.report.pictures import PictureSource
from errata.report.style import LOOKS, STACK, CategoryLook
from errata.results import Results

FIRST_IMAGES = 12

CANDIDATES = 12
"""So many times as many mistakes are looked at, to find some of different classes."""

MOST_MODELS = 2**20
"""More models than a report can have, so that severity goes before the number of models."""

MOST_COPIES = 600
"""About 3 MB."""

COPY_SIDE = 144
"""Pixels of a copy's longer side: twice what a tile shows."""


@dataclass(frozen=True)
class ShownImage:
    """A mistake of a model: image, names of target and prediction, look of the category, address of the evidence.

    `wrong`: how many models are wrong about the image, None for a single model.
    `picture`: the address of a picture of it from the report's folder; empty where there is none.
    """

    file_name: str
    target: str
    prediction: str
    look: CategoryLook
    link: str
    wrong: int | None
    picture: str = ""


def first_images(results: Results, *, number: int = FIRST_IMAGES) -> dict[str, list[ShownImage]]:
    """Return the mistakes to look at first, by model: of every model `number`, of different target classes.

    The most severe category comes first; within it, the images that the fewest models are wrong about, then images
    from all over the data set. Nothing without the table of errors or the atlas.
    """
    if results.errors is None or "atlas" not in results.files:
        return {}
    models = results.profile["model"].unique(maintain_order=True).to_list()
    names = dict(results.atlas.classes.select("class_id", "name").iter_rows())
    shown: dict[str, list[ShownImage]] = {}
    # all errors of many models would take much memory
    for start in range(0, len(models), MODELS_PER_CHUNK):
        for row in _chosen(results, models[start : start + MODELS_PER_CHUNK], number).iter_rows(named=True):
            shown.setdefault(row["model"], []).append(_shown(row, names, several=len(models) > 1))
    return shown


def _chosen(results: Results, models: list[str], number: int) -> pl.DataFrame:
    """Return the rows of the table of errors, with `kind` and `wrong`, of the mistakes to show of some models."""
    severity = {name: place for place, name in enumerate(STACK)}
    kind = pl.coalesce(pl.format("provisional_{}", "provisional_category"), "category")
    errors = results.errors.filter(pl.col("model").is_in(models)).with_columns(kind=kind)
    # a multiplication modulo a prime takes neighbours apart, the same way each time
    spread = (pl.col("position").cast(pl.Int64) * 48_271) % 2_147_483_647
    severe = pl.col("kind").replace_strict(severity, default=-1, return_dtype=pl.Int64)
    order = (pl.col("wrong").fill_null(0).cast(pl.Int64) - severe * MOST_MODELS) * 2**31 + spread
    return (
        errors.join(_difficulty(results), on="file_name", how="left")
        .with_columns(order=order)
        .group_by("model")
        .agg(pl.all().bottom_k_by("order", CANDIDATES * number))
        .explode(pl.all().exclude("model"))
        .sort("model", "order")
        .unique(["model", "target"], keep="first", maintain_order=True)
        .group_by("model", maintain_order=True)
        .head(number)
        .collect()
    )


def _difficulty(results: Results) -> pl.LazyFrame:
    """Return how many models are wrong about each image, and the image's rank in the data set."""
    images = results.atlas.images.lazy().select("file_name", "position")
    if results.mistakes is None:
        return images.with_columns(wrong=pl.lit(None, pl.Int32))
    return images.join(results.mistakes.difficulty.lazy().select("file_name", "wrong"), on="file_name", how="left")


def _shown(row: Mapping, names: Mapping[int, str], *, several: bool) -> ShownImage:
    link = explorer_link(model=row["model"], image=row["file_name"], answer=row["predicted_class"])
    target, prediction = (names.get(row[name], str(row[name])) for name in ("target", "predicted_class"))
    wrong = row["wrong"] if several else None
    return ShownImage(row["file_name"], target, prediction, LOOKS[row["kind"]], link, wrong)


def with_pictures(
    images: Mapping[str, list[ShownImage]], results: Results, folder: Path
) -> dict[str, list[ShownImage]]:
    """Return the images with the addresses of their pictures.

    These are small copies, written into `folder`, if the images of the data set may be shown (`results.pictures`), else
    the files of the user's own folder (`results.image_places`), if there is one.
    """
    names = list(dict.fromkeys(image.file_name for shown in images.values() for image in shown))
    if results.pictures is not None:
        addresses = _copies(names, results.pictures, folder)
    elif results.image_places is not None:
        addresses = _places(names, results)
    else:
        return dict(images)
    return {
        model: [replace(image, picture=addresses.get(image.file_name, "")) for image in shown]
        for model, shown in images.items()
    }


def _copies(names: Sequence[str], source: PictureSource, folder: Path) -> dict[str, str]:
    known = set(source.images["file_name"])
    copied = [name for name in names if name in known][:MOST_COPIES]
    folder.mkdir(exist_ok=True)
    for file_name in copied:
        picture = source.read(file_name)
        picture.thumbnail((COPY_SIDE, COPY_SIDE), Image.Resampling.BICUBIC)
        picture.save(folder / f"{slug(file_name)}.jpg", format="JPEG", quality=75)
    return {name: f"{folder.name}/{slug(name)}.jpg" for name in copied}


def _places(names: Sequence[str], results: Results) -> dict[str, str]:
    wanted = results.image_places.places.filter(pl.col("file_name").is_in(names)).join(
        results.atlas.images.select("file_name", wnid=pl.lit(results.atlas.classes["wnid"]).gather(pl.col("target"))),
        on="file_name",
    )
    return {
        name: results.image_places.base + quote(pattern.replace("{stem}", Path(name).stem).replace("{wnid}", wnid))
        for name, pattern, wnid in wanted.select("file_name", "pattern", "wnid").iter_rows()
    }
