"""Why an answer is what it is: the facts that the rule that decided rests on."""

import polars as pl

from errata.atlas.trail_lines import lines
from errata.atlas.verdict_lines import winner
from errata.categories import AFTER_OPEN_WORLD, BEYOND_OPEN_WORLD, OPEN_WORLD_UNCHECKED
from errata.classes.pairs import SPURIOUS_MINIMUM


def reason_lines(asked: pl.DataFrame, images: pl.DataFrame, evidence: pl.DataFrame, *, was_asked: bool) -> pl.DataFrame:
    """Return the lines that say why answers are what they are, and which of those facts made it a close call.

    Parameters
    ----------
    asked : polars.DataFrame
        Answers with `category`, `provisional_category`, their verdict and the number of `neighbours`.
    images : polars.DataFrame
        `file_name` and `multi_labels`.
    evidence : polars.DataFrame
        The table `errata.atlas.tables.EVIDENCE`.
    was_asked : bool
        Whether the atlas asked the open world.
    """
    # an answer that was not checked gets the reasons of what it is provisionally
    rows = asked.with_columns(decided=pl.coalesce("provisional_category", "category"))
    labels = rows.join(images.select("file_name", "multi_labels"), on="file_name", maintain_order="left")
    by_label = labels.explode("multi_labels", empty_as_null=False).rename({"multi_labels": "label"})
    by_target = rows.with_columns(label="target")
    unchecked = rows.filter(category=OPEN_WORLD_UNCHECKED)
    return pl.concat(
        [
            lines(unchecked, "unchecked"),
            lines(unchecked, pl.format("provisionally_{}", "code")),
            *(_open_world(rows) if was_asked else ()),
            *_overlap(_of(rows, "class_overlap", "unlabelled_overlap"), evidence),
            *_in_multi_label(_of(rows, "multi_label"), evidence),
            *_shared(_of(by_label, "fine_grained"), evidence),
            *_shared(_of(by_target, "similar_to_target"), evidence),
            *_pairs(_of(by_label, "spurious_correlation"), evidence),
            *_pairs(_of(by_target, "co_occurs_with_target"), evidence),
            *_expert_lists(_of(rows, "non_prototypical"), evidence),
            lines(_of(rows, "model_failure"), "nothing"),
        ]
    )


def _of(rows: pl.DataFrame, *categories: str) -> pl.DataFrame:
    return rows.filter(pl.col("decided").is_in(categories))


def _open_world(rows: pl.DataFrame) -> list[pl.DataFrame]:
    """Whether the visual gate opened, by which neighbour, and which proposal won."""
    is_open = pl.col("margin").is_not_null()
    shown = rows.filter(is_open & pl.col("category").is_in(BEYOND_OPEN_WORLD))
    closed = rows.filter(~is_open & pl.col("category").is_in(AFTER_OPEN_WORLD))
    itself = pl.col("neighbour_class") == pl.col("predicted_class")
    neighbour = pl.col("neighbour_rank"), pl.col("neighbour_class")
    verdict = pl.when("is_oov").then(pl.lit("winner_out")).otherwise(pl.lit("winner_in"))
    return [
        lines(closed, "gate_closed", pl.col("neighbours"), pl.col("predicted_class")),
        lines(shown.filter(itself), "gate", *neighbour),
        lines(shown.filter(~itself), "gate_kin", *neighbour, pl.col("predicted_class")),
        lines(shown, verdict, winner()),
    ]


def _overlap(rows: pl.DataFrame, evidence: pl.DataFrame) -> list[pl.DataFrame]:
    facts = evidence.filter(kind="class_overlap").select(target="class_a", predicted_class="class_b", reason="text")
    return [
        lines(rows.join(facts, on=["target", "predicted_class"], maintain_order="left"), "overlap", pl.col("reason"))
    ]


def _in_multi_label(rows: pl.DataFrame, evidence: pl.DataFrame) -> list[pl.DataFrame]:
    facts = evidence.filter(kind="multi_label").select("file_name", predicted_class="class_a", state="text")
    found = rows.join(facts, on=["file_name", "predicted_class"], maintain_order="left")
    return [
        lines(found, "in_multi_label", pl.col("predicted_class"), pl.col("state")),
        lines(found.filter(state="unclear"), "close_label"),
    ]


def _shared(rows: pl.DataFrame, evidence: pl.DataFrame) -> list[pl.DataFrame]:
    """Name the superclasses that the prediction shares with each label; a class may be in none and be the label."""
    members = evidence.filter(kind="superclass").select("class_a", "text")
    found = (
        rows.join(members, left_on="label", right_on="class_a", maintain_order="left_right")
        .join(members.rename({"class_a": "predicted_class"}), on=["predicted_class", "text"], maintain_order="left")
        .group_by("answer", "predicted_class", "label", maintain_order=True)
        .agg(pl.col("text").str.join(", "))
    )
    alone = rows.join(found, on="answer", how="anti").unique("answer", maintain_order=True)
    return [
        lines(found, "shared", pl.col("predicted_class"), pl.col("label"), pl.col("text")),
        lines(alone, "own_superclass", pl.col("predicted_class")),
    ]


def _pairs(rows: pl.DataFrame, evidence: pl.DataFrame) -> list[pl.DataFrame]:
    prone = evidence.filter(kind="cooccurrence", text="spurious-prone").select("class_a", "class_b", "number")
    found = rows.with_columns(
        class_a=pl.min_horizontal("predicted_class", "label"), class_b=pl.max_horizontal("predicted_class", "label")
    ).join(prone, on=["class_a", "class_b"], maintain_order="left")
    barely = found.group_by("answer", maintain_order=True).agg(pl.col("number").max())
    return [
        lines(found, "pair", pl.col("predicted_class"), pl.col("label"), pl.col("number").cast(pl.Int64)),
        lines(barely.filter(pl.col("number") <= SPURIOUS_MINIMUM), "close_pair"),
    ]


def _expert_lists(rows: pl.DataFrame, evidence: pl.DataFrame) -> list[pl.DataFrame]:
    facts = evidence.filter(kind="non_prototypical").select("file_name", lists="text")
    return [lines(rows.join(facts, on="file_name", maintain_order="left"), "expert_list", pl.col("lists"))]
