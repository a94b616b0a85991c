"""The page that compares any two models of the report on the same images.

A page opened from disk may not read files, but it may load scripts. So every model's outcomes are a script that hands
one string over. The string holds, in base64, one bit per image that counts (1: the answer is wrong; the first image is
the highest bit of the first byte), and then four bits per wrong answer, its outcome code (first the higher half of
the byte). The images are in the order of the atlas.
"""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from errata.atlas.compiled import Atlas
from errata.atlas.outcomes import CODES, CORRECT
from errata.categories import CATEGORY_COLUMNS, MULTI_LABEL_ACCURACIES
from errata.files import slug
from errata.groups import GROUPS
from errata.paired.compare import BETTER, CANNOT_TELL, HIGHER, LEVEL, LOWER, WORSE
from errata.paired.transitions import AMONG, SEVERITY, accuracies_in, counts_in, shares_in
from errata.paired.words import NOUNS, OPENINGS
from errata.profiles.answers import COUNTED, MODELS_PER_CHUNK, answered_all, images_that_count
from errata.profiles.intervals import BORROWED_IMAGES, SMALL_CLASS, Z
from errata.report.page import Page
from errata.report.style import GROUP_NAMES, LOOKS
from errata.results import Results

RIGHT = CODES[CORRECT, None]

FOLDER = "compare"
"""Where the page's files are in the report's folder: one for the images, and one per model below `models`."""

IMAGES_FILE = "images.js"


def write_outcome_files(atlas: Atlas, errors: pl.LazyFrame, slugs: dict[str, str], folder: Path) -> None:
    """Write the images' file and one file per model.

    `errors`: the table `errata.predictions.tables.ERRORS`; an image of a model without an error is right.
    `slugs`: model -> name of its file.
    `folder`: the folder of the report.
    """
    own = folder / FOLDER
    (own / "models").mkdir(parents=True)
    (own / IMAGES_FILE).write_text(_call("images", images_of(atlas)), encoding="ascii")
    for model, outcomes in outcomes_of(atlas, errors, list(slugs)):
        slug = slugs[model]
        (own / "models" / f"{slug}.js").write_text(_call("outcomes", slug, packed(outcomes)), encoding="ascii")


def images_of(atlas: Atlas) -> dict[str, object]:
    """Return the images that count: `count`; `targets`, two bytes each, lower first; `groups`, one bit mask each."""
    rows = images_that_count(atlas, "all")
    groups = sum(atlas.in_group(group)[rows].astype(np.uint8) << bit for bit, group in enumerate(GROUPS))
    return {
        "count": len(rows),
        "targets": _base64(atlas.targets[rows].astype("<u2")),
        "groups": _base64(groups.astype(np.uint8)),
    }


def outcomes_of(atlas: Atlas, errors: pl.LazyFrame, models: Sequence[str]) -> Iterator[tuple[str, np.ndarray]]:
    """Yield every model with the outcome codes of its answers, uint8, shape (images that count,)."""
    rows = images_that_count(atlas, "all")
    place = atlas.images.select("file_name")[rows].with_columns(pl.int_range(pl.len(), dtype=pl.UInt32).alias("place"))
    codes = pl.DataFrame(
        [(category, provisional, code) for (category, provisional), code in CODES.items()],
        schema={"category": pl.String, "provisional_category": pl.String, "code": pl.UInt8},
        orient="row",
    )
    for start in range(0, len(models), MODELS_PER_CHUNK):
        chunk = list(models[start : start + MODELS_PER_CHUNK])
        found = (
            errors.filter(pl.col("model").is_in(chunk))
            .select("model", "file_name", "category", "provisional_category")
            .join(place.lazy(), on="file_name")
            .join(codes.lazy(), on=["category", "provisional_category"], nulls_equal=True)
            .select("model", "place", "code")
            .collect()
            .partition_by("model", as_dict=True, include_key=False)
        )
        for model in chunk:
            outcomes = np.full(len(rows), RIGHT, dtype=np.uint8)
            if (model,) in found:
                outcomes[found[model,]["place"].to_numpy()] = found[model,]["code"].to_numpy()
            yield model, outcomes


