"""The columns that a profile has after those of `errata.profiles.tables.PROFILE`."""

from errata.profiles.statistics import ACCURACIES, PROVISIONAL_CODES, SHARES
from errata.profiles.tables import PROFILE
from errata.tables import COUNT_OR_NULL, PERCENT, Column


def further_columns() -> dict[str, Column]:
    """Return the further columns in order: counts, then every accuracy and share with its 95 % limits."""
    columns = dict.fromkeys(("mle", *PROVISIONAL_CODES), COUNT_OR_NULL)
    for statistic in (*ACCURACIES, *SHARES):
        limits = (statistic.column, f"{statistic.column}_low", f"{statistic.column}_high")
        columns |= {name: PERCENT for name in limits if name not in PROFILE.columns}
    return columns | {"imagenet_m_errors": COUNT_OR_NULL}
