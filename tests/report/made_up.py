"""Made-up planted causes, pictures and probabilities, drawn from fixed seeds."""

import numpy as np
import polars as pl
from PIL import Image, ImageDraw

from errata.categories import BEYOND_OPEN_WORLD, CATEGORY_COLUMNS
from errata.groups import GROUPS
from errata.profiles.tables import SOFT_PROFILE, WHAT_IF
from errata.report.pictures import PictureSource
from errata.tables import CLASS_ID, check_table
from errata.truth.recall import CAUSES, measure_recall
from errata.truth.tables import PLANTED

CLASS_NAMES = ("tabby", "zebra", "coffee mug", "<b>teapot</b>", "volcano", "school bus")
IMAGES_OF_A_CAUSE = 10


def made_planted() -> pl.DataFrame:
    """Ten images of every cause and ten typical ones; model failures lead to no one class."""
    causes = [cause for cause in (*CAUSES, None) for _ in range(IMAGES_OF_A_CAUSE)]
    frame = pl.DataFrame(
        {
            "file_name": [f"{number:04d}.png" for number in range(len(causes))],
            "cause": pl.Series(causes, dtype=pl.String),
            "confuser": pl.Series(
                [None if cause in (None, "model_failure") else number % 5 + 1 for number, cause in enumerate(causes)],
                dtype=CLASS_ID,
            ),
            "note": [f"a {cause or 'typical'} <i>scene</i>" for cause in causes],
        }
    )
    return check_table(frame, PLANTED, where="made table")


def made_recall(planted: pl.DataFrame, atlases: dict[str, float], *, models: int = 4, seed: int = 1) -> pl.DataFrame:
    """The recall of atlases that give an error the name of its cause with some probability.

    An atlas called `labels` does not decide what needs the open-world check.
    """
    random = np.random.default_rng(seed)
    wrong = random.random((planted.height, models)) < 0.6
    image, model = np.nonzero(wrong)
    astray = random.random(len(image)) < 0.3
    fate = random.random(len(image))
    otherwise = random.integers(0, len(CAUSES), len(image))
    confuser = planted["confuser"].fill_null(0).to_numpy()[image]
    causes = planted["cause"].to_list()
    tables = []
    for name, recovered in atlases.items():
        decided = CAUSES
        if name == "labels":
            decided = ["open_world_unchecked" if cause in BEYOND_OPEN_WORLD else cause for cause in CAUSES]
        categories = [
            decided[CAUSES.index(causes[row])] if causes[row] and luck < recovered else decided[other]
            for row, luck, other in zip(image, fate, otherwise, strict=True)
        ]
        errors = pl.DataFrame(
            {
                "model": [f"m{number}" for number in model],
                "file_name": planted["file_name"].gather(image),
                "target": pl.Series(np.zeros(len(image)), dtype=CLASS_ID),
                "predicted_class": pl.Series(np.where(astray, 0, confuser), dtype=CLASS_ID),
                "category": categories,
            }
        )
        tables.append((name, errors.lazy()))
    return measure_recall(planted, tables)


def made_soft_profile(profile: pl.DataFrame) -> pl.DataFrame:
    """Masses near the shares of first answers, four per cent of them beyond the kept classes."""
    rows = []
    for row in profile.iter_rows(named=True):
        for name in ("correct", *CATEGORY_COLUMNS):
            rows.append(
                (row["model"], row["group"], name, None if row[name] is None else 96 * row[name] / row["images"])
            )
        rows.append((row["model"], row["group"], "beyond_top_classes", 4.0))
    frame = pl.DataFrame(
        rows, schema={name: column.dtype for name, column in SOFT_PROFILE.columns.items()}, orient="row"
    )
    return check_table(
        frame.sort(pl.col("group").replace_strict({group: n for n, group in enumerate(GROUPS)})),
        SOFT_PROFILE,
        where="made",
    )


def made_what_if(profile: pl.DataFrame) -> pl.DataFrame:
    """Gains in top-1 and MLA as if every class had as many images, half a point either way."""
    rows = []
    for row in profile.iter_rows(named=True):
        for accuracy, forgiven in (("top1", ()), ("mla", ("class_overlap", "multi_label"))):
            so_far = 0.0
            for name in (*CATEGORY_COLUMNS, *(name for name in row if name.startswith("provisional_"))):
                if row.get(name) is None or name in forgiven:
                    continue
                gain = 100 * row[name] / row["images"]
                so_far += gain
                steps = (so_far, max(so_far - 0.5, 0), min(so_far + 0.5, 100), min(row[accuracy] + so_far, 100))
                rows.append(
                    (row["model"], row["group"], accuracy, name, row[name])
                    + (gain, max(gain - 0.5, 0), gain + 0.5, min(row[accuracy] + gain, 100))
                    + ((None,) * 4 if name.startswith("provisional_") else steps)
                )
    schema = {name: column.dtype for name, column in WHAT_IF.columns.items()}
    return check_table(pl.DataFrame(rows, schema=schema, orient="row"), WHAT_IF, where="made")


def made_pictures(planted: pl.DataFrame) -> PictureSource:
    """A coloured disc for every image."""

    def read(file_name: str) -> Image.Image:
        number = int(file_name.removesuffix(".png"))
        image = Image.new("RGB", (300, 200), (40 + number % 180, 120, 200))
        ImageDraw.Draw(image).ellipse((80, 40, 200, 160), fill=(240, 200 - number % 150, 60))
        return image

    targets = pl.Series(np.arange(planted.height) % len(CLASS_NAMES), dtype=CLASS_ID)
    return PictureSource(planted.select("file_name").with_columns(target=targets), CLASS_NAMES, read)
