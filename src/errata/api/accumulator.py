"""Accumulate predictions batch by batch, in one process or in several.

A batch becomes a few small integers per image as soon as it is given. Nothing but NumPy is used until the profile is
computed, so that a process that was forked may update an accumulator (polars' threads do not survive a fork).
"""

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

import numpy as np
import polars as pl

from errata.api.given import UNNAMED, accepted_kinds, check_order, load_atlas, names_series, rows_named, say
from errata.api.profile import Profile, profile_of
from errata.atlas.compiled import Atlas
from errata.errors import InputError, shown
from errata.predictions.array_layout import array_predictions
from errata.predictions.class_ids import MISSING
from errata.predictions.in_memory import InMemory, as_array, as_series
from errata.predictions.prediction_file import ModelRows, PredictionFile, PredictionsError

PADDING = 0.01
"""Up to this share of the images, repeated ones are what a distributed sampler pads its parts with."""

_JOINED_AT = 256
"""Batches that are kept apart before they become one."""


@dataclass(frozen=True, eq=False)
class Batch:
    """What is kept of some images.

    Attributes
    ----------
    labels : numpy.ndarray
        Shape (images,): class ids (int32, `MISSING` where there is none), or names of classes (UTF-8 bytes).
    images : numpy.ndarray or None
        Shape (images,): positions in class-folder order (int32), or file names (UTF-8 bytes).
    probability : numpy.ndarray or None
        float32, shape (images,): the largest score, where every row is a probability distribution.
    lowest : numpy.ndarray or None
        int32, shape (images,): the class with the smallest score.
    first_left_out, last_left_out : numpy.ndarray or None
        int32, shape (images,): the prediction without the first and without the last column, where there is one column
        more than classes.
    ranked : numpy.ndarray or None
        int32, shape (images, k): class ids by rank.
    columns : int
        Score columns; 0 where no scores were given.
    constant, tied : int
        Rows of scores that are all alike, and rows in which several classes have the largest score.
    """

    labels: np.ndarray
    images: np.ndarray | None = None
    probability: np.ndarray | None = None
    lowest: np.ndarray | None = None
    first_left_out: np.ndarray | None = None
    last_left_out: np.ndarray | None = None
    ranked: np.ndarray | None = None
    columns: int = 0
    constant: int = 0
    tied: int = 0

    @property
    def layout(self) -> str:
        """What was given, in words; batches of one accumulator have the same."""
        what = "class names" if self.labels.dtype.kind == "S" else "class ids"
        if self.ranked is not None:
            what = f"{self.ranked.shape[1]} class ids per row, the first is the prediction"
        if self.columns:
            what = f"{self.columns} scores per row"
        if self.images is None:
            return f"{what}, without names"
        return f"{what}, with {'file names' if self.images.dtype.kind == 'S' else 'positions in class-folder order'}"

    def take(self, rows: np.ndarray) -> "Batch":
        """Return some of the images."""
        kept = {each.name: getattr(self, each.name) for each in fields(self)}
        return Batch(**{name: value[rows] if isinstance(value, np.ndarray) else value for name, value in kept.items()})

    def equals(self, other: "Batch") -> bool:
        """Return whether both hold the same images with the same answers, in the same order."""
        return self.layout == other.layout and all(
            np.array_equal(getattr(self, name), getattr(other, name)) for name in ("labels", "images")
        )


def joined(batches: Sequence[Batch]) -> Batch:
    """Join batches of one layout, in their order."""
    parts: dict[str, Any] = {}
    for name in (each.name for each in fields(Batch)):
        values = [getattr(batch, name) for batch in batches]
        if isinstance(values[0], int):
            parts[name] = max(values) if name == "columns" else sum(values)
        else:
            # probabilities are known only if every batch has them
            parts[name] = None if any(value is None for value in values) else np.concatenate(values)
    return Batch(**parts)


