"""Draw the pictures of README.md: a drawing of every category, and a report in a browser.

    python docs/images/draw_images.py drawings
    python docs/images/draw_images.py report      # needs chromium and Pillow; some minutes

The report is that of a made-up model, whose answers are drawn from the atlas that comes with Errata.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from errata.categories import CATEGORIES

HERE = Path(__file__).parent

FUR, DARK, METAL, PAPER = "#a78b6b", "#3b4048", "#9aa3ad", "#ffffff"


def shape(name: str, fill: str, **attributes: object) -> str:
    """Return an SVG element; underscores in names of attributes stand for hyphens."""
    told = "".join(f' {key.replace("_", "-")}="{value}"' for key, value in attributes.items())
    return f'<{name} fill="{fill}"{told}/>'


LAPTOP = [
    shape("rect", DARK, x=52, y=18, width=56, height=36, rx=3),
    shape("rect", "#cfe3f5", x=56, y=22, width=48, height=28),
    shape("path", METAL, d="M44 62 L52 55 H108 L116 62 Z"),
]

_KEYS = [(96 + 7 * (place % 6), 52 + 6 * (place // 6)) for place in range(12)]
DESK = [
    shape("rect", DARK, x=22, y=14, width=56, height=36, rx=3),
    shape("rect", "#cfe3f5", x=26, y=18, width=48, height=28),
    shape("path", METAL, d="M45 50 H55 V60 H64 V64 H36 V60 H45 Z"),
    shape("rect", DARK, x=92, y=48, width=48, height=18, rx=2),
    *(shape("rect", PAPER, x=x, y=y, width=5, height=4) for x, y in _KEYS),
]

DOG = [
    shape("path", DARK, d="M56 30 L60 8 L74 22 Z M104 30 L100 8 L86 22 Z"),
    shape("ellipse", DARK, cx=80, cy=38, rx=27, ry=24),
    shape("path", PAPER, d="M80 28 C66 22 58 40 66 50 C70 62 90 62 94 50 C102 40 94 22 80 28 Z"),
    *(shape("circle", DARK, cx=x, cy=36, r=3) for x in (70, 90)),
    shape("ellipse", DARK, cx=80, cy=48, rx=5, ry=3.5),
]

PIKA = [
    shape("path", METAL, d="M20 70 L52 50 L110 48 L144 70 Z"),
    shape("ellipse", FUR, cx=82, cy=40, rx=26, ry=15),
    shape("circle", FUR, cx=58, cy=31, r=12),
    *(shape("circle", FUR, cx=x, cy=20, r=5.5) for x in (52, 65)),
    shape("circle", DARK, cx=54, cy=30, r=2),
    shape("circle", DARK, cx=46, cy=34, r=1.8),
]

_WAVES = [f"M16 {y} q8 -5 16 0 t16 0 t16 0 t16 0 t16 0 t16 0 t16 0 t16 0" for y in (54, 62)]
LAKE = [
    shape("path", METAL, d="M10 46 L46 14 L72 40 L98 20 L150 46 Z"),
    shape("rect", "#7fb4dd", x=8, y=46, width=144, height=26),
    *(shape("path", "none", d=wave, stroke=PAPER, stroke_width=2) for wave in _WAVES),
]

CUP_FROM_ABOVE = [
    shape("rect", METAL, x=106, y=34, width=22, height=11, rx=5),
    shape("circle", METAL, cx=80, cy=40, r=29),
    shape("circle", PAPER, cx=80, cy=40, r=24),
    shape("circle", "#6b4a2f", cx=80, cy=40, r=20),
]

UMBRELLA = [
    shape("path", "#b04a3a", d="M42 42 C44 2 116 2 118 42 q-9 -8 -19 0 q-9 -8 -19 0 q-9 -8 -19 0 q-9 -8 -19 0 Z"),
    shape("path", "none", d="M80 40 V64 a6 6 0 0 0 12 0", stroke=DARK, stroke_width=3.5),
]

UNKNOWN = [f'<text x="80" y="58" font-size="52" text-anchor="middle" fill="{DARK}">?</text>']

PICTURES = {
    "class_overlap": (LAPTOP, "laptop", "notebook"),
    "multi_label": (DESK, "monitor", "keyboard"),
    "fine_grained": (DOG, "malamute", "Eskimo dog"),
    "open_world_unchecked": (UNKNOWN, "alp", "hare"),
    "fine_grained_oov": (PIKA, "alp", "hare"),
    "spurious_correlation": (LAKE, "lakeside", "canoe"),
    "non_prototypical": (CUP_FROM_ABOVE, "cup", "plate"),
    "model_failure": (UMBRELLA, "umbrella", "zebra"),
}
"""Category -> what the image shows, its label, and the model's answer."""


