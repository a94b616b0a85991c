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
from errata.openworld.prompts import ClassProposals, ProposalIndex
from errata.openworld.settings import OpenWorld
from errata.openworld.tables import VERDICTS

NO_NEIGHBOUR = -1


def open_gate(neighbour_classes: np.ndarray, sharing: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Open the gate for every class that shares a superclass with the class of some neighbour, or is that class.

    `neighbour_classes`: int, shape (images, neighbours): classes of the nearest training images, nearest first;
        `NO_NEIGHBOUR` where there are fewer.
    `sharing`: bool, shape (classes, classes): whether two classes share a superclass.
    Returns bool, shape (images, classes).
    Returns int16, shape (images, classes): rank, from 1, of the first neighbour that opens it; meaningless where
    closed.
    """
    # [image, neighbour, class]; the row of NO_NEIGHBOUR is the last one, which shares with none
    shares = np.vstack([sharing, np.zeros_like(sharing[:1])])[neighbour_classes]
    return shares.any(axis=1), (shares.argmax(axis=1) + 1).astype(np.int16)


def nearest_classes(neighbours: pl.Series, count: int) -> np.ndarray:
    """Return the classes of the first `count` neighbours, int64 of shape (images, count), padded with NO_NEIGHBOUR.

    `neighbours`: the column `train_classes` of `errata.openworld.tables.NEIGHBOURS`.
    """
    columns = [neighbours.list.get(rank, null_on_oob=True).fill_null(NO_NEIGHBOUR) for rank in range(count)]
    return np.column_stack([column.cast(pl.Int64).to_numpy() for column in columns])


CHUNK = 1_250
"""Images at once in every thread: their similarities to 10,000 prompts take 50 MB, and ImageNet's 20,000 are twice as
many chunks as threads. The same for any number of threads, as products of matrices round by their size."""

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
    texts = np.ascontiguousarray(prompt_vectors.T)

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
            logits=(vectors @ texts) * np.float32(settings.temperature),
        )
        return _decide_images(images, proposals, sharing, score=settings.score)

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
    """A chunk of images: names, targets, classes of their neighbours, and scaled similarities to every prompt."""

    file_names: pl.Series
    targets: np.ndarray
    gate_classes: np.ndarray
    logits: np.ndarray


@dataclass(frozen=True)
class _Decided:
    """Verdicts about one class for some images of a chunk; best synsets padded with -1."""

    rows: np.ndarray
    is_oov: np.ndarray
    margin: np.ndarray
    proposals: np.ndarray
    best_offsets: np.ndarray
    best_rows: np.ndarray
    best_probabilities: np.ndarray


def _decide_images(images: _Images, proposals: ProposalIndex, sharing: np.ndarray, *, score: str) -> pl.DataFrame:
    is_open, opened_by = open_gate(images.gate_classes, sharing)
    asked = is_open & ~sharing[images.targets]
    classes = np.flatnonzero(asked.any(axis=0))
    decided = [
        _decide_class(images, np.flatnonzero(asked[:, some]), proposals.of_class(int(some)), score=score)
        for some in classes
    ]
    return _table(images, opened_by, classes, decided, proposals.lemmas)


def _decide_class(images: _Images, rows: np.ndarray, proposed: ClassProposals, *, score: str) -> _Decided:
    """Return the best proposals of one class for some images: a softmax over prompts, the best synset wins."""
    blocked = proposed.blocked_by(images.targets[rows])
    logits = images.logits[np.ix_(rows, proposed.text_rows)]
    if blocked.any():
        logits[np.repeat(blocked, proposed.lengths, axis=1)] = -np.inf
    best_logits = np.maximum.reduceat(logits, proposed.starts, axis=1)
    peak = best_logits.max(axis=1, keepdims=True)
    weights = np.exp(logits - peak)
    total = weights.sum(axis=1, keepdims=True)
    if score == "synset":
        probabilities = np.add.reduceat(weights, proposed.starts, axis=1) / total
        ranking = np.where(blocked, -np.inf, probabilities)
    else:
        probabilities = np.exp(best_logits - peak) / total
        ranking = best_logits
    winners, gone = _best(ranking)
    each = np.arange(len(rows))[:, None]
    return _Decided(
        rows=rows,
        is_oov=proposed.is_oov[winners[:, 0]],
        # sums of probabilities in single precision can exceed one by a rounding
        margin=(_highest(probabilities, proposed.is_oov) - _highest(probabilities, ~proposed.is_oov)).clip(-1, 1),
        proposals=(proposed.lengths * ~blocked).sum(axis=1),
        best_offsets=np.where(gone, _NONE, proposed.offsets[winners]),
        best_rows=np.where(gone, _NONE, _best_prompt_rows(logits, proposed, winners)),
        best_probabilities=np.where(gone, np.float32(_NONE), probabilities[each, winners]),
    )


def _best(ranking: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the columns of the highest values, best first, the first of equal ones first, and where none is left.

    Both have shape (rows, up to BEST).
    """
    left = ranking.copy()
    each = np.arange(len(left))
    winners, gone = [], []
    for _ in range(min(BEST, left.shape[1])):
        winners.append(left.argmax(axis=1))
        gone.append(np.isneginf(left[each, winners[-1]]))
        left[each, winners[-1]] = -np.inf
    return np.column_stack(winners), np.column_stack(gone)


def _best_prompt_rows(logits: np.ndarray, proposed: ClassProposals, winners: np.ndarray) -> np.ndarray:
    """Return the row, in the table of prompts, of the best lemma of every winner."""
    longest = int(proposed.lengths.max())
    offsets = np.arange(longest)
    columns = np.minimum(proposed.starts[winners][..., None] + offsets, logits.shape[1] - 1)
    of_synset = logits[np.arange(len(logits))[:, None, None], columns]
    of_synset[offsets >= proposed.lengths[winners][..., None]] = -np.inf
    return proposed.prompt_rows[proposed.starts[winners] + of_synset.argmax(axis=2)]


def _highest(probabilities: np.ndarray, among: np.ndarray) -> np.ndarray:
    """Return the highest probability of every row among some columns; 0 where there is none."""
    return probabilities[:, among].max(axis=1, initial=0)


def _table(
    images: _Images, opened_by: np.ndarray, classes: np.ndarray, decided: list[_Decided], lemmas: pl.Series
) -> pl.DataFrame:
    """Join the verdicts about the classes of a chunk, by image and class."""
    if not decided:
        return pl.DataFrame(schema=VERDICTS.schema)
    rows = np.concatenate([some.rows for some in decided])
    predicted = np.repeat(classes, [len(some.rows) for some in decided])
    order = np.lexsort((predicted, rows))
    rows, predicted = rows[order], predicted[order]
    rank = opened_by[rows, predicted]

    def gathered(field: str) -> np.ndarray:
        return np.concatenate([getattr(some, field) for some in decided])[order]

    def flat_best(field: str) -> pl.Series:
        padded = pl.Series(np.concatenate([_padded(getattr(some, field)) for some in decided])[order].ravel())
        return padded.set(padded < 0, None)

    return pl.DataFrame(
        {
            "file_name": images.file_names.gather(rows),
            "predicted_class": pl.Series(predicted, dtype=pl.Int16),
            "is_oov": gathered("is_oov"),
            "margin": pl.Series(gathered("margin"), dtype=pl.Float32),
            "proposals": pl.Series(gathered("proposals"), dtype=pl.Int32),
            "best_offsets": _lists(flat_best("best_offsets")),
            "best_lemmas": _lists(lemmas.gather(flat_best("best_rows"))),
            "best_probabilities": _lists(flat_best("best_probabilities")),
            "neighbour_rank": rank,
            "neighbour_class": pl.Series(images.gate_classes[rows, rank - 1], dtype=pl.Int16),
        }
    )


def _lists(flat: pl.Series) -> pl.Series:
    """Return one list of up to BEST values per verdict, nulls left out."""
    return flat.reshape((-1, BEST)).arr.to_list().list.drop_nulls()


def _padded(best: np.ndarray) -> np.ndarray:
    # np.pad takes as long as deciding
    padded = np.full((len(best), BEST), _NONE, dtype=best.dtype)
    padded[:, : best.shape[1]] = best
    return padded


def _refuse_missing(joined: pl.DataFrame) -> None:
    missing = joined.filter(pl.col("train_classes").is_null())["file_name"]
    if len(missing):
        raise InputError(
            f"the table of neighbours lacks the annotated image {missing[0]} ({len(missing)} images like this); find "
            "or import the neighbours of this data set."
        )
