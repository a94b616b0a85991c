"""Vectors of images and names for a data set of one's own: made by an encoder of open_clip, or given."""

import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from errata.classes.wordnet import spoken
from errata.errors import InputError, listed, reason, shown
from errata.files import atomic_write
from errata.labels.tables import TARGETS
from errata.labels.targets import class_folders
from errata.openworld.prompts import distinct_prompts
from errata.openworld.vectors import read_vectors
from errata.own_data.class_table import OwnClasses, read_own_table
from errata.provenance import file_and_hash
from errata.user_files import Archive, read_npy

if TYPE_CHECKING:
    from errata.inference.encoder import Encoder


UNIT = 1e-6
"""How far the length of a vector that an encoder made of length one may be from it, as float32 rounds."""

SAME_VECTOR = 1e-3
"""How far numbers of two vectors of the same name may be apart: encoders round as a batch's size has it."""


@dataclass(frozen=True)
class ImageVectors:
    """Unit vectors of images.

    Attributes
    ----------
    vectors : numpy.ndarray
        float32, shape (images, dimensions); NaN where an image cannot be read.
    inputs : mapping
        What they come from, as provenance.
    classes : numpy.ndarray or None
        Of training images: class ids.
    names : polars.Series or None
        Of training images: file names; None where they are not known.
    """

    vectors: np.ndarray
    inputs: dict[str, str]
    classes: np.ndarray | None = None
    names: pl.Series | None = None


@dataclass(frozen=True)
class GivenNames:
    """Vectors of names that were given, in place of an encoder.

    `rows`: name as `errata.classes.wordnet.spoken` writes it -> row of `vectors`, float32 of unit length.
    """

    path: Path
    vectors: np.ndarray
    rows: Mapping[str, int]
    notes: Mapping[str, object] = field(default_factory=dict)


def load_own_encoder(encoder: str | Path, *, device: str) -> "Encoder":
    """Load an encoder: a folder with `open_clip_config.json` and its weights, or `ARCHITECTURE/WEIGHTS` of open_clip.

    `device`: `cpu`, or `auto` for the first GPU if there is one.

    Raises
    ------
    InputError
        If there is no such encoder, or open_clip is not installed.
    """
    architecture, slash, weights = str(encoder).partition("/")
    if Path(encoder).is_dir():
        given = {"name": Path(encoder).absolute().name, "folder": str(encoder)}
    elif slash and weights and "/" not in weights:
        given = {"name": str(encoder), "architecture": architecture, "weights": weights}
    else:
        raise InputError(
            f"{encoder}: expected a folder with the files of an encoder, or ARCHITECTURE/WEIGHTS as open_clip calls "
            "them, such as ViT-B-32/laion2b_s34b_b79k."
        )
    try:
        # torch and open_clip, which the package itself does without
        from errata.inference.device import choose_device
        from errata.inference.encoder import load_encoder
    except ModuleNotFoundError as error:
        raise InputError(f"--encoder needs {error.name}: install errata[pipeline], or give vectors.") from error
    return load_encoder(given, device=choose_device(device))


def read_name_vectors(path: Path) -> GivenNames:
    """Read vectors of names: a `.npz` with `names`, text, and `vectors`, a row for each.

    Raises
    ------
    InputError
        If it lacks one of them, they do not fit together, a vector is zero or not finite, or a name has two vectors.
    """
    names, array = _arrays(path, "names")
    vectors = unit_vectors(array, where=path, rows=len(names), what="names")
    broken = np.flatnonzero(np.isnan(vectors).any(axis=1))
    if len(broken):
        raise InputError(
            f"{path}: the vector of '{shown(names[int(broken[0])], 60)}' is zero or not finite ({len(broken):,} like "
            "this). Encode the names again."
        )
    rows: dict[str, int] = {}
    for row, name in enumerate(names):
        key = spoken(unicodedata.normalize("NFC", name))
        if key in rows and not np.allclose(vectors[rows[key]], vectors[row], atol=SAME_VECTOR):
            raise InputError(
                f"{path}: '{shown(name, 60)}' is listed more than once, with different vectors. Capitals and "
                "underscores tell no names apart. Keep one."
            )
        rows[key] = row
    return GivenNames(path, vectors, rows)


