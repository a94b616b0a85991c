"""The tables of a comparison of two models, A and B."""

import polars as pl

from errata.tables import CLASS, LARGE_COUNT, TEXT, Column, Table, with_limits

_value = Column(pl.Float64, nullable=True)
_images_or_null = Column(pl.Int64, nullable=True, low=0)
_probability = Column(pl.Float64, nullable=True, low=0, high=1)

_categories = {
    f"category_{side.lower()}": TEXT.means(f"What {side}'s answer is: `correct` or a category.") for side in "AB"
}

PAIRED_DIFFERENCES = Table(
    "paired_differences",
    key=("group", "statistic"),
    columns={
        "group": TEXT,
        "kind": TEXT.means("`accuracy` or `share`, both in per cent, or `count`."),
        "statistic": TEXT.means("Its name in the profile; `forgiven` adds two categories up."),
        "a": _value.means("The statistic of model A."),
        "b": _value.means("The statistic of model B."),
        "difference": _value.means("B minus A."),
        "low": _value.means("Lower 95 % limit of the difference."),
        "high": _value.means("Upper 95 % limit of the difference."),
        **with_limits("relative", _value, "Change of a count from A to B.", "per cent of A's count"),
        "only_a": _images_or_null.means("Images that are counted with A only.", "images"),
        "only_b": _images_or_null.means("Images that are counted with B only.", "images"),
        "test": TEXT.means("The test of the difference: McNemar's `mid-p` or `normal`."),
        "p": _probability.means("p value of the test.", "probability"),
        "p_adjusted": _probability.means("p after Holm's correction, for all categories or all shares.", "probability"),
        "word": TEXT.means("`better`, `worse` or `cannot tell`; of shares `higher`, `lower`."),
    },
)
"""Model B beside model A on the same images, statistic by statistic. What is undefined in the atlas is left out."""

SEVERITY_MOVES = Table(
    "severity_moves",
    key=("group", "among"),
    columns={
        "group": TEXT,
        "among": TEXT.means("`all` images, or those that `both_wrong` answer."),
        "milder": LARGE_COUNT.means("Images whose answer is milder with B; right answers are the mildest.", "images"),
        "more_severe": LARGE_COUNT.means("Images whose answer is more severe with B.", "images"),
        "p": Column(pl.Float64, low=0, high=1).means("Mid-p value of the sign test.", "probability"),
        "word": TEXT.means("`better`, `worse` or `cannot tell`."),
    },
)
"""How many answers are milder, and how many more severe, with model B than with model A."""

CATEGORY_TRANSITIONS = Table(
    "category_transitions",
    key=("group", "category_a", "category_b"),
    columns={
        "group": TEXT,
        **_categories,
        "images": LARGE_COUNT.means("Images with these two answers.", "images"),
    },
)
"""Images by what A's answer and what B's answer is; pairs that do not occur are left out."""

CHANGED_IMAGES = Table(
    "changed_images",
    key=("file_name",),
    columns={
        "file_name": TEXT,
        "change": TEXT.means(
            "`fixed` (right with B only), `broken` (right with A only), else `milder` or `more_severe` with B."
        ),
        "target": CLASS,
        "predicted_class_a": CLASS.means("The class that A gives first.", "class id"),
        "predicted_class_b": CLASS.means("The class that B gives first.", "class id"),
        **_categories,
    },
)
"""The images whose answers by models A and B are of different categories."""
