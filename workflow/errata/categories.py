"""The categories of errors: the columns that count them."""

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

PROVISIONAL_COLUMNS = (
    "provisional_spurious_correlation",
    "provisional_non_prototypical",
    "provisional_model_failure",
)
"""What unchecked errors would be if nothing were out of vocabulary."""
