"""How figures look, and how they are written the same way each time."""

import io
import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

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
        # what is left out of embedded fonts is of no interest to anybody
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
