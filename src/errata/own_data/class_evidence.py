"""What superclasses are proposed from: vectors of classes, and the confusions of models."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from errata.classification import classify_predictions
from errata.errors import InputError
from errata.own_data.build import build
from errata.own_data.class_table import OwnClasses
from errata.own_data.labels import read_own_labels
from errata.own_data.vectors import file_names_in_order, load_own_encoder
from errata.predictions.read import Source
from errata.user_files import read_npy

PROMPT = "a photo of a {}."


@dataclass(frozen=True)
class Confusions:
    """The answers of models.

    Attributes
    ----------
    models : tuple of str
    counts : numpy.ndarray
        int64, shape (targets, predictions): images of all models together.
    """

    models: tuple[str, ...]
    counts: np.ndarray


def count_confusions(
    predictions: Sequence[Source],
    classes: Path | str | pl.DataFrame,
    labels: Path | str | pl.DataFrame,
    *,
    order: Path | str | None = None,
) -> Confusions:
    """Count how often models took one class for another, after the doctor has examined their predictions.

    Problematic images do not count, nor do answers that the labels accept as well.

    Raises
    ------
    InputError
        If the tables or the predictions cannot be used.
    """
    atlas = build(classes, labels, name="draft").atlas
    answers = classify_predictions(predictions, atlas, order=order).answers
    count = atlas.classes.height
    counts = np.zeros((count, count), dtype=np.int64)
    rows = np.flatnonzero(~atlas.images["is_problematic"].to_numpy())
    accepted = atlas.images["multi_labels"]
    for predicted in answers.predictions:
        right = accepted.list.contains(pl.Series(predicted)).to_numpy()
        used = rows[predicted[rows] >= 0]
        np.add.at(counts, (atlas.targets[used], np.where(right, atlas.targets, predicted)[used]), 1)
    return Confusions(answers.models, counts)


def read_class_vectors(
    given: Path | str | np.ndarray, classes: OwnClasses, labels: Path | str | pl.DataFrame | None = None
) -> np.ndarray:
    """Read vectors of classes, or means of the vectors of their images.

    Parameters
    ----------
    given : path or numpy.ndarray
        An array, or its file, `.npy`: a row per class in the order of the table; or, with `labels`, a row per image in
        their order (of a folder: by class folder, then by file name). Rows with NaN, of images that cannot be read, are
        left out.
    labels : path or polars.DataFrame, optional
        See `errata.own_data.labels.read_own_labels`.

    Returns
    -------
    numpy.ndarray
        float64, shape (classes, dimensions); NaN for a class without images.

    Raises
    ------
    InputError
        If it is no such array, or holds numbers that are not finite.
    """
    array = given if isinstance(given, np.ndarray) else read_npy(Path(given))
    rows, what = classes.classes.height, "classes"
    targets = np.arange(rows)
    if labels is not None:
        targets = _targets_in_order(labels, classes)
        rows, what = len(targets), "images"
    where = "vectors" if isinstance(given, np.ndarray) else given
    if array.ndim != 2 or not np.issubdtype(array.dtype, np.floating) or len(array) != rows or not array.size:
        more = " With --labels there may be a row per image." if labels is None else ""
        raise InputError(
            f"{where}: expected decimal numbers of shape ({rows:,} {what}, dimensions); found {array.dtype} of shape "
            f"{array.shape}.{more}"
        )
    broken = np.flatnonzero(~np.isfinite(array).all(axis=1))
    # a class may do without one of its images, but not without its own vector
    if labels is None and len(broken):
        raise InputError(
            f"{where}: {len(broken):,} of {rows:,} rows have a number that is NaN or infinite, first row {broken[0]} "
            "(counted from 0). Encode them again."
        )
    return class_means(array, targets, classes.classes.height)


def class_means(vectors: np.ndarray, targets: np.ndarray, count: int) -> np.ndarray:
    """Return the mean of the unit vectors of each class, NaN where there is none.

    `vectors`: shape (rows, dimensions). `targets`: class id of each row.
    """
    lengths = np.linalg.norm(vectors, axis=1)
    known = np.isfinite(lengths) & (lengths > 0)
    sums = np.zeros((count, vectors.shape[1]))
    np.add.at(sums, targets[known], vectors[known] / lengths[known, None])
    images = np.bincount(targets[known], minlength=count)[:, None]
    return np.where(images > 0, sums / np.maximum(images, 1), np.nan)


def encode_names(encoder: str, names: Sequence[str]) -> np.ndarray:
    """Encode the names of classes, as `a photo of a NAME.`, with the text encoder of a model of open_clip.

    Parameters
    ----------
    encoder : str
        A folder with `open_clip_config.json` and its weights, or `ARCHITECTURE/WEIGHTS` as open_clip calls them.

    Raises
    ------
    InputError
        If there is no such encoder, or open_clip is not installed.
    """
    prompts = [PROMPT.format(name.replace("_", " ")) for name in names]
    return load_own_encoder(encoder, device="cpu").encode_texts(prompts).numpy()


def _targets_in_order(labels: Path | str | pl.DataFrame, classes: OwnClasses) -> np.ndarray:
    """Return the class id of every image, in the order in which the labels list them."""
    table, _ = read_own_labels(labels, classes)
    in_order = file_names_in_order(labels).to_frame()
    return in_order.join(table, on="file_name", maintain_order="left")["target"].to_numpy().astype(np.int64)
