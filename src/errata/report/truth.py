"""The page of the truth test: whether the categories find the causes that were planted."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from matplotlib.axes import Axes

from errata.categories import CATEGORY_COLUMNS
from errata.drawing.style import INK, MUTED, figure_style, new_figure, paint, save_figure, style_bars
from errata.report.numerals import counted, interval, plain, rounded, whole
from errata.report.page import Page
from errata.report.pictures import example_pictures
from errata.report.style import LOOKS, STACK, CategoryLook, Piece
from errata.results import Results
from errata.truth.recall import CAUSES, rank_atlases


@dataclass(frozen=True)
class Assigned:
    """Errors that were assigned to a category: how many, and their share of the cause's errors with its interval."""

    errors: int = 0
    share: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class CauseLine:
    """What became of the errors on images with a cause, or (`look` None) on typical images.

    `cells` has one entry for each category that occurs in the table.
    """

    look: CategoryLook | None
    as_planted: bool
    errors: int
    images: int
    planted_images: int | None
    cells: Mapping[str, Assigned]

    @property
    def recall(self) -> Assigned:
        """What was assigned to the category of the cause's own name."""
        return self.cells.get(self.look.name, Assigned()) if self.look else Assigned()

    @property
    def bar(self) -> list[Piece]:
        """The pieces of its bar, the cause's own category first."""
        own = self.look.name if self.look else None
        names = sorted((name for name in STACK if name in self.cells), key=lambda name: name != own)
        cells = [(LOOKS[name], self.cells[name]) for name in names]
        return [Piece(look, cell.errors, cell.share) for look, cell in cells if cell.errors and cell.share is not None]

    @property
    def mostly_taken_for(self) -> tuple[CategoryLook, Assigned] | None:
        """The other category that most of the errors were assigned to, if any was."""
        others = [(cell.errors, name) for name, cell in self.cells.items() if cell.errors and LOOKS[name] != self.look]
        if not others:
            return None
        _, name = max(others, key=lambda pair: pair[0])
        return LOOKS[name], self.cells[name]


@dataclass(frozen=True)
class AtlasLine:
    """An atlas of the data set: its averages (row of `rank_atlases`) and its recalls of errors as planted by cause."""

    name: str
    row: Mapping[str, object]
    recalls: Mapping[str, Assigned]


@dataclass(frozen=True)
class TruthView:
    """The truth test of a report.

    `as_planted`, `all_errors`: the atlas of the report; errors that the plant accounts for, and all of them with those
        on typical images. Empty if the atlas was not measured.
    `categories`: the columns of the confusion tables.
    `atlases`: best first.
    `findings`: in sentences.
    """

    as_planted: list[CauseLine]
    all_errors: list[CauseLine]
    categories: list[CategoryLook]
    causes: list[CategoryLook]
    atlases: list[AtlasLine]
    findings: list[str]

    @property
    def pairs(self) -> list[tuple[CauseLine | None, CauseLine]]:
        """Every cause's line of errors as planted, if it has one, and of all errors."""
        as_planted = {line.look: line for line in self.as_planted}
        return [(as_planted.get(line.look), line) for line in self.all_errors if line.look]

    @property
    def planted_known(self) -> bool:
        """Whether it is known how many images have each cause."""
        return any(line.planted_images is not None for line in self.all_errors)


def truth_view(results: Results) -> TruthView | None:
    """Return what is shown of the truth test, or None if there was none."""
    if results.recall is None:
        return None
    here = results.recall.filter(pl.col("atlas") == results.facts.name)
    sizes = {} if results.planted is None else dict(results.planted.group_by("cause").len().iter_rows())
    lines = [_line(part, sizes) for part in here.partition_by("cause", "as_planted", maintain_order=True)]
    found = set(here.filter(pl.col("errors") > 0)["category"]) | set(here["cause"].drop_nulls())
    causes = set(results.recall["cause"].drop_nulls())
    atlases = _atlases(results.recall)
    as_planted = [line for line in lines if line.as_planted]
    return TruthView(
        as_planted=as_planted,
        all_errors=[line for line in lines if not line.as_planted],
        categories=[LOOKS[name] for name in CATEGORY_COLUMNS if name in found],
        causes=[LOOKS[name] for name in CAUSES if name in causes],
        atlases=atlases,
        findings=_findings(results, as_planted, atlases),
    )


def _line(rows: pl.DataFrame, sizes: Mapping[str | None, int]) -> CauseLine:
    first = rows.row(0, named=True)
    return CauseLine(
        look=None if first["cause"] is None else LOOKS[first["cause"]],
        as_planted=first["as_planted"],
        errors=first["of_errors"],
        images=first["of_images"],
        planted_images=sizes.get(first["cause"]),
        cells={row["category"]: _assigned(row) for row in rows.iter_rows(named=True)},
    )


def _assigned(row: Mapping) -> Assigned:
    return Assigned(row["errors"], row["share"], row["share_low"], row["share_high"])


def _atlases(recall: pl.DataFrame) -> list[AtlasLine]:
    own = recall.filter((pl.col("category") == pl.col("cause")) & pl.col("as_planted"))
    recalls: dict[str, dict[str, Assigned]] = {}
    for row in own.iter_rows(named=True):
        recalls.setdefault(row["atlas"], {})[row["cause"]] = _assigned(row)
    return [
        AtlasLine(row["atlas"], row, recalls.get(row["atlas"], {}))
        for row in rank_atlases(recall).iter_rows(named=True)
    ]


