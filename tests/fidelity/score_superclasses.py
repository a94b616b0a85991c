"""Hold a superclass file to everything that is published about the paper's superclasses.

    python tests/fidelity/score_superclasses.py [FILE ...] [--published FOLDER] [--list]

prints a table: a row per check, a column per file; without a file, for resources/superclasses.yaml. `--list` adds what
each file misses. FOLDER holds `real` and `unseen`; it is ../shared by default.

A check is *in-sample* if its data were at hand when the first superclass file was made (`real`), and *out-of-sample*
otherwise (`unseen`). A file that was made from decisions of both is told by its `fine_grained` counts, as far as they
took no part in making it.
"""

import argparse
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl

from errata.classes.pairs import count_cooccurrence, overlap_matrix, read_overlap
from errata.classes.proposals import Proposer
from errata.classes.superclasses import read_superclasses, select_classes, sharing_matrix
from errata.classes.tables import WORDNET
from errata.classes.vocabulary import build_classes, read_vocabulary
from errata.classes.wordnet import WordNet
from errata.groups import GROUPS
from errata.labels.label_table import build_labels
from errata.labels.multilabels import read_multilabels
from errata.labels.reassessed import read_real
from errata.labels.targets import read_targets
from errata.tables import read_table

PROJECT = Path(__file__).resolve().parents[2]

IN_SAMPLE, OUT_OF_SAMPLE = "in-sample", "out-of-sample"

MODELS = {
    IN_SAMPLE: ("densenet121", "densenet169", "resnet18", "squeezenet1_0", "vgg11", "vgg13_bn", "vgg16", "vgg19_bn"),
    OUT_OF_SAMPLE: (
        *("densenet161", "densenet201", "resnet34", "squeezenet1_1"),
        *("vgg11_bn", "vgg13", "vgg16_bn", "vgg19"),
    ),
}
"""Models whose predictions are those that the paper used."""

SHARES = "fg"
"""The published category of a prediction that shares a superclass with a label."""

DISJOINT = ("fg-OOV", "spurious_correlation", "non-proto", "model_failure")
"""Published categories of predictions that share a superclass with no label."""

TOTALS = {
    "superclasses": 161,
    "memberships": 1071,
    "median size": 4,
    "smallest": 2,
    "largest": 31,
    "classes in none": 74,
    "pairs that share one": 5476,
    "co-occurring pairs that share none": 4283,
    "pairs seen twice that share none": 1019,
}
GROUP_TOTALS = {
    "organism": (50, 8, 31, 9.8, 7.5, 8.6, 7.0),
    "artifact": (101, 59, 26, 5.3, 4.0, 3.7, 2.5),
    "other": (16, 7, 18, 6.3, 4.0, 4.7, 3.0),
}
"""Superclasses, classes in none, largest, mean and median size, and the two with classes in none as ones of size 1."""
# both: https://github.com/eth-sri/automated-error-analysis, explore_dataset.ipynb


@dataclass(frozen=True)
class Published:
    """Everything published that depends on the superclasses, and what does not depend on them of ImageNet.

    `decisions`: sample, file name, prediction, labels, published category, number of prompts, best proposals (or null).
    `answers`: sample -> model -> rows (image, prediction) of top-1 errors that no overlap and no label explains.
    `cells`: (model, group) -> published number of fine-grained errors.
    """

    wordnet: WordNet
    wnids: list[str]
    classes: pl.DataFrame
    labels: pl.DataFrame
    reassessed: pl.DataFrame
    decisions: pl.DataFrame
    answers: Mapping[str, Mapping[str, tuple[np.ndarray, np.ndarray]]]
    cells: Mapping[tuple[str, str], int]

    @cached_property
    def is_label(self) -> np.ndarray:
        """bool, shape (images, classes): whether a class is one of the multi-labels."""
        return one_hot(self.labels["multi_labels"], len(self.wnids))

    @cached_property
    def in_group(self) -> dict[str, np.ndarray]:
        """Group -> bool, shape (images,): whether any label of an image is in it."""
        of_class = self.classes["group"].to_numpy()
        return {
            group: np.ones(self.labels.height, bool) if group == "all" else self.is_label[:, of_class == group].any(1)
            for group in GROUPS
        }


