"""Why an answer is what it is, in words."""

from dataclasses import dataclass

import polars as pl

from errata.atlas.atlas import Atlas
from errata.atlas.next_rule import next_category
from errata.atlas.open_world_words import OpenWorldFacts, open_world_facts
from errata.atlas.outcomes import CORRECT, OPEN_WORLD_UNCHECKED, SENTENCES, Outcome
from errata.input_error import InputError


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
    labels : list of (int, str)
        The multi-label: class id, `correct` or `unclear`.
    reasons : list of str
        One sentence per fact that decided, in words.
    next_category : str or None
        What the answer would be if the rule that decided did not exist; None if the answer is correct, was not
        checked, or no other rule holds.
    open_world : OpenWorldFacts or None
        The nearest training images and what competed; None where the atlas did not ask the open world.
    """

    file_name: str
    target: int
    predicted_class: int
    outcome: Outcome
    is_problematic: bool
    labels: list[tuple[int, str]]
    reasons: list[str]
    next_category: str | None = None
    open_world: OpenWorldFacts | None = None


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
        The table `errata.tables.EVIDENCE` beside the atlas.
    file_name : str
    predicted_class : int
    verdicts : polars.DataFrame, optional
        The table `errata.tables.VERDICTS` beside the atlas, of this image at least, where the open world was asked.

    Raises
    ------
    InputError
        If the atlas has no such image or class.
    """
    image = atlas.images.with_row_index("row").filter(pl.col("file_name") == file_name)
    if not image.height:
        raise InputError(
            f"{file_name} is not among the {atlas.images.height} annotated images of data set '{atlas.dataset}' "
            f"(they are named like {atlas.images['file_name'][0]})."
        )
    if not 0 <= predicted_class < atlas.classes.height:
        raise InputError(f"class {predicted_class} is not one of the {atlas.classes.height} classes of the atlas.")
    row = image.row(0, named=True)
    outcome = atlas.outcome_list[atlas.outcomes[row["row"], predicted_class]]
    about_image = evidence.filter(pl.col("file_name") == file_name)
    labels = about_image.filter(pl.col("kind") == "multi_label").select("class_a", "text").rows()
    open_world = None
    if verdicts is not None:
        open_world = open_world_facts(
            verdicts.filter(pl.col("file_name") == file_name, pl.col("predicted_class") == predicted_class), about_image
        )
    reasoner = _Reasoner(
        atlas, evidence, about_image, row["target"], predicted_class, [label for label, _ in labels], open_world
    )
    return Explanation(
        file_name=file_name,
        target=row["target"],
        predicted_class=predicted_class,
        outcome=outcome,
        is_problematic=row["is_problematic"],
        labels=labels,
        reasons=reasoner.reasons(outcome),
        next_category=None
        if outcome.category in (CORRECT, OPEN_WORLD_UNCHECKED)
        else next_category(
            atlas, evidence, file_name, predicted_class, category=outcome.category, is_oov=reasoner.is_oov()
        ),
        open_world=open_world,
    )


def format_explanation(explanation: Explanation, atlas: Atlas) -> str:
    """Return the explanation as a few lines of text."""
    outcome = explanation.outcome
    shown = ", ".join(
        f"{_named(atlas, label)}{' (unclear)' if status == 'unclear' else ''}" for label, status in explanation.labels
    )
    lines = [
        explanation.file_name,
        f"  target       {_named(atlas, explanation.target)}",
        f"  multi-label  {shown or 'none holds'}",
        f"  prediction   {_named(atlas, explanation.predicted_class)}",
        f"  outcome      {outcome.category}"
        + (f" (provisionally {outcome.provisional_category})" if outcome.provisional_category else ""),
        f"               {outcome.sentence}",
    ]
    lines += [f"  because      {reason}" for reason in explanation.reasons]
    if explanation.next_category:
        lines.append(f"  otherwise    {explanation.next_category}: {SENTENCES[explanation.next_category]}")
    if explanation.open_world:
        lines += _open_world_lines(explanation.open_world, atlas, explanation.predicted_class)
    if explanation.is_problematic:
        lines.append("  note         The annotators called this image problematic; statistics leave it out.")
    return "\n".join(lines)


def _open_world_lines(facts: OpenWorldFacts, atlas: Atlas, predicted_class: int) -> list[str]:
    lines = [
        f"  neighbour    {name}: {_named(atlas, class_id)}" + ("" if cosine is None else f", cosine {cosine:.3f}")
        for name, class_id, cosine in facts.neighbours
    ]
    if facts.verdict is None:
        return lines
    return [
        *lines,
        *(f"  proposal     {lemma} [{wnid}], probability {probability:.3f}" for wnid, lemma, probability in facts.best),
        f"  margin       {facts.verdict['margin']:+.3f} between the best one out of vocabulary and the best other; "
        f"{facts.verdict['proposals']} prompts competed",
    ]


def _named(atlas: Atlas, class_id: int) -> str:
    row = atlas.classes.row(class_id, named=True)
    return f"{class_id} {row['name']} [{row['wnid']}]"


