"""What the decision rules look at: yes-or-no facts about every (image, class)."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

CHUNK = 2_000
"""Images per chunk: about ten bool matrices of chunk x classes are in memory at once (2 MB each for 1,000 classes)."""


@dataclass(frozen=True)
class ClassKnowledge:
    """Relations between classes, bool matrices of shape (classes, classes).

    Attributes
    ----------
    overlap : numpy.ndarray
        [target, prediction]: the prediction is accepted for the target.
    sharing : numpy.ndarray
        Symmetric: the two share a superclass (a class shares one with itself).
    spurious : numpy.ndarray
        Symmetric: the pair is spurious-prone.
    """

    overlap: np.ndarray
    sharing: np.ndarray
    spurious: np.ndarray


@dataclass(frozen=True)
class Facts:
    """Facts about a chunk of images; bool, shape (images, classes) or (images, 1), p being the class of the column.

    Attributes
    ----------
    rows : slice
        Which images of the label table.
    is_target, in_overlap, in_multilabel : numpy.ndarray
        p is the target; is accepted for the target; is in the multi-label.
    target_in_multilabel, no_label, is_problematic, is_non_prototypical : numpy.ndarray
        Facts about the image alone, shape (images, 1).
    shares_with_multilabel, shares_with_target : numpy.ndarray
        p shares a superclass with some multi-label; with the target.
    pairs_with_multilabel, pairs_with_target : numpy.ndarray
        p and some multi-label are a spurious-prone pair; p and the target are.
    is_oov : numpy.ndarray or None
        The visual gate and the open-world check say that the image shows something out of vocabulary near p; None
        where there is no open-world evidence.
    """

    rows: slice
    is_target: np.ndarray
    in_overlap: np.ndarray
    in_multilabel: np.ndarray
    target_in_multilabel: np.ndarray
    no_label: np.ndarray
    is_problematic: np.ndarray
    is_non_prototypical: np.ndarray
    shares_with_multilabel: np.ndarray
    shares_with_target: np.ndarray
    pairs_with_multilabel: np.ndarray
    pairs_with_target: np.ndarray
    is_oov: np.ndarray | None


def facts_in_chunks(
    labels: pl.DataFrame, knowledge: ClassKnowledge, is_oov: np.ndarray | None = None, *, chunk: int = CHUNK
) -> Iterator[Facts]:
    """Yield the facts about the images of a label table, chunk by chunk.

    Parameters
    ----------
    labels : polars.DataFrame
        The table `errata.labels.tables.LABELS`.
    knowledge : ClassKnowledge
    is_oov : numpy.ndarray, optional
        bool, shape (images, classes), in the order of `labels`.
    chunk : int
        Images per chunk.
    """
    for start in range(0, labels.height, chunk):
        rows = slice(start, min(start + chunk, labels.height))
        yield _facts(labels[rows], knowledge, rows, None if is_oov is None else is_oov[rows])


def _facts(labels: pl.DataFrame, knowledge: ClassKnowledge, rows: slice, is_oov: np.ndarray | None) -> Facts:
    class_count = len(knowledge.sharing)
    images = np.arange(labels.height)
    targets = labels["target"].to_numpy()
    lengths = labels["multi_labels"].list.len().cast(pl.Int64).to_numpy()
    members = labels["multi_labels"].explode(empty_as_null=False).to_numpy()

    is_target = np.zeros((labels.height, class_count), dtype=bool)
    is_target[images, targets] = True
    in_multilabel = np.zeros_like(is_target)
    in_multilabel[np.repeat(images, lengths), members] = True
    return Facts(
        rows=rows,
        is_target=is_target,
        in_overlap=knowledge.overlap[targets],
        in_multilabel=in_multilabel,
        target_in_multilabel=in_multilabel[images, targets][:, None],
        no_label=(lengths == 0)[:, None],
        is_problematic=labels["is_problematic"].to_numpy()[:, None],
        is_non_prototypical=labels["is_non_prototypical"].fill_null(value=False).to_numpy()[:, None],
        shares_with_multilabel=_any_of_multilabel(knowledge.sharing, members, lengths),
        shares_with_target=knowledge.sharing[targets],
        pairs_with_multilabel=_any_of_multilabel(knowledge.spurious, members, lengths),
        pairs_with_target=knowledge.spurious[targets],
        is_oov=is_oov,
    )


def _any_of_multilabel(relation: np.ndarray, members: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Return for every image the OR of the relation's rows of its multi-labels; all False where there is none."""
    result = np.zeros((len(lengths), len(relation)), dtype=bool)
    labelled = lengths > 0
    if labelled.any():
        starts = np.cumsum(lengths[labelled]) - lengths[labelled]
        result[labelled] = np.logical_or.reduceat(relation[members], starts, axis=0)
    return result
