"""How often the limits of an estimate hold the truth: published models of one architecture, predicted from the others.

    python tests/trends/estimate_coverage.py

prints, for every group and category, the share of left-out models whose published count lies within the 95 % limits,
the mean width of the limits in points of share, and the architecture that is held worst.
"""

import numpy as np
import polars as pl

from errata.categories import BEYOND_OPEN_WORLD
from errata.groups import GROUPS
from errata.shipped import published_rows
from errata.trends.estimate import fit_split


def coverage(published: pl.DataFrame) -> pl.DataFrame:
    """Return `group, category, held, width, error, worst, worst_held` of limits for architectures left out in turn.

    `published`: table `errata.published.tables.PUBLISHED`. `held` and `worst_held` are per cent of the models, `width`
    and `error` (the root mean square of the estimates' errors) points of the share of the unchecked errors.
    """
    published = published.with_columns(pl.sum_horizontal(BEYOND_OPEN_WORLD).alias("unchecked"))
    rows = []
    for group in GROUPS:
        models = published.filter(pl.col("group") == group, pl.col("unchecked") > 0)
        parts = []
        for (architecture,), left_out in models.group_by("architecture", maintain_order=True):
            split = fit_split(models.filter(pl.col("architecture") != architecture))
            expected, low, high = split.counts(left_out)
            parts.append((architecture, left_out, expected, low, high))
        for place, category in enumerate(BEYOND_OPEN_WORLD):
            held, widths, errors = {}, [], []
            for architecture, left_out, expected, low, high in parts:
                truth, number = left_out[category].to_numpy(), left_out["unchecked"].to_numpy()
                held[architecture] = (truth >= low[:, place]) & (truth <= high[:, place])
                widths.append((high - low)[:, place] / number)
                errors.append((expected[:, place] - truth) / number)
            worst = min(held, key=lambda name: held[name].mean())
            rows.append(
                {
                    "group": group,
                    "category": category,
                    "held": 100 * np.concatenate(list(held.values())).mean(),
                    "width": 100 * np.concatenate(widths).mean(),
                    "error": 100 * np.sqrt((np.concatenate(errors) ** 2).mean()),
                    "worst": worst,
                    "worst_held": 100 * held[worst].mean(),
                }
            )
    return pl.DataFrame(rows)


if __name__ == "__main__":
    with pl.Config(tbl_rows=-1, tbl_cols=-1, float_precision=1, tbl_width_chars=120):
        print(coverage(published_rows()))
