"""Run a model on the readable images of a data set."""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import torch

from errata.errors import InputError
from errata.inference.device import (
    choose_precision,
    device_name,
    exact_float32,
    first_batch,
    own_device,
    prefers_channels_last,
)
from errata.inference.downloads import HubFile, UrlFile
from errata.inference.forward import LADDERS, Forward, NotFiniteError, TooLargeError, overlapped
from errata.inference.pixels import pixel_batches
from errata.inference.progress import Progress
from errata.models import Model
from errata.zoo.answers import LEAST, MARGIN, Recheck, answers, answers_table, recheck
from errata.zoo.classifier import Classifier
from errata.zoo.dummy import dummy_answers, stated_accuracy

FP32_SHARE = 0.5
"""Part of a half-precision batch that is tried at once in float32, at most."""


@dataclass(frozen=True)
class Running:
    """How to run a classifier.

    `precision`: `amp` or `fp32`.
    `channels_last`: whether channels are innermost in memory.
    `threads`: threads that read or decode.
    `margin`: up to which difference of log-probabilities half precision's answers are computed again, see
        `errata.zoo.answers`; 0: none.
    `batch`: images of the first batch; None: by their size and the device.
    """

    device: torch.device
    precision: str
    channels_last: bool = False
    threads: int = 1
    margin: float = MARGIN
    batch: int | None = None


@dataclass(frozen=True)
class Answered:
    """Predictions as arrays, and how they were computed.

    `found`: what `errata.zoo.answers.answers` returns, one row per image, in their order; and `precision`.
    `rechecked`: None if all was computed in float32, or nothing was to be computed again.
    `batch`: images of the first batch.
    `fallbacks`: fallbacks, in words.
    """

    found: Mapping[str, np.ndarray]
    rechecked: Recheck | None
    batch: int
    fallbacks: list[str]


def run(
    classifier: Classifier,
    readable: pl.DataFrame,
    *,
    index: pl.DataFrame,
    view_file: Path | str | None,
    images: Path | str | None,
    running: Running,
    progress: Progress,
    allowed: np.ndarray | None = None,
) -> Answered:
    """Run a classifier on images.

    `readable`: `position` and `target` of the images, by position.
    `index`: the table IMAGES.
    `view_file`, `images`: where the pixels are, see `errata.inference.pixels`.
    `allowed`: bool, shape (classes,): the classes to answer among; None: all.
    Raises NotFiniteError if logits are not finite at any precision; `place` is the image's position.
    Raises TooLargeError if a single image does not fit into memory.
    """
    device = running.device
    rows = readable["position"].to_numpy().astype(np.int64)
    targets = readable["target"].to_numpy().astype(np.int64)
    pixels = partial(
        pixel_batches,
        view_file=view_file,
        images=images,
        index=index,
        view=classifier.view,
        threads=running.threads,
        pinned=device.type == "cuda",
    )
    prepared = partial(Forward, classifier, device=device, channels_last=running.channels_last)
    batch = min(running.batch or first_batch(classifier.view.crop, device), len(rows))
    forward = prepared(precision=running.precision, batch=batch)
    found = _pass(
        forward,
        pixels(batch=batch, rows=rows),
        rows=rows,
        targets=targets,
        device=device,
        progress=progress,
        allowed=allowed,
    )

    # as many as are computed again at least, so that few batches are filled up
    share = max(1, min(LEAST, int(forward.limit * FP32_SHARE)))
    precise = prepared(precision="fp32", batch=share)

    def exact(places: np.ndarray) -> dict[str, np.ndarray]:
        return _pass(
            precise,
            pixels(batch=share, rows=rows[places]),
            rows=rows[places],
            targets=targets[places],
            rivals=found["top_classes"][places, :2],
            device=device,
            progress=Progress("close calls", len(places)),
            allowed=allowed,
        )

    final, rechecked = recheck(found, margin=running.margin, exact=exact)
    return Answered(final, rechecked, batch, forward.fallbacks + [f"fp32: {note}" for note in precise.fallbacks])


