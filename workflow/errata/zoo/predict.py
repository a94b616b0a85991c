"""Inference: what a model says about every readable image of a data set."""

import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import torch

from errata.input_error import InputError
from errata.zoo.agreement import row_of
from errata.zoo.answers import answers
from errata.zoo.classifier import Classifier, load_classifier
from errata.zoo.device import choose_device, choose_precision, device_name, first_batch
from errata.zoo.dummy import dummy_batches, stated_accuracy
from errata.zoo.forward import Forward, NotFiniteError, TooLargeError
from errata.zoo.pace import Pace
from errata.zoo.pixels import Batches, pixel_batches

LOG = logging.getLogger(__name__)

LIBRARIES = {
    "timm": ("timm", "torch"),
    "torchvision": ("torch", "torchvision"),
    "open_clip": ("open_clip_torch", "torch"),
    "checkpoint": ("timm", "torch"),
}
"""Which versions the predictions carry, by the model's source."""


@dataclass(frozen=True)
class Predictions:
    """What a model says, and how that came about.

    Attributes
    ----------
    rows : polars.DataFrame
        The table PREDICTIONS, in the order of the images.
    notes : dict
        The model's row, weights, device, precision, fall-backs, versions. JSON types only; no times and no paths.
    """

    rows: pl.DataFrame
    notes: Mapping[str, Any] = field(default_factory=dict)


def predict(
    model: Mapping[str, object],
    *,
    index: pl.DataFrame,
    targets: pl.DataFrame,
    classes: pl.DataFrame,
    view_file: Path | str | None = None,
    images: Path | str | None = None,
    device: str = "auto",
    precision: str = "auto",
    channels_last: bool = False,
    threads: int = 1,
) -> Predictions:
    """Run a model of the sheet on every readable image.

    Parameters
    ----------
    model : mapping
        A row of the model sheet, the fields of `errata.sheets.Model`.
    index, targets, classes : polars.DataFrame
        The tables IMAGES, TARGETS and CLASSES.
    view_file, images : path or None
        The pixels: the memory map of the model's view, or the folder or tar of the images. A dummy needs neither.
    device : str
        `auto`, `cpu` or `cuda`.
    precision : str
        `auto`, `amp` (half precision, with more exact ones in reserve) or `fp32`.
    channels_last : bool
        Run with channels innermost in memory, which helps most convolutional networks on a GPU and hurts some.
    threads : int
        Threads that compute on a CPU, and that decode images.

    Raises
    ------
    InputError
        If the model cannot be loaded (see `errata.zoo.classifier.load_classifier`), the tables do not belong
        together, the scores of an image are not finite, or a single image does not fit into memory.
    """
    torch.set_num_threads(max(1, threads))
    readable = _readable(index, targets)
    pace = Pace(str(model["model"]), readable.height)
    if model["source"] == "dummy":
        notes = {"precision": {"fp32": readable.height}, "device": "none", "accuracy": stated_accuracy(model)}
        batches = _dummy_logits(model, readable, class_count=classes.height)
        rows = _collect(batches, readable, pace=pace)
        pace.finish(how="no device")
        return Predictions(rows, {**_row_notes(model), **notes})

    chosen_device = choose_device(device)
    chosen_precision = choose_precision(precision, chosen_device)
    classifier = load_classifier(model, classes=classes, device=chosen_device)
    batch = first_batch(classifier.view.crop, chosen_device)
    forward = Forward(
        classifier, device=chosen_device, precision=chosen_precision, batch=batch, channels_last=channels_last
    )
    LOG.info(
        "%s: %s images on %s, %d at a time", model["model"], f"{readable.height:,}", device_name(chosen_device), batch
    )
    pixels = pixel_batches(
        view_file=view_file,
        images=images,
        index=index,
        view=classifier.view,
        batch=batch,
        threads=threads,
        pinned=chosen_device.type == "cuda",
    )
    batches = _logits(forward, pixels, index=index, model=model, pace=pace)
    rows = _collect(batches, readable, pace=pace)
    pace.finish(how=f"{device_name(chosen_device)}, {' and '.join(forward.images_at)}")
    notes = {
        **_row_notes(model),
        **_classifier_notes(classifier),
        "device": device_name(chosen_device),
        "precision": dict(forward.images_at),
        "fallbacks": forward.fallbacks,
        "batch": batch,
        "channels_last": channels_last,
        "libraries": {library: version(library) for library in LIBRARIES[str(model["source"])]},
    }
    return Predictions(rows, notes)


