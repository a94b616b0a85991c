"""What the page's script must know: models, categories, statistics and constants, so that it holds none itself."""

import polars as pl

from errata.atlas.compiled import Atlas
from errata.atlas.outcomes import CORRECT
from errata.categories import CATEGORY_COLUMNS, MULTI_LABEL_ACCURACIES
from errata.groups import GROUPS
from errata.paired.compare import BETTER, CANNOT_TELL, HIGHER, LEVEL, LOWER, WORSE
from errata.paired.transitions import AMONG, SEVERITY, accuracies_in, counts_in, shares_in
from errata.paired.words import NOUNS, OPENINGS
from errata.profile.answers import COUNTED, images_that_count
from errata.profile.intervals import BORROWED_IMAGES, SMALL_CLASS, Z
from errata.report.categories import GROUP_NAMES, LOOKS
from errata.report.paired.outcome_files import FOLDER, IMAGES_FILE

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
