"""Decide the open-world check of every (image, class) that passes the visual gate.

For a prediction p and a target t, WordNet proposes what else the image could show; the proposal whose prompt is most
similar to the image wins, and if it is none of the classes, the image shows something out of vocabulary (Peychev et
al. 2023, section 4.3).
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import polars as pl

from errata.errors import InputError
from errata.openworld.prompts import ProposalIndex
from errata.openworld.settings import OpenWorld
from errata.openworld.tables import VERDICTS

NO_NEIGHBOUR = -1


def open_gate(neighbour_classes: np.ndarray, sharing: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Open the gate for every class that shares a superclass with the class of some neighbour, or is that class.

    `neighbour_classes`: int, shape (images, neighbours): classes of the nearest training images, nearest first;
        `NO_NEIGHBOUR` where there are fewer.
    `sharing`: bool, shape (classes, classes): whether two classes share a superclass.
    Returns bool, shape (images, classes).
    Returns int16, shape (images, classes): rank, from 1, of the first neighbour that opens it; 0 where closed.
    """
    # the row of NO_NEIGHBOUR is the last one, which shares with none
    shares = np.vstack([sharing, np.zeros_like(sharing[:1])])
    rank = np.zeros((len(neighbour_classes), sharing.shape[1]), dtype=np.int16)
    for place in reversed(range(neighbour_classes.shape[1])):
        np.copyto(rank, np.int16(place + 1), where=shares[neighbour_classes[:, place]])
    return rank > 0, rank


def nearest_classes(neighbours: pl.Series, count: int) -> np.ndarray:
    """Return the classes of the first `count` neighbours, int64 of shape (images, count), padded with NO_NEIGHBOUR.

    `neighbours`: the column `train_classes` of `errata.openworld.tables.NEIGHBOURS`.
    """
    columns = [neighbours.list.get(rank, null_on_oob=True).fill_null(NO_NEIGHBOUR) for rank in range(count)]
    return np.column_stack([column.cast(pl.Int64).to_numpy() for column in columns])


CHUNK = 1_250
"""Images at once in every thread: their similarities to 10,000 prompts take 50 MB, and ImageNet's 20,000 are twice as
many chunks as threads. The same for any number of threads, as products of matrices round by their size."""

CELLS = 1 << 16
"""Verdicts times prompts at once: what stays in a processor's cache."""

BEST = 3
"""How many of the best synsets are kept."""

_NONE = -1


def decide_verdicts(
    labels: pl.DataFrame,
    neighbours: pl.DataFrame,
    *,
    image_vectors: np.ndarray,
    prompt_vectors: np.ndarray,
    proposals: ProposalIndex,
    sharing: np.ndarray,
    settings: OpenWorld,
    chunk: int = CHUNK,
    threads: int = 1,
) -> Iterator[pl.DataFrame]:
    """Yield the verdicts about annotated images, in parts.

    Asked is every class that passes the gate and does not share a superclass with the target; answers that do are
    decided by earlier rules, whatever the image shows.

    `labels`, `neighbours`: the tables `errata.labels.tables.LABELS` and `NEIGHBOURS`.
    `image_vectors`: float32, shape (images of the data set, dimensions), unit length, by `position`.
    `prompt_vectors`: float32, shape (distinct prompts, dimensions), unit length, by `text_row`.
    `sharing`: bool, shape (classes, classes): whether two classes share a superclass.
    `chunk`: images at once in every thread; what is decided does not depend on it.
    `threads`: threads that decide. Nothing depends on their number.
    Yields the table `errata.openworld.tables.VERDICTS`, for one chunk of images.
    Raises InputError if an annotated image has no neighbours or no vector.
    """
    joined = labels.select("file_name", "position", "target").join(
        neighbours.select("file_name", "train_classes"), on="file_name", how="left", maintain_order="left"
    )
    _refuse_missing(joined)

    def decide(start: int) -> pl.DataFrame:
        part = joined[start : start + chunk]
        vectors = image_vectors[part["position"].to_numpy()]
        if np.isnan(vectors).any():
            row = int(np.isnan(vectors).any(axis=1).argmax())
            raise InputError(f"the annotated image {part['file_name'][row]} has no vector; embed the images again.")
        images = _Images(
            file_names=part["file_name"],
            targets=part["target"].to_numpy(),
            gate_classes=nearest_classes(part["train_classes"], settings.neighbours),
            similarities=vectors @ prompt_vectors.T,
        )
        return _decide_images(images, proposals, sharing, settings)

    yield from _in_threads(decide, range(0, joined.height, chunk), threads=threads)


def oov_matrix(verdicts: pl.DataFrame, labels: pl.DataFrame, class_count: int) -> np.ndarray:
    """Return whether images show something out of vocabulary near a class.

    Returns bool, shape (images, classes), in the order of `labels`; False where the gate was closed or the check was
    not needed.
    """
    rows = labels.select("file_name").with_row_index("row")
    found = verdicts.filter("is_oov").join(rows, on="file_name").select("row", "predicted_class")
    matrix = np.zeros((labels.height, class_count), dtype=bool)
    matrix[found["row"].to_numpy(), found["predicted_class"].to_numpy()] = True
    return matrix


