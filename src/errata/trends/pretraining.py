"""How models were pre-trained, as far as their names and training data say."""

import polars as pl

SUPERVISED, LARGER = "labels of ImageNet-1k", "labels of more data"

METHODS: tuple[tuple[str, str], ...] = (
    ("images with texts (CLIP)", r"clip|openai|laion|metaclip|siglip"),
    ("masked images", r"beit|fcmae|\bmim_|_mim_|mae_|\beva|m30m|m38m|dinov2"),
    ("self-supervised", r"seer|dino|swav|moco|simclr"),
    ("hashtags or a teacher's labels", r"[_.](wsl|swsl|ssl|swag|ns_jft)"),
)
"""Method and what in the name of a model says so, the first that is found: names are as in timm."""


def pretraining() -> pl.Expr:
    """Return the pre-training method of models from `model` and `training_data`; null where the data are not known.

    What names nothing else is supervised: on ImageNet-1k only, or on more data first.
    """
    name = pl.col("model").str.to_lowercase()
    by_name = pl.coalesce(pl.when(name.str.contains(pattern)).then(pl.lit(method)) for method, pattern in METHODS)
    of_data = (
        pl.when(pl.col("training_data").str.contains(r"^ImageNet-1k"))
        .then(pl.lit(SUPERVISED))
        .otherwise(pl.lit(LARGER))
    )
    return pl.when(pl.col("training_data").is_not_null()).then(pl.coalesce(by_name, of_data))
