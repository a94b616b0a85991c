"""Inference: what a model says about the readable images of a data set."""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import torch

from errata.errors import InputError
from errata.zoo.agreement import row_of
from errata.zoo.answers import answers, answers_table
from errata.zoo.classifier import Classifier, load_classifier
from errata.zoo.device import choose_precision, device_name, exact_float32
from errata.zoo.dummy import dummy_batches, stated_accuracy
from errata.zoo.forward import LADDERS, NotFiniteError, TooLargeError
from errata.zoo.inference import Running, run
from errata.zoo.layout import prefers_channels_last
from errata.zoo.own_device import own_device
from errata.zoo.pace import Pace
from errata.zoo.recheck import MARGIN

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
    annotated: pl.DataFrame | None = None,
    view_file: Path | str | None = None,
    images: Path | str | None = None,
    device: str = "auto",
    precision: str = "auto",
    margin: float = MARGIN,
    threads: int = 1,
) -> Predictions:
    """Run a model of the sheet on every readable image, or on those that are annotated.

    Parameters
    ----------
    model : mapping
        A row of the model sheet, the fields of `errata.sheets.Model`.
    index, targets, classes : polars.DataFrame
        The tables IMAGES, TARGETS and CLASSES.
    annotated : polars.DataFrame or None
        The table ANNOTATED: run on these images only; None: on all.
    view_file, images : path or None
        The pixels: the memory map of the model's view, or the folder or tar of the images. A dummy needs neither.
    device : str
        `auto`, `cpu` or `cuda`.
    precision : str
        `auto`, `amp` (half precision, with more exact ones in reserve) or `fp32`.
    margin : float
        Up to which difference of the two highest log-probabilities half precision's answers are computed again in
        float32, at least; 0: none are.
    threads : int
        Threads that compute on a CPU, and that read or decode images.

    Raises
    ------
    InputError
        If the model cannot be loaded (see `errata.zoo.classifier.load_classifier`), the tables do not belong
        together, the scores of an image are not finite, or a single image does not fit into memory.
    """
    torch.set_num_threads(max(1, threads))
    readable = _readable(index, targets, annotated)
    about = {**_row_notes(model), "subset": "all" if annotated is None else "annotated"}
    pace = Pace(str(model["model"]), readable.height)
    if model["source"] == "dummy":
        found = _dummy_answers(model, readable, class_count=classes.height)
        pace.advance(readable.height)
        pace.finish(how="no device")
        notes = {"precision": _precisions(found), "device": "none", "accuracy": stated_accuracy(model)}
        return Predictions(answers_table(found, readable["file_name"]), {**about, **notes})

    with own_device(device) as chosen, exact_float32():
        classifier = load_classifier(model, classes=classes, device=chosen)
        running = Running(
            device=chosen,
            precision=choose_precision(precision, chosen),
            channels_last=prefers_channels_last(str(model["architecture"]), classifier.logits, chosen),
            threads=threads,
            margin=margin,
        )
        LOG.info("%s: %s images on %s", model["model"], f"{readable.height:,}", device_name(chosen))
        with _told(model, index):
            answered = run(
                classifier, readable, index=index, view_file=view_file, images=images, running=running, pace=pace
            )
    precisions = _precisions(answered.found)
    pace.finish(how=f"{device_name(chosen)}, {' and '.join(precisions)}")
    notes = {
        **about,
        **_classifier_notes(classifier),
        "device": device_name(chosen),
        "precision": precisions,
        "tf32": False,
        "recheck": answered.rechecked and answered.rechecked.notes(),
        "fallbacks": answered.fallbacks,
        "batch": answered.batch,
        "channels_last": running.channels_last,
        "libraries": {library: version(library) for library in LIBRARIES[str(model["source"])]},
    }
    return Predictions(answers_table(answered.found, readable["file_name"]), notes)


def _readable(index: pl.DataFrame, targets: pl.DataFrame, annotated: pl.DataFrame | None) -> pl.DataFrame:
    """Return position, name and target of every readable image to run on, by position."""
    strangers = index.join(targets, on=["file_name", "position"], how="anti")
    if strangers.height or index.height != targets.height:
        raise InputError(
            f"the table of images has {index.height} images and the table of targets {targets.height}, "
            f"{strangers.height} of the former are not the same in the latter. Index the images again."
        )
    if annotated is not None:
        lost = annotated.join(index, on=["file_name", "position"], how="anti")
        if lost.height:
            raise InputError(
                f"the list of annotated images has {lost['file_name'][0]} ({lost.height} images like this), which the "
                "table of images has not, or at another position. List the annotated images again."
            )
        index = index.join(annotated, on="file_name", how="semi")
    readable = (
        index.filter(pl.col("problem").is_null())
        .join(targets.select("file_name", "target"), on="file_name", how="left")
        .select("position", "file_name", "target")
        .sort("position")
    )
    if readable.is_empty():
        raise InputError("none of the images can be read, so there is nothing to predict.")
    return readable


@contextmanager
def _told(model: Mapping[str, object], index: pl.DataFrame) -> Iterator[None]:
    """Say in the user's words what a forward pass does not survive."""
    try:
        yield
    except NotFiniteError as error:
        name = index.filter(pl.col("position") == error.place)["file_name"].item()
        raise InputError(
            f"{row_of(model)}: the scores of image {name} are not finite (NaN or infinite), in float32 too. The "
            f"weights ({model['weights']}) are damaged, or the model does not suit this view. Get them again, or leave "
            "the model out (config key models)."
        ) from error
    except TooLargeError as error:
        raise InputError(
            f"{row_of(model)}: a single image does not fit into the memory of the device. Use a larger one, or "
            "set the config key device to cpu."
        ) from error


def _dummy_answers(model: Mapping[str, object], readable: pl.DataFrame, *, class_count: int) -> dict[str, np.ndarray]:
    rows, targets = (readable[name].to_numpy().astype(np.int64) for name in ("position", "target"))
    parts = []
    done = 0
    for chosen, logits in dummy_batches(model, rows=rows, targets=targets, class_count=class_count):
        said = answers(torch.from_numpy(logits), torch.from_numpy(targets[done : done + len(chosen)]))
        parts.append({name: values.numpy() for name, values in said.items()})
        done += len(chosen)
    found = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return {**found, "precision": np.full(len(rows), "fp32")}


def _precisions(found: Mapping[str, np.ndarray]) -> dict[str, int]:
    """Return precision -> images whose answers it gave."""
    counts = Counter(found["precision"].tolist())
    return {precision: counts[precision] for precision, _ in LADDERS["amp"] if precision in counts}


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
