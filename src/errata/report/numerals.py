"""Format numbers for readers."""

import math

MISSING = "–"


def percent(value: float | None, digits: int = 1) -> str:
    """Return a percentage without its sign, or a dash for a missing one."""
    return MISSING if value is None or math.isnan(value) else f"{value:.{digits}f}"


def whole(value: int | None) -> str:
    """Return a count with commas between thousands, or a dash for a missing one."""
    return MISSING if value is None else f"{value:,}"


def interval(low: float | None, high: float | None, digits: int = 1) -> str:
    """Return `low–high` in compact form, or nothing if there is no interval."""
    if low is None or high is None:
        return ""
    return f"{low:.{digits}f}–{high:.{digits}f}"


def signed(value: float, digits: int = 1) -> str:
    """Return a number with its sign, minus as a minus sign."""
    return f"{value:+.{digits}f}".replace("-", "−")


def plain(value: float, digits: int = 1) -> str:
    """Return a number with a minus sign where it is below 0, and no sign on a rounded 0."""
    text = f"{value:.{digits}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")


def counted(count: int, noun: str) -> str:
    """Return a count with its noun, `1 model` or `1,500 models`."""
    return f"{whole(count)} {noun}{'' if count == 1 else 's'}"


def share(part: float, total: float) -> float | None:
    """Return `part` of `total` in per cent; None of nothing."""
    return 100 * part / total if total else None


def rounded(value: float | None) -> str:
    """Return a percentage for a sentence: whole numbers, one digit below ten, and no break before the sign."""
    if value is None:
        return MISSING
    return f"{value:.0f}\u00a0%" if value >= 9.95 else f"{value:.1f}\u00a0%"


def significant(value: float | None, digits: int = 2) -> str:
    """Return a number of any size with so many significant digits, but never without its whole part."""
    if value is None or math.isnan(value):
        return MISSING
    if value == 0:
        return "0"
    decimals = max(digits - 1 - math.floor(math.log10(abs(value))), 0)
    return f"{value:,.{decimals}f}"