def packed(outcomes: np.ndarray) -> str:
    """Pack outcome codes below 16 (uint8, shape (images,)) into a string, as the module says."""
    wrong = outcomes != RIGHT
    halves = outcomes[wrong]
    halves = np.append(halves, np.zeros(len(halves) % 2, dtype=np.uint8))
    return _base64(np.concatenate([np.packbits(wrong), halves[0::2] << 4 | halves[1::2]]))


def _base64(values: np.ndarray) -> str:
    return base64.b64encode(values.tobytes()).decode("ascii")


def _call(name: str, *arguments: object) -> str:
    return f"errata.paired.load.{name}({', '.join(map(json.dumps, arguments))});\n"


LABELS = {
    "top1": "Top-1",
    **{accuracy.name: accuracy.label for accuracy in MULTI_LABEL_ACCURACIES},
    "correct": "right answers",
    "top1_errors": "top-1 errors",
    "forgiven": "forgiven errors",
    "mle": "multi-label errors",
}
"""What the page calls the statistics that are no categories."""


def page_settings(atlas: Atlas, slugs: dict[str, str], profile: pl.DataFrame) -> dict[str, object]:
    """Return plain values for the script; models by name, the best two first chosen."""
    ranked = profile.filter(group="all").sort("mla", "model", descending=[True, False], nulls_last=True)["model"]
    groups = [group for group in GROUPS if images_that_count(atlas, group).size]
    return {
        "models": [{"name": model, "slug": slugs[model]} for model in sorted(slugs)],
        "chosen": {"a": slugs[ranked[1]], "b": slugs[ranked[0]]},
        "files": {"images": f"{FOLDER}/{IMAGES_FILE}", "models": f"{FOLDER}/models/"},
        "groups": [{"name": group, "label": GROUP_NAMES[group], "bit": GROUPS.index(group)} for group in groups],
        "class_groups": [GROUPS.index(group) for group in atlas.classes["group"]],
        "outcomes": COUNTED,
        "severity": SEVERITY.tolist(),
        "categories": [
            {"name": name, "label": "correct" if name == CORRECT else LOOKS[name].label}
            for name in (CORRECT, *CATEGORY_COLUMNS)
        ],
        "counts": [
            {
                **{"name": count.column, "label": _label(count.column), "nouns": NOUNS[count.column]},
                **{"codes": count.codes, "better": count.better, "is_category": count.is_category},
            }
            for count in counts_in(atlas)
        ],
        "shares": [
            {"name": share.column, "label": _label(share.column), "part": share.numerator, "whole": share.denominator}
            for share in shares_in(atlas)
        ],
        "accuracies": {
            group: [
                {"name": each.column, "label": _label(each.column), "codes": each.accepted, "own": each.own_classes}
                for each in accuracies_in(atlas, group)
            ]
            for group in groups
        },
        "top1_label": LABELS["top1"],
        "among": list(AMONG),
        "words": {"better": BETTER, "worse": WORSE, "cannot_tell": CANNOT_TELL, "higher": HIGHER, "lower": LOWER},
        "openings": OPENINGS,
        "level": LEVEL,
        "z": Z,
        "small_class": SMALL_CLASS,
        "borrowed_images": BORROWED_IMAGES,
    }


def _label(column: str) -> str:
    name = column.removeprefix("share_")
    return LABELS.get(name) or LOOKS[name].label


def _make(results: Results, folder: Path) -> Mapping[str, object] | None:
    if results.errors is None or results.profile["model"].n_unique() < 2:
        return None
    # an image without an error counts as right in the files, so a model needs predictions of all of them
    models = answered_all(results.atlas, results.profile)
    if len(models) < 2:
        return None
    slugs = {model: slug(model) for model in models}
    write_outcome_files(results.atlas, results.errors, slugs, folder)
    profile = results.profile.filter(pl.col("model").is_in(models))
    in_part = results.profile["model"].n_unique() - len(models)
    return {"settings": page_settings(results.atlas, slugs, profile), "in_part": in_part}


COMPARE = Page("compare", "Compare", "compare.html", _make)
