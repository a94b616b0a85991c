"""Explanations: the evidence trails of answers, for one answer or for all answers of a report.

A trail is the lines about the image and those about the answer, in the order of `errata.atlas.trail_words.TERMS`. It
also says which rules hold: the one that decides, and those that would decide if it did not exist.
"""

import textwrap
from dataclasses import dataclass

import numpy as np
import polars as pl

from errata.atlas.compiled import Atlas
from errata.atlas.decision import PROBLEMATIC_RULES, RULES, ClassKnowledge, Rule, facts_of_answers
from errata.atlas.outcomes import CORRECT, Outcome
from errata.atlas.trail_lines import image_lines, joined, lines, reason_lines, verdict_lines
from errata.atlas.trail_words import GATES, TEMPLATES, TERMS, fill
from errata.categories import OPEN_WORLD_UNCHECKED
from errata.classes.superclasses import sharing_matrix
from errata.errors import InputError

NO, YES, UNKNOWN = 0, 1, 2

_OPEN_WORLD = "fine_grained_oov"

_BY_OUTSIDE = {"fine_grained": "shares_outside", "spurious_correlation": "seen_outside"}
"""Rules that a label outside the classes makes hold, and the column that says so."""


@dataclass(frozen=True)
class RuleStates:
    """Rules that hold for answers.

    Attributes
    ----------
    otherwise : list of str or None
        What each answer would be if the rule that decided did not exist: `open_world_unchecked` if the open world
        would have to be asked; None if the answer is correct or was not checked, and after the last rule.
    texts : list of str
        All rules with whether they hold, in words.
    """

    otherwise: list[str | None]
    texts: list[str]


def rule_states(
    labels: pl.DataFrame, answers: pl.DataFrame, categories: pl.Series, knowledge: ClassKnowledge
) -> RuleStates:
    """Evaluate every rule for every answer.

    Parameters
    ----------
    labels : polars.DataFrame
        Of the images: `file_name`, `target`, `is_problematic`, `multi_labels`, `is_non_prototypical`.
    answers : polars.DataFrame
        `image`, the row of `labels`; `predicted_class`; `is_oov`, what the open-world check says, null where it
        was not asked, so that nothing after it can be told; and, of an atlas that was restricted to some classes,
        `shares_outside` and `seen_outside`: a label that is none of the classes makes the rule hold.
    categories : polars.Series
        What each answer is in the atlas.
    knowledge : ClassKnowledge
    """
    image, predicted = answers["image"].to_numpy(), answers["predicted_class"].to_numpy()
    problematic = labels["is_problematic"].to_numpy()[image]
    state_of_oov = answers.select(
        pl.when(pl.col("is_oov").is_null()).then(UNKNOWN).otherwise(pl.col("is_oov").cast(pl.Int8))
    ).to_series()
    otherwise = np.full(len(image), None, dtype=object)
    texts = np.full(len(image), "", dtype=object)
    for rules, here in ((RULES, ~problematic), (PROBLEMATIC_RULES, problematic)):
        rows = np.flatnonzero(here)
        if not len(rows):
            continue
        states = _states(rules, labels, image[rows], predicted[rows], knowledge)
        place = {rule.name: column for column, rule in enumerate(rules)}
        states[:, place[_OPEN_WORLD]] = state_of_oov.to_numpy()[rows]
        for name, column in _BY_OUTSIDE.items():
            if column in answers.columns:
                states[answers[column].to_numpy()[rows], place[name]] = YES
        otherwise[rows] = _otherwise(rules, states, categories.gather(rows))
        texts[rows] = _texts(rules, states)
    return RuleStates(otherwise.tolist(), texts.tolist())


def knowledge_of(evidence: pl.DataFrame, classes: int) -> ClassKnowledge:
    """Return the relations between classes in the table `errata.atlas.tables.EVIDENCE`."""
    overlap, spurious = (np.zeros((classes, classes), dtype=bool) for _ in range(2))
    overlap[_pairs(evidence.filter(kind="class_overlap"))] = True
    spurious[_pairs(evidence.filter(kind="cooccurrence", text="spurious-prone"))] = True
    members = evidence.filter(kind="superclass").select(superclass="text", class_id="class_a")
    return ClassKnowledge(overlap, sharing_matrix(members, classes), spurious | spurious.T)