@dataclass(frozen=True)
class _Reasoner:
    atlas: Atlas
    evidence: pl.DataFrame
    about_image: pl.DataFrame
    target: int
    predicted_class: int
    labels: list[int]
    open_world: OpenWorldFacts | None

    def reasons(self, outcome: Outcome) -> list[str]:
        reason_of = {
            "class_overlap": self._overlap,
            "unlabelled_overlap": self._overlap,
            "multi_label": self._in_multi_label,
            "fine_grained": lambda: self._shared_superclasses(self.labels),
            "similar_to_target": lambda: self._shared_superclasses([self.target]),
            "fine_grained_oov": self._out_of_vocabulary,
            "spurious_correlation": lambda: self._pairs(self.labels),
            "co_occurs_with_target": lambda: self._pairs([self.target]),
            "non_prototypical": self._expert_lists,
            "model_failure": self._nothing_applies,
        }
        if outcome.category == OPEN_WORLD_UNCHECKED:
            later = outcome.provisional_category
            return [
                "The prediction shares no superclass with any label, so the open world would be asked next, "
                "but this atlas has no open-world evidence.",
                f"If nothing is out of vocabulary: {SENTENCES[later]}",
                *reason_of[later](),
            ]
        reasons = reason_of.get(outcome.category, list)()
        is_after_open_world = outcome.category in ("spurious_correlation", "non_prototypical", "model_failure")
        return [*self._why_not_out_of_vocabulary(), *reasons] if is_after_open_world else reasons

    def is_oov(self) -> bool | None:
        """Return what the open-world check says; None where it was not asked or not needed."""
        if self.open_world is None:
            return None
        if self.open_world.verdict is None:
            # answers that share a superclass with the target are decided before, whatever the image shows
            return None if self._superclasses_shared_with([self.target]).height else False
        return self.open_world.is_oov

    def _name(self, class_id: int) -> str:
        return self.atlas.classes["name"][class_id]

    def _out_of_vocabulary(self) -> list[str]:
        if self.open_world is None or self.open_world.verdict is None:
            return []
        return [self._gate(), f"The most similar text, {self.open_world.winner}, is none of the known classes."]

    def _why_not_out_of_vocabulary(self) -> list[str]:
        if self.open_world is None:
            return []
        if self.open_world.verdict is None:
            count = len(self.open_world.neighbours)
            return [
                f"None of the {count} nearest training images shows {self._name(self.predicted_class)} or a class that "
                "shares a superclass with it, so the open world is not asked."
            ]
        return [
            self._gate(),
            f"The most similar text, {self.open_world.winner}, does not name anything out of vocabulary.",
        ]

    def _gate(self) -> str:
        verdict = self.open_world.verdict
        neighbour = verdict["neighbour_class"]
        of_kind = (
            f"shows {self._name(neighbour)}"
            if neighbour == self.predicted_class
            else f"shows {self._name(neighbour)}, in a superclass with {self._name(self.predicted_class)}"
        )
        return f"The nearest training image number {verdict['neighbour_rank']} {of_kind}, so the open world is asked."

    def _overlap(self) -> list[str]:
        facts = self.evidence.filter(kind="class_overlap", class_a=self.target, class_b=self.predicted_class)
        return [f"{text}." for text in facts["text"].to_list()]

    def _in_multi_label(self) -> list[str]:
        facts = self.about_image.filter(kind="multi_label", class_a=self.predicted_class)
        return [f"The annotators call the label {self._name(self.predicted_class)} {text}." for text in facts["text"]]

    def _shared_superclasses(self, labels: list[int]) -> list[str]:
        shared = self._superclasses_shared_with(labels)
        return [
            f"{self._name(self.predicted_class)} and {self._name(label)} are both in the superclass {', '.join(names)}."
            for label, names in shared.rows()
        ] or [f"{self._name(self.predicted_class)} is a label of the image and a superclass of its own."]

    def _superclasses_shared_with(self, labels: list[int]) -> pl.DataFrame:
        """Return the superclasses that the prediction shares with classes: one row per class, with their names."""
        members = self.evidence.filter(kind="superclass")
        mine = members.filter(class_a=self.predicted_class).select("text")
        return (
            members.filter(pl.col("class_a").is_in(labels))
            .join(mine, on="text")
            .group_by("class_a", maintain_order=True)
            .agg("text")
        )

    def _pairs(self, labels: list[int]) -> list[str]:
        pairs = self.evidence.filter(kind="cooccurrence", text="spurious-prone")
        lower = pl.min_horizontal(pl.lit(self.predicted_class), "label").cast(pl.Int16)
        upper = pl.max_horizontal(pl.lit(self.predicted_class), "label").cast(pl.Int16)
        facts = (
            pl.DataFrame({"label": labels}, schema={"label": pl.Int16})
            .with_columns(class_a=lower, class_b=upper)
            .join(pairs, on=["class_a", "class_b"])
        )
        return [
            f"{self._name(self.predicted_class)} and {self._name(label)} are seen together in {number:.0f} images."
            for label, number in facts.select("label", "number").rows()
        ]

    def _expert_lists(self) -> list[str]:
        facts = self.about_image.filter(kind="non_prototypical")
        return [f"Experts called the image non-prototypical (list: {text})." for text in facts["text"]]

    def _nothing_applies(self) -> list[str]:
        return [
            "No label shares a superclass with the prediction, none often occurs together with it, "
            "and no expert list names the image."
        ]
