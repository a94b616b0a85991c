"""The columns that a profile has after those of `errata.tables.PROFILE`."""

import polars as pl

from errata.profile.statistics import ACCURACIES, PROVISIONAL_CODES, SHARES
from errata.tables import PROFILE, Column

_count = Column(pl.Int32, nullable=True, low=0)
_percent = Column(pl.Float64, nullable=True, low=0, high=100)


def further_columns() -> dict[str, Column]:
    """Return them in order: further counts, then every accuracy and share with its 95 % limits."""
    columns = dict.fromkeys(("mle", *PROVISIONAL_CODES), _count)
    for statistic in (*ACCURACIES, *SHARES):
        limits = (statistic.column, f"{statistic.column}_low", f"{statistic.column}_high")
        columns |= {name: _percent for name in limits if name not in PROFILE.columns}
    return columns | {"imagenet_m_errors": _count}
