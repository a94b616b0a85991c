"""The decision rules in order, the facts that they read, and the atlas that is compiled with them.

The rules are Peychev et al. 2023, section 4, in the order of their published code (minimal severity first, except
that spurious correlations come before non-prototypical images). The first rule that holds names the outcome, and the
last always holds. Facts are bool arrays about images and classes, made for some images at a time.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from errata.atlas.compiled import Atlas
from errata.atlas.outcomes import CODES, CORRECT
from errata.categories import BEYOND_OPEN_WORLD, OPEN_WORLD_UNCHECKED

CELLS = 2_000_000
"""Images times classes per chunk: about ten bool matrices of so many bytes are in memory at once, and in the cache."""

PROGRESS = logging.getLogger("errata.progress")


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
    labels: pl.DataFrame, knowledge: ClassKnowledge, is_oov: np.ndarray | None = None, *, chunk: int | None = None
) -> Iterator[Facts]:
    """Yield the facts about the images of a label table, chunk by chunk.

    Parameters
    ----------
    labels : polars.DataFrame
        The table `errata.labels.tables.LABELS`.
    knowledge : ClassKnowledge
    is_oov : numpy.ndarray, optional
        bool, shape (images, classes), in the order of `labels`.
    chunk : int, optional
        Images per chunk; by default as many as make `CELLS` with the classes.
    """
    chunk = chunk or max(1, CELLS // len(knowledge.sharing))
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


def facts_of_answers(
    labels: pl.DataFrame, image: np.ndarray, predicted: np.ndarray, knowledge: ClassKnowledge
) -> Facts:
    """Return the facts about single answers, bool, shape (answers,), without those of the open world.

    Parameters
    ----------
    labels : polars.DataFrame
        As for `facts_in_chunks`.
    image, predicted : numpy.ndarray
        int, shape (answers,): the row of `labels`, and the class.
    knowledge : ClassKnowledge
    """
    targets = labels["target"].to_numpy()[image]
    of_answer = labels["multi_labels"].gather(image)
    lengths = of_answer.list.len().cast(pl.Int64).to_numpy()
    members = of_answer.explode(empty_as_null=False).to_numpy()
    answer = np.repeat(np.arange(len(image)), lengths)

    def of_any(holds: np.ndarray) -> np.ndarray:
        return np.bincount(answer[holds], minlength=len(image)) > 0

    return Facts(
        rows=slice(0, len(image)),
        is_target=targets == predicted,
        in_overlap=knowledge.overlap[targets, predicted],
        in_multilabel=of_any(members == predicted[answer]),
        target_in_multilabel=of_any(members == targets[answer]),
        no_label=lengths == 0,
        is_problematic=labels["is_problematic"].to_numpy()[image],
        is_non_prototypical=labels["is_non_prototypical"].fill_null(value=False).to_numpy()[image],
        shares_with_multilabel=of_any(knowledge.sharing[members, predicted[answer]]),
        shares_with_target=knowledge.sharing[targets, predicted],
        pairs_with_multilabel=of_any(knowledge.spurious[members, predicted[answer]]),
        pairs_with_target=knowledge.spurious[targets, predicted],
        is_oov=None,
    )


def _any_of_multilabel(relation: np.ndarray, members: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Return for every image the OR of the relation's rows of its multi-labels; all False where there is none."""
    result = np.zeros((len(lengths), len(relation)), dtype=bool)
    starts = np.cumsum(lengths) - lengths
    # ten times as fast as numpy.logical_or.reduceat
    for place in range(int(lengths.max(initial=0))):
        images = np.flatnonzero(lengths > place)
        result[images] |= relation[members[starts[images] + place]]
    return result


@dataclass(frozen=True)
class Rule:
    """A named rule: where it holds, answers get its outcome, unless an earlier rule held."""

    name: str
    holds: Callable[[Facts], np.ndarray]


def _out_of_vocabulary(facts: Facts) -> np.ndarray:
    if facts.is_oov is None:
        raise ValueError("the facts hold no open-world evidence")
    return facts.is_oov


_correct = Rule(CORRECT, lambda facts: facts.is_target & facts.target_in_multilabel)
_class_overlap = Rule("class_overlap", lambda facts: facts.in_overlap)
_multi_label = Rule("multi_label", lambda facts: facts.in_multilabel)
_fine_grained = Rule("fine_grained", lambda facts: facts.shares_with_multilabel)
_open_world = Rule("fine_grained_oov", _out_of_vocabulary)
_after_open_world = (
    Rule("spurious_correlation", lambda facts: facts.pairs_with_multilabel),
    Rule("non_prototypical", lambda facts: facts.is_non_prototypical),
    Rule("model_failure", lambda facts: np.ones_like(facts.is_non_prototypical)),
)

RULES: tuple[Rule, ...] = (_correct, _class_overlap, _multi_label, _fine_grained, _open_world, *_after_open_world)
"""The rules for images that count."""

PROBLEMATIC_RULES: tuple[Rule, ...] = (
    Rule("unlabelled_correct", lambda facts: facts.no_label & facts.is_target),
    Rule("unlabelled_overlap", lambda facts: facts.no_label & facts.in_overlap),
    Rule("unlabelled_wrong", lambda facts: facts.no_label),
    _correct,
    _class_overlap,
    _multi_label,
    _fine_grained,
    Rule("similar_to_target", lambda facts: ~facts.target_in_multilabel & facts.shares_with_target),
    Rule("co_occurs_with_target", lambda facts: ~facts.target_in_multilabel & facts.pairs_with_target),
    _open_world,
    *_after_open_world,
)
"""The rules for images that the annotators called problematic; statistics leave these images out."""


