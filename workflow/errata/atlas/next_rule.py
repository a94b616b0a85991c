"""What an answer would be if the rule that decided did not exist, worked out from the evidence beside an atlas."""

import numpy as np
import polars as pl

from errata.atlas.atlas import Atlas
from errata.atlas.decision import PROBLEMATIC_RULES, RULES
from errata.atlas.facts import ClassKnowledge, facts_in_chunks
from errata.atlas.outcomes import OPEN_WORLD_UNCHECKED
from errata.classes.superclasses import sharing_matrix


def next_category(
    atlas: Atlas, evidence: pl.DataFrame, file_name: str, predicted_class: int, *, category: str, is_oov: bool | None
) -> str | None:
    """Name the first rule after the one that decided that holds too.

    Parameters
    ----------
    atlas : Atlas
    evidence : polars.DataFrame
        The table `errata.tables.EVIDENCE` beside it.
    file_name : str
    predicted_class : int
    category : str
        The rule that decided.
    is_oov : bool or None
        What the open-world check says; None where it was not asked, so that nothing after it can be told.

    Returns
    -------
    str or None
        `open_world_unchecked` if the open world would have to be asked; None after the last rule.
    """
    classes = atlas.classes.height
    labels = _label_row(atlas, evidence, file_name)
    (facts,) = facts_in_chunks(labels, _knowledge(evidence, classes), np.full((1, classes), bool(is_oov)))
    rules = PROBLEMATIC_RULES if labels["is_problematic"].item() else RULES
    names = [rule.name for rule in rules]
    for rule in rules[names.index(category) + 1 :]:
        if rule.name == "fine_grained_oov" and is_oov is None:
            return OPEN_WORLD_UNCHECKED
        if np.broadcast_to(rule.holds(facts), facts.is_target.shape)[0, predicted_class]:
            return rule.name
    return None


def _label_row(atlas: Atlas, evidence: pl.DataFrame, file_name: str) -> pl.DataFrame:
    """Return what the rules read of the label table, for one image."""
    about_image = evidence.filter(pl.col("file_name") == file_name)
    multi_labels = about_image.filter(kind="multi_label")["class_a"].to_list()
    return (
        atlas.images.filter(pl.col("file_name") == file_name)
        .select("file_name", "target", "is_problematic")
        .with_columns(
            multi_labels=pl.Series([multi_labels], dtype=pl.List(pl.Int16)),
            is_non_prototypical=pl.lit(not about_image.filter(kind="non_prototypical").is_empty()),
        )
    )


def _knowledge(evidence: pl.DataFrame, classes: int) -> ClassKnowledge:
    """Return the relations between classes that the evidence tells."""
    overlap, spurious = (np.zeros((classes, classes), dtype=bool) for _ in range(2))
    overlap[_pairs(evidence.filter(kind="class_overlap"))] = True
    spurious[_pairs(evidence.filter(kind="cooccurrence", text="spurious-prone"))] = True
    members = evidence.filter(kind="superclass").select(superclass="text", class_id="class_a")
    return ClassKnowledge(overlap, sharing_matrix(members, classes), spurious | spurious.T)


def _pairs(facts: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    return facts["class_a"].to_numpy(), facts["class_b"].to_numpy()