def one_hot(lists: pl.Series, classes: int) -> np.ndarray:
    """Return bool, shape (rows, classes): whether a class is in the list of a row."""
    matrix = np.zeros((len(lists), classes), dtype=bool)
    long = pl.DataFrame({"class": lists}).with_row_index("row").explode("class").drop_nulls()
    matrix[long["row"].to_numpy(), long["class"].to_numpy()] = True
    return matrix


def read_everything(published: Path, project: Path = PROJECT) -> Published:
    """Read what is published, from a folder that holds `real` and `unseen`, and the project's class knowledge."""
    real, unseen, resources = published / "real", published / "unseen", project / "resources"
    wordnet = WordNet.from_table(read_table(WORDNET, resources / "wordnet/nouns.parquet"))
    wnids = read_vocabulary(resources / "vocabularies/imagenet1k.csv")
    targets = read_targets(real / "mirror/imagenet-validation-original.json", wnids)
    multilabels = read_multilabels(real / "human_accuracy_v3.0.0.rebuilt.json", wnids)
    annotated = build_labels(targets, multilabels=multilabels, experts=None)
    labels = annotated.filter(~pl.col("is_problematic"))
    overlap = overlap_matrix(read_overlap(resources / "class_overlap.csv", wnids), len(wnids))
    is_label = one_hot(labels["multi_labels"], len(wnids))
    folders = {IN_SAMPLE: real / "predictions", OUT_OF_SAMPLE: unseen / "predictions"}
    rows = {IN_SAMPLE: real / "reference_stats/imagenet", OUT_OF_SAMPLE: unseen}
    names = {IN_SAMPLE: "{}.csv", OUT_OF_SAMPLE: "rows_{}.csv"}
    answers, cells = {}, {}
    for sample, models in MODELS.items():
        answers[sample] = {
            model: _unexplained(labels, folders[sample] / f"{model}.parquet", overlap, is_label) for model in models
        }
        for group in GROUPS:
            table = pl.read_csv(rows[sample] / names[sample].format(group)).select(
                "model_dir_id", "num_same_superclass"
            )
            found = dict(table.iter_rows())
            cells |= {(model, group): found[f"torchvision--{model}"] for model in models}
    reassessed = read_real(real / "mirror/real.json", targets).join(annotated, on="file_name", how="anti")
    decisions = _decisions(real / "published_examples.parquet", unseen / "decisions.parquet", wnids).join(
        labels.select("file_name", "target", "multi_labels"), on="file_name", maintain_order="left"
    )
    return Published(wordnet, wnids, build_classes(wnids, wordnet), labels, reassessed, decisions, answers, cells)


