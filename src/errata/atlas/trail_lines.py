"""The lines of evidence trails: which facts are put into which words (`errata.atlas.trail_words`).

In a table, a line has an owner (an image or an answer), the position of its template, and its values.
"""

import polars as pl

from errata.atlas.trail_words import CLOSE_MARGIN, POSITIONS
from errata.categories import AFTER_OPEN_WORLD, BEYOND_OPEN_WORLD, OPEN_WORLD_UNCHECKED
from errata.classes.pairs import SPURIOUS_MINIMUM
from errata.openworld.tables import OWN_CLASS, OWN_NAME

SCHEMA = {"owner": pl.UInt32, "template": pl.UInt8, "values": pl.List(pl.String)}


def lines(rows: pl.DataFrame, template: str | pl.Expr, *values: pl.Expr, owner: str = "answer") -> pl.DataFrame:
    """Return one line per row.

    Parameters
    ----------
    rows : polars.DataFrame
        With the column `owner`.
    template : str or polars.Expr
        Its name, or an expression of its name.
    values : polars.Expr
        One per slot of the template.
    """
    named = pl.lit(template) if isinstance(template, str) else template
    position = named.replace_strict(POSITIONS, return_dtype=pl.UInt8)
    told = pl.concat_list([value.cast(pl.String) for value in values]) if values else pl.lit([], pl.List(pl.String))
    return rows.select(owner=pl.col(owner).cast(pl.UInt32), template=position, values=told)


def joined(*parts: pl.DataFrame | None) -> pl.DataFrame:
    """Concatenate lines by owner; those of one owner stay in the order of the parts and of their rows."""
    given = [part for part in parts if part is not None]
    return pl.concat([pl.DataFrame(schema=SCHEMA), *given]).sort("owner", maintain_order=True)