def name_vectors(source: "Encoder | GivenNames", prompts: pl.DataFrame) -> np.ndarray:
    """Return the vectors of the distinct prompts of a table `errata.openworld.tables.PROMPTS`, by `text_row`."""
    if not isinstance(source, GivenNames):
        return source.encode_texts(distinct_prompts(prompts)).cpu().numpy()
    first = prompts.unique("text_row").sort("text_row")["lemma"]
    missing = [name for name in first if spoken(name) not in source.rows]
    if missing:
        raise InputError(
            f"{source.path}: lacks the vector of {len(missing):,} of {len(first):,} names ({listed(missing, 3)}). "
            "Encode them: all names and synonyms of the classes, and all of the open world."
        )
    return source.vectors[[source.rows[spoken(name)] for name in first]]


def image_vectors(
    given: Path | str | np.ndarray,
    table: pl.DataFrame,
    labels: Path | str | pl.DataFrame,
    encoder: "Encoder | GivenNames",
) -> ImageVectors:
    """Return the vectors of labelled images.

    Parameters
    ----------
    given : path or numpy.ndarray
        The folder or tar with the images; or vectors, or their file, `.npy`, a row per image in the order of the labels
        (of a folder: by class folder, then by file name).
    table : polars.DataFrame
        The table `errata.labels.tables.LABELS`.
    labels : path or polars.DataFrame
        What it was read from.
    encoder : Encoder or GivenNames

    Raises
    ------
    InputError
        If an image has no file, or the vectors are not as many as the images.
    """
    if not isinstance(given, np.ndarray) and Path(given).suffix.lower() != ".npy":
        vectors, origin = _encoded(given, table.select(*TARGETS.columns), encoder, option="--images")
        return ImageVectors(vectors, origin)
    is_file = not isinstance(given, np.ndarray)
    array = read_npy(Path(given)) if is_file else given
    vectors = unit_vectors(array, where=given if is_file else "images", rows=table.height, what="images")
    order = file_names_in_order(labels).to_frame().with_row_index("row")
    rows = table.join(order, on="file_name", how="left", maintain_order="left")["row"].to_numpy()
    return ImageVectors(vectors[rows], file_and_hash(Path(given)) if is_file else {})


def train_vectors(given: Path | str, known: OwnClasses, encoder: "Encoder | GivenNames") -> ImageVectors:
    """Return the vectors of training images: of a folder or tar with a folder per class, or given.

    A `.npz` has `vectors` and, for each, the name of its class in `classes`; `files`, file names, may be there.

    Raises
    ------
    InputError
        If a class is none of the known ones, or the file lacks an array or has one that does not fit.
    """
    path = Path(given)
    if path.suffix.lower() == ".npz":
        words, array = _arrays(path, "classes")
        classes = _class_ids(words, known, where=path)
        vectors = unit_vectors(array, where=path, rows=len(words), what="classes")
        archive = Archive(path)
        names = _words(archive, "files", path) if "files" in archive else None
        if names is not None and len(names) != len(words):
            raise InputError(
                f"{path}: expected a name in 'files' for each of {len(words):,} vectors; found {len(names):,}."
            )
        return ImageVectors(vectors, file_and_hash(path), classes, names)
    images = class_folders(path).sort("file_name").with_row_index("position")
    targets = images.with_columns(target=pl.Series(_class_ids(images["label"], known, where=path))).select(
        pl.col(name).cast(column.dtype) for name, column in TARGETS.columns.items()
    )
    vectors, origin = _encoded(path, targets, encoder, option="--train")
    return ImageVectors(vectors, origin, targets["target"].to_numpy(), targets["file_name"])


def save_vectors(
    folder: Path,
    images: ImageVectors,
    train: ImageVectors | None,
    *,
    table: pl.DataFrame,
    labels: Path | str | pl.DataFrame,
    known: OwnClasses,
) -> None:
    """Write vectors into a folder, as `image_vectors` and `train_vectors` read them: `images.npy` and `train.npz`."""
    order = file_names_in_order(labels).to_frame().join(table, on="file_name", how="left", maintain_order="left")
    with atomic_write(folder / "images.npy") as temporary, temporary.open("wb") as stream:
        np.save(stream, images.vectors[order["position"].to_numpy()], allow_pickle=False)
    if train is not None:
        classes = known.classes["name"].to_numpy().astype(str)[train.classes]
        files = {} if train.names is None else {"files": train.names.to_numpy().astype(str)}
        with atomic_write(folder / "train.npz") as temporary, temporary.open("wb") as stream:
            np.savez(stream, vectors=train.vectors, classes=classes, **files)