def _in_threads(decide: Callable[[int], pl.DataFrame], starts: range, *, threads: int) -> Iterator[pl.DataFrame]:
    """Yield the verdicts of every chunk in order, computed in threads, which NumPy lets run in parallel."""
    pending: deque[Future[pl.DataFrame]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for start in starts:
            pending.append(pool.submit(decide, start))
            if len(pending) > threads:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()


@dataclass(frozen=True)
class _Images:
    """A chunk of images: names, targets, classes of their neighbours, and cosines with every distinct prompt."""

    file_names: pl.Series
    targets: np.ndarray
    gate_classes: np.ndarray
    similarities: np.ndarray


@dataclass(frozen=True)
class _Decided:
    """Verdicts, one a row, with up to BEST synsets and the rows of their best prompts; padded with -1."""

    is_oov: np.ndarray
    margin: np.ndarray
    proposals: np.ndarray
    best_synsets: np.ndarray
    best_rows: np.ndarray
    best_probabilities: np.ndarray


def _decide_images(images: _Images, proposals: ProposalIndex, sharing: np.ndarray, settings: OpenWorld) -> pl.DataFrame:
    is_open, opened_by = open_gate(images.gate_classes, sharing)
    rows, classes = np.nonzero(is_open & ~sharing[images.targets])
    if not len(rows):
        return pl.DataFrame(schema=VERDICTS.schema)
    lengths = proposals.lengths[classes]
    order = lengths.argsort(kind="stable")
    decided = [
        _decide(images, rows[some], classes[some], proposals, settings)
        for equal in np.split(order, np.flatnonzero(np.diff(lengths[order])) + 1)
        for some in np.split(equal, range(0, len(equal), 1 + CELLS // lengths[equal[0]])[1:])
    ]
    back = order.argsort()
    columns = zip(*(vars(some).values() for some in decided), strict=True)
    whole = _Decided(*(np.concatenate(column)[back] for column in columns))
    return _table(images, opened_by[rows, classes], rows, classes, whole, proposals)


def _decide(
    images: _Images, rows: np.ndarray, classes: np.ndarray, proposals: ProposalIndex, settings: OpenWorld
) -> _Decided:
    """Decide about an image and a class in every row: a softmax over the prompts, the best synset wins.

    `rows`, `classes`: of the images, and of classes for which equally many prompts compete.
    """
    competing = proposals.competing(classes)
    blocked = proposals.blocked(competing, images.targets[rows])
    width = images.similarities.shape[1]
    logits = images.similarities.take(rows[:, None] * width + competing.text_rows) * np.float32(settings.temperature)
    logits[blocked] = -np.inf
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    total = weights.sum(axis=1, keepdims=True)
    by_synset = settings.score == "synset"
    probabilities = (_sums(weights, competing.synsets) if by_synset else weights) / total
    ranking = np.where(blocked, -np.inf, probabilities) if by_synset else logits.copy()
    each, best = np.arange(len(rows)), []
    for _ in range(BEST):
        winner = ranking.argmax(axis=1)
        gone = np.isneginf(ranking[each, winner])
        synset = competing.synsets[each, winner]
        of_winner = competing.synsets == synset[:, None]
        prompt = np.where(of_winner, logits, -np.inf).argmax(axis=1) if by_synset else winner
        found = synset, competing.prompt_rows[each, prompt], probabilities[each, winner]
        best.append([np.where(gone, some.dtype.type(_NONE), some) for some in found])
        np.copyto(ranking, -np.inf, where=of_winner)
        if len(best) == 1:
            is_oov = competing.is_oov[each, winner]
    highest = [(probabilities * among).max(axis=1) for among in (competing.is_oov, ~competing.is_oov)]
    return _Decided(
        is_oov=is_oov,
        # sums of probabilities in single precision can exceed one by a rounding
        margin=(highest[0] - highest[1]).clip(-1, 1),
        proposals=(~blocked).sum(axis=1),
        best_synsets=np.column_stack([synset for synset, _, _ in best]),
        best_rows=np.column_stack([row for _, row, _ in best]),
        best_probabilities=np.column_stack([probability for _, _, probability in best]),
    )


def _sums(weights: np.ndarray, synsets: np.ndarray) -> np.ndarray:
    """Return, for every prompt, the sum of the weights of its synset's prompts, which are neighbours in a row."""
    is_first = np.diff(synsets, axis=1, prepend=_NONE) != 0
    starts = np.flatnonzero(is_first)
    sums = np.add.reduceat(weights.ravel(), starts)
    return np.repeat(sums, np.diff(starts, append=weights.size)).reshape(weights.shape)


def _table(
    images: _Images,
    opened_by: np.ndarray,
    rows: np.ndarray,
    classes: np.ndarray,
    decided: _Decided,
    proposals: ProposalIndex,
) -> pl.DataFrame:
    """Return the verdicts about the classes of a chunk, by image and class."""
    return pl.DataFrame(
        {
            "file_name": images.file_names.gather(rows),
            "predicted_class": pl.Series(classes, dtype=pl.Int16),
            "is_oov": decided.is_oov,
            "margin": decided.margin,
            "proposals": pl.Series(decided.proposals, dtype=pl.Int32),
            "best_offsets": _lists(pl.Series(proposals.offsets).gather(_known(decided.best_synsets))),
            "best_lemmas": _lists(proposals.lemmas.gather(_known(decided.best_rows))),
            "best_probabilities": _lists(_known(decided.best_probabilities)),
            "neighbour_rank": opened_by,
            "neighbour_class": pl.Series(images.gate_classes[rows, opened_by - 1], dtype=pl.Int16),
        }
    )


def _known(best: np.ndarray) -> pl.Series:
    flat = pl.Series(best.ravel())
    return flat.set(flat < 0, None)


def _lists(flat: pl.Series) -> pl.Series:
    """Return one list of up to BEST values per verdict, nulls left out."""
    lists = flat.reshape((-1, BEST)).arr.to_list()
    return lists.list.drop_nulls() if flat.null_count() else lists


def _refuse_missing(joined: pl.DataFrame) -> None:
    missing = joined.filter(pl.col("train_classes").is_null())["file_name"]
    if len(missing):
        raise InputError(
            f"the table of neighbours lacks the annotated image {missing[0]} ({len(missing)} images like this); find "
            "or import the neighbours of this data set."
        )
