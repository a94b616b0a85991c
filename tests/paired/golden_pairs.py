"""Two pairs of models whose comparison is written down in `golden/paired.json`, for Python and for the page's script.

The images, the answers and everything that the script is told stand in the file beside the results, so a test in a
browser needs nothing else. After a change of the statistics that is meant, `python tests/paired/golden_pairs.py` writes
the file anew; what changed is then seen in its difference.
"""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from errata.atlas.compiled import Atlas
from errata.atlas.outcomes import CODES, CORRECT
from errata.groups import GROUPS
from errata.paired.compare import compare_pair
from errata.paired.transitions import by_category
from errata.paired.words import summary
from errata.profiles.answers import COUNTED, Answers, look_up
from errata.profiles.build import build_profile
from errata.report.compare import page_settings
from paired.made_pairs import made_atlas

GOLDEN = Path(__file__).parent / "golden" / "paired.json"

USED = (
    *("outcomes", "class_groups", "severity", "categories", "counts", "shares", "accuracies", "among", "words"),
    *("openings", "accuracy", "level", "z", "small_class", "borrowed_images"),
)
"""What the statistics and sentences of the script read of the page's settings."""

SHOWN = ("all", "artifact")
"""Groups whose results are written down."""


def golden_inputs() -> dict[str, dict[str, list[int]]]:
    """Make the pairs: one whose McNemar test is counted by hand, one with all groups, outcomes and small classes.

    `a` and `b` are outcome codes and `targets` class ids, one per image; `bits` has a bit per group of the image,
    `class_groups` the place of every class's group.
    """
    right, failure = CODES[CORRECT, None], CODES["model_failure", None]
    # two images only with B and eight only with A are right: p = 2 (1 + 10 + 45 / 2) / 1024
    few = {
        "a": [right] * 8 + [failure] * 2 + [right] * 30,
        "b": [failure] * 8 + [right] * 32,
        "targets": [0] * 40,
        "bits": [0b0011] * 40,
        "class_groups": [1] * COUNTED,
    }
    rng, images = np.random.default_rng(7), 240
    luck, other = rng.random((2, images)), rng.integers(0, COUNTED, (2, images))
    a, b = np.where(luck < [[0.35], [0.75]], right, other)
    # geometric sizes, so that the last classes are too small for a variance of their own
    targets = np.minimum(rng.geometric(0.25, images) - 1, COUNTED - 1)
    bits = 1 + 2 * rng.integers(0, 8, images)
    several = {"a": a, "b": b, "targets": targets, "bits": bits, "class_groups": np.arange(COUNTED) % 3 + 1}
    return {"few images": few, "several groups": {name: values.tolist() for name, values in several.items()}}


def made_golden(pair: Mapping[str, list[int]]) -> tuple[Atlas, Answers]:
    """Return the atlas of a pair, in which predicting class number n is outcome number n, and the answers."""
    atlas, bits = made_atlas(np.array(pair["targets"])), np.array(pair["bits"])
    members = [pl.Series(f"in_{group}", bits & 1 << bit > 0) for bit, group in enumerate(GROUPS) if bit]
    groups = pl.Series("group", [GROUPS[place] for place in pair["class_groups"]])
    atlas = replace(atlas, images=atlas.images.with_columns(members), classes=atlas.classes.with_columns(groups))
    return atlas, look_up(atlas, ["A", "B"], np.array([pair["a"], pair["b"]], dtype=np.int16))


def golden_values(pair: Mapping[str, list[int]]) -> dict[str, object]:
    """Return what the script is told about a pair, and what Python says of it."""
    atlas, answers = made_golden(pair)
    settings = page_settings(atlas, {"A": "A", "B": "B"}, build_profile(atlas, answers))
    comparison = compare_pair(atlas, answers)
    groups = {}
    for counted in comparison.transitions:
        if counted.group in SHOWN and counted.sizes.any():
            rows, moves = (
                table.filter(group=counted.group).drop("group").fill_nan(None).to_dicts()
                for table in (comparison.differences, comparison.moves)
            )
            matrix = by_category(counted.matrix).tolist()
            groups[counted.group] = {"images": int(counted.sizes.sum()), "rows": rows, "moves": moves, "matrix": matrix}
    told = {name: settings[name] for name in USED}
    return json.loads(json.dumps({"settings": told, "groups": groups, "summary": summary(comparison)}))


def differences(found: object, expected: object, where: str) -> Iterator[str]:
    """Yield where two values of JSON differ; numbers may by a billionth of themselves."""
    if isinstance(expected, dict | list):
        names, others = (each if isinstance(each, dict) else dict(enumerate(each)) for each in (expected, found))
        if names.keys() != others.keys():
            yield f"{where}: other names or another length"
            return
        for name, value in names.items():
            yield from differences(others[name], value, f"{where} {name}")
    elif isinstance(expected, float) and isinstance(found, float | int):
        if not math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-15):
            yield f"{where}: {found}, not {expected}"
    elif found != expected:
        yield f"{where}: {found}, not {expected}"


def write_golden() -> None:
    """Write the file anew, one row a line."""
    parts = {name: {**pair, **golden_values(pair)} for name, pair in golden_inputs().items()}
    text = json.dumps(parts, ensure_ascii=False)
    names = ("b", "targets", "bits", "class_groups", "settings", "groups", "summary")
    for start in (*(f'"{name}"' for name in names), '{"kind"', '{"name"'):
        text = text.replace(f", {start}", f",\n{start}")
    GOLDEN.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_golden()
