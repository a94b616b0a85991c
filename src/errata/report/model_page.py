"""The page of every model, and what pages show of each model."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
from jinja2 import Environment

from errata.categories import CATEGORY_COLUMNS, FORGIVEN, OPEN_WORLD_UNCHECKED, PROVISIONAL_COLUMNS
from errata.files import slug
from errata.profiles.findings import CategoryFinding, ModelFindings, model_findings
from errata.report.first_images import first_images, with_pictures
from errata.report.numerals import share
from errata.report.soft import soft_view
from errata.report.style import LOOKS, CategoryLook, Piece, stacked_bar
from errata.report.trends.figures import Panel, plan_panels
from errata.report.what_if import ACCURACY_NAMES, what_if_view
from errata.results import Results
from errata.trends.cloud import measures
from errata.trends.fit import Trend

FEW_NEARBY = 20
"""With fewer published models of like accuracy, the trend says little."""


@dataclass(frozen=True)
class Line:
    """A category of one model and group.

    `expected` is (value, low, high): what the published trend leads to expect, with its 95 % prediction band.
    `position` is the row of the comparison table, if there is one; `missing` says why there is no count.
    """

    look: CategoryLook
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
class ModelView:
    """One model with everything that its page shows.

    `found`: what there is to say about it over all images.
    `rings`: panels, and where the model's point is in each, in per cent from its left and top sides.
    """

    name: str
    slug: str
    groups: dict[str, GroupCard]
    found: ModelFindings
    rings: list[tuple[Panel, float, float]] = field(default_factory=list)
    diagnosis: tuple[str, ...] = ()

    @property
    def all(self) -> GroupCard:
        """The card of all images."""
        return self.groups["all"]

    @property
    def wrong(self) -> float | None:
        """Top-1 errors in per cent of the images."""
        return share(self.found.top1_errors, self.found.images)

    @property
    def labels_fault(self) -> float | None:
        """Errors that the labels are to blame for, in per cent of the top-1 errors."""
        return share(self.found.top1_errors - self.found.multi_label_errors, self.found.top1_errors)

    @property
    def biggest(self) -> CategoryFinding | None:
        """The category that most of the real mistakes are of, among those that the atlas decides."""
        real = [each for each in self.found.categories if each.category not in (*FORGIVEN, OPEN_WORLD_UNCHECKED)]
        return max((each for each in real if each.errors), key=lambda each: each.errors, default=None)

    @property
    def weakest(self) -> Mapping[str, object] | None:
        """The row of the comparison in which a share of real mistakes is highest beside published models."""
        lines = [line for card in self.groups.values() for line in card.lines]
        positions = [line.position for line in lines if line.position and line.expected]
        high = [each for each in positions if each["residual"] > 0 and each["category"] not in FORGIVEN]
        return max(high, key=lambda each: each["standard_deviations"], default=None)


def model_views(results: Results, panels: list[Panel]) -> list[ModelView]:
    """Return the models, best MLA first; those without an MLA come last."""
    positions = _positions(results.comparison)
    expected = _expected(results.profile, results.trends)
    cards: dict[str, dict[str, GroupCard]] = {}
    for row in results.profile.to_dicts():
        key = (row["model"], row["group"])
        cards.setdefault(row["model"], {})[row["group"]] = _card(
            row, results, expected.get(key, {}), positions.get(key, {})
        )
    found = {each.model: each for each in model_findings(results)}
    views = [
        ModelView(
            model,
            slug(model),
            groups,
            found[model],
            _rings(groups["all"], panels),
            tuple(results.notes.get(model, ())),
        )
        for model, groups in cards.items()
    ]
    return sorted(views, key=lambda view: (-_mla(view), view.name))


def _mla(view: ModelView) -> float:
    mla = view.all.row["mla"]
    return -1.0 if mla is None else mla


def _card(row: dict, results: Results, expected: dict, positions: dict) -> GroupCard:
    forgiven = sum(row[name] or 0 for name in FORGIVEN)
    told_apart = row["fine_grained_oov"] is not None
    lines = []
    for name in CATEGORY_COLUMNS:
        if name == OPEN_WORLD_UNCHECKED and told_apart and not row[name]:
            continue
        lines.append(_line(name, row, results, expected, positions))
        if name == OPEN_WORLD_UNCHECKED and row[name]:
            lines += [
                _line(provisional, row, results, expected, positions)
                for provisional in PROVISIONAL_COLUMNS
                if row.get(provisional) is not None
            ]
    return GroupCard(
        group=row["group"],
        row=row,
        mle=row["top1_errors"] - forgiven,
        bar=stacked_bar(row, row["top1_errors"]),
        lines=lines,
        outside=sum(position["outside"] for position in positions.values()),
        compared=len(positions),
        caution=max(map(caution, positions.values()), default=""),
    )


BEYOND = "beyond published"
"""Said where a model's accuracy lies beyond that of every published model: nothing is known to be usual there."""


