"""The pages of the report besides those of the models."""

from errata.report.explorer.page import EXPLORER
from errata.report.exports.page import EXPORTS
from errata.report.mistakes.page import MISTAKES_PAGE
from errata.report.overview.page import OVERVIEW
from errata.report.page import Page
from errata.report.paired.page import COMPARE
from errata.report.trends.page import TRENDS
from errata.report.trust.page import TRUST_PAGE
from errata.report.truth.page import TRUTH

PAGES: tuple[Page, ...] = (
    OVERVIEW,
    TRENDS,
    COMPARE,
    MISTAKES_PAGE,
    EXPLORER,
    TRUST_PAGE,
    TRUTH,
    EXPORTS,
)
"""In the order of the navigation; the last one lists the files that the others wrote."""