def _pass(
    forward: Forward,
    batches: object,
    *,
    rows: np.ndarray,
    targets: np.ndarray,
    device: torch.device,
    progress: Progress,
    rivals: np.ndarray | None = None,
    allowed: np.ndarray | None = None,
) -> dict[str, np.ndarray]:
    """Return the answers about all images of `batches`, which must be those of `rows`.

    With `allowed`, bool of shape (classes,), answers are among these classes.
    With `rivals`, int64 of shape (images, 2), also `gap`: by how much the first's logit exceeds the second's.
    """
    # copied before the first batch, as a copy from ordinary memory waits for all the work of the GPU
    there = torch.from_numpy(targets).to(device)
    pair = None if rivals is None else torch.from_numpy(rivals).to(device)

    among = None if allowed is None else torch.from_numpy(allowed).to(device)

    def answer(logits: torch.Tensor, place: slice) -> dict[str, torch.Tensor]:
        said = answers(logits, there[place], allowed=among)
        if pair is not None:
            first, second = logits.gather(1, pair[place]).unbind(dim=1)
            said["gap"] = first - second
        return said

    parts = []
    done = 0
    for came, said in overlapped(forward, batches, answer, progress=progress):
        if not np.array_equal(came, rows[done : done + len(came)]):
            raise AssertionError(f"pixels of rows {came[:3]}... came where {rows[done : done + 3]}... were due")
        parts.append(said)
        done += len(came)
    if done != len(rows):
        raise AssertionError(f"{done} of {len(rows)} readable images were predicted")
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


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
    """Predictions of a model, and how they were computed.

    `rows`: the table PREDICTIONS, in the order of the images.
    `notes`: the model's row, weights, device, precision, fall-backs, versions. JSON types only; no times and no paths.
    """

    rows: pl.DataFrame
    notes: Mapping[str, Any] = field(default_factory=dict)


def predict(
    model: Model,
    *,
    index: pl.DataFrame,
    targets: pl.DataFrame,
    classes: pl.DataFrame,
    annotated: pl.DataFrame | None = None,
    own_classes: bool = False,
    view_file: Path | str | None = None,
    images: Path | str | None = None,
    device: str = "auto",
    precision: str = "auto",
    margin: float = MARGIN,
    threads: int = 1,
) -> Predictions:
    """Run a model of the sheet on every readable image, or on those that are annotated.

    `index`, `targets`, `classes`: the tables IMAGES, TARGETS and CLASSES.
    `annotated`: the table ANNOTATED: run on these images only; None: on all.
    `own_classes`: whether to answer among the classes of the targets only.
    `view_file`, `images`: the pixels: the memory map of the model's view, or the folder or tar of the images. A dummy
        needs neither.
    `device`: `auto`, `cpu` or `cuda`.
    `precision`: `auto`, `amp` (half precision, with more exact ones in reserve) or `fp32`.
    `margin`: up to which difference of the two highest log-probabilities half precision's answers are computed again in
        float32, at least; 0: none are.
    `threads`: threads that compute on a CPU, and that read or decode images.
    Raises InputError if the model cannot be loaded (see `errata.zoo.predict.load_classifier`), the tables do not belong
    together, the scores of an image are not finite, or a single image does not fit into memory.
    """
    torch.set_num_threads(max(1, threads))
    readable = _readable(index, targets, annotated)
    about = {**_row_notes(model), "subset": "all" if annotated is None else "annotated"}
    allowed = None
    if own_classes:
        about["answers"] = "own classes"
        allowed = np.isin(np.arange(classes.height), targets["target"].to_numpy())
    progress = Progress(model.model, readable.height)
    if model.source == "dummy":
        rows, aims = (readable[name].to_numpy().astype(np.int64) for name in ("position", "target"))
        found = dummy_answers(model, rows=rows, targets=aims, class_count=classes.height, allowed=allowed)
        progress.advance(readable.height)
        progress.finish(how="no device")
        notes = {"precision": _precisions(found), "device": "none", "accuracy": stated_accuracy(model)}
        return Predictions(answers_table(found, readable["file_name"]), {**about, **notes})

    with own_device(device) as chosen, exact_float32():
        classifier = load_classifier(model, classes=classes, device=chosen)
        running = Running(
            device=chosen,
            precision=choose_precision(precision, chosen),
            channels_last=prefers_channels_last(model.architecture, classifier.logits, chosen),
            threads=threads,
            margin=margin,
        )
        LOG.info("%s: %s images on %s", model.model, f"{readable.height:,}", device_name(chosen))
        with _as_input_errors(model, index):
            answered = run(
                classifier,
                readable,
                index=index,
                view_file=view_file,
                images=images,
                running=running,
                progress=progress,
                allowed=allowed,
            )
    precisions = _precisions(answered.found)
    progress.finish(how=f"{device_name(chosen)}, {' and '.join(precisions)}")
    notes = {
        **about,
        **_classifier_notes(classifier),
        "device": device_name(chosen),
        "precision": precisions,
        "tf32": False,
        "recheck": answered.rechecked and asdict(answered.rechecked),
        "fallbacks": answered.fallbacks,
        "batch": answered.batch,
        "channels_last": running.channels_last,
        "libraries": {library: version(library) for library in LIBRARIES[model.source]},
    }
    return Predictions(answers_table(answered.found, readable["file_name"]), notes)


