"""Why an answer is what it is, in words."""

from dataclasses import dataclass

import polars as pl

from errata.atlas.atlas import Atlas
from errata.atlas.outcomes import Outcome
from errata.atlas.trails import build_trails, trail_of
from errata.errors import InputError


@dataclass(frozen=True)
class Explanation:
    """An answer and the facts behind it.

    Attributes
    ----------
    file_name : str
    target, predicted_class : int
    outcome : Outcome
    is_problematic : bool
        Whether the annotators called the image problematic, so that it does not count.
    next_category : str or None
        What the answer would be if the rule that decided did not exist; None if the answer is correct, was not
        checked, or no other rule holds.
    lines : list of (str, str)
        The evidence trail: what a line is about, one of `errata.atlas.trail_words.TERMS`, and its words.
    """

    file_name: str
    target: int
    predicted_class: int
    outcome: Outcome
    is_problematic: bool
    next_category: str | None
    lines: list[tuple[str, str]]

    @property
    def reasons(self) -> list[str]:
        """The facts that decided, one sentence each."""
        return [words for term, words in self.lines if term == "because"]


def explain(
    atlas: Atlas,
    evidence: pl.DataFrame,
    file_name: str,
    predicted_class: int,
    *,
    verdicts: pl.DataFrame | None = None,
) -> Explanation:
    """Explain what it would mean if a model predicted `predicted_class` for `file_name`.

    Parameters
    ----------
    atlas : Atlas
    evidence : polars.DataFrame
        The table `errata.atlas.tables.EVIDENCE` beside the atlas.
    file_name : str
    predicted_class : int
    verdicts : polars.DataFrame, optional
        The table `errata.openworld.tables.VERDICTS` beside the atlas, of this image at least, where the open world was
        asked.

    Raises
    ------
    InputError
        If the atlas has no such image or class.
    """
    if file_name not in atlas.images["file_name"]:
        raise InputError(
            f"{file_name} is not among the {atlas.images.height} annotated images of data set '{atlas.dataset}' "
            f"(they are named like {atlas.images['file_name'][0]})."
        )
    if not 0 <= predicted_class < atlas.classes.height:
        raise InputError(f"class {predicted_class} is not one of the {atlas.classes.height} classes of the atlas.")
    asked = pl.DataFrame(
        {"file_name": [file_name], "predicted_class": [predicted_class]}, schema_overrides={"predicted_class": pl.Int16}
    )
    trails = build_trails(atlas, evidence, asked, verdicts=verdicts)
    image, answer = trails.images.row(0, named=True), trails.answers.row(0, named=True)
    return Explanation(
        file_name=file_name,
        target=image["target"],
        predicted_class=predicted_class,
        outcome=atlas.outcome_list[answer["code"]],
        is_problematic=image["is_problematic"],
        next_category=answer["otherwise"],
        lines=trail_of(trails, 0, atlas),
    )


def format_explanation(explanation: Explanation) -> str:
    """Return the explanation as lines of text."""
    return "\n".join([explanation.file_name, *(f"  {term:<12} {words}" for term, words in explanation.lines)])
