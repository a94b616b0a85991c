"""The columns of the overview's table of models, in sets of which one is shown at a time."""

from dataclasses import dataclass

import polars as pl

from errata.categories import FORGIVEN, MULTI_LABEL_ACCURACIES
from errata.report.categories import GROUP_NAMES, LOOKS
from errata.report.inputs import ReportInputs, defined_categories, present_groups
from errata.report.soft import SoftView

ACCURACIES = {
    "top1": ("Top-1", ""),
    **{accuracy.name: ("MLA", accuracy.note) for accuracy in MULTI_LABEL_ACCURACIES},
}
"""Column of the profile -> its label, and what sets it apart."""


@dataclass(frozen=True)
class Column:
    """A column of the table.

    Attributes
    ----------
    key : str
        What the address, sorting and filters call it.
    label, note : str
        Its heading, and the small print below.
    kind : str
        How its cells are made: `model`, `accuracy`, `count`, `share`, `bar`, `outside`, `gain`, `mass` or
        `masses`.
    source : str
        The category or the column of the profile that it shows.
    group : str
        The group of images, where it is not the one that the reader chose.
    """

    key: str
    label: str
    kind: str
    source: str = ""
    note: str = ""
    group: str = ""


@dataclass(frozen=True)
class ColumnSet:
    """Columns that are shown together."""

    key: str
    title: str
    columns: tuple[Column, ...]


def column_sets(inputs: ReportInputs, soft: SoftView | None) -> list[ColumnSet]:
    """Return the sets that the inputs can fill, the one shown first in front."""
    defined, groups = defined_categories(inputs), present_groups(inputs)
    model = Column("model", "Model", "model")
    accuracy = {
        name: Column(name, label, "accuracy", source=name, note=note) for name, (label, note) in ACCURACIES.items()
    }
    shares = tuple(
        Column(
            name, LOOKS[name].label, "share", name, "of top-1 errors" if name in FORGIVEN else "of multi-label errors"
        )
        for name in defined
    )
    errors = Column("errors", "Errors", "count", source="top1_errors")
    outside = (
        (Column("outside", "Outside bands", "outside", note="published, all groups"),)
        if inputs.comparison is not None
        else ()
    )
    sets = [
        ColumnSet(
            "categories",
            "Categories",
            (model, accuracy["top1"], accuracy["mla"], errors, Column("bar", "Profile", "bar"), *shares, *outside),
        ),
        ColumnSet(
            "accuracies",
            "Accuracies",
            (
                model,
                errors,
                Column("mle", "Multi-label errors", "count", source="mle"),
                *accuracy.values(),
            ),
        ),
    ]
    if len(groups) > 1:
        by_group = (
            Column(f"{name}-{group}", ACCURACIES[name][0], "accuracy", name, _note(name, group), group)
            for group in groups
            for name in ("top1", "mla", *(() if group == "all" else ("mla_own_classes",)))
        )
        sets.append(ColumnSet("groups", "Accuracy by group", (model, *by_group)))
    if inputs.what_if is not None:
        fixed = set(inputs.what_if.filter(pl.col("accuracy") == "mla")["category"])
        gains = (
            Column(f"fix-{name}", look.label, "gain", source=name, note="points of MLA")
            for name, look in LOOKS.items()
            if name in fixed
        )
        sets.append(ColumnSet("what-if", "What if fixed", (model, accuracy["mla"], *gains)))
    if soft is not None:
        masses = (Column(f"mass-{look.name}", look.label, "mass", source=look.name) for look in soft.defined)
        sets.append(
            ColumnSet("probability", "Probability", (model, Column("masses", "Not to the label", "masses"), *masses))
        )
    return sets


def _note(accuracy: str, group: str) -> str:
    return ", ".join(filter(None, (GROUP_NAMES[group], ACCURACIES[accuracy][1])))
