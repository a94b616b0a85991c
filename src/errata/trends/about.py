"""Statements about a cloud of models, and when there are too few models for one."""

import numpy as np
import polars as pl

from errata.trends.cloud import Cloud
from errata.trends.jackknife import FEWEST_BLOCKS
from errata.trends.statement import FEWEST_MODELS, Measure, Statement


def stated(name: str, cloud: Cloud, holds: str, *measures: Measure) -> Statement:
    """Return a statement about the cloud's group and category."""
    return Statement(name, cloud.group, cloud.category, cloud.size, cloud.block_count, holds, measures)


def not_stated(name: str, cloud: Cloud, why: str) -> Statement:
    """Return that nothing could be computed, and why."""
    return Statement(name, cloud.group, cloud.category, cloud.size, cloud.block_count, "cannot tell", why=why)


def refused(cloud: Cloud, models: pl.DataFrame, *, spread: np.ndarray | None = None) -> str:
    """Say why no statement can be made from a cloud, or nothing if it can.

    Parameters
    ----------
    cloud
        The models that can be used.
    models
        All models, to see whether the category is known of any.
    spread
        Numbers that must not all be the same, shape (models of the cloud,).
    """
    known = models.filter(pl.col("group") == cloud.group)
    if known[cloud.category].is_null().all():
        return "the category is not told apart for these models"
    if cloud.size < FEWEST_MODELS:
        return f"it takes {FEWEST_MODELS} models with known numbers and descriptions, there are {cloud.size}"
    if cloud.block_count < FEWEST_BLOCKS:
        return f"it takes {FEWEST_BLOCKS} kinds of models, there are {cloud.block_count}"
    if spread is not None and not np.ptp(spread) > 0:
        return "the models do not differ"
    return ""