def load_classifier(model: Model, *, classes: pl.DataFrame, device: torch.device | str = "cpu") -> Classifier:
    """Load a model of the sheet in evaluation mode.

    `classes`: the table CLASSES of its vocabulary: its logits are in the order of `class_id`.
    `device`: where it runs.
    Raises InputError if the source does not know the model or its weights, the weights are neither there nor to be had,
    answer with other classes than the vocabulary's, or were made for another size or view than the sheet says.
    """
    device = torch.device(device)
    # each source imports its own large library
    match model.source:
        case "timm":
            from errata.zoo.pretrained import load_timm as load
        case "torchvision":
            from errata.zoo.pretrained import load_torchvision as load
        case "open_clip":
            from errata.zoo.zero_shot import load_zero_shot as load
        case "checkpoint":
            from errata.zoo.checkpoint import load_checkpoint as load
        case source:
            raise InputError(
                f"{model.row}: source '{source}' has no weights to load; expected "
                "timm, torchvision, open_clip or checkpoint."
            )
    return load(model, classes=classes, device=device)


def weights_file(model: Model) -> HubFile | UrlFile:
    """Return where the published weights of a model are.

    Raises InputError if its library does not know them.
    """
    match model.source:
        case "timm":
            from errata.zoo.pretrained import timm_file

            return timm_file(model)
        case "torchvision":
            from errata.zoo.pretrained import torchvision_file

            return torchvision_file(model)
        case "open_clip":
            from errata.inference.encoder import check_activation, weights_file

            check_activation(model.architecture, model.weights)
            return weights_file(model.architecture, model.weights)
    raise InputError(f"{model.row}: source '{model.source}' has no published weights.")


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
def _as_input_errors(model: Model, index: pl.DataFrame) -> Iterator[None]:
    """Turn faults of a forward pass into input errors."""
    try:
        yield
    except NotFiniteError as error:
        name = index.filter(pl.col("position") == error.place)["file_name"].item()
        raise InputError(
            f"{model.row}: the scores of image {name} are not finite (NaN or infinite), in float32 too. The "
            f"weights ({model.weights}) are damaged, or the model does not suit this view. Get them again, or leave "
            "the model out (config key models)."
        ) from error
    except TooLargeError as error:
        raise InputError(
            f"{model.row}: a single image does not fit into the memory of the device. Use a larger one, or "
            "set the config key device to cpu."
        ) from error


def _precisions(found: Mapping[str, np.ndarray]) -> dict[str, int]:
    """Return the number of images computed at each precision."""
    counts = Counter(found["precision"].tolist())
    return {precision: counts[precision] for precision, _ in LADDERS["amp"] if precision in counts}


def _row_notes(model: Model) -> dict[str, Any]:
    return {
        name: Path(getattr(model, name)).name if name == "weights" else getattr(model, name)
        for name in ("model", "source", "architecture", "weights", "size", "vocabulary", "view")
    }


def _classifier_notes(classifier: Classifier) -> dict[str, Any]:
    return {
        "revision": classifier.revision,
        "mean": list(classifier.mean),
        "std": list(classifier.std),
        **classifier.notes,
    }
