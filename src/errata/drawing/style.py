"""Sizes, letters and colours of figures, and how they are written."""

import io
import logging
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from errata.errors import InputError
from errata.files import atomic_write
from errata.looks import CategoryLook


@dataclass(frozen=True)
class Sheet:
    """What a figure is made for: its width in inches, and the size of its letters in points."""

    width: float
    letters: float


SHEETS = {"column": Sheet(3.35, 7.0), "page": Sheet(6.9, 7.5), "slide": Sheet(10.0, 14.0)}
"""A column and a page of a two-column paper, and a slide. Letters are for these widths: nothing is scaled later."""

GREYS = {
    "class_overlap": ("#ffffff", ""),
    "multi_label": ("#d9d9d9", ""),
    "fine_grained": ("#969696", ""),
    "open_world_unchecked": ("#ffffff", "......"),
    "fine_grained_oov": ("#ffffff", "//////"),
    "spurious_correlation": ("#d9d9d9", "\\\\\\\\\\\\"),
    "non_prototypical": ("#ffffff", "xxxxxx"),
    "model_failure": ("#404040", ""),
    "provisional_spurious_correlation": ("#ffffff", "\\\\\\\\\\\\"),
    "provisional_non_prototypical": ("#ffffff", "oooo"),
    "provisional_model_failure": ("#ffffff", "||||||"),
}
"""Grey and hatching of every category, for print without colour."""


def paint(look: CategoryLook, *, grey: bool = False) -> dict[str, object]:
    """Return how matplotlib fills a bar in the colour of a category, hatched or not, or in greys and hatchings."""
    if grey:
        face, hatch = GREYS[look.name]
        return {"facecolor": face, "edgecolor": INK, "hatch": hatch, "linewidth": 0.4}
    if look.hatched:
        return {"facecolor": PAPER, "edgecolor": look.colour, "hatch": "//////", "linewidth": 0}
    return {"facecolor": look.colour, "linewidth": 0}


def ink_on(look: CategoryLook, *, grey: bool = False) -> str | None:
    """Return in which colour letters can be read on a category's bar; None where hatching would cross them."""
    if look.hatched or (grey and GREYS[look.name][1]):
        return None
    red, green, blue = (int((GREYS[look.name][0] if grey else look.colour)[at : at + 2], 16) for at in (1, 3, 5))
    return INK if 0.299 * red + 0.587 * green + 0.114 * blue > 110 else PAPER


@lru_cache(maxsize=10_000)
def text_width(text: str, size: float) -> float:
    """Return how wide a text of some size is, in inches."""
    properties = FontProperties(family=_SETTINGS["font.sans-serif"], size=size)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        return text_to_path.get_text_width_height_descent(text, properties, ismath=False)[0] / 72


def shortened(text: str, inches: float, size: float) -> str:
    """Return a text that is no wider than so many inches; what is left out of its middle becomes an ellipsis."""
    if text_width(text, size) <= inches:
        return text
    for kept in range(len(text) - 1, 1, -1):
        # models of one name differ at the end
        candidate = f"{text[: kept // 2]}…{text[len(text) - (kept - kept // 2) :]}"
        if text_width(candidate, size) <= inches:
            return candidate
    return "…"


def wrapped(text: str, inches: float, size: float) -> str:
    """Return a text in lines that are no wider than so many inches, broken between words."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size) <= inches:
            lines[-1] = longer
        else:
            lines.append(shortened(word, inches, size))
    return "\n".join(lines)


def draw_key(figure: Figure, handles: Sequence[Artist], labels: Sequence[str], *, width: float, size: float) -> float:
    """Draw a key at the bottom of a figure of some width in inches, in as many columns as fit; return its height."""
    wide = [text_width(label, size) + 2.9 * size / 72 for label in labels]
    columns = next((n for n in range(len(labels), 1, -1) if sum(max(wide[at::n]) for at in range(n)) <= width - 0.1), 1)
    rows = -(-len(labels) // columns)
    height = rows * 1.55 * size / 72 + 0.06
    # read row by row, though matplotlib fills column by column
    order = [row * columns + column for column in range(columns) for row in range(rows)]
    order = [place for place in order if place < len(labels)]
    figure.legend(
        [handles[place] for place in order],
        [labels[place] for place in order],
        loc="lower left",
        bbox_to_anchor=(0.0, 0.0),
        ncols=columns,
        frameon=False,
        fontsize=size,
        handlelength=1.3,
        handleheight=0.9,
        handletextpad=0.5,
        columnspacing=0.9,
        labelspacing=0.4,
        borderpad=0.2,
        borderaxespad=0.2,
    )
    return height


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
def figure_style(letters: float = 8.0) -> Iterator[None]:
    """Apply Errata's settings to the figures made inside, whatever the user's own settings are.

    `letters`: size of letters in points; all others, and lines, follow it.
    """
    scale = letters / _SETTINGS["font.size"]
    with mpl.rc_context(), warnings.catch_warnings():
        mpl.rcdefaults()
        scaled = {
            name: value * scale
            for name, value in _SETTINGS.items()
            if name.endswith(("size", "width")) and name != "hatch.linewidth"
        }
        mpl.rcParams.update(_SETTINGS | scaled)
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


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure of a page, an SVG that follows the reader's light or dark setting.

    Equal figures give equal bytes: no file holds a date, and the identifiers in it are hashed with a salt of our own.
    """
    stream = io.StringIO()
    with figure_style():
        _save(figure, stream, "svg")
    path.write_text(_follow_colour_scheme(stream.getvalue()), encoding="utf-8")


def write_figure(figure: Figure, path: Path | str, *, dpi: int = 300) -> None:
    """Write a figure for a paper, in the format that the suffix names: .pdf, .svg or .png. Equal figures, equal bytes.

    Raises
    ------
    InputError
        If the suffix is another one.
    """
    path = Path(path)
    kind = path.suffix.lower().lstrip(".")
    if kind not in FORMATS:
        known = ", ".join(f".{each}" for each in FORMATS)
        raise InputError(f"{path}: expected a name that ends in one of {known}, found '{path.suffix}'. Name it so.")
    with figure_style(), atomic_write(path) as temporary:
        _save(figure, temporary, kind, dpi=dpi)


FORMATS = ("svg", "png", "pdf")

_WITHOUT_DATE: dict[str, dict[str, str | None]] = {
    "svg": {"Date": None, "Creator": "Errata"},
    "png": {"Software": None},
    "pdf": {"CreationDate": None, "Creator": "Errata", "Producer": None},
}


def _save(figure: Figure, to: Path | io.StringIO, kind: str, *, dpi: float = 160) -> None:
    page = PAPER if kind == "png" else "none"
    figure.savefig(to, format=kind, dpi=dpi, facecolor=page, metadata=_WITHOUT_DATE[kind])


def _follow_colour_scheme(svg: str) -> str:
    # a hundredth of a point cannot be seen; more digits would make the file half as large again
    svg = re.sub(r' d="[^"]*"', lambda path: re.sub(r"(?<=\.\d\d)\d+", "", path.group()), svg)
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