def decide(facts: Facts) -> np.ndarray:
    """Return the outcome code of every (image, class) of a chunk.

    Without open-world evidence, answers that reach the open-world rule become `open_world_unchecked`, with what the
    later rules say as the provisional category.

    Returns
    -------
    numpy.ndarray
        uint8, shape (images, classes); codes of `errata.atlas.outcomes`.
    """
    outcomes = np.empty(facts.is_target.shape, dtype=np.uint8)
    for rules, here in ((RULES, ~facts.is_problematic), (PROBLEMATIC_RULES, facts.is_problematic)):
        if here.any():
            _write_first_that_holds(rules, facts, outcomes, where=here)
    return outcomes


def _write_first_that_holds(rules: tuple[Rule, ...], facts: Facts, outcomes: np.ndarray, *, where: np.ndarray) -> None:
    """Write what the first rule that holds says, at some images: the last rule first, and every earlier one over it."""
    is_checked, asked = facts.is_oov is not None, rules.index(_open_world)
    everywhere = bool(where.all())
    for place, rule in reversed(list(enumerate(rules))):
        if rule is _open_world and not is_checked:
            continue
        is_open = not is_checked and place > asked
        code = CODES[OPEN_WORLD_UNCHECKED, rule.name] if is_open else CODES[rule.name, None]
        holds = rule.holds(facts)
        np.copyto(outcomes, np.uint8(code), where=holds if everywhere else holds & where)


def compile_atlas(
    labels: pl.DataFrame,
    classes: pl.DataFrame,
    knowledge: ClassKnowledge,
    *,
    name: str,
    dataset: str,
    dataset_images: int,
    has_multilabels: bool,
    is_oov: np.ndarray | None = None,
    provenance: Mapping[str, object] | None = None,
    unreadable: Sequence[tuple[str, str]] = (),
    targets: pl.DataFrame | None = None,
) -> Atlas:
    """Compile the error atlas of a data set.

    Parameters
    ----------
    labels, classes : polars.DataFrame
        The tables `errata.labels.tables.LABELS` and `errata.classes.tables.CLASSES`.
    knowledge : ClassKnowledge
        Overlap, shared superclasses and spurious-prone pairs.
    name, dataset : str
        Name of the atlas and of the data set.
    dataset_images : int
        Number of images in the whole data set.
    has_multilabels : bool
        False where the only label of an image is its target: the category `multi_label` is undefined then.
    is_oov : numpy.ndarray, optional
        bool, shape (images, classes): verdicts of the open-world check. Without them, errors that reach it are
        `open_world_unchecked`.
    provenance : mapping, optional
        Where everything came from; kept in the atlas.
    unreadable : sequence of (str, str)
        Annotated images that cannot be read, with the problem; kept in the atlas.
    targets : polars.DataFrame, optional
        The table `errata.labels.tables.TARGETS` of all images, annotated or not. With it the atlas has `folder_rank`:
        where each image stands if all are sorted by the wnid of their class, as class folders are, and then by file
        name.
    """
    outcomes = np.empty((labels.height, classes.height), dtype=np.uint8)
    for facts in facts_in_chunks(labels, knowledge, is_oov):
        PROGRESS.debug("Deciding every possible answer: image %d of %d", facts.rows.stop, labels.height)
        outcomes[facts.rows] = decide(facts)
    images = labels.select("file_name", "position", "target", "multi_labels", "is_problematic").with_columns(
        *(group_flag(labels, classes, group).alias(f"in_{group}") for group in ("organism", "artifact", "other")),
        labels["is_imagenet_m"],
    )
    if targets is not None:
        folders = targets.join(classes.select("wnid", target="class_id"), on="target").sort("wnid", "file_name")
        ranks = folders.select("file_name", folder_rank=pl.int_range(pl.len(), dtype=pl.Int32))
        images = images.join(ranks, on="file_name", how="left", maintain_order="left")
    return Atlas(
        name=name,
        dataset=dataset,
        images=images,
        outcomes=outcomes,
        classes=classes,
        dataset_images=dataset_images,
        undefined=undefined_categories(labels, has_multilabels=has_multilabels, has_open_world=is_oov is not None),
        provenance=provenance or {},
        unreadable=tuple(unreadable),
    )


def undefined_categories(labels: pl.DataFrame, *, has_multilabels: bool, has_open_world: bool) -> tuple[str, ...]:
    """Name the categories whose counts have no meaning: undecidable on this data set or by this atlas.

    Without open-world evidence nothing can be told apart after it; with it nothing is left unchecked, and then the
    count of `open_world_unchecked` is 0 by definition, not undefined.
    """
    undefined = [] if has_multilabels else ["multi_label"]
    if not has_open_world:
        undefined += BEYOND_OPEN_WORLD
    if labels["is_non_prototypical"].null_count():
        undefined.append("non_prototypical" if has_open_world else "provisional_non_prototypical")
    return tuple(undefined)


def group_flag(labels: pl.DataFrame, classes: pl.DataFrame, group: str) -> pl.Series:
    """Return for every image whether any of its multi-labels is in `group` (bool)."""
    members = classes.filter(pl.col("group") == group)["class_id"].to_list()
    return labels.select(pl.col("multi_labels").list.eval(pl.element().is_in(members)).list.any()).to_series()