def file_names_in_order(labels: Path | str | pl.DataFrame) -> pl.Series:
    """Return the file names of the images in the order in which the labels list them."""
    if isinstance(labels, pl.DataFrame):
        listed_there = labels
    elif Path(labels).is_dir():
        listed_there = class_folders(Path(labels)).sort("label", "file_name")
    else:
        listed_there = read_own_table(labels)
    return listed_there["file_name"].cast(pl.String).str.strip_chars()


def unit_vectors(array: np.ndarray, *, where: object, rows: int, what: str) -> np.ndarray:
    """Return vectors as float32 of unit length, NaN where one is zero or not finite.

    Raises
    ------
    InputError
        If they are no such array.
    """
    if array.ndim != 2 or not np.issubdtype(array.dtype, np.floating) or len(array) != rows or not array.size:
        raise InputError(
            f"{where}: expected decimal numbers of shape ({rows:,} {what}, dimensions); found {array.dtype} of shape "
            f"{array.shape}."
        )
    with np.errstate(all="ignore"):
        vectors = array.astype(np.float32)
        # summed in double precision without a copy in it
        lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64))
        # dividing again would change what was saved
        lengths[np.abs(lengths - 1) < UNIT] = 1
        vectors /= lengths[:, None].astype(np.float32)
    vectors[~np.isfinite(vectors).all(axis=1)] = np.nan
    return vectors


def _encoded(
    root: Path | str, targets: pl.DataFrame, encoder: "Encoder | GivenNames", *, option: str
) -> tuple[np.ndarray, dict[str, str]]:
    """Encode all images of a folder or tar; NaN where one cannot be read."""
    if Path(root).suffix.lower() in (".npy", ".npz"):
        vectors = "one array, .npy" if option == "--images" else "a .npz with vectors and classes"
        raise InputError(f"{option} {root}: expected a folder or tar of images, or their vectors: {vectors}.")
    if isinstance(encoder, GivenNames):
        raise InputError(f"{option} {root}: images need an encoder. Give one with --encoder, or their vectors.")
    # Pillow and torch
    from errata.images.index import index_images
    from errata.openworld.embeddings import embed_images

    threads = os.cpu_count() or 1
    index, origin = index_images(root, targets, threads=threads)
    with TemporaryDirectory(prefix="errata-") as folder:
        path = Path(folder) / "vectors.npy"
        embed_images(encoder, index, path, images=root, threads=threads)
        return np.array(read_vectors(path, rows=index.height, what="images")), origin


def _arrays(path: Path, name: str) -> tuple[pl.Series, np.ndarray]:
    """Read one array of words and `vectors` of an archive."""
    archive = Archive(path)
    for each in (name, "vectors"):
        if each not in archive:
            raise InputError(f"{path}: expected the arrays {name} and vectors; found {listed(archive)}.")
    return _words(archive, name, path), archive["vectors"]


def _words(archive: Archive, name: str, path: Path) -> pl.Series:
    """Read an array of text, or of numbers that stand for it."""
    array = archive[name].ravel()
    if array.dtype.kind not in "USiu":
        raise InputError(f"{path}: expected text in '{name}', found {array.dtype}.")
    try:
        return pl.Series(np.char.decode(array, "utf-8") if array.dtype.kind == "S" else array.astype(str))
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: expected text in UTF-8 in '{name}', found other bytes ({reason(error)}).") from error


def _class_ids(words: pl.Series, known: OwnClasses, *, where: Path) -> np.ndarray:
    # as the table of classes spells them
    found = (
        words.alias("word")
        .str.normalize("NFC")
        .str.strip_chars()
        .to_frame()
        .join(known.words, on="word", how="left", maintain_order="left")
    )
    unknown = found.filter(pl.col("class_id").is_null())["word"].unique(maintain_order=True)
    if len(unknown):
        raise InputError(
            f"{where}: has training images of {listed(unknown, 3)}, which no class is called. Leave them out, or call "
            "them as the class is called."
        )
    return found["class_id"].to_numpy()
