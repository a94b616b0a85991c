"""What the explorer holds: every answer that some model of the report gives, and the evidence behind it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl

from errata.atlas.compiled import Atlas
from errata.atlas.explain import Trails
from errata.atlas.outcomes import CORRECT, Outcome
from errata.atlas.trail_words import TEMPLATES, TERMS
from errata.categories import FORGIVEN
from errata.paired.transitions import SEVERITY
from errata.profiles.answers import answered_all
from errata.report.image_folder import ImageFolder
from errata.report.style import LOOKS
from errata.report.wrong_answers import base64_of, outcomes_of, packed
from errata.results import Results

MOST_ANSWERS = 250_000
"""Distinct answers that the explorer holds. With more, only the most frequent ones of each image are kept: the list of
all answers, which every visit loads, takes about ten bytes for each."""

NAMED = 5
"""Models that are named of those that give an answer."""


ROWS_AT_ONCE = 500_000


@dataclass(frozen=True)
class Explored:
    """The answers of the explorer.

    `models`: all models of the report, in its order.
    `pooled`: those whose answers are counted together: the ones that have predictions of all images that count, or
        all, if there are none.
    `in_part`: models without predictions of some images, of which only the wrong answers are known, and how many images
        each has predictions of.
    `images`: the images that are there, in the order of the atlas.
    `answers`: `file_name`, `predicted_class`, `models` (how many of `pooled` give the answer) and `named` (positions of
        the first of them in the report's order); by image, most frequent first. Every image has one.
    `wrong`: `file_name` and `wrong`: how many of `pooled` do not answer with the target.
    `distinct`: answers before any were left out.
    `per_image`: how many answers of each image were kept at most; None if all were.
    """

    models: tuple[str, ...]
    pooled: tuple[str, ...]
    in_part: dict[str, int]
    images: pl.DataFrame
    answers: pl.DataFrame
    wrong: pl.DataFrame
    distinct: int
    per_image: int | None


def explored_answers(results: Results, *, most: int) -> Explored:
    """Collect the answers that models give, and how many models give each; `most` answers are kept."""
    atlas = results.atlas
    models = results.profile["model"].unique(maintain_order=True).to_list()
    complete = answered_all(atlas, results.profile)
    pooled = complete or models
    count = pl.col("model").is_in(pooled).sum().cast(pl.Int32).alias("models")
    columns = ["file_name", "predicted_class"]
    wrong = results.errors.group_by(columns).agg(count).collect(engine="streaming")
    of_image = wrong.group_by("file_name").agg(wrong=pl.col("models").sum())
    right = (
        atlas.images.filter(~pl.col("is_problematic"))
        .join(of_image, on="file_name", how="left")
        .select("file_name", predicted_class="target", models=len(complete) - pl.col("wrong").fill_null(0))
    )
    parts = [wrong, right.filter(pl.col("models") > 0).cast({"models": pl.Int32})]
    missed = [of_image]
    if results.problematic is not None:
        counted = results.problematic.group_by(*columns, "target").agg(count)
        counted = counted.collect(engine="streaming")
        parts.append(counted.select(*columns, "models"))
        is_wrong = pl.col("predicted_class") != pl.col("target")
        missed.append(counted.group_by("file_name").agg(wrong=pl.col("models").filter(is_wrong).sum()))
    shown = pl.concat([part.select("file_name") for part in parts])
    answered = results.profile.filter(group="all")
    images = atlas.images.join(shown, on="file_name", how="semi", maintain_order="left")
    place = images.select("file_name").with_row_index("place")
    ordered = pl.concat(parts).join(place, on="file_name").sort("place", -pl.col("models"), "predicted_class")
    kept, per_image = _bounded(ordered.drop("place"), most)
    named = kept.join(
        _named(models, pooled, results.errors, results.problematic),
        on=columns,
        how="left",
        maintain_order="left",
    )
    return Explored(
        models=tuple(models),
        pooled=tuple(pooled),
        in_part=dict(answered.filter(~pl.col("model").is_in(complete)).select("model", "images").rows()),
        images=images,
        answers=named.with_columns(pl.col("named").fill_null([])),
        wrong=pl.concat(missed),
        distinct=ordered.height,
        per_image=per_image,
    )


def _bounded(ordered: pl.DataFrame, most: int) -> tuple[pl.DataFrame, int | None]:
    """Keep the most frequent answers of each image, as many for every image as fit."""
    if ordered.height <= most:
        return ordered, None
    ranked = ordered.with_columns(rank=pl.int_range(pl.len()).over("file_name"))
    sizes = ranked.group_by("rank").len().sort("rank")["len"].cum_sum()
    per_image = max(int((sizes <= most).sum()), 1)
    return ranked.filter(pl.col("rank") < per_image).drop("rank"), per_image


def _named(models: list[str], pooled: list[str], *tables: pl.LazyFrame | None) -> pl.DataFrame:
    """Return the first models that give each wrong answer, and each answer to a problematic image, of those `pooled`.

    The tables are read in slices, of which only the first models of every answer stay in memory.
    """
    first = pl.col("named").bottom_k(NAMED)
    parts = [pl.DataFrame(schema={"file_name": pl.String, "predicted_class": pl.Int16, "named": pl.Int16})]
    for table in tables:
        rows = 0 if table is None else table.select(pl.len()).collect().item()
        for start in range(0, rows, ROWS_AT_ONCE):
            number = pl.col("model").cast(pl.Enum(models)).to_physical().cast(pl.Int16)
            part = table.slice(start, ROWS_AT_ONCE).filter(pl.col("model").is_in(pooled))
            part = part.select("file_name", "predicted_class", named=number)
            parts.append(part.group_by("file_name", "predicted_class").agg(first).explode("named").collect())
    return pl.concat(parts).group_by("file_name", "predicted_class").agg(first.sort())


CHUNK = 250
"""Images whose evidence is in one file, loaded when one of them is looked at."""

PROBLEMATIC_FLAG = 128


REASONS = {
    CORRECT: "right",
    "class_overlap": "means the same as {target}, or contains it",
    "multi_label": "shown in the picture too, says the multi-label",
    "fine_grained": "{label} and {prediction} share the superclass {superclass}",
    "fine_grained_oov": "resembles it, but is none of the classes",
    "spurious_correlation": "often seen together with {label}",
    "non_prototypical": "not typical of its class, say experts",
    "model_failure": "nothing known explains it",
    "unlabelled_correct": "the original label; no label of the picture holds",
    "unlabelled_overlap": "overlaps with the original label; no label of the picture holds",
    "unlabelled_wrong": "no label of the picture holds",
    "similar_to_target": "like the original label, which does not hold",
    "co_occurs_with_target": "often seen together with the original label, which does not hold",
}
"""Why an answer is what it is, in a few words below a picture. The script knows which label and superclass."""

UNCHECKED = "{reason}; open world not checked"
"""The same for answers whose open-world check is missing, with the reason of the provisional category."""


def index_of(
    explored: Explored, atlas: Atlas, evidence: pl.DataFrame | None, pages: list[str], trails: Trails | None
) -> dict[str, object]:
    """Return the content of the index.

    `evidence`: the table `errata.atlas.tables.EVIDENCE`, or None.
    `pages`: the page of every model.
    `trails`: of the answers in `explored`, in the same order, or None without evidence.
    """
    names = explored.images["file_name"].to_list()
    prefix = _common_beginning(names)
    suffix = _common_beginning([name[len(prefix) :][::-1] for name in names])[::-1]
    place = explored.images.select("file_name").with_row_index("image")
    images = explored.images.join(explored.wrong, on="file_name", how="left", maintain_order="left")
    answers = explored.answers.join(place, on="file_name", maintain_order="left")
    counts = place.join(answers.group_by("image").len(), on="image", how="left", maintain_order="left")
    rows = atlas.images.select("file_name").with_row_index("row").join(place, on="file_name").sort("image")["row"]
    codes = atlas.outcomes[rows.gather(answers["image"]).to_numpy(), answers["predicted_class"].to_numpy()]
    flags = np.zeros(atlas.images.height, dtype=np.int64)
    for bit, group in enumerate(atlas.groups[1:]):
        flags += atlas.in_group(group).astype(np.int64) << bit
    flags += PROBLEMATIC_FLAG * atlas.images["is_problematic"].to_numpy()
    facts = pl.DataFrame(schema={"kind": pl.String}) if evidence is None else evidence
    return {
        "chunk": CHUNK,
        "models": list(zip(explored.models, pages, strict=True)),
        "pooled": len(explored.pooled),
        "part": [(explored.models.index(name), images) for name, images in explored.in_part.items()],
        "bounded": explored.per_image is not None,
        "terms": TERMS,
        "templates": [(template.term, template.words) for template in TEMPLATES],
        "outcomes": [(outcome.category, _look(outcome), _label(outcome)) for outcome in atlas.outcome_list],
        "severity": SEVERITY.tolist(),
        "forgiven": [name for name in FORGIVEN if name not in atlas.undefined],
        "reasons": REASONS,
        "unchecked": UNCHECKED,
        "classes": {column: atlas.classes[column].to_list() for column in ("name", "wnid")},
        "superclasses": _superclasses(facts),
        "pairs": _spurious_pairs(facts),
        "prefix": prefix,
        "suffix": suffix,
        "names": [name[len(prefix) : len(name) - len(suffix)] for name in names],
        "targets": images["target"].to_list(),
        # 0 where the target alone is shown, as nearly always
        "labels": [
            0 if labels == [target] else labels
            for labels, target in zip(images["multi_labels"].to_list(), images["target"].to_list(), strict=True)
        ],
        "groups": list(atlas.groups[1:]),
        "flags": flags[rows.to_numpy()].tolist(),
        "wrong": images["wrong"].fill_null(0).to_list(),
        "answers": counts["len"].fill_null(0).to_list(),
        "predicted": answers["predicted_class"].to_list(),
        "codes": codes.tolist(),
        "counts": answers["models"].to_list(),
        "close": [] if trails is None else trails.answers.select(pl.col("is_close").arg_true()).to_series().to_list(),
        "evidence": trails is not None,
    }


def _superclasses(facts: pl.DataFrame) -> list[tuple[str, list[int]]]:
    if facts.filter(kind="superclass").is_empty():
        return []
    members = facts.filter(kind="superclass").group_by(superclass="text").agg(pl.col("class_a").sort())
    return members.sort("superclass").rows()


def _spurious_pairs(facts: pl.DataFrame) -> list[tuple[int, int]]:
    if facts.filter(kind="cooccurrence").is_empty():
        return []
    return facts.filter(kind="cooccurrence", text="spurious-prone").select("class_a", "class_b").rows()


def folder_of(found: ImageFolder, images: pl.DataFrame) -> dict[str, object]:
    """Return where a script finds pictures in the user's folder.

    `patterns`: places below `base`; `place`: the position of every image's pattern, one number where all are alike, or
    image -> position of those that are there.
    """
    patterns = found.places["pattern"].unique(maintain_order=True)
    numbered = found.places.with_columns(
        place=pl.col("pattern").replace_strict(patterns, pl.int_range(len(patterns), eager=True), return_dtype=pl.Int32)
    )
    place = images.join(numbered, on="file_name", how="left", maintain_order="left")["place"]
    there = {image: position for image, position in enumerate(place) if position is not None}
    whole = len(there) == images.height
    same = whole and len(patterns) == 1
    return {
        "name": found.folder,
        "base": found.base,
        "patterns": patterns.to_list(),
        "place": 0 if same else list(there.values()) if whole else there,
        "shown": len(there),
    }


UNSURE = 255
"""Stands for an unknown confidence among bytes."""


def model_strings(answers: pl.DataFrame, images: int) -> list[str]:
    """Return the wrong answers of a model as strings in base64: outcomes, predicted classes and confidences.

    `answers`: see `errata.report.wrong_answers.wrong_answers`, and perhaps `confidence`.
    The outcomes are as `packed` says; a predicted class takes two bytes, lower first, in the order of the images. A
    confidence takes one, in parts of 254; there are only two strings where none is known.
    """
    strings = [packed(outcomes_of(answers, images)), base64_of(answers["predicted_class"].to_numpy().astype("<u2"))]
    if "confidence" in answers.columns and answers["confidence"].is_not_null().any():
        known = (254 * answers["confidence"].clip(0, 1)).round().fill_null(UNSURE)
        strings.append(base64_of(known.to_numpy().astype(np.uint8)))
    return strings


def category_names(results: Results) -> list[tuple[str, str]]:
    """Return the categories that can be asked for, with what they are called."""
    found = {*results.defined_categories, *results.split_categories}
    listed = [("wrong", "any mistake"), ("correct", "correct")]
    if results.facts.forgives:
        real = "multi-label error" if results.facts.has_multilabels else "real mistake"
        listed.insert(1, ("mle", f"any {real}"))
    listed += [(name, look.label) for name, look in LOOKS.items() if name in found]
    if results.problematic is not None:
        special = [outcome.category for outcome in results.atlas.outcome_list if outcome.only_problematic]
        listed += [(category, category.replace("_", " ")) for category in special]
    return listed


def _look(outcome: Outcome) -> str:
    """Return whose colour an outcome has."""
    return f"provisional_{outcome.provisional_category}" if outcome.provisional_category else outcome.category


def _label(outcome: Outcome) -> str:
    look = LOOKS.get(_look(outcome))
    return look.label if look else outcome.category.replace("_", " ")


def _common_beginning(names: list[str]) -> str:
    """Return the longest text that all names begin with: that of the first and last in alphabetical order."""
    first, last = min(names, default=""), max(names, default="")
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
    told = pl.concat([of_images.select(columns), of_answers.select(columns)]).select(
        "owner",
        "is_answer",
        "template",
        "values",
        chunk=pl.col("image") // CHUNK,
        key=pl.concat_str(pl.col("template").cast(pl.String), pl.col("values").list.join("\x1f"), separator="\x1f"),
    )
    distinct = told.unique(["chunk", "key"], keep="first", maintain_order=True).with_columns(
        number=pl.int_range(pl.len()).over("chunk"),
        line=pl.concat_list(pl.col("template").cast(pl.String), "values"),
    )
    told = told.join(distinct.select("chunk", "key", "number"), on=["chunk", "key"], maintain_order="left")
    lines = dict(distinct.group_by("chunk").agg("line").rows())
    numbers = [
        _numbers(told.filter(pl.col("is_answer") == is_answer), owners)
        for is_answer, owners in ((False, trails.images.height), (True, trails.answers.height))
    ]
    firsts = np.searchsorted(places["image"].to_numpy(), np.arange(0, trails.images.height, CHUNK))
    for chunk, (first, end) in enumerate(pairwise([*firsts.tolist(), trails.answers.height])):
        yield {
            "lines": lines[chunk],
            "images": numbers[0][chunk * CHUNK : (chunk + 1) * CHUNK].to_list(),
            "answers": numbers[1][first:end].to_list(),
            "named": explored.answers["named"][first:end].to_list(),
        }


def _numbers(told: pl.DataFrame, owners: int) -> pl.Series:
    """Return the numbers of the lines of every owner."""
    listed = told.group_by("owner", maintain_order=True).agg("number")
    everyone = pl.DataFrame({"owner": pl.int_range(owners, dtype=pl.UInt32, eager=True)})
    return everyone.join(listed, on="owner", how="left", maintain_order="left")["number"].fill_null([])
