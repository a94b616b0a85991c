"""A comparison in sentences. The page's script says the same in the same words (`report/templates/paired_words.js`)."""

import math
from collections.abc import Collection, Mapping

import polars as pl

from errata.categories import CATEGORIES, accuracy_words
from errata.paired.compare import BETTER, CANNOT_TELL, LEVEL, WORSE, PairedComparison
from errata.paired.transitions import COUNTS

NOUNS: dict[str, tuple[str, str]] = {
    "correct": ("right answer", "right answers"),
    **{category.name: (category.singular, category.plural) for category in CATEGORIES},
    **{f"provisional_{category.name}": category.provisional for category in CATEGORIES if category.provisional},
}
"""What counts count: one of it, several of it."""


def nouns_of(undefined: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return one and several of what every count counts that sentences are about."""
    words = accuracy_words(undefined)
    return NOUNS | {"top1_errors": (words.error, words.errors)}


_BETTER = {count.column: count.better for count in COUNTS}

OPENINGS = {
    BETTER: "{b} is better than {a}",
    WORSE: "{b} is worse than {a}",
    CANNOT_TELL: "These images cannot tell whether {b} is better or worse than {a}",
}


def summary(comparison: PairedComparison) -> list[str]:
    """Return the comparison in a few sentences, the verdict first.

    The verdict is that of `mla`. Further sentences are about top-1 errors, about every category whose count changed by
    more than chance, and about images that both models get wrong.
    """
    a, b = comparison.models
    mla = comparison.row("all", "mla")
    accuracy, nouns = accuracy_words(comparison.atlas.undefined).mla_in_full, nouns_of(comparison.atlas.undefined)
    verdict = (
        f"{OPENINGS[mla['word']].format(a=a, b=b)}: {accuracy} is {fixed(mla['a'], 1)} % with {a} and "
        f"{fixed(mla['b'], 1)} % with {b}, a difference of {_points(mla)}."
    )
    right = comparison.row("all", "correct")
    swaps = (
        f"{b} is right on {_images(right['only_b'])} where {a} is wrong, and wrong on {whole(right['only_a'])} "
        f"where {a} is right."
    )
    rows = comparison.differences.filter(group="all", kind="count").to_dicts()
    errors = next(row for row in rows if row["statistic"] == "top1_errors")
    judged_alone = ("correct", "top1_errors", "forgiven", "mle")
    told = [row for row in rows if row["statistic"] not in judged_alone and row["p_adjusted"] < LEVEL]
    counts = [count_sentence(row, b, nouns[row["statistic"]]) for row in (errors, *told)]
    return [verdict, swaps, *counts, _kinds(comparison)]


def count_sentence(row: Mapping[str, object], b: str, nouns: tuple[str, str]) -> str:
    """Return how a count changed, how surely, and whether that is better, from one row of the differences.

    `nouns`: one and several of what it counts.
    """
    singular, plural = nouns
    change = round(row["difference"])
    verb = "gives" if row["statistic"] == "correct" else "makes"
    noun = singular if abs(change) == 1 else plural
    if change:
        said = f"{b} {verb} {whole(abs(change))} {'more' if change > 0 else 'fewer'} {noun}"
    else:
        said = f"{b} {verb} as many {plural}"
    return f"{said} ({_extent(row)}); {_verdict(row)}."


def _verdict(row: Mapping[str, object]) -> str:
    """Return the word of a count, with the reason where the change alone would say something else."""
    judged_by_moves = _BETTER[row["statistic"]] == 0
    if judged_by_moves and row["word"] == BETTER and row["difference"] > 0:
        return f"{BETTER}, since more of these answers became milder than more severe"
    if judged_by_moves and row["word"] == WORSE and row["difference"] < 0:
        return f"{WORSE}, since more of these answers became more severe than milder"
    if judged_by_moves and row["word"] == CANNOT_TELL and row["p_adjusted"] < LEVEL:
        return "whether that is better, these images cannot tell"
    return row["word"]


def _images(count: int) -> str:
    return f"{whole(count)} image{'' if count == 1 else 's'}"


def _kinds(comparison: PairedComparison) -> str:
    b = comparison.models[1]
    both_wrong = (pl.col("group") == "all") & (pl.col("among") == "both_wrong")
    row = comparison.moves.row(by_predicate=both_wrong, named=True)
    return (
        f"Where both are wrong, the mistake of {b} is milder on {_images(row['milder'])} and more severe on "
        f"{whole(row['more_severe'])}; {row['word']}."
    )


def _extent(row: Mapping[str, object]) -> str:
    """Return the relative change with its interval, or the difference with its own where there is none."""
    if row["relative_low"] is None:
        return f"{signed(row['difference'], 0)} [{signed(row['low'], 0)}, {signed(row['high'], 0)}]"
    digits = 0 if abs(row["relative"]) >= 10 else 1
    low, high = signed(row["relative_low"], digits), signed(row["relative_high"], digits)
    return f"{signed(row['relative'], digits)} % [{low}, {high}]"


def _points(row: Mapping[str, object]) -> str:
    return f"{signed(row['difference'], 1)} points [{signed(row['low'], 1)}, {signed(row['high'], 1)}]"


def fixed(value: float, digits: int) -> str:
    """Return a number with so many digits and commas; halves are rounded away from zero, as the page's script does."""
    scale = 10**digits
    return f"{math.copysign(math.floor(abs(value) * scale + 0.5) / scale, value):,.{digits}f}"


def signed(value: float, digits: int) -> str:
    """Return a number with its sign, minus as a minus sign; zero has none."""
    text = fixed(abs(value), digits)
    if not any(digit in text for digit in "123456789"):
        return text
    return ("−" if value < 0 else "+") + text


def whole(value: int) -> str:
    """Return a count with commas between thousands."""
    return f"{value:,}"