def _findings(results: Results, lines: list[CauseLine], atlases: list[AtlasLine]) -> list[str]:
    name = results.facts.name
    here = next((line for line in atlases if line.name == name), None)
    known = [line for line in lines if line.recall.share is not None]
    if here is None or not known:
        return [f"The atlas “{name}” was not measured."] if here is None else ["No model errs on a planted cause."]
    row = here.row
    sentence = (
        f"Of the errors that a planted cause accounts for, the atlas “{name}” gives {rounded(row['as_planted'])} the "
        f"right name (95 % interval {interval(row['as_planted_low'], row['as_planted_high'])}), averaged over "
        f"{counted(len(known), 'cause')}; of all errors on these images {rounded(row['all_errors'])} "
        f"({interval(row['all_errors_low'], row['all_errors_high'])})."
    )
    decided = [line for line in known if line.recall.errors or line.look.name not in results.facts.undefined]
    worst = min(decided, key=lambda line: line.recall.share, default=None)
    best = max(decided, key=lambda line: line.recall.share, default=None)
    if worst is not best:
        sentence += (
            f" It is best at {best.look.label} ({rounded(best.recall.share)}) and weakest at {worst.look.label} "
            f"({rounded(worst.recall.share)}{_instead(worst)})."
        )
    if len(decided) < len(known):
        undecided = ", ".join(line.look.label for line in known if line not in decided)
        sentence += f" It does not decide {undecided}; these count as not recovered."
    return [sentence, *_comparison(here, atlases)]


def _instead(line: CauseLine) -> str:
    other = line.mostly_taken_for
    return "" if other is None else f", most of the rest being called {other[0].label}"


def _comparison(here: AtlasLine, atlases: list[AtlasLine]) -> list[str]:
    if len(atlases) < 2:
        return []
    best = atlases[0]
    equal = [line.name for line in atlases if not line.row["behind"]]
    if here.name in equal:
        others = [name for name in equal if name != here.name]
        if len(equal) == len(atlases):
            return [f"All {whole(len(atlases))} atlases of the data set do equally well."]
        if others:
            return [
                f"No other of the {whole(len(atlases))} atlases of the data set recovers more; equally much: "
                f"{', '.join(others)}."
            ]
        next_best = atlases[1]
        return [
            f"Of the {whole(len(atlases))} atlases of the data set it recovers most; next comes "
            f"“{next_best.name}”, {_points(next_best)} behind."
        ]
    return [
        f"Of the {whole(len(atlases))} atlases of the data set “{best.name}” recovers most; this one is "
        f"{_points(here)} behind."
    ]


def _points(line: AtlasLine) -> str:
    row = line.row
    return f"{row['behind']:.1f} points ({plain(row['behind_low'])} to {plain(row['behind_high'])})"


ON_COLOUR = "#14171a"
"""Text on the colours of categories, which stay as they are on dark pages."""

NARROWEST_LABEL = 7.0
"""Per cent; narrower pieces carry no number."""


def draw_truth(view: TruthView, path: Path) -> None:
    """Write the figure: a bar per cause, its own category first, so that the first piece is the recall."""
    rows = len(view.all_errors)
    height = 0.95 + 0.42 * max(rows, 2)
    with figure_style():
        figure = new_figure(9.2, height)
        bottom, top = 0.5 / height, 1 - 0.4 / height
        left = figure.add_axes((0.2, bottom, 0.375, top - bottom))
        right = figure.add_axes((0.615, bottom, 0.375, top - bottom))
        places = {line.look: rows - 1 - number for number, line in enumerate(view.all_errors)}
        for axes, lines, title in (
            (left, view.as_planted, "errors that the plant accounts for"),
            (right, view.all_errors, "all errors"),
        ):
            for line in lines:
                _draw_bar(axes, places[line.look], line)
            axes.set_title(title, loc="left")
            axes.set_xlim(0, 100)
            axes.set_xlabel("per cent of the errors")
            style_bars(axes, rows, margin=0.6)
        sides = left.get_yaxis_transform()
        for look, place in places.items():
            name = "typical images" if look is None else look.label
            left.text(-0.02, place, name, transform=sides, ha="right", va="center", color=MUTED)
        save_figure(figure, path)


def _draw_bar(axes: Axes, place: int, line: CauseLine) -> None:
    start = 0.0
    for piece in line.bar:
        look, width = piece.look, piece.share
        axes.barh(place, width, left=start, height=0.72, **paint(look))
        if width >= NARROWEST_LABEL and not look.hatched:
            axes.text(start + width / 2, place, f"{width:.0f}", ha="center", va="center", color=ON_COLOUR, fontsize=7.5)
        start += width
    recall = line.recall
    if recall.share is not None:
        # the interval stands at the bar's upper edge, where it hides no number
        axes.plot([recall.low, recall.high], [place + 0.44] * 2, color=INK, linewidth=1.3, solid_capstyle="butt")
        axes.plot([recall.share] * 2, [place + 0.36, place + 0.52], color=INK, linewidth=1.3, solid_capstyle="butt")


FIGURE = "truth"


def _make(results: Results, folder: Path) -> Mapping[str, object] | None:
    if results.recall is None:
        return None
    examples = {}
    if results.pictures is not None and results.planted is not None:
        (folder / "pictures").mkdir(exist_ok=True)
        examples = example_pictures(results.pictures, results.planted, folder / "pictures")
    truth = truth_view(results)
    if truth is not None and truth.all_errors:
        draw_truth(truth, folder / "figures" / f"{FIGURE}.svg")
    return {"truth": truth, "examples": {name: examples[name] for name in CAUSES if name in examples}, "figure": FIGURE}


TRUTH = Page("truth", "Truth test", "truth.html", _make, within="trust")
