"""What the page shows of the chance baselines."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from errata.categories import FORGIVEN, OPEN_WORLD_UNCHECKED
from errata.report.categories import LOOKS, CategoryLook
from errata.report.numerals import rounded, significant

BASELINE_WORDS = {
    "uniform": "any image, any class",
    "uniform_on_errors": "their images, any class",
    "population": "their images, the classes of all models' errors",
    "own": "their images, the classes of each model's errors",
}


@dataclass(frozen=True)
class ChanceLine:
    """A category: its look, its row by baseline (`errata.trust.tables.CHANCE`), and the range of the models' ratios."""

    look: CategoryLook
    by_baseline: Mapping[str, Mapping]
    least: float | None
    most: float | None

    @property
    def own(self) -> Mapping:
        """The row of the closest baseline."""
        return self.by_baseline["own"]


def chance_lines(chance: pl.DataFrame, by_model: pl.DataFrame) -> dict[str, list[ChanceLine]]:
    """Return the lines of every group that has errors, categories least severe first."""
    ranges = {
        (group, category): (least, most)
        for group, category, least, most in by_model.group_by("group", "category")
        .agg(pl.col("ratio").min().alias("least"), pl.col("ratio").max().alias("most"))
        .iter_rows()
    }
    lines: dict[str, list[ChanceLine]] = {}
    for (group,), part in chance.group_by("group", maintain_order=True):
        if part["share"].is_null().all():
            continue
        rows: dict[str, dict[str, Mapping]] = {}
        for row in part.to_dicts():
            rows.setdefault(row["category"], {})[row["baseline"]] = row
        lines[group] = [
            ChanceLine(look, rows[name], *ranges.get((group, name), (None, None)))
            for name, look in LOOKS.items()
            if name in rows and not (name == OPEN_WORLD_UNCHECKED and not rows[name]["own"]["expected"])
        ]
    return lines


def chance_findings(lines: Mapping[str, list[ChanceLine]]) -> list[str]:
    """Return what the closest baseline says of the likeliest and the least likely category, in a sentence."""
    known = [line for line in lines.get("all", []) if line.own["ratio"]]
    telling = [line for line in known if line.look.name not in (*FORGIVEN, OPEN_WORLD_UNCHECKED)]
    if len(telling) < 2:
        return []
    most = max(telling, key=lambda line: line.own["ratio"])
    least = min(telling, key=lambda line: line.own["ratio"])
    return [
        f"Beside wrong answers by chance to the same images, with the same classes named as often, errors are "
        f"{significant(most.own['ratio'])} times as often {most.look.label} ({rounded(most.own['share'])} against "
        f"{significant(most.own['expected'])} %) and {significant(least.own['ratio'])} times as often "
        f"{least.look.label} ({rounded(least.own['share'])} against {significant(least.own['expected'])} %)."
    ]