def image_lines(images: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """Return the lines about images.

    Parameters
    ----------
    images : polars.DataFrame
        `image`, `file_name`, `target`, `is_problematic`, `multi_labels` and `label_states` (`correct`, `unclear`).
    evidence : polars.DataFrame
        The table `errata.atlas.tables.EVIDENCE`.
    """
    labels = images.select("image", "multi_labels", "label_states").explode(
        "multi_labels", "label_states", empty_as_null=False
    )
    outside = evidence.filter(kind="outside_label")
    return joined(
        lines(images, "target", pl.col("target"), owner="image"),
        lines(labels, pl.format("label_{}", "label_states"), pl.col("multi_labels"), owner="image"),
        lines(images.filter(pl.col("multi_labels").list.len() == 0), "no_label", owner="image"),
        lines(
            images.join(outside.filter(pl.col("class_a").is_null()), on="file_name"),
            "label_outside",
            pl.col("text"),
            owner="image",
        ),
        _neighbours(images, evidence),
        lines(images.filter("is_problematic"), "problematic", owner="image"),
    )


def _neighbours(images: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    rank = pl.col("text").str.split(" ").list.first().cast(pl.Int64)
    ranked = (
        evidence.filter(kind="neighbour").join(images.select("image", "file_name"), on="file_name").sort("image", rank)
    )
    known, unknown = ranked.filter(pl.col("number").is_not_null()), ranked.filter(pl.col("number").is_null())
    told = [
        lines(known, "neighbour_cosine", pl.col("text"), pl.col("class_a"), decimals(pl.col("number")), owner="image"),
        lines(unknown, "neighbour", pl.col("text"), pl.col("class_a"), owner="image"),
    ]
    return pl.concat(told)


def reason_lines(asked: pl.DataFrame, images: pl.DataFrame, evidence: pl.DataFrame, *, was_asked: bool) -> pl.DataFrame:
    """Return the lines that say why answers are what they are, and which of those facts made it a close call.

    Parameters
    ----------
    asked : polars.DataFrame
        Answers with `category`, `provisional_category`, their verdict, the number of `neighbours` and what those
        are (`gate`).
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
            lines(unchecked, "unread" if was_asked else "unchecked"),
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
    """Return whether the visual gate opened, by which neighbour, and which proposal won."""
    is_open = pl.col("margin").is_not_null()
    shown = rows.filter(is_open & pl.col("category").is_in(BEYOND_OPEN_WORLD))
    closed = rows.filter(~is_open & pl.col("category").is_in(AFTER_OPEN_WORLD))
    itself = pl.col("neighbour_class") == pl.col("predicted_class")
    neighbour = pl.col("neighbour_rank"), pl.col("neighbour_class")
    verdict = pl.when("is_oov").then(pl.lit("winner_out")).otherwise(pl.lit("winner_in"))
    return [
        lines(closed, pl.format("gate_closed{}", "gate"), pl.col("neighbours"), pl.col("predicted_class")),
        lines(shown.filter(itself), pl.format("gate{}", "gate"), *neighbour),
        lines(shown.filter(~itself), pl.format("gate_kin{}", "gate"), *neighbour, pl.col("predicted_class")),
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
    outside = _near_outside(rows, evidence.filter(pl.col("number").is_null()))
    alone = rows.join(pl.concat([found.select("answer"), outside.select("answer")]), on="answer", how="anti")
    alone = alone.unique("answer", maintain_order=True)
    return [
        lines(found, "shared", pl.col("predicted_class"), pl.col("label"), pl.col("text")),
        lines(outside, "shared_outside", pl.col("predicted_class"), pl.col("text")),
        lines(alone, "own_superclass", pl.col("predicted_class")),
    ]


def _near_outside(rows: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """Return answers with the labels outside the classes that they are near, a row each."""
    facts = evidence.filter(kind="outside_label").select("file_name", "number", "text", predicted_class="class_a")
    answers = rows.unique("answer", maintain_order=True)
    return answers.join(facts, on=["file_name", "predicted_class"], maintain_order="left_right")


def _pairs(rows: pl.DataFrame, evidence: pl.DataFrame) -> list[pl.DataFrame]:
    prone = evidence.filter(kind="cooccurrence", text="spurious-prone").select("class_a", "class_b", "number")
    found = rows.with_columns(
        class_a=pl.min_horizontal("predicted_class", "label"), class_b=pl.max_horizontal("predicted_class", "label")
    ).join(prone, on=["class_a", "class_b"], maintain_order="left")
    outside = _near_outside(rows, evidence.filter(pl.col("number").is_not_null()))
    barely = found.group_by("answer", maintain_order=True).agg(pl.col("number").max())
    return [
        lines(found, "pair", pl.col("predicted_class"), pl.col("label"), pl.col("number").cast(pl.Int64)),
        lines(outside, "pair_outside", pl.col("predicted_class"), pl.col("text"), pl.col("number").cast(pl.Int64)),
        lines(barely.filter(pl.col("number") <= SPURIOUS_MINIMUM), "close_pair"),
    ]


def _expert_lists(rows: pl.DataFrame, evidence: pl.DataFrame) -> list[pl.DataFrame]:
    facts = evidence.filter(kind="non_prototypical").select("file_name", lists="text")
    return [lines(rows.join(facts, on="file_name", maintain_order="left"), "expert_list", pl.col("lists"))]


def verdict_lines(asked: pl.DataFrame, classes: pl.DataFrame) -> pl.DataFrame:
    """Return the lines about the proposals of answers, and which verdicts were close calls.

    Parameters
    ----------
    asked : polars.DataFrame
        Answers with the columns of `errata.openworld.tables.VERDICTS`, `neighbours`, their number, and `gate`, what
        they are; null where no neighbour opened the visual gate.
    classes : polars.DataFrame
        The classes of the atlas.
    """
    decided = asked.filter(pl.col("margin").is_not_null())
    best = decided.select("answer", "best_offsets", "best_lemmas", "best_probabilities").explode(
        "best_offsets", "best_lemmas", "best_probabilities", empty_as_null=False
    )
    wnid = identifiers(pl.col("best_offsets"))
    is_class = wnid.is_in(classes["wnid"].implode()) | pl.col("best_offsets").is_between(OWN_CLASS, OWN_NAME - 1)
    kind = pl.when(is_class).then(pl.lit("proposal_known")).otherwise(pl.lit("proposal_new"))
    reached = pl.col("category").is_in(BEYOND_OPEN_WORLD)
    narrow = decided.filter(reached, pl.col("margin").abs() < CLOSE_MARGIN)
    last = decided.filter(reached, pl.col("neighbour_rank") == pl.col("neighbours"))
    return pl.concat(
        [
            lines(best, kind, pl.col("best_lemmas"), wnid, decimals(pl.col("best_probabilities"))),
            lines(decided, "margin", signed_decimals(pl.col("margin")), pl.col("proposals")),
            lines(narrow, "close_margin"),
            lines(last, pl.format("close_gate{}", "gate"), pl.col("neighbours")),
        ]
    )


def identifiers(offset: pl.Expr) -> pl.Expr:
    """Return the wnids of synsets, n and eight digits; of a list of names, the class id or the place in the list."""
    return (
        pl.when(offset >= OWN_NAME)
        .then(pl.format("name {}", offset - OWN_NAME + 1))
        .when(offset >= OWN_CLASS)
        .then(pl.format("class {}", offset - OWN_CLASS))
        .otherwise(pl.lit("n") + offset.cast(pl.String).str.zfill(8))
    )


def winner() -> pl.Expr:
    """Return the best proposal in words: lemma, identifier and probability."""
    first = (pl.col(name).list.first() for name in ("best_lemmas", "best_offsets", "best_probabilities"))
    lemma, offset, probability = first
    percent = (100 * probability.cast(pl.Float64)).round(0).cast(pl.Int64)
    return pl.format("{} [{}] ({}%)", lemma, identifiers(offset), percent)


def decimals(value: pl.Expr) -> pl.Expr:
    """Return numbers from 0 on with three decimals, as texts."""
    thousandths = (1000 * value.cast(pl.Float64)).round(0).cast(pl.Int64)
    return pl.format("{}.{}", thousandths // 1000, (thousandths % 1000).cast(pl.String).str.zfill(3))


def signed_decimals(value: pl.Expr) -> pl.Expr:
    """Return numbers with their sign and three decimals, as texts."""
    return pl.when(value < 0).then(pl.lit("-")).otherwise(pl.lit("+")) + decimals(value.abs())
