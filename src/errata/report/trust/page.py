"""The trust page: experts, published counts, planted causes, other atlases, other labels, chance, what is undefined."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from errata.atlas.compiled import read_atlas
from errata.categories import FORGIVEN, OPEN_WORLD_UNCHECKED
from errata.report.categories import GROUP_NAMES, LOOKS, CategoryLook
from errata.report.inputs import ReportInputs
from errata.report.numerals import counted, rounded, significant, whole
from errata.report.page import Page
from errata.report.trust.experts import expert_findings, expert_lists
from errata.report.trust.sensitivity import compared_categories, other_atlases, sensitivity_findings
from errata.report.truth.view import truth_view
from errata.report.twins import write_twins

CIRCULAR = "non_prototypical"
"""The category that rests on the expert lists themselves."""

MOST_ROWS = 60
"""Rows of published counts on the page, those with differences first; the data have all."""

BASELINE_WORDS = {
    "uniform": "any image, any class",
    "uniform_on_errors": "their images, any class",
    "population": "their images, the classes of all models' errors",
    "own": "their images, the classes of each model's errors",
}

_QUANTITY_WORDS = {
    "images": "images",
    "correct": "correct",
    "top1_errors": "top-1 errors",
    OPEN_WORLD_UNCHECKED: "not checked; the paper's sum of the last four",
    "mla": "MLA",
    "mla_minor": "MLA, minor errors forgiven",
    "mla_explainable": "MLA, explainable errors forgiven",
    "problematic_images": "problematic images",
    "imagenet_m_errors": "errors on ImageNet-M",
    "published_comparison": "comparison with the paper's models",
    "expert_agreement": "agreement with experts",
    "label_set_swap": "another label set",
    "truth_test": "truth test",
}
"""Quantities that are no category, and what the paper's tables have in the place of the unchecked errors."""


def _make(inputs: ReportInputs, folder: Path) -> Mapping[str, object] | None:
    tables = inputs.trust
    if not tables.known:
        return None
    for name, table in tables.known.items():
        write_twins(table, name, folder / "data")
    lists = []
    if tables.agreement is not None and tables.expert_mistakes is not None:
        lists = expert_lists(tables.agreement, tables.expert_mistakes, _class_names(inputs))
    fidelity = None if tables.fidelity is None else fidelity_view(tables.fidelity)
    others = []
    if tables.atlas_shares is not None and tables.atlas_transitions is not None and tables.atlas_accuracies is not None:
        others = other_atlases(tables.atlas_shares, tables.atlas_transitions, tables.atlas_accuracies)
    chance = {}
    if tables.chance is not None and tables.model_chance is not None:
        chance = chance_lines(tables.chance, tables.model_chance)
    truth = truth_view(inputs, {})
    return {
        "findings": [
            *expert_findings(lists),
            *([fidelity.finding] if fidelity else []),
            *(truth.findings[:1] if truth else []),
            *sensitivity_findings(others),
            *chance_findings(chance),
        ],
        "lists": lists,
        "circular": any(row["experts"] for one in lists for _, look, row in one.categories if look.name == CIRCULAR),
        "fidelity": fidelity,
        "checkpoints": [] if tables.checkpoints is None else tables.checkpoints.to_dicts(),
        "truth": truth,
        "others": others,
        "compared": compared_categories(others),
        "chance": chance,
        "baselines": BASELINE_WORDS,
        "defined_on": None if tables.defined is None else defined_view(tables.defined),
    }


TRUST_PAGE = Page("trust", "Trust", "trust.html", _make)


def _class_names(inputs: ReportInputs) -> dict[int, str]:
    if inputs.atlas_file is None:
        return {}
    return dict(read_atlas(inputs.atlas_file).classes.select("class_id", "name").iter_rows())


@dataclass(frozen=True)
class FidelityView:
    """Counts of models that a published model matches.

    Attributes
    ----------
    quantities : list of (str, str)
        Name in the table and in words.
    rows : list of (str, str, str, dict)
        Model, published model, group in words, and quantity -> row of `errata.trust.tables.FIDELITY`.
    models, figures, exact, largest_difference, all_rows
        How many models and figures there are, how many figures are exact, by how much a count differs at most, and
        how many rows there would be in all.
    """

    quantities: list[tuple[str, str]]
    rows: list[tuple[str, str, str, Mapping[str, Mapping]]]
    models: int
    figures: int
    exact: int
    largest_difference: float
    all_rows: int

    @property
    def finding(self) -> str:
        """In a sentence."""
        text = (
            f"{counted(self.models, 'model')} of this report made the predictions that the "
            f"paper used. Of {whole(self.figures)} published figures about them {whole(self.exact)} are met exactly"
        )
        if self.exact == self.figures:
            return f"{text}."
        return f"{text}; the others differ by {self.largest_difference:,.4g} at most."


def fidelity_view(fidelity: pl.DataFrame) -> FidelityView | None:
    """Return what is shown of the counts, or None if no published model was matched."""
    if fidelity.is_empty():
        return None
    rows = [
        (model, published, GROUP_NAMES[group], {row["quantity"]: row for row in part.to_dicts()})
        for (model, published, group), part in fidelity.group_by(
            "model", "published_model", "group", maintain_order=True
        )
    ]
    shown = sorted(rows, key=lambda row: all(cell["is_exact"] for cell in row[3].values()))
    return FidelityView(
        quantities=[(name, _words(name)) for name in fidelity["quantity"].unique(maintain_order=True)],
        rows=shown[:MOST_ROWS],
        models=fidelity["model"].n_unique(),
        figures=fidelity.height,
        exact=int(fidelity["is_exact"].sum()),
        largest_difference=float(fidelity["difference"].abs().max()),
        all_rows=len(rows),
    )


def _words(quantity: str) -> str:
    return _QUANTITY_WORDS.get(quantity) or LOOKS[quantity].label


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


@dataclass(frozen=True)
class DefinedView:
    """A table: data sets (name, title, whether in the run), and for every quantity its row of each data set."""

    datasets: list[tuple[str, str, bool]]
    quantities: list[tuple[str, list[Mapping]]]


def defined_view(defined: pl.DataFrame) -> DefinedView:
    """Return what is shown of the table `errata.trust.tables.DEFINED`."""
    datasets = defined.select("dataset", "title", "in_run").unique(maintain_order=True).rows()
    cells = {(row["dataset"], row["quantity"]): row for row in defined.to_dicts()}
    names = defined["quantity"].unique(maintain_order=True)
    return DefinedView(datasets, [(_words(name), [cells[dataset, name] for dataset, *_ in datasets]) for name in names])