def drawing(category: str) -> str:
    """Return the drawing of a category as SVG: what an image shows, its label, and the answer."""
    colour = next(each.colour for each in CATEGORIES if each.name == category)
    picture, label, answer = PICTURES[category]
    lines = [
        '<svg xmlns="http://www.w3.org/2000/svg" width="160" height="112" viewBox="0 0 160 112" '
        'font-family="sans-serif" font-size="12">',
        f"<title>An image labelled {label}; the answer is {answer}</title>",
        shape("rect", PAPER, x=1, y=1, width=158, height=110, rx=6, stroke=colour, stroke_width=2),
        shape("rect", "#eef1f4", x=8, y=8, width=144, height=64, rx=2),
        *picture,
        f'<text x="10" y="88" fill="{DARK}">label: {label}</text>',
        shape("rect", colour, x=10, y=95, width=9, height=9),
        f'<text x="24" y="104" fill="{DARK}">answer: {answer}</text>',
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def write_drawings() -> None:
    """Write the drawing of every category."""
    for category in PICTURES:
        (HERE / f"{category}.svg").write_text(drawing(category), encoding="utf-8")


SHARES = {
    "correct": 0.505,
    "class_overlap": 0.1,
    "multi_label": 0.27,
    "fine_grained": 0.055,
    "open_world_unchecked": 0.07,
}
"""How often the made-up model is to answer what; it is right where an image has no class of that kind."""


def write_made_up_predictions(path: Path) -> None:
    """Write answers that are drawn from the atlas: a kind for every image, and a class of that kind."""
    import numpy as np
    import polars as pl

    from errata.atlas.compiled import read_atlas
    from errata.shipped import atlas_file

    atlas = read_atlas(atlas_file("imagenet"))
    rng = np.random.default_rng(0)
    kinds = np.array([outcome.category for outcome in atlas.outcome_list])[atlas.outcomes]
    wanted = rng.choice(list(SHARES), p=list(SHARES.values()), size=len(kinds))
    # classes of like things have like numbers, and models mistake those most
    apart = np.abs(np.arange(kinds.shape[1]) - atlas.targets[:, None].astype(int))
    groups = atlas.classes["group"].to_numpy()
    possible = (kinds == wanted[:, None]) & (groups == groups[atlas.targets][:, None])
    luck = np.where(possible, rng.random(kinds.shape) * np.exp(-apart / 20), -1)
    answers = np.where(luck.max(axis=1) >= 0, luck.argmax(axis=1), atlas.targets)
    pl.DataFrame({"file_name": atlas.images["file_name"], "predicted_class": answers}).write_csv(path)


def write_picture_of_report() -> None:
    """Classify the made-up predictions and take a picture of their report's page of the model."""
    from PIL import Image

    from errata.cli import main

    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with tempfile.TemporaryDirectory() as folder:
        predictions, out = Path(folder, "made-up.csv"), Path(folder, "out")
        write_made_up_predictions(predictions)
        assert main(["classify", str(predictions), "--out", str(out), "--quiet"]) == 0
        page = next((out / "report" / "models").glob("*.html"))
        taken = Path(folder, "report.png")
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1200,900"]
        command = [browser, *options, f"--screenshot={taken}", page.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        # 128 colours are enough, and a third of the bytes
        Image.open(taken).convert("RGB").quantize(128, dither=Image.Dither.NONE).save(
            HERE / "report.png", optimize=True
        )


if __name__ == "__main__":
    {"drawings": write_drawings, "report": write_picture_of_report}[sys.argv[1]]()