def _unexplained(
    labels: pl.DataFrame, predictions: Path, overlap: np.ndarray, is_label: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    joined = labels.select("file_name", "target").join(
        pl.read_parquet(predictions), on="file_name", how="left", maintain_order="left"
    )
    predicted, image = joined["predicted_class"].to_numpy(), np.arange(labels.height)
    kept = ~overlap[joined["target"].to_numpy(), predicted] & ~is_label[image, predicted]
    return image[kept], predicted[kept]


def _decisions(examples: Path, further: Path, wnids: list[str]) -> pl.DataFrame:
    ids = {wnid: class_id for class_id, wnid in enumerate(wnids)}
    columns = ("sample", "file_name", "prediction", "published_category", "n_proposals", "best")
    first = pl.read_parquet(examples).with_columns(
        prediction=pl.col("pred_wnid").replace_strict(ids, return_dtype=pl.Int64),
        sample=pl.lit(IN_SAMPLE),
        best=pl.col("oov_top5").list.eval(pl.element().struct.field("offset")),
    )
    second = pl.read_parquet(further).with_columns(
        prediction="pred", sample=pl.lit(OUT_OF_SAMPLE), best=pl.lit(None, pl.List(pl.Int64))
    )
    return pl.concat([first.select(columns), second.select(columns)])


@dataclass(frozen=True)
class Check:
    """A check of a superclass file: its value, the published one or the best there is, and what is wrong."""

    name: str
    value: object
    published: object
    wrong: tuple[str, ...] = field(default=(), repr=False)


def score(published: Published, superclasses: pl.DataFrame) -> list[Check]:
    """Check the table `errata.classes.tables.SUPERCLASSES` of a file against everything published."""
    sharing = sharing_matrix(superclasses, len(published.wnids))
    checks = []
    for sample in MODELS:
        checks += _check_decisions(published, sharing, sample)
    for sample in MODELS:
        checks += _check_cells(published, sharing, sample)
    return [*checks, *_check_halves(published, sharing), *_check_totals(published, superclasses, sharing)]


def _check_decisions(published: Published, sharing: np.ndarray, sample: str) -> list[Check]:
    proposer = Proposer.of_classes(published.wordnet, published.wnids, sharing)
    decisions = published.decisions.filter(sample=sample)
    testing = decisions.filter(pl.col("published_category").is_in([SHARES, *DISJOINT]))
    contradicted = [
        _decision(published, row)
        for row in testing.iter_rows(named=True)
        if sharing[row["prediction"], row["multi_labels"]].any() != (row["published_category"] == SHARES)
    ]
    checked = decisions.filter(published_category="fg-OOV")
    wrong, impossible = [], []
    for row in checked.iter_rows(named=True):
        prompts = proposer.prompts(row["prediction"], row["target"])
        if prompts.height != row["n_proposals"]:
            wrong.append(f"{_decision(published, row)}: {prompts.height} prompts, published {row['n_proposals']}")
        if row["best"] is not None and not set(row["best"]) <= set(prompts["offset"]):
            impossible.append(_decision(published, row))
    checks = [
        Check(f"decisions contradicted, of {testing.height:,}, {sample}", len(contradicted), 0, tuple(contradicted)),
        Check(f"numbers of prompts wrong, of {checked.height}, {sample}", len(wrong), 0, tuple(wrong)),
    ]
    if checked["best"].null_count() < checked.height:
        name = f"decisions with a proposal that cannot be, of {checked.height}, {sample}"
        checks.append(Check(name, len(impossible), 0, tuple(impossible)))
    return checks


def _decision(published: Published, row: Mapping) -> str:
    names = published.classes["name"]
    labels = ", ".join(names[label] for label in row["multi_labels"])
    image, prediction = row["file_name"].removesuffix(".JPEG"), names[row["prediction"]]
    return f"{image} {prediction} for {labels} ({row['published_category']})"


def fine_grained(published: Published, sharing: np.ndarray, sample: str) -> dict[tuple[str, str], int]:
    """Return (model, group) -> number of fine-grained errors of the models of a sample."""
    near_label = (published.is_label.astype(np.float32) @ sharing.astype(np.float32)) > 0
    return {
        (model, group): int((near_label[image, predicted] & published.in_group[group][image]).sum())
        for model, (image, predicted) in published.answers[sample].items()
        for group in GROUPS
    }


def _errors(published: Published, found: Mapping[tuple[str, str], int]) -> tuple[np.ndarray, np.ndarray]:
    theirs = np.array([published.cells[cell] for cell in found])
    difference = np.abs(np.array(list(found.values())) - theirs)
    return difference, 100 * difference / theirs


def _check_cells(published: Published, sharing: np.ndarray, sample: str) -> list[Check]:
    found = fine_grained(published, sharing, sample)
    difference, per_cent = _errors(published, found)
    wrong = tuple(
        f"{model} {group}: {count}, published {published.cells[model, group]}"
        for (model, group), count in found.items()
        if count != published.cells[model, group]
    )
    return [
        Check(f"fine_grained counts exact, of {len(found)}, {sample}", int((difference == 0).sum()), len(found), wrong),
        Check(f"  mean error, {sample}", round(float(difference.mean()), 2), 0),
        Check(f"  worst error, {sample}, %", round(float(per_cent.max()), 2), 0),
    ]


def _check_halves(published: Published, sharing: np.ndarray) -> list[Check]:
    """Compare halves of the 16 models: a file that was fitted to one of them is seen by the gap between the two."""
    found = fine_grained(published, sharing, IN_SAMPLE) | fine_grained(published, sharing, OUT_OF_SAMPLE)
    models = [model for sample in MODELS.values() for model in sample]
    halves = {"even": models[::2], "odd": models[1::2]}
    return [
        Check(
            f"  mean error, {name} half of the 16 models",
            round(float(_errors(published, {cell: n for cell, n in found.items() if cell[0] in half})[0].mean()), 2),
            0,
        )
        for name, half in halves.items()
    ]


def _check_totals(published: Published, superclasses: pl.DataFrame, sharing: np.ndarray) -> list[Check]:
    sizes = superclasses.group_by("superclass").len()["len"].to_numpy()
    pairs = count_cooccurrence(published.reassessed, sharing)
    found = {
        "superclasses": len(sizes),
        "memberships": int(sizes.sum()),
        "median size": float(np.median(sizes)),
        "smallest": int(sizes.min()),
        "largest": int(sizes.max()),
        "classes in none": len(published.wnids) - superclasses["class_id"].n_unique(),
        "pairs that share one": int(np.triu(sharing, 1).sum()),
        "co-occurring pairs that share none": pairs.filter(~pl.col("shares_superclass")).height,
        "pairs seen twice that share none": pairs.filter("is_spurious_prone").height,
    }
    checks = [Check(name, found[name], total) for name, total in TOTALS.items()]
    for group, total in GROUP_TOTALS.items():
        checks.append(Check(f"{group}: {len(total)} figures", _group_totals(published, superclasses, group), total))
    return checks


def _group_totals(published: Published, superclasses: pl.DataFrame, group: str) -> tuple:
    ids = published.classes.filter(group=group)["class_id"]
    names = superclasses.filter(pl.col("class_id").is_in(ids.implode()))["superclass"].unique()
    sizes = (
        superclasses.filter(pl.col("superclass").is_in(names.implode())).group_by("superclass").len()["len"].to_numpy()
    )
    alone = len(set(ids) - set(superclasses["class_id"]))
    with_alone = np.concatenate([sizes, np.ones(alone)])
    middles = (sizes.mean(), np.median(sizes), with_alone.mean(), np.median(with_alone))
    return (len(sizes), alone, int(sizes.max()), *(round(float(middle), 1) for middle in middles))


def table(columns: Mapping[str, list[Check]]) -> Iterable[str]:
    """Yield the lines of a Markdown table: a row per check, a column per file."""
    first = next(iter(columns.values()))
    yield f"| check | published | {' | '.join(columns)} |"
    yield "|---" * (len(columns) + 2) + "|"
    for number, check in enumerate(first):
        values = (str(checks[number].value) for checks in columns.values())
        yield f"| {check.name} | {check.published} | {' | '.join(values)} |"


def main(arguments: list[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path, default=[PROJECT / "resources/superclasses.yaml"])
    parser.add_argument("--published", type=Path, default=PROJECT.parent / "shared")
    parser.add_argument("--list", action="store_true", help="add what each file misses")
    options = parser.parse_args(arguments)
    published = read_everything(options.published)
    columns = {
        str(file): score(published, select_classes(read_superclasses(file), published.wnids, published.wordnet))
        for file in options.files
    }
    print(*table(columns), sep="\n")
    if options.list:
        for file, checks in columns.items():
            print(f"\n{file}", *(f"  {check.name}: {line}" for check in checks for line in check.wrong), sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
