"""The tables of a comparison of two models, A and B."""

from dataclasses import replace

import polars as pl

from errata.tables import CLASS_ID, Column, Table

_text = Column(pl.String)
_value = Column(pl.Float64, nullable=True)
_images = Column(pl.Int64, low=0, unit="images")
_probability = Column(pl.Float64, nullable=True, low=0, high=1)
_class = Column(CLASS_ID, low=0, unit="class id")

PAIRED_DIFFERENCES = Table(
    "paired_differences",
    key=("group", "statistic"),
    columns={
        "group": _text,
        "kind": replace(_text, meaning="`accuracy` or `share`, both in per cent, or `count`."),
        "statistic": replace(_text, meaning="Its name in the profile; `forgiven` adds two categories up."),
        "a": replace(_value, meaning="The statistic of model A."),
        "b": replace(_value, meaning="The statistic of model B."),
        "difference": replace(_value, meaning="B minus A."),
        "low": replace(_value, meaning="Lower 95 % limit of the difference."),
        "high": replace(_value, meaning="Upper 95 % limit of the difference."),
        "relative": replace(_value, meaning="Change of a count from A to B.", unit="per cent of A's count"),
        "relative_low": replace(_value, meaning="Lower 95 % limit of relative.", unit="per cent of A's count"),
        "relative_high": replace(_value, meaning="Upper 95 % limit of relative.", unit="per cent of A's count"),
        "only_a": replace(_images, nullable=True, meaning="Images that are counted with A only."),
        "only_b": replace(_images, nullable=True, meaning="Images that are counted with B only."),
        "test": replace(_text, meaning="The test of the difference: McNemar's `mid-p` or `normal`."),
        "p": replace(_probability, meaning="p value of the test.", unit="probability"),
        "p_adjusted": replace(
            _probability, meaning="p after Holm's correction, for all categories or all shares.", unit="probability"
        ),
        "word": replace(_text, meaning="`better`, `worse` or `cannot tell`; of shares `higher`, `lower`."),
    },
)
"""Model B beside model A on the same images, statistic by statistic. What is undefined in the atlas is left out."""

SEVERITY_MOVES = Table(
    "severity_moves",
    key=("group", "among"),
    columns={
        "group": _text,
        "among": replace(_text, meaning="`all` images, or those that `both_wrong` answer."),
        "milder": replace(_images, meaning="Images whose answer is milder with B; right answers are the mildest."),
        "more_severe": replace(_images, meaning="Images whose answer is more severe with B."),
        "p": replace(_probability, nullable=False, meaning="Mid-p value of the sign test.", unit="probability"),
        "word": replace(_text, meaning="`better`, `worse` or `cannot tell`."),
    },
)
"""How many answers are milder, and how many more severe, with model B than with model A."""

CATEGORY_TRANSITIONS = Table(
    "category_transitions",
    key=("group", "category_a", "category_b"),
    columns={
        "group": _text,
        "category_a": replace(_text, meaning="What A's answer is: `correct` or a category."),
        "category_b": replace(_text, meaning="What B's answer is: `correct` or a category."),
        "images": replace(_images, meaning="Images with these two answers."),
    },
)
"""Images by what A's answer and what B's answer is; pairs that do not occur are left out."""

CHANGED_IMAGES = Table(
    "changed_images",
    key=("file_name",),
    columns={
        "file_name": _text,
        "change": replace(
            _text,
            meaning="`fixed` (right with B only), `broken` (right with A only), else `milder` or `more_severe` with B.",
        ),
        "target": _class,
        "predicted_class_a": replace(_class, meaning="The class that A gives first."),
        "predicted_class_b": replace(_class, meaning="The class that B gives first."),
        "category_a": replace(_text, meaning="What A's answer is: `correct` or a category."),
        "category_b": replace(_text, meaning="What B's answer is: `correct` or a category."),
    },
)
"""The images whose answers by models A and B are of different categories."""
