"""The page that compares any two models of the report on the same images.

Every model's outcomes are a string in its script of the explorer, see `errata.report.wrong_answers`. The images are
those that count, in the order of the atlas.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl

from errata.atlas.compiled import Atlas
from errata.atlas.outcomes import CORRECT
from errata.categories import CATEGORY_COLUMNS, accuracy_words
from errata.files import slug
from errata.paired.compare import BETTER, CANNOT_TELL, HIGHER, LEVEL, LOWER, WORSE
from errata.paired.transitions import AMONG, SEVERITY, accuracies_in, counts_in, shares_in
from errata.paired.words import OPENINGS, nouns_of
from errata.profiles.answers import COUNTED, answered_all, images_that_count
from errata.profiles.intervals import BORROWED_IMAGES, SMALL_CLASS, Z
from errata.report.explorer import MODEL_FILES
from errata.report.page import Page
from errata.report.style import GROUP_NAMES, LOOKS
from errata.report.wrong_answers import base64_of
from errata.results import Results

IMAGES_FILE = "assets/compare_images.js"
"""Where the images are in the report's folder."""


def images_of(atlas: Atlas) -> dict[str, object]:
    """Return the images that count: `count`; `targets`, two bytes each, lower first; `groups`, one bit mask each."""
    rows = images_that_count(atlas, "all")
    groups = sum(atlas.in_group(group)[rows].astype(np.uint8) << bit for bit, group in enumerate(atlas.groups))
    return {
        "count": len(rows),
        "targets": base64_of(atlas.targets[rows].astype("<u2")),
        "groups": base64_of(groups.astype(np.uint8)),
    }


def page_settings(atlas: Atlas, slugs: dict[str, str], profile: pl.DataFrame) -> dict[str, object]:
    """Return plain values for the script; models by name, and the best first to choose two from.

    `slugs`: model -> name of its file, of the models that can be compared.
    `profile`: of all models; the others have predictions of a part of the images.
    """
    models = profile["model"].unique(maintain_order=True).to_list()
    order = profile.filter(group="all").sort("mla", "model", descending=[True, False], nulls_last=True)["model"]
    ranked = [name for name in order if name in slugs]
    groups = [group for group in atlas.groups if images_that_count(atlas, group).size]
    words, nouns = accuracy_words(atlas.undefined), nouns_of(atlas.undefined)
    labels = words.statistics | {name: look.label for name, look in LOOKS.items()}
    return {
        "models": [{"name": name, "slug": slugs[name], "number": models.index(name)} for name in sorted(slugs)],
        "best": [slugs[model] for model in ranked[:2]],
        "in_part": [name for name in models if name not in slugs],
        "files": {"images": IMAGES_FILE, "models": MODEL_FILES},
        "groups": [{"name": group, "label": GROUP_NAMES[group], "bit": atlas.groups.index(group)} for group in groups],
        "class_groups": [atlas.groups.index(group) if group else -1 for group in atlas.classes["group"]],
        "outcomes": COUNTED,
        "severity": SEVERITY.tolist(),
        "categories": [
            {"name": name, "label": "correct" if name == CORRECT else LOOKS[name].label}
            for name in (CORRECT, *CATEGORY_COLUMNS)
        ],
        "counts": [
            {
                **{"name": count.column, "label": labels[count.column], "nouns": nouns.get(count.column)},
                **{"codes": count.codes, "better": count.better, "is_category": count.is_category},
            }
            for count in counts_in(atlas)
            if count.column in labels
        ],
        "shares": [
            {"name": each.column, "label": labels[name], "part": each.numerator, "whole": each.denominator}
            for each in shares_in(atlas)
            if (name := each.column.removeprefix("share_"))
        ],
        "accuracies": {
            group: [
                {"name": each.column, "label": labels[each.column], "codes": each.accepted, "own": each.own_classes}
                for each in accuracies_in(atlas, group)
                if each.column in labels
            ]
            for group in groups
        },
        "top1_label": words.top1_in_full,
        "accuracy": words.mla_in_full,
        "among": list(AMONG),
        "words": {"better": BETTER, "worse": WORSE, "cannot_tell": CANNOT_TELL, "higher": HIGHER, "lower": LOWER},
        "openings": OPENINGS,
        "level": LEVEL,
        "z": Z,
        "small_class": SMALL_CLASS,
        "borrowed_images": BORROWED_IMAGES,
    }


def _make(results: Results, folder: Path) -> Mapping[str, object] | None:
    if results.errors is None or results.profile["model"].n_unique() < 2:
        return None
    # an image without an error counts as right in the files, so a model needs predictions of all of them
    models = answered_all(results.atlas, results.profile)
    if len(models) < 2:
        return None
    slugs = {model: slug(model) for model in models}
    images = json.dumps(images_of(results.atlas))
    (folder / IMAGES_FILE).write_text(f"errata.paired.load({images});\n", encoding="ascii")
    settings = page_settings(results.atlas, slugs, results.profile)
    return {"settings": settings, "in_part": len(settings["in_part"])}


COMPARE = Page("compare", "Compare", "compare.html", _make)