class Accumulator:
    """Gathers predictions in a validation loop, and profiles them at its end.

    Per image it keeps the predicted class and little more, about twelve bytes and the name: the scores of a batch are
    forgotten at once. It can be updated in several threads, sent to another process and merged with others.

    Parameters
    ----------
    atlas : str, path or Atlas
        The atlas to look answers up in.
    model : str
        The name of the model.
    order : path or str, optional
        Which row is which image, if updates have no names: `imagefolder` for a loader of torchvision's `ImageFolder`
        that does not shuffle.
    accept : str or sequence of str
        Kinds of findings of the doctor in spite of which predictions are scored.

    Attributes
    ----------
    atlas : Atlas
        The atlas, loaded.

    Examples
    --------
    >>> accumulator = errata.Accumulator(model="resnet50")
    >>> for scores, indices in loader:  # scores of shape (images, 1000), positions in class-folder order
    ...     accumulator.update(scores, indices)
    >>> accumulator
    <Accumulator 'resnet50': 20,000 predictions>
    >>> accumulator.compute()
    <Profile of 1 model on imagenet: resnet50 75.2 % top-1, 81.7 % MLA>
    >>> accumulator.reset()
    """

    def __init__(
        self,
        atlas: str | Path | Atlas = "imagenet",
        *,
        model: str = UNNAMED,
        order: str | Path | None = None,
        accept: str | Sequence[str] = (),
    ) -> None:
        """Begin with no predictions; the atlas is loaded at once."""
        self.model = model
        self.order = order
        self.accept = accepted_kinds(accept)
        self._given = atlas
        self.atlas = load_atlas(atlas)
        self._batches: list[Batch] = []
        self._lock = threading.Lock()

    def update(self, scores: Any, names: Any = None) -> None:
        """Add a batch of predictions.

        Parameters
        ----------
        scores : array, tensor or list
            Shape (images, classes): scores, on any device, the largest is the prediction. Shape (images, k): class ids
            by rank. Shape (images,): class ids, or wnids or class names.
        names : sequence, optional
            The image of every row: file names, or positions in class-folder order, which are the indices of
            torchvision's `ImageFolder`. Without them the rows must come in the order of the accumulator.

        Raises
        ------
        InputError
            If the batch has another shape, or was given in another way than those before it.

        Examples
        --------
        >>> accumulator = errata.Accumulator()
        >>> accumulator.update(["sea snake", "Alp"], ["ILSVRC2012_val_00000001.JPEG", "ILSVRC2012_val_00000002.JPEG"])
        >>> accumulator.update([[516, 520, 431]], ["ILSVRC2012_val_00000005.JPEG"])
        Traceback (most recent call last):
        errata.errors.InputError: update: found 3 class ids per row, the first is the prediction, with file names; ...
        """
        batch = self._batch_of(scores, names)
        with self._lock:
            if self._batches and self._batches[0].layout != batch.layout:
                raise InputError(
                    f"update: found {batch.layout}; the batches before it are {self._batches[0].layout}. Give every "
                    "batch in the same way, or call reset() first."
                )
            self._batches.append(batch)
            if len(self._batches) >= _JOINED_AT:
                self._batches = [joined(self._batches)]

    def compute(self) -> Profile:
        """Profile what was gathered; more can be added afterwards.

        Images that came more than once count once: up to one in a hundred, as a distributed sampler pads its parts, the
        first answer holds, and the diagnosis says how many there were. More are judged by the doctor.

        Returns
        -------
        Profile

        Raises
        ------
        InputError
            If there are no predictions, most images came twice with different answers, or the doctor refuses them.

        Warns
        -----
        PredictionWarning
            If predictions are scored but look odd.
        """
        with self._lock:
            batches = list(self._batches)
        if not batches:
            raise InputError("There are no predictions to profile. Call update(scores, names) for every batch.")
        batch, remarks = _once(joined(batches))
        source = InMemory(self.model, self._as_file(batch, remarks))
        order = self.order if batch.images is None else None
        profiled = profile_of(source, self.atlas, order=order, accept=self.accept)
        say(profiled.warnings, depth=1)
        return profiled

    def reset(self) -> None:
        """Forget all predictions, before the next pass over the data."""
        with self._lock:
            self._batches = []

    def merge(self, others: "Accumulator | Iterable[Accumulator]") -> Self:
        """Add the predictions of other accumulators, such as those of other processes.

        One that holds exactly what this one does, such as its own copy among those that were gathered from all
        processes, adds nothing.

        Parameters
        ----------
        others : Accumulator or iterable of Accumulator

        Returns
        -------
        Accumulator
            This one.

        Raises
        ------
        InputError
            If another one is of another atlas or model, or has rows without names.

        Examples
        --------
        >>> even, odd = errata.Accumulator(model="resnet50"), errata.Accumulator(model="resnet50")
        >>> for turn, (scores, indices) in enumerate(loader):
        ...     (odd if turn % 2 else even).update(scores, indices)
        >>> even.merge(odd).compute()
        <Profile of 1 model on imagenet: resnet50 75.2 % top-1, 81.7 % MLA>
        """
        own = _batch_in(self.state_dict())
        for other in [others] if isinstance(others, Accumulator) else others:
            self._add(other, own)
        return self

    def state_dict(self) -> dict[str, Any]:
        """Return what was gathered as a dictionary of NumPy arrays and plain values, to be kept or sent."""
        with self._lock:
            batches = list(self._batches)
        whole = joined(batches) if batches else None
        return {"model": self.model} | (
            {each.name: getattr(whole, each.name) for each in fields(Batch)} if whole else {}
        )

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` returned, in place of what was gathered."""
        batch = _batch_in(state) if isinstance(state, Mapping) and "model" in state else None
        count = len(batch.labels) if batch else 0
        known = {} if batch is None else {each.name: getattr(batch, each.name) for each in fields(Batch)}
        if (
            not isinstance(state, Mapping)
            or "model" not in state
            or any(len(value) != count for value in known.values() if isinstance(value, np.ndarray))
        ):
            raise InputError("load_state_dict: this is not what state_dict() returned. Give that, unchanged.")
        with self._lock:
            self.model = state["model"]
            self._batches = [batch] if batch else []

    def __len__(self) -> int:
        """Return the number of predictions, repeated images included."""
        return sum(len(batch.labels) for batch in self._batches)

    def __repr__(self) -> str:
        """Return the accumulator in one line."""
        return f"<Accumulator '{shown(self.model, 40)}': {len(self):,} predictions>"

    def __getstate__(self) -> dict[str, Any]:
        """Return what another process needs: which atlas, not its content."""
        given = self._given.file if isinstance(self._given, Atlas) else self._given
        return {"atlas": given, "order": self.order, "accept": self.accept, "state": self.state_dict()}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        """Load the atlas, and take over what was gathered."""
        self.__init__(state["atlas"], order=state["order"], accept=state["accept"])
        self.load_state_dict(state["state"])

    def _batch_of(self, scores: Any, names: Any) -> Batch:
        where = Path("update")
        check_order(self.order, names)
        classes = self.atlas.classes.height
        try:
            array = as_array(scores, where=where)
            images = None if names is None else _images_of(names, self.atlas)
            if (
                array.ndim == 1
                and array.dtype.kind == "f"
                and len(array) == classes
                and (images is None or len(images) == 1)
            ):
                # the scores of a single image
                array = array[None]
            labels = as_series(array.tolist(), where=where) if array.dtype.kind == "O" else array
            if isinstance(labels, pl.Series):
                rows = ModelRows(self.model, labels)
            else:
                (rows,) = array_predictions(where, array, None, model=self.model, classes=classes, what="").models
        except PredictionsError as error:
            raise InputError(str(error)) from error
        if images is not None and len(images) != len(rows):
            raise InputError(
                f"update: {len(rows)} predictions but {len(images)} names. Give a name or position per row."
            )
        return Batch(
            labels=_labels_of(rows),
            images=images,
            probability=_as(np.float32, rows.probability),
            lowest=_as(np.int32, rows.lowest),
            first_left_out=_as(np.int32, rows.other_columns.get("background_first")),
            last_left_out=_as(np.int32, rows.other_columns.get("background_last")),
            ranked=_as(np.int32, rows.ranked),
            columns=rows.score_columns or 0,
            constant=rows.constant_rows,
            tied=rows.tied_rows,
        )

    def _as_file(self, batch: Batch, remarks: tuple[str, ...]) -> PredictionFile:
        """Return what was gathered as what a file would hold."""
        others = {"background_first": batch.first_left_out, "background_last": batch.last_left_out}
        rows = ModelRows(
            self.model,
            _series_of(batch.labels),
            file_names=_names_of(batch.images, self.atlas),
            probability=_as(np.float64, batch.probability),
            ranked=batch.ranked,
            score_columns=batch.columns or None,
            other_columns={name: ids for name, ids in others.items() if ids is not None},
            lowest=batch.lowest,
            constant_rows=batch.constant,
            tied_rows=batch.tied,
        )
        return PredictionFile(Path(f"predictions of {shown(self.model, 80)}"), batch.layout, (rows,), remarks)

    def _add(self, other: "Accumulator", own: Batch | None) -> None:
        """Add another one, unless it holds what this one held before the merge."""
        if not isinstance(other, Accumulator):
            raise InputError(f"merge: expected accumulators, found {type(other).__name__}.")
        if not _is_same(self.atlas, other.atlas):
            raise InputError(f"merge: the accumulators are of different atlases: {self.atlas!r} and {other.atlas!r}.")
        theirs = _batch_in(other.state_dict())
        if theirs is None or (own is not None and own.equals(theirs)):
            return
        if self._batches and other.model != self.model:
            raise InputError(
                f"merge: the accumulators are of different models: '{shown(self.model, 40)}' and "
                f"'{shown(other.model, 40)}'. Merge those of one model, and profile the others by themselves."
            )
        with self._lock:
            if not self._batches:
                self._batches = [theirs]
                return
            mine = joined(self._batches)
            if mine.layout != theirs.layout:
                raise InputError(f"merge: one accumulator has {mine.layout}, the other {theirs.layout}.")
            if mine.images is None:
                raise InputError(
                    "merge: the predictions have no names, so which image each is of is not known. Call "
                    "update(scores, names) with file names or positions in class-folder order."
                )
            self._batches = [joined([mine, theirs])]


def _is_same(atlas: Atlas, other: Atlas) -> bool:
    """Tell whether two atlases say the same; those that were built from frames have no inputs that would tell."""
    return atlas is other or (
        atlas.name == other.name
        and atlas.provenance == other.provenance
        and atlas.images.equals(other.images)
        and atlas.classes.equals(other.classes)
        and np.array_equal(atlas.outcomes, other.outcomes)
    )


def _batch_in(state: Mapping[str, Any]) -> Batch | None:
    """Return what a state holds; None if that is nothing."""
    parts = {each.name: state[each.name] for each in fields(Batch) if each.name in state}
    return Batch(**parts) if parts else None


def _once(batch: Batch) -> tuple[Batch, tuple[str, ...]]:
    """Return every image once, if few came more than once, and what is to be said of them."""
    if batch.images is None:
        return batch, ()
    images, first, inverse = np.unique(batch.images, return_index=True, return_inverse=True)
    repeated = len(batch.images) - len(images)
    if not repeated:
        return batch, ()
    conflicts = int((batch.labels != batch.labels[first][inverse]).sum())
    if repeated > max(1, PADDING * len(images)):
        if conflicts and repeated >= len(images) / 2:
            raise InputError(
                f"{repeated:,} of {len(batch.images):,} predictions are of images that came before, {conflicts:,} of "
                "them with another answer: two passes over the data, or two models. Call reset() before each pass."
            )
        return batch, ()
    remark = (
        f"{repeated:,} prediction(s) are of images that came before, as a distributed sampler pads its parts; of each "
        f"the first counts ({conflicts:,} differ from it)."
    )
    return batch.take(np.sort(first)), (remark,)


def _images_of(names: Any, atlas: Atlas) -> np.ndarray:
    """Return positions as int32, file names as UTF-8 bytes, which take a quarter of NumPy's own text."""
    if isinstance(names, str | Path | int):
        names = [names]
    array = rows_named(names, atlas)
    if array.dtype.kind in "iu":
        return array.astype(np.int32)
    return np.array([name.encode() for name in array.tolist()])


def _names_of(images: np.ndarray | None, atlas: Atlas) -> pl.Series | None:
    if images is None:
        return None
    return names_series(images if images.dtype.kind == "i" else _decoded(images), atlas)


def _labels_of(rows: ModelRows) -> np.ndarray:
    """Return class ids as int32, with `MISSING` for none, and names of classes as UTF-8 bytes."""
    labels = rows.labels
    if labels.dtype == pl.String:
        return np.array([(label or "").encode() for label in labels.to_list()])
    values = np.array([MISSING if label is None else label for label in labels.to_list()], dtype=np.float64)
    ids = np.where(np.isfinite(values), values, MISSING)
    fractional = ids != np.round(ids)
    if fractional.any():
        raise InputError(
            f"update: {float(ids[fractional][0]):g} is no class id. Give scores of shape (images, classes), or their "
            "arg-max."
        )
    if (abs(ids) > abs(MISSING)).any():
        raise InputError(f"update: {float(ids[abs(ids).argmax()]):.0f} is no class id; it is too large.")
    return ids.astype(np.int32)


def _series_of(labels: np.ndarray) -> pl.Series:
    if labels.dtype.kind == "S":
        return pl.Series("predicted_class", _decoded(labels).tolist(), dtype=pl.String)
    series = pl.Series("predicted_class", labels)
    return pl.select(pl.when(series != MISSING).then(series).alias("predicted_class")).to_series()


def _decoded(names: np.ndarray) -> np.ndarray:
    return np.array([name.decode() for name in names.tolist()], dtype=object)


def _as(dtype: type, values: np.ndarray | None) -> np.ndarray | None:
    return None if values is None else values.astype(dtype)
