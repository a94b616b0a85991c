"""How categories and figures look, the same everywhere in the report."""

import io
import logging
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from errata.atlas.outcomes import SENTENCES
from errata.categories import CATEGORIES, CHECKED, OPEN_WORLD_UNCHECKED, PROVISIONAL_COLUMNS
from errata.report.numerals import share

GROUP_NAMES = {"all": "all images", "organism": "organisms", "artifact": "artifacts", "other": "other"}


@dataclass(frozen=True)
class CategoryLook:
    """A category's name in words, its colour, whether it is hatched, and its sentence."""

    name: str
    label: str
    colour: str
    hatched: bool
    sentence: str


def _looks() -> dict[str, CategoryLook]:
    looks = {}
    for one in CATEGORIES:
        looks[one.name] = CategoryLook(one.name, one.label, one.colour, one.is_unchecked, one.sentence)
        for twin in CATEGORIES if one.is_unchecked else ():
            if twin.provisional:
                name, label = f"provisional_{twin.name}", f"not checked, else {twin.label}"
                sentence = f"Not checked for things outside the vocabulary; if there are none: {twin.label}."
                looks[name] = CategoryLook(name, label, twin.colour, hatched=True, sentence=sentence)
    return looks


LOOKS: dict[str, CategoryLook] = _looks()
"""Every category, least severe first, and every provisional category after the one that it splits."""

SOFT_LOOKS: dict[str, CategoryLook] = {
    "correct": CategoryLook("correct", "correct", "#C9D0D8", hatched=False, sentence=SENTENCES["correct"]),
    "beyond_top_classes": CategoryLook(
        "beyond_top_classes",
        "beyond the kept classes",
        "#5D6672",
        hatched=True,
        sentence="Probability of classes that are not among the most probable ones kept; its categories are unknown.",
    ),
}
"""What a soft profile has besides the categories."""

STACK = (*CHECKED, *PROVISIONAL_COLUMNS, OPEN_WORLD_UNCHECKED)
"""The order of the pieces of a bar. Unchecked errors are drawn in one piece only where they cannot be split."""


@dataclass(frozen=True)
class Piece:
    """A piece of a bar: a category, its count, and its share of the top-1 errors in per cent."""

    look: CategoryLook
    count: int
    share: float


def stacked_bar(row: Mapping[str, int | None], total: int | None = None) -> list[Piece]:
    """Return the pieces of the bar of some counts: every category with a positive count, in bar order.

    Their shares are of `total`, or of all pieces together.
    """
    split = any(row.get(name) for name in PROVISIONAL_COLUMNS)
    shown = [name for name in STACK if row.get(name) and not (split and name == OPEN_WORLD_UNCHECKED)]
    whole = sum(row[name] for name in shown) if total is None else total
    return [Piece(LOOKS[name], row[name], share(row[name], whole) or 0.0) for name in shown]


def paint(look: CategoryLook) -> dict[str, object]:
    """Return how matplotlib fills a bar in the colour of a category, hatched or not."""
    if look.hatched:
        return {"facecolor": PAPER, "edgecolor": look.colour, "hatch": "//////", "linewidth": 0}
    return {"facecolor": look.colour, "linewidth": 0}


def style_bars(axes: Axes, bars: int, *, margin: float) -> None:
    """Style axes of horizontal bars at 0, 1, ...: vertical lines behind them, nothing on the left."""
    axes.set_ylim(-margin, bars - 1 + margin)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)


INK = "#1f2328"
MUTED = "#66707b"
RULE = "#dfe3e8"
CLOUD = "#8b95a1"
PAPER = "#ffffff"

_DARK = {INK: "#e6e9ed", MUTED: "#a3adb8", RULE: "#343b44", PAPER: "#171b20"}

_SETTINGS = {
    "axes.edgecolor": MUTED,
    "axes.facecolor": "none",
    "axes.labelcolor": MUTED,
    "axes.labelsize": 8,
    "axes.linewidth": 0.6,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": INK,
    "axes.titlesize": 9,
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 8,
    "hatch.linewidth": 1.6,
    # TrueType, so that text in the PDF stays text and journals take it
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "errata",
    # a model may be called anything, dollars included
    "text.parse_math": False,
    "text.color": INK,
    "xtick.color": MUTED,
    "xtick.labelsize": 7.5,
    "xtick.major.width": 0.6,
    "ytick.color": MUTED,
    "ytick.labelsize": 7.5,
    "ytick.major.width": 0.6,
}


@contextmanager
def figure_style() -> Iterator[None]:
    """Apply the report's settings to the figures made inside, whatever the user's own settings are."""
    with mpl.rc_context(), warnings.catch_warnings():
        mpl.rcdefaults()
        mpl.rcParams.update(_SETTINGS)
        # fontTools logs every table that it leaves out of an embedded font
        logging.getLogger("fontTools").setLevel(logging.WARNING)
        # a model's name may need glyphs that the font lacks; the PNG then shows boxes
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of a size in inches, apart from any display."""
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure


def save_figure(figure: Figure, stem: Path, *, png_dpi: int = 160) -> None:
    """Write `stem`.svg, which follows the reader's light or dark setting, `stem`.png on white, and `stem`.pdf to print.

    Equal figures give equal bytes: no file holds a date, and the identifiers in the SVG are hashed with a salt of our
    own.
    """
    stream = io.StringIO()
    figure.savefig(stream, format="svg", facecolor="none", metadata={"Date": None, "Creator": "Errata"})
    stem.with_suffix(".svg").write_text(_follow_colour_scheme(stream.getvalue()), encoding="utf-8")
    figure.savefig(stem.with_suffix(".png"), dpi=png_dpi, facecolor=PAPER, metadata={"Software": None})
    without_date = {"CreationDate": None, "Creator": "Errata", "Producer": None}
    figure.savefig(stem.with_suffix(".pdf"), facecolor="none", metadata=without_date)


def _follow_colour_scheme(svg: str) -> str:
    # a hundredth of a point cannot be seen; more digits would make the file half as large again
    svg = re.sub(r' d="[^"]*"', lambda path: re.sub(r"(\.\d\d)\d+", r"\1", path.group()), svg)
    # colours are in style attributes, those of hatchings in attributes of their own
    rules = "".join(
        f'[style*="{kind}: {light}"],[{kind}="{light}"]{{{kind}:{dark}!important}}'
        for light, dark in _DARK.items()
        for kind in ("fill", "stroke")
    )
    # a figure opened by itself has a white page behind it
    rules += f"svg{{background:{_DARK[PAPER]}}}"
    style = f"<style>@media (prefers-color-scheme: dark){{{rules}}}</style>"
    return re.sub(r"(<svg [^>]*>)", lambda match: match.group(1) + style, svg, count=1)