def caution(position: Mapping[str, object]) -> str:
    """Return why a position in the comparison table should not be trusted too far; empty where it may be."""
    if position["extrapolated"]:
        return BEYOND
    return "few nearby" if position["published_nearby"] < FEW_NEARBY else ""


def _line(name: str, row: dict, results: Results, expected: dict, positions: dict) -> Line:
    missing = results.facts.why_missing(name) if row[name] is None else ""
    position = positions.get(name)
    # beyond the published models, nothing is known to be usual
    is_beyond = all(each["extrapolated"] for each in ([position] if position else positions.values()))
    usual = None if positions and is_beyond else expected.get(name)
    return Line(LOOKS[name], missing, usual, position)


def _positions(comparison: pl.DataFrame | None) -> dict[tuple[str, str], dict[str, dict]]:
    found: dict[tuple[str, str], dict[str, dict]] = {}
    if comparison is not None:
        for row in comparison.filter(pl.col("quantity") == "share").to_dicts():
            found.setdefault((row["model"], row["group"]), {})[row["category"]] = row
    return found


def _expected(
    profile: pl.DataFrame, trends: Mapping[tuple[str, str, str], Trend]
) -> dict[tuple[str, str], dict[str, tuple[float, float, float]]]:
    """Return what published models of like accuracy do in every published category, known for the model or not."""
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


def _rings(card: GroupCard, panels: list[Panel]) -> list[tuple[Panel, float, float]]:
    rings = []
    for panel in panels:
        line = card.line(panel.category)
        if line is not None and line.position is not None:
            rings.append((panel, *panel.place(line.position["accuracy"], line.position["value"])))
    return rings


def write_model_pages(results: Results, environment: Environment, shared: Mapping[str, object], folder: Path) -> None:
    """Write the page of every model into `models` in the report's folder; that of an only model is `index.html` too.

    `shared`: the variables of all pages.
    """
    panels = plan_panels(results)
    words = results.facts.accuracy_words
    named = {} if results.facts.forgives else {name: word.capitalize() for name, word in words.items()}
    own = {"soft": soft_view(results), "what_if": what_if_view(results), "accuracy_names": ACCURACY_NAMES | named}
    page = environment.get_template("model.html")
    images = with_pictures(first_images(results), results, folder / "first")
    views = model_views(results, panels)
    for view in views:
        summary_file, error_file = f"data/summaries/{view.slug}.md", f"data/errors/{view.slug}.csv"
        exports = {
            "summary": (folder / summary_file).read_text(encoding="utf-8"),
            "summary_file": summary_file,
            "error_file": error_file if (folder / error_file).is_file() else None,
        }
        variables = {**shared, **own, **exports, "view": view, "first_images": images.get(view.name, [])}
        text = page.render(**variables, root="../", current=None, behind="index")
        (folder / "models" / f"{view.slug}.html").write_text(text, encoding="utf-8")
        if len(views) == 1:
            text = page.render(**variables, root="", current="index", behind="")
            (folder / "index.html").write_text(text, encoding="utf-8")