def _readable(index: pl.DataFrame, targets: pl.DataFrame) -> pl.DataFrame:
    """Return position, name and target of every readable image, by position."""
    strangers = index.join(targets, on=["file_name", "position"], how="anti")
    if strangers.height or index.height != targets.height:
        raise InputError(
            f"the table of images has {index.height} images and the table of targets {targets.height}, "
            f"{strangers.height} of the former are not the same in the latter. Index the images again."
        )
    readable = (
        index.filter(pl.col("problem").is_null())
        .join(targets.select("file_name", "target"), on="file_name", how="left")
        .select("position", "file_name", "target")
        .sort("position")
    )
    if readable.is_empty():
        raise InputError("none of the images can be read, so there is nothing to predict.")
    return readable


def _logits(
    forward: Forward, pixels: Batches, *, index: pl.DataFrame, model: Mapping[str, object], pace: Pace
) -> Iterator[tuple[np.ndarray, torch.Tensor]]:
    """Yield rows and logits of every batch of pixels, and clock the waiting."""
    while True:
        asked = time.perf_counter()
        rows, values = next(pixels, (None, None))
        pace.waited(time.perf_counter() - asked)
        if rows is None or values is None:
            return
        try:
            yield rows, forward(values)
        except NotFiniteError as error:
            name = index.filter(pl.col("position") == int(rows[error.place]))["file_name"].item()
            raise InputError(
                f"{row_of(model)}: the scores of image {name} are not finite (NaN or infinite), in float32 too. The "
                "weights are damaged, or the model does not suit this view."
            ) from error
        except TooLargeError as error:
            raise InputError(
                f"{row_of(model)}: a single image does not fit into the memory of the device. Use a larger one, or "
                "set the config key device to cpu."
            ) from error


def _dummy_logits(
    model: Mapping[str, object], readable: pl.DataFrame, *, class_count: int
) -> Iterator[tuple[np.ndarray, torch.Tensor]]:
    rows, targets = (readable[name].to_numpy().astype(np.int64) for name in ("position", "target"))
    for chosen, logits in dummy_batches(model, rows=rows, targets=targets, class_count=class_count):
        yield chosen, torch.from_numpy(logits)


def _collect(batches: Iterator[tuple[np.ndarray, torch.Tensor]], readable: pl.DataFrame, *, pace: Pace) -> pl.DataFrame:
    """Turn logits into rows, one for every readable image, in their order."""
    parts = []
    done = 0
    for rows, logits in batches:
        expected = readable[done : done + len(rows)]
        if expected["position"].to_list() != rows.tolist():
            raise AssertionError(f"pixels of rows {rows[:3]}... came where {expected['position'][:3]}... were due")
        targets = torch.from_numpy(expected["target"].to_numpy().astype(np.int64)).to(logits.device)
        parts.append(answers(logits, targets, file_names=expected["file_name"]))
        done += len(rows)
        pace.advance(len(rows))
    if done != readable.height:
        raise AssertionError(f"{done} of {readable.height} readable images were predicted")
    return pl.concat(parts)


def _row_notes(model: Mapping[str, object]) -> dict[str, Any]:
    return {
        name: Path(str(model[name])).name if name == "weights" else model[name]
        for name in ("model", "source", "architecture", "weights", "size", "vocabulary", "view")
    }


def _classifier_notes(classifier: Classifier) -> dict[str, Any]:
    return {
        "revision": classifier.revision,
        "mean": list(classifier.mean),
        "std": list(classifier.std),
        **classifier.notes,
    }
