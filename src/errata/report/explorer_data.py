"""What the explorer holds: every answer that some model of the report gives, and the evidence behind it."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from errata.atlas.compiled import Atlas
from errata.atlas.explain import Trails
from errata.atlas.outcomes import Outcome
from errata.atlas.trail_lines import TEMPLATES, TERMS
from errata.groups import GROUPS
from errata.mistakes.listing import Mistakes
from errata.report.style import LOOKS

MOST_ANSWERS = 250_000
"""Distinct answers that the explorer holds. With more, only the most frequent ones of each image are kept: the list of
all answers, which every visit loads, takes about ten bytes for each."""

NAMED = 5
"""Models that are named of those that give an answer."""


ROWS_AT_ONCE = 500_000


@dataclass(frozen=True)
class Explored:
    """The answers of the explorer.

    `answers`: `file_name`, `predicted_class`, `models` (how many give the answer) and `named` (positions of the first
        of them in the report's order); by image, most frequent first.
    `wrong`: `file_name` and `wrong`: how many models do not answer with the target.
    `distinct`: answers before any were left out.
    `per_image`: how many answers of each image were kept at most; None if all were.
    """

    answers: pl.DataFrame
    wrong: pl.DataFrame
    distinct: int
    per_image: int | None


def explored_answers(
    listed: Mistakes,
    models: list[str],
    *,
    errors: pl.LazyFrame | None = None,
    problematic: pl.LazyFrame | None = None,
    most: int,
) -> Explored:
    """Collect the answers that models give, and how many models give each.

    `models`: all models, in the report's order.
    `errors`, `problematic`: the tables `errata.predictions.tables.ERRORS`, to name models, and `PROBLEMATIC`, for the
        images that do not count.
    `most`: answers to keep.
    """
    correct = listed.difficulty.select(
        "file_name", predicted_class="target", models=(pl.col("models") - pl.col("wrong")).cast(pl.Int32)
    ).filter(pl.col("models") > 0)
    parts = [listed.mistakes.select("file_name", "predicted_class", "models"), correct]
    wrong = [listed.difficulty.select("file_name", "wrong")]
    if problematic is not None:
        counted = problematic.group_by("file_name", "target", "predicted_class").agg(pl.len().cast(pl.Int32))
        counted = counted.rename({"len": "models"}).collect(engine="streaming")
        parts.append(counted.select("file_name", "predicted_class", "models"))
        missed = pl.col("models").filter(pl.col("predicted_class") != pl.col("target")).sum().cast(pl.Int32)
        wrong.append(counted.group_by("file_name").agg(wrong=missed))
    ordered = pl.concat(parts).sort("file_name", -pl.col("models"), "predicted_class")
    kept, per_image = _bounded(ordered, most)
    named = kept.join(
        _named(models, errors, problematic),
        on=["file_name", "predicted_class"],
        how="left",
        maintain_order="left",
    )
    return Explored(named.with_columns(pl.col("named").fill_null([])), pl.concat(wrong), ordered.height, per_image)


def _bounded(ordered: pl.DataFrame, most: int) -> tuple[pl.DataFrame, int | None]:
    """Keep the most frequent answers of each image, as many for every image as fit."""
    if ordered.height <= most:
        return ordered, None
    ranked = ordered.with_columns(rank=pl.int_range(pl.len()).over("file_name"))
    sizes = ranked.group_by("rank").len().sort("rank")["len"].cum_sum()
    per_image = max(int((sizes <= most).sum()), 1)
    return ranked.filter(pl.col("rank") < per_image).drop("rank"), per_image


def _named(models: list[str], *tables: pl.LazyFrame | None) -> pl.DataFrame:
    """Return the first models that give each wrong answer, and each answer to a problematic image.

    The tables are read in slices, of which only the first models of every answer stay in memory.
    """
    first = pl.col("named").bottom_k(NAMED)
    parts = [pl.DataFrame(schema={"file_name": pl.String, "predicted_class": pl.Int16, "named": pl.Int16})]
    for table in tables:
        rows = 0 if table is None else table.select(pl.len()).collect().item()
        for start in range(0, rows, ROWS_AT_ONCE):
            number = pl.col("model").cast(pl.Enum(models)).to_physical().cast(pl.Int16)
            part = table.slice(start, ROWS_AT_ONCE).select("file_name", "predicted_class", named=number)
            parts.append(part.group_by("file_name", "predicted_class").agg(first).explode("named").collect())
    return pl.concat(parts).group_by("file_name", "predicted_class").agg(first.sort())


CHUNK = 250
"""Images whose evidence is in one file, loaded when one of them is looked at."""

PROBLEMATIC_FLAG = 8


def index_of(
    trails: Trails, explored: Explored, atlas: Atlas, members: pl.DataFrame, models: list[tuple[str, str]]
) -> dict[str, object]:
    """Return the content of the index.

    `trails`: of the answers in `explored`, in the same order.
    `members`: the table `errata.classes.tables.SUPERCLASSES`.
    `models`: name and page of every model.
    """
    names = trails.images["file_name"].to_list()
    prefix = _common_beginning(names)
    suffix = _common_beginning([name[len(prefix) :][::-1] for name in names])[::-1]
    images = trails.images.join(
        atlas.images.select("file_name", "in_organism", "in_artifact", "in_other"),
        on="file_name",
        maintain_order="left",
    ).join(explored.wrong, on="file_name", how="left", maintain_order="left")
    flags = [
        pl.col(f"in_{group}").cast(pl.Int8) * 2**bit
        for bit, group in enumerate(group for group in GROUPS if group != "all")
    ]
    superclasses = members.group_by("superclass").agg(pl.col("class_id").sort()).sort("superclass")
    return {
        "chunk": CHUNK,
        "models": models,
        "terms": TERMS,
        "templates": [(template.term, template.words) for template in TEMPLATES],
        "outcomes": [(outcome.category, _look(outcome), _label(outcome)) for outcome in atlas.outcome_list],
        "classes": {column: atlas.classes[column].to_list() for column in ("name", "wnid")},
        "superclasses": superclasses.rows(),
        "prefix": prefix,
        "suffix": suffix,
        "names": [name[len(prefix) : len(name) - len(suffix)] for name in names],
        "targets": images["target"].to_list(),
        "labels": images["multi_labels"].to_list(),
        "flags": images.select(pl.sum_horizontal(*flags, pl.col("is_problematic").cast(pl.Int8) * PROBLEMATIC_FLAG))
        .to_series()
        .to_list(),
        "wrong": images["wrong"].fill_null(0).to_list(),
        "answers": trails.answers.group_by("image", maintain_order=True).len()["len"].to_list(),
        "predicted": trails.answers["predicted_class"].to_list(),
        "codes": trails.answers["code"].to_list(),
        "counts": explored.answers["models"].to_list(),
        "close": trails.answers.select(pl.col("is_close").arg_true()).to_series().to_list(),
    }


def _look(outcome: Outcome) -> str:
    """Return whose colour an outcome has."""
    return f"provisional_{outcome.provisional_category}" if outcome.provisional_category else outcome.category


def _label(outcome: Outcome) -> str:
    look = LOOKS.get(_look(outcome))
    return look.label if look else outcome.category.replace("_", " ")


def _common_beginning(names: list[str]) -> str:
    """Return the longest text that all names begin with: that of the first and last in alphabetical order."""
    first, last = min(names), max(names)
    differ = (place for place, (a, b) in enumerate(zip(first, last, strict=False)) if a != b)
    return first[: next(differ, min(len(first), len(last)))]


def chunks_of(trails: Trails, explored: Explored) -> Iterator[dict[str, list]]:
    """Yield the content of each file: `lines` (template and values), and by image and answer the numbers of lines.

    `named` holds the models that are named for each answer.
    """
    of_images = trails.image_lines.with_columns(image="owner", is_answer=pl.lit(False))
    places = trails.answers.select("image").with_row_index("owner")
    of_answers = trails.answer_lines.join(places, on="owner", maintain_order="left").with_columns(
        is_answer=pl.lit(True)
    )
    columns = ("owner", "template", "values", "image", "is_answer")
    all_lines = pl.concat([of_images.select(columns), of_answers.select(columns)]).select(
        "owner",
        "is_answer",
        chunk=pl.col("image") // CHUNK,
        line=pl.concat_list(pl.col("template").cast(pl.String), "values"),
    )
    named = explored.answers["named"]
    firsts = places.group_by(chunk=pl.col("image") // CHUNK, maintain_order=True).agg(pl.col("owner").min(), pl.len())
    start_of = {chunk: (start, length) for chunk, start, length in firsts.rows()}
    for start in range(0, trails.images.height, CHUNK):
        chunk = start // CHUNK
        told = all_lines.filter(chunk=chunk)
        key = told.select(pl.col("line").list.join("\x1f")).to_series()
        numbered = told.with_columns(key=key, number=_first_appearance(key))
        first_answer, answers = start_of[chunk]
        images = min(CHUNK, trails.images.height - start)
        yield {
            "lines": numbered.unique("number", keep="first", maintain_order=True)["line"].to_list(),
            "images": _numbers(numbered.filter(~pl.col("is_answer")), start, images),
            "answers": _numbers(numbered.filter("is_answer"), first_answer, answers),
            "named": named[first_answer : first_answer + answers].to_list(),
        }


def _first_appearance(key: pl.Series) -> pl.Series:
    """Number equal keys alike, in the order in which they first appear."""
    distinct = key.unique(maintain_order=True)
    return key.replace_strict(distinct, pl.int_range(len(distinct), eager=True), return_dtype=pl.Int32)


def _numbers(numbered: pl.DataFrame, first: int, count: int) -> list[list[int]]:
    """Return the numbers of the lines of each of `count` owners from `first` on."""
    owners = pl.DataFrame({"owner": pl.int_range(first, first + count, eager=True).cast(pl.UInt32)})
    listed = numbered.group_by("owner", maintain_order=True).agg("number")
    return owners.join(listed, on="owner", how="left", maintain_order="left")["number"].fill_null([]).to_list()