def _pairs(facts: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    return facts["class_a"].to_numpy(), facts["class_b"].to_numpy()


def _states(
    rules: tuple[Rule, ...], labels: pl.DataFrame, image: np.ndarray, predicted: np.ndarray, knowledge: ClassKnowledge
) -> np.ndarray:
    """Return whether each rule holds, uint8 [answers, rules]; the column of the open world is left at NO."""
    states = np.zeros((len(image), len(rules)), dtype=np.uint8)
    facts = facts_of_answers(labels, image, predicted, knowledge)
    for column, rule in enumerate(rules):
        if rule.name != _OPEN_WORLD:
            states[:, column] = rule.holds(facts)
    return states


def _otherwise(rules: tuple[Rule, ...], states: np.ndarray, decided: pl.Series) -> np.ndarray:
    """Return the name of the first rule after the one that decided that holds or cannot be told."""
    names = [rule.name for rule in rules]
    # answers that were not checked are decided by no rule, so nothing comes after
    places = decided.replace_strict(names, range(len(names)), default=len(names), return_dtype=pl.Int64).to_numpy()
    later = (states != NO) & (np.arange(len(names)) > places[:, None])
    first = later.argmax(axis=1)
    unknown = states[np.arange(len(states)), first] == UNKNOWN
    found = np.where(unknown, OPEN_WORLD_UNCHECKED, np.array(names, dtype=object)[first])
    found[~later.any(axis=1) | (decided == CORRECT).to_numpy()] = None
    return found


def _texts(rules: tuple[Rule, ...], states: np.ndarray) -> np.ndarray:
    """Return the states of all rules in words; equal ones are put into words once."""
    distinct, inverse = np.unique(states, axis=0, return_inverse=True)
    word = {NO: "no", YES: "yes", UNKNOWN: "not asked"}
    texts = [
        ", ".join(f"{rule.name} {word[state]}" for rule, state in zip(rules, row, strict=True)) for row in distinct
    ]
    return np.array(texts, dtype=object)[inverse.ravel()]


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
    gate = atlas.provenance.get("open_world", {}).get("gate")
    asked = _with_verdicts(_with_outside(told, evidence), evidence, verdicts).with_columns(gate=pl.lit(GATES[gate]))
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


def _with_outside(told: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """Add whether an answer shares a superclass, or is often seen together, with a label outside the classes."""
    facts = evidence.filter(pl.col("class_a").is_not_null(), kind="outside_label")
    near = facts.group_by("file_name", predicted_class="class_a").agg(
        shares_outside=pl.col("number").is_null().any(), seen_outside=pl.col("number").is_not_null().any()
    )
    joined_rows = told.join(near, on=["file_name", "predicted_class"], how="left", maintain_order="left")
    return joined_rows.with_columns(pl.col(*_BY_OUTSIDE.values()).fill_null(value=False))


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
    """Add the verdict of the open-world check on every answer, null where it was not asked or not needed."""
    if not was_asked:
        return asked
    # answers that share a superclass with the target are decided before, whatever the image shows
    shares = pl.Series(sharing[asked["target"].to_numpy(), asked["predicted_class"].to_numpy()])
    was_read = pl.col("category") != OPEN_WORLD_UNCHECKED
    gate_closed = pl.col("is_oov").is_null() & ~shares & was_read
    return asked.with_columns(is_oov=pl.when(gate_closed).then(False).otherwise("is_oov"))


@dataclass(frozen=True, repr=False)
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

    def __repr__(self) -> str:
        """Return the explanation as lines of text."""
        return format_explanation(self)

    @property
    def category(self) -> str:
        """What the answer is: `correct`, or the category of the error."""
        return self.outcome.category

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


def format_explanation(explanation: Explanation, *, width: int = 10_000) -> str:
    """Return the explanation as lines of text, broken at so many columns."""
    lines = (f"  {term:<12} {words}" for term, words in explanation.lines)
    indent = " " * 15
    return "\n".join(
        [
            explanation.file_name,
            *(textwrap.fill(line, width, subsequent_indent=indent, break_on_hyphens=False) for line in lines),
        ]
    )
