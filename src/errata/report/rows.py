"""What the pages show of each model, ready for the templates."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from errata.categories import CATEGORY_COLUMNS, FORGIVEN, OPEN_WORLD_UNCHECKED, PROVISIONAL_COLUMNS
from errata.files import slug
from errata.groups import GROUPS
from errata.report.categories import LOOKS, CategoryLook, stack_counts
from errata.report.inputs import ReportInputs
from errata.report.numerals import share
from errata.report.trends.figures import Panel
from errata.trends.cloud import measures
from errata.trends.fit import Trend

FEW_NEARBY = 20
"""With fewer published models of like accuracy, the trend says little."""


@dataclass(frozen=True)
class Piece:
    """A piece of a bar: a category, its count, and its share of the top-1 errors in per cent."""

    look: CategoryLook
    count: int
    share: float


@dataclass(frozen=True)
class Line:
    """A category of one model and group.

    `expected` is (value, low, high): what the published trend leads to expect, with its 95 % prediction band.
    `position` is the row of the comparison table, if there is one; `missing` says why there is no count.
    """

    look: CategoryLook
    count: int | None
    share: float | None
    low: float | None
    high: float | None
    missing: str = ""
    expected: tuple[float, float, float] | None = None
    position: Mapping[str, object] | None = None

    @property
    def caution(self) -> str:
        """Why the position should not be trusted too far, if there is a reason."""
        return caution(self.position) if self.position else ""


@dataclass(frozen=True)
class GroupCard:
    """One model in one group: its row of the profile, its bar, and its categories."""

    group: str
    row: Mapping[str, object]
    mle: int
    bar: list[Piece]
    lines: list[Line]
    outside: int = 0
    compared: int = 0
    caution: str = ""

    def line(self, category: str) -> Line | None:
        """Return the line of a category, if it is shown."""
        return next((line for line in self.lines if line.look.name == category), None)


@dataclass(frozen=True)
class Ring:
    """Where a model's point is in a panel, in per cent from its left and top sides."""

    panel: Panel
    left: float
    top: float


@dataclass(frozen=True)
class ModelView:
    """One model with everything that its page shows."""

    name: str
    slug: str
    groups: dict[str, GroupCard]
    rings: list[Ring] = field(default_factory=list)
    diagnosis: tuple[str, ...] = ()

    @property
    def all(self) -> GroupCard:
        """The card of all images."""
        return self.groups["all"]


def model_views(
    inputs: ReportInputs, trends: Mapping[tuple[str, str, str], Trend], panels: list[Panel]
) -> list[ModelView]:
    """Return the models, best MLA first; those without an MLA come last."""
    positions = _positions(inputs.comparison)
    expected = _expected(inputs.profile, trends)
    cards: dict[str, dict[str, GroupCard]] = {}
    for row in inputs.profile.to_dicts():
        key = (row["model"], row["group"])
        cards.setdefault(row["model"], {})[row["group"]] = _card(
            row, inputs, expected.get(key, {}), positions.get(key, {})
        )
    views = [
        ModelView(
            model,
            slug(model),
            {group: groups[group] for group in GROUPS if group in groups},
            _rings(groups, panels),
            tuple(inputs.diagnoses.get(model, ())),
        )
        for model, groups in cards.items()
    ]
    return sorted(views, key=lambda view: (-_mla(view), view.name))


def _mla(view: ModelView) -> float:
    mla = view.all.row["mla"]
    return -1.0 if mla is None else mla


def _card(row: dict, inputs: ReportInputs, expected: dict, positions: dict) -> GroupCard:
    forgiven = sum(row[name] or 0 for name in FORGIVEN)
    told_apart = row["fine_grained_oov"] is not None
    lines = []
    for name in CATEGORY_COLUMNS:
        if name == OPEN_WORLD_UNCHECKED and told_apart and not row[name]:
            continue
        lines.append(_line(name, row, inputs, expected, positions))
        if name == OPEN_WORLD_UNCHECKED and row[name]:
            lines += [
                _line(provisional, row, inputs, expected, positions)
                for provisional in PROVISIONAL_COLUMNS
                if row.get(provisional) is not None
            ]
    return GroupCard(
        group=row["group"],
        row=row,
        mle=row["top1_errors"] - forgiven,
        bar=[Piece(look, count, share(count, row["top1_errors"]) or 0.0) for look, count in stack_counts(row)],
        lines=lines,
        outside=sum(not position["inside"] for position in positions.values()),
        compared=len(positions),
        caution=max(map(caution, positions.values()), default=""),
    )


def caution(position: Mapping[str, object]) -> str:
    """Say why a position in the comparison table should not be trusted too far; nothing where it may."""
    if position["extrapolated"]:
        return "extrapolated"
    return "few nearby" if position["published_nearby"] < FEW_NEARBY else ""


def _line(name: str, row: dict, inputs: ReportInputs, expected: dict, positions: dict) -> Line:
    count = row[name]
    return Line(
        look=LOOKS[name],
        count=count,
        share=row.get(f"share_{name}"),
        low=row.get(f"share_{name}_low"),
        high=row.get(f"share_{name}_high"),
        missing=inputs.atlas.why_missing(name) if count is None else "",
        expected=expected.get(name),
        position=positions.get(name),
    )


def _positions(comparison: pl.DataFrame | None) -> dict[tuple[str, str], dict[str, dict]]:
    found: dict[tuple[str, str], dict[str, dict]] = {}
    if comparison is not None:
        for row in comparison.filter(pl.col("quantity") == "share").to_dicts():
            found.setdefault((row["model"], row["group"]), {})[row["category"]] = row
    return found


def _expected(
    profile: pl.DataFrame, trends: Mapping[tuple[str, str, str], Trend]
) -> dict[tuple[str, str], dict[str, tuple[float, float, float]]]:
    """What published models of like accuracy do, in every category that was published, known for the model or not."""
    found: dict[tuple[str, str], dict[str, tuple[float, float, float]]] = {}
    # every count as if it were known, to get each category's accuracy
    filled = profile.with_columns(pl.col(name).fill_null(0) for name in CATEGORY_COLUMNS if name != "multi_label")
    points = measures(filled).filter(pl.col("quantity") == "count")
    for (group, category), rows in points.group_by("group", "category"):
        trend = trends.get((group, category, "share"))
        if trend is None:
            continue
        bands = trend.bands(rows["accuracy"].to_numpy())
        columns = (bands["expected"], bands["prediction_low"], bands["prediction_high"])
        triples = zip(*(values.clip(0, 100).tolist() for values in columns), strict=True)
        for model, triple in zip(rows["model"], triples, strict=True):
            found.setdefault((model, group), {})[category] = triple
    return found


def _rings(groups: Mapping[str, GroupCard], panels: list[Panel]) -> list[Ring]:
    rings = []
    for panel in panels:
        card = groups.get(panel.group)
        line = card.line(panel.category) if card else None
        if line is not None and line.position is not None:
            rings.append(Ring(panel, *panel.place(line.position["accuracy"], line.position["value"])))
    return rings
