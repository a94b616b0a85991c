"""What the page shows of the agreement with experts."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from errata.categories import CATEGORY_COLUMNS
from errata.report.categories import LOOKS, CategoryLook
from errata.report.explorer.links import explorer_link
from errata.report.numerals import interval, rounded, whole
from errata.trust.agreement import ALL, IF_NOTHING_OOV, NOT_CIRCULAR

OVER_ALL_WORDS = {
    ALL: "all mistakes",
    NOT_CIRCULAR: "all but those that experts call non-prototypical",
    IF_NOTHING_OOV: "all, if nothing were out of vocabulary",
}


@dataclass(frozen=True)
class CrossTable:
    """Counts of mistakes: rows are what the experts say, columns what the atlas says (looks)."""

    rows: list[tuple[str, list[int]]]
    columns: list[CategoryLook]

    @property
    def most(self) -> int:
        """The largest count."""
        return max((count for _, counts in self.rows for count in counts), default=0)


@dataclass(frozen=True)
class ExpertList:
    """One expert list.

    Attributes
    ----------
    name : str
        In words.
    overall, categories : list of (str, look or None, row)
        Words, look, and the row of `errata.trust.tables.AGREEMENT`.
    by_category, by_severity : CrossTable
        The experts' category, and their severity, against the atlas's category.
    mistakes : list of dict
        Every mistake, with names of target and prediction and the look of our category.
    """

    name: str
    overall: list[tuple[str, None, Mapping]]
    categories: list[tuple[str, CategoryLook, Mapping]]
    by_category: CrossTable
    by_severity: CrossTable
    mistakes: list[dict]

    @property
    def all(self) -> Mapping:
        """The row over all mistakes."""
        return self.overall[0][2]


def expert_lists(agreement: pl.DataFrame, mistakes: pl.DataFrame, classes: Mapping[int, str]) -> list[ExpertList]:
    """Return the expert lists in the order of the table; `classes` are names by class id."""
    return [
        _list(name, rows.to_dicts(), mistakes.filter(expert_list=name), classes)
        for (name,), rows in agreement.group_by("expert_list", maintain_order=True)
    ]


def list_name(name: str) -> str:
    """Return the name of an expert list in words: sources are called `expert_mistakes_...`."""
    return name.removeprefix("expert_mistakes_").replace("_", " ")


def _list(name: str, rows: list[dict], mistakes: pl.DataFrame, classes: Mapping[int, str]) -> ExpertList:
    by_name = {row["category"]: row for row in rows}
    counted = mistakes.with_columns(
        ours=pl.when(pl.col("provisional_category").is_null())
        .then("category")
        .otherwise(pl.format("provisional_{}", "provisional_category"))
    )
    return ExpertList(
        name=list_name(name),
        overall=[(words, None, by_name[key]) for key, words in OVER_ALL_WORDS.items() if key in by_name],
        categories=[(LOOKS[key].label, LOOKS[key], by_name[key]) for key in CATEGORY_COLUMNS if key in by_name],
        by_category=_cross(counted, "expert_means", words=_means),
        by_severity=_cross(counted, "expert_severity", words=str),
        mistakes=[
            row
            | {
                "target": classes.get(row["target"], row["target"]),
                "predicted_class": classes.get(row["predicted_class"], row["predicted_class"]),
                "look": LOOKS[row["ours"]],
                "link": explorer_link(image=row["file_name"], prediction=row["predicted_class"]),
            }
            for row in counted.to_dicts()
        ],
    )


def _means(categories: str) -> str:
    return " and ".join(LOOKS[name].label for name in categories.split(", "))


def _cross(counted: pl.DataFrame, row: str, *, words) -> CrossTable:
    columns = [name for name in LOOKS if (counted["ours"] == name).any()]
    cells = {(theirs, ours): count for theirs, ours, count in counted.group_by(row, "ours").len().iter_rows()}
    sizes = counted.group_by(row).len().sort("len", row, descending=[True, False])[row]
    return CrossTable(
        [(words(theirs), [cells.get((theirs, ours), 0) for ours in columns]) for theirs in sizes],
        [LOOKS[name] for name in columns],
    )


def expert_findings(lists: list[ExpertList]) -> list[str]:
    """Return what the lists say, a sentence or two each; a list of non-prototypical mistakes alone says nothing."""
    return [_finding(one) for one in lists if one.all["decided"] and one.overall[1][2]["experts"]]


def _finding(one: ExpertList) -> str:
    row = one.all
    text = f"Experts judged {whole(row['experts'])} mistakes ({one.name}). "
    agreeing = (
        f"{whole(row['agreeing'])} of {whole(row['decided'])} "
        f"({rounded(row['recall'])}, 95 % interval {interval(row['recall_low'], row['recall_high'], 0)})"
    )
    if row["decided"] == row["experts"]:
        return f"{text}The atlas names the experts' category for {agreeing}."
    return (
        f"{text}Without open-world evidence it is certain for {whole(row['decided'])} of them whether the atlas "
        f"agrees: it does for {agreeing}. Whatever an open-world check would say, it agrees on "
        f"{rounded(row['at_least'])} to {rounded(row['at_most'])} of all."
    )
