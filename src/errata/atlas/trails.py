"""The evidence trails of answers: every fact behind them, as lines, for one answer or for all answers of a report.

A trail is the lines about the image and those about the answer, in the order of `errata.atlas.trail_words.TERMS`.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from errata.atlas.atlas import Atlas
from errata.atlas.image_lines import image_lines
from errata.atlas.reason_lines import reason_lines
from errata.atlas.rule_states import knowledge_of, rule_states
from errata.atlas.trail_lines import joined, lines
from errata.atlas.trail_words import TEMPLATES, TERMS, fill
from errata.atlas.verdict_lines import verdict_lines


@dataclass(frozen=True)
class Trails:
    """Answers and the lines about them.

    Attributes
    ----------
    images : polars.DataFrame
        One row per image: `file_name`, `target`, `is_problematic`, `multi_labels`.
    answers : polars.DataFrame
        One row per answer: `image` (row of `images`), `predicted_class`, `code` (outcome), `otherwise` (what it would
        be if the rule that decided did not exist, or null) and `is_close`.
    image_lines, answer_lines : polars.DataFrame
        `owner` (row of `images` or `answers`), `template` (position), `values` (list of str); by owner, and in the
        order in which they are told.
    """

    images: pl.DataFrame
    answers: pl.DataFrame
    image_lines: pl.DataFrame
    answer_lines: pl.DataFrame


def build_trails(
    atlas: Atlas, evidence: pl.DataFrame, answers: pl.DataFrame, *, verdicts: pl.DataFrame | None = None
) -> Trails:
    """Gather the evidence behind answers.

    Parameters
    ----------
    atlas : Atlas
    evidence : polars.DataFrame
        The table `errata.atlas.tables.EVIDENCE` beside it.
    answers : polars.DataFrame
        `file_name` (an image of the atlas) and `predicted_class` (a class of it); every pair once, in any order. The
        trails keep their order; images are in the order of their first answer.
    verdicts : polars.DataFrame, optional
        The table `errata.openworld.tables.VERDICTS` beside the atlas, of these answers at least, where the open world
        was asked.
    """
    images = _images(atlas, evidence, answers)
    told = answers.select("file_name", "predicted_class").join(
        images.select("file_name", "image", "row", "target"), on="file_name", maintain_order="left"
    )
    codes = atlas.outcomes[told["row"].to_numpy(), told["predicted_class"].to_numpy()]
    told = told.with_row_index("answer").with_columns(
        code=pl.Series(codes),
        category=_outcome_names(atlas, "category").gather(codes),
        provisional_category=_outcome_names(atlas, "provisional_category").gather(codes),
    )
    asked = _with_verdicts(told, evidence, verdicts)
    knowledge = knowledge_of(evidence, atlas.classes.height)
    states = rule_states(images, _with_oov(asked, knowledge.sharing, verdicts is not None), told["category"], knowledge)
    about = joined(
        lines(told, "prediction", pl.col("predicted_class")),
        lines(told, pl.format("outcome_{}", "code")),
        lines(told, pl.format("meaning_{}", "code")),
        reason_lines(asked, images, evidence, was_asked=verdicts is not None),
        lines(told.with_columns(states=pl.Series(states.texts, dtype=pl.String)), "rules", pl.col("states")),
        lines(
            told.with_columns(after=pl.Series(states.otherwise, dtype=pl.String)).filter(pl.col("after").is_not_null()),
            pl.format("otherwise_{}", "after"),
        ),
        verdict_lines(asked, atlas.classes) if verdicts is not None else None,
    )
    terms = pl.Series([template.term for template in TEMPLATES])
    close = about.filter(terms.gather(about["template"]) == "close call")["owner"].unique()
    answers_told = told.select("image", "predicted_class", "code").with_columns(
        otherwise=pl.Series(states.otherwise, dtype=pl.String),
        is_close=told["answer"].is_in(close.implode()),
    )
    return Trails(
        images=images.select("file_name", "target", "is_problematic", "multi_labels"),
        answers=answers_told,
        image_lines=image_lines(images, evidence),
        answer_lines=about,
    )


def trail_of(trails: Trails, answer: int, atlas: Atlas) -> list[tuple[str, str]]:
    """Return the lines about one answer as (term, words)."""
    image = trails.answers["image"][answer]
    both = pl.concat([trails.image_lines.filter(owner=image), trails.answer_lines.filter(owner=answer)])
    told = [fill(position, values, atlas.classes) for _, position, values in both.rows()]
    return sorted(told, key=lambda line: TERMS.index(line[0]))


def _images(atlas: Atlas, evidence: pl.DataFrame, answers: pl.DataFrame) -> pl.DataFrame:
    """Return the images that are answered, with what the rules read of them."""
    shown = answers.select(pl.col("file_name").unique(maintain_order=True))
    labels = (
        evidence.filter(kind="multi_label")
        .join(shown, on="file_name", how="semi")
        .group_by("file_name", maintain_order=True)
        .agg(multi_labels="class_a", label_states="text")
    )
    experts = evidence.filter(kind="non_prototypical").select("file_name").unique()
    return (
        shown.join(
            atlas.images.with_row_index("row").select("file_name", "row", "target", "is_problematic"),
            on="file_name",
            maintain_order="left",
        )
        .join(labels, on="file_name", how="left", maintain_order="left")
        .with_columns(
            pl.col("multi_labels", "label_states").fill_null([]),
            is_non_prototypical=pl.col("file_name").is_in(experts["file_name"].implode()),
        )
        .with_row_index("image")
    )


def _outcome_names(atlas: Atlas, which: str) -> pl.Series:
    return pl.Series([getattr(outcome, which) for outcome in atlas.outcome_list], dtype=pl.String)


def _with_verdicts(told: pl.DataFrame, evidence: pl.DataFrame, verdicts: pl.DataFrame | None) -> pl.DataFrame:
    """Add the verdict and the number of neighbours of every answer; null where there is none."""
    neighbours = evidence.filter(kind="neighbour").group_by("file_name").agg(neighbours=pl.len())
    counted = told.join(neighbours, on="file_name", how="left", maintain_order="left").with_columns(
        pl.col("neighbours").fill_null(0)
    )
    if verdicts is None:
        return counted.with_columns(is_oov=pl.lit(None, dtype=pl.Boolean))
    return counted.join(verdicts, on=["file_name", "predicted_class"], how="left", maintain_order="left")


def _with_oov(asked: pl.DataFrame, sharing: np.ndarray, was_asked: bool) -> pl.DataFrame:
    """Say what the open-world check says about every answer, null where it was not asked or not needed."""
    if not was_asked:
        return asked
    # answers that share a superclass with the target are decided before, whatever the image shows
    shares = pl.Series(sharing[asked["target"].to_numpy(), asked["predicted_class"].to_numpy()])
    return asked.with_columns(is_oov=pl.when(pl.col("is_oov").is_null() & ~shares).then(False).otherwise("is_oov"))
