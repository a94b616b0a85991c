"""The trust page: experts, published counts, planted causes, other atlases, other labels, chance, what is undefined."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from errata.atlas.listings import group_overlaps, label_statistics
from errata.categories import BEYOND_OPEN_WORLD, CATEGORY_COLUMNS, FORGIVEN, OPEN_WORLD_UNCHECKED
from errata.report.coverage import coverage
from errata.report.exports import write_export
from errata.report.numerals import counted, interval, rounded, significant, whole
from errata.report.page import Page, explorer_link
from errata.report.style import GROUP_NAMES, LOOKS, CategoryLook
from errata.report.trust_atlases import CountMatrix, compared_categories, other_atlases, sensitivity_findings
from errata.report.truth import truth_view
from errata.results import Results
from errata.trust.agreement import ALL, IF_NOTHING_OOV, NOT_CIRCULAR
from errata.trust.known import AGREEMENTS, DEVIATIONS, LOOKED_AT, is_known

OVER_ALL_WORDS = {
    ALL: "all mistakes",
    NOT_CIRCULAR: "all but those that experts call non-prototypical",
    IF_NOTHING_OOV: "all, if nothing were out of vocabulary",
}


@dataclass(frozen=True)
class ExpertList:
    """One expert list.

    `name`: in words.
    `overall`, `categories`: words, look, and the row of `errata.trust.tables.AGREEMENT`.
    `by_category`, `by_severity`: the experts' category, and their severity, against the atlas's category.
    `mistakes`: every mistake, with names of target and prediction and the look of our category.
    """

    name: str
    overall: list[tuple[str, None, Mapping]]
    categories: list[tuple[str, CategoryLook, Mapping]]
    by_category: CountMatrix
    by_severity: CountMatrix
    mistakes: list[dict]

    @property
    def all(self) -> Mapping:
        """The row over all mistakes."""
        return self.overall[0][2]


def expert_lists(agreement: pl.DataFrame, mistakes: pl.DataFrame, classes: Mapping[int, str]) -> list[ExpertList]:
    """Return the expert lists in the order of the table; `classes` are names by class id."""
    return [
        _list(name, rows.to_dicts(), mistakes.filter(expert_list=name), classes)
        for (name,), rows in agreement.group_by("expert_list", maintain_order=True)
    ]


def list_name(name: str) -> str:
    """Return the name of an expert list in words: sources are called `expert_mistakes_...`."""
    return name.removeprefix("expert_mistakes_").replace("_", " ")


def _list(name: str, rows: list[dict], mistakes: pl.DataFrame, classes: Mapping[int, str]) -> ExpertList:
    by_name = {row["category"]: row for row in rows}
    counted = mistakes.with_columns(
        ours=pl.when(pl.col("provisional_category").is_null())
        .then("category")
        .otherwise(pl.format("provisional_{}", "provisional_category"))
    )
    return ExpertList(
        name=list_name(name),
        overall=[(words, None, by_name[key]) for key, words in OVER_ALL_WORDS.items() if key in by_name],
        categories=[(LOOKS[key].label, LOOKS[key], by_name[key]) for key in CATEGORY_COLUMNS if key in by_name],
        by_category=_cross(counted, "expert_means", words=_means),
        by_severity=_cross(counted, "expert_severity", words=str),
        mistakes=[
            row
            | {
                "target": classes.get(row["target"], row["target"]),
                "predicted_class": classes.get(row["predicted_class"], row["predicted_class"]),
                "look": LOOKS[row["ours"]],
                "link": explorer_link(image=row["file_name"], answer=row["predicted_class"]),
            }
            for row in counted.to_dicts()
        ],
    )


def _means(categories: str) -> str:
    return " and ".join(LOOKS[name].label for name in categories.split(", "))


def _cross(counted: pl.DataFrame, row: str, *, words) -> CountMatrix:
    columns = [name for name in LOOKS if (counted["ours"] == name).any()]
    cells = {(theirs, ours): count for theirs, ours, count in counted.group_by(row, "ours").len().iter_rows()}
    sizes = counted.group_by(row).len().sort("len", row, descending=[True, False])[row]
    return CountMatrix(
        [(words(theirs), [cells.get((theirs, ours), 0) for ours in columns]) for theirs in sizes],
        [LOOKS[name] for name in columns],
    )


def expert_findings(lists: list[ExpertList]) -> list[str]:
    """Return what the lists say, a sentence or two each; a list of non-prototypical mistakes alone says nothing."""
    return [_finding(one) for one in lists if one.all["decided"] and one.overall[1][2]["experts"]]


def _finding(one: ExpertList) -> str:
    row = one.all
    text = f"Experts judged {whole(row['experts'])} mistakes ({one.name}). "
    agreeing = (
        f"{whole(row['agreeing'])} of {whole(row['decided'])} "
        f"({rounded(row['recall'])}, 95 % interval {interval(row['recall_low'], row['recall_high'], 0)})"
    )
    if row["decided"] == row["experts"]:
        return f"{text}The atlas names the experts' category for {agreeing}."
    return (
        f"{text}Without open-world evidence it is certain for {whole(row['decided'])} of them whether the atlas "
        f"agrees: it does for {agreeing}. Whatever an open-world check would say, it agrees on "
        f"{rounded(row['at_least'])} to {rounded(row['at_most'])} of all."
    )


CIRCULAR = "non_prototypical"
"""The category that rests on the expert lists themselves."""

MOST_ROWS = 60
"""Rows of published counts on the page, those with differences first; the data have all."""

BASELINE_WORDS = {
    "uniform": "any wrong class alike",
    "own": "classes as frequent as among the wrong answers",
}

RESTS_ON_SUPERCLASSES = ("fine_grained", *BEYOND_OPEN_WORLD, OPEN_WORLD_UNCHECKED, "mla_minor", "mla_explainable")
"""Figures that change with the superclasses."""

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


def _make(results: Results, folder: Path) -> Mapping[str, object]:
    tables = results.trust
    for name, table in tables.items():
        write_export(table, name, folder / "data")
    lists = []
    if {"agreement", "expert_mistakes"} <= tables.keys():
        classes = {} if results.atlas is None else dict(results.atlas.classes.select("class_id", "name").iter_rows())
        lists = expert_lists(results.agreement, results.expert_mistakes, classes)
    known = is_known(results.facts.provenance)
    fidelity = (
        None if results.fidelity is None else fidelity_view(results.fidelity, looked_at=LOOKED_AT if known else None)
    )
    others = []
    if {"atlas_shares", "atlas_transitions", "atlas_accuracies"} <= tables.keys():
        others = other_atlases(results.atlas_shares, results.atlas_transitions, results.atlas_accuracies)
    chance = {}
    if {"chance", "model_chance"} <= tables.keys():
        chance = chance_lines(results.chance, results.model_chance)
    truth = truth_view(results)
    return {
        "independent": [
            *expert_findings(lists),
            *(truth.findings[:1] if truth else []),
            *(fidelity["independent"] if fidelity else []),
        ],
        "fitted": fidelity["fitted"] if fidelity else [],
        "alternatives": [*sensitivity_findings(others), *chance_findings(chance)],
        **coverage(results),
        "lists": lists,
        "circular": any(row["experts"] for one in lists for _, look, row in one.categories if look.name == CIRCULAR),
        "fidelity": fidelity,
        "checkpoints": [] if results.checkpoints is None else results.checkpoints.to_dicts(),
        "agreements": AGREEMENTS if known else {},
        "deviations": [one for one in DEVIATIONS if known and (results.facts.open_world_checked or not one.open_world)],
        "labels": labels_view(results),
        "truth": truth,
        "others": others,
        "compared": compared_categories(others),
        "chance": chance,
        "baselines": BASELINE_WORDS,
        "defined_on": None if results.defined is None else defined_view(results.defined),
    }


TRUST_PAGE = Page("trust", "How far to trust this", "trust.html", _make)


def labels_view(results: Results) -> list[dict]:
    """Return, by group, what the images show by their labels and how many of them are in each other group, `also`.

    Empty where images have one label each.
    """
    if results.atlas is None or "multi_label" in results.facts.undefined:
        return []
    overlaps = {frozenset((a, b)): images for a, b, images in group_overlaps(results.atlas).iter_rows()}
    rows = label_statistics(results.atlas).to_dicts()
    groups = [row["group"] for row in rows if row["group"] != "all"]
    return [
        row | {"also": [overlaps.get(frozenset((row["group"], other))) for other in groups]}
        for row in rows
        if row["images"]
    ]


def fidelity_view(fidelity: pl.DataFrame, *, looked_at: Collection[str] | None) -> dict | None:
    """Return what is shown of models that published ones match, or None if there are no such models.

    `looked_at`: published models that the superclasses were chosen with; None if that is not known.
    `quantities`: name in the table and in words.
    `rows`: model, published model, group in words, and quantity -> row of `errata.trust.tables.FIDELITY`; `all_rows`:
        how many there would be in all.
    `independent`, `fitted`: in sentences, about figures that rest on no superclass, and about the others.
    """
    if fidelity.is_empty():
        return None
    rows = [
        (model, published, GROUP_NAMES[group], {row["quantity"]: row for row in part.to_dicts()})
        for (model, published, group), part in fidelity.group_by(
            "model", "published_model", "group", maintain_order=True
        )
    ]
    shown = sorted(rows, key=lambda row: all(cell["is_exact"] for cell in row[3].values()))
    rests = pl.col("quantity").is_in(RESTS_ON_SUPERCLASSES)
    seen = pl.lit(value=True) if looked_at is None else pl.col("published_model").is_in(looked_at)
    free, fitted, unseen = fidelity.filter(~rests), fidelity.filter(rests & seen), fidelity.filter(rests & ~seen)
    who = counted(fidelity["model"].n_unique(), "model")
    why = "It is not known here whether" if looked_at is None else "These models were looked at when"
    return {
        "quantities": [(name, _words(name)) for name in fidelity["quantity"].unique(maintain_order=True)],
        "rows": shown[:MOST_ROWS],
        "all_rows": len(rows),
        "independent": [
            *(
                [
                    f"{who} of this report made the predictions that the paper used. Of the published figures about "
                    f"them that need no superclass, {_exact(free)}."
                ]
                if free.height
                else []
            ),
            *(
                [
                    f"Of the figures that need superclasses, of {counted(unseen['model'].n_unique(), 'model')} that "
                    f"nobody looked at when choosing these, {_exact(unseen)}."
                ]
                if unseen.height
                else []
            ),
        ],
        "fitted": [
            f"Of the published figures that need superclasses, {_exact(fitted)}. {why} superclasses were chosen"
            f"{' with these figures in view' if looked_at is None else ', so it is no independent test'}."
        ]
        if fitted.height
        else [],
    }


def _exact(fidelity: pl.DataFrame) -> str:
    """Return how many figures are met exactly, and by how much the others differ at most."""
    exact = int(fidelity["is_exact"].sum())
    text = f"{whole(exact)} of {whole(fidelity.height)} are met exactly"
    if exact == fidelity.height:
        return text
    return f"{text}; the others differ by at most {fidelity['difference'].abs().max():,.4g}"


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
    """Return what the closest baseline says of the most and the least likely category, in a sentence."""
    known = [line for line in lines.get("all", []) if line.own["ratio"]]
    telling = [line for line in known if line.look.name not in (*FORGIVEN, OPEN_WORLD_UNCHECKED)]
    if len(telling) < 2:
        return []
    most = max(telling, key=lambda line: line.own["ratio"])
    least = min(telling, key=lambda line: line.own["ratio"])
    return [
        f"Compared with wrong answers by chance to the same images, {most.look.label} is "
        f"{significant(most.own['ratio'])} times as frequent ({rounded(most.own['share'])} instead of "
        f"{significant(most.own['expected'])} %), {least.look.label} {significant(least.own['ratio'])} times "
        f"({rounded(least.own['share'])} instead of {significant(least.own['expected'])} %)."
    ]


def defined_view(defined: pl.DataFrame) -> dict[str, list[tuple]]:
    """Return what is shown of the table `errata.trust.tables.DEFINED`.

    `datasets`: name, title and whether in the run; `quantities`: words, and the row of each data set.
    """
    datasets = defined.select("dataset", "title", "in_run").unique(maintain_order=True).rows()
    cells = {(row["dataset"], row["quantity"]): row for row in defined.to_dicts()}
    names = defined["quantity"].unique(maintain_order=True)
    quantities = [(_words(name), [cells[dataset, name] for dataset, *_ in datasets]) for name in names]
    return {"datasets": datasets, "quantities": quantities}
