"""The categories of errors: the columns that count them, and what some of them have in common."""

CATEGORY_COLUMNS = (
    "class_overlap",
    "multi_label",
    "fine_grained",
    "open_world_unchecked",
    "fine_grained_oov",
    "spurious_correlation",
    "non_prototypical",
    "model_failure",
)
"""The categories of errors, least severe first; every error is counted in exactly one."""

FORGIVEN = ("class_overlap", "multi_label")
"""Categories that the multi-label accuracy (MLA) forgives: their shares are of the top-1 errors."""

AFTER_OPEN_WORLD = ("spurious_correlation", "non_prototypical", "model_failure")
"""Categories that an answer has only if the open-world check found nothing."""

BEYOND_OPEN_WORLD = ("fine_grained_oov", *AFTER_OPEN_WORLD)
"""Categories of answers that reach the open-world check: what `open_world_unchecked` is the sum of, once checked."""

PROVISIONAL_COLUMNS = tuple(f"provisional_{name}" for name in AFTER_OPEN_WORLD)
"""What unchecked errors would be if nothing were out of vocabulary."""
