"""The results of some models on a data set with an atlas: tables by name, each read when it is first asked for."""

import dataclasses
import json
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path

import polars as pl

from errata import __version__
from errata.accuracy.tables import ACCURACY
from errata.atlas.compiled import Atlas, read_atlas
from errata.atlas.evidence import evidence_path, read_evidence, scan_verdicts, verdicts_path
from errata.atlas.tables import EVIDENCE
from errata.categories import (
    BEYOND_OPEN_WORLD,
    CATEGORY_COLUMNS,
    FORGIVEN,
    OPEN_WORLD_UNCHECKED,
    PROVISIONAL_COLUMNS,
    AccuracyWords,
    accuracy_words,
)
from errata.error_files import MOST_MODELS
from errata.errors import InputError
from errata.images.tables import IMAGES
from errata.manifest import build_manifest, read_manifest
from errata.mistakes.listing import read_mistakes
from errata.openworld.tables import VERDICTS
from errata.predictions.findings import Diagnosis, Finding
from errata.predictions.tables import CONFIDENCES, ERRORS, PROBLEMATIC
from errata.profiles.tables import POOLED, PROFILE, SOFT_PROFILE, WHAT_IF
from errata.provenance import INPUTS_KEY, inputs_behind
from errata.published.tables import COMPARISON, PUBLISHED
from errata.settings import REPORT_SETTINGS
from errata.tables import read_metadata, read_table, scan_table, tables_in
from errata.trends.fit import Trend
from errata.trends.lines import fit_trends
from errata.trends.tables import ESTIMATE
from errata.trust import tables as trust_tables
from errata.truth.tables import PLANTED, RECALL

TRUST_TABLES = tables_in(trust_tables)
"""The tables that say how far the categories can be trusted."""

TABLES = TRUST_TABLES | {
    table.name: table
    for table in (
        *(PROFILE, POOLED, WHAT_IF, SOFT_PROFILE, COMPARISON, ESTIMATE, PUBLISHED, ACCURACY, RECALL, PLANTED, IMAGES),
        *(ERRORS, CONFIDENCES, PROBLEMATIC, EVIDENCE, VERDICTS),
    )
}
"""Every declared table among the results; it lies in `{name}.parquet`."""

LARGE_TABLES = ("confidences", "errors", "problematic", "verdicts")
"""Tables that are opened, of which a reader takes what it needs."""

REPORT_MARK = "errata-report.json"
"""A file that every report has; a folder without it is never replaced."""

KEPT_ATLAS = "atlas.parquet"
"""What `errata classify` calls its copy of the atlas."""

FOLDERS_ABOVE = {"published": 1, "accuracy": 1, "recall": 1, "defined": 2}
"""In a run's results, how far above the folder of a data set and atlas the tables of a whole data set or run lie."""

MANIFEST_OF = (
    *("profile", "published", "recall", "planted"),
    *("atlas", "pooled", "errors", "what_if", "soft_profile", "comparison", "estimate"),
)
"""The files that a report's manifest describes; the first row holds the inputs that its provenance lists."""


def find_results(folder: Path | str) -> dict[str, Path]:
    """Find the results in a folder: name -> file, of those that are there.

    The folder is the output of `errata classify`, which holds everything, or `results/{dataset}/{atlas}` of a run,
    which has its atlas beside it and some tables above it (`FOLDERS_ABOVE`).

    Raises InputError if the folder holds no profile, or its atlas is not there.
    """
    folder = Path(folder)
    beside = folder.resolve().parent / "atlas" / f"{folder.resolve().name}.parquet"
    own = folder / KEPT_ATLAS
    of_run = not own.is_file() and beside.is_file()
    atlas = beside if of_run else own
    places = {name: folder / f"{name}.parquet" for name in TABLES} | {
        "atlas": atlas,
        "evidence": evidence_path(atlas),
        "verdicts": verdicts_path(atlas),
        "diagnoses": folder / "diagnoses.json",
        "manifest": folder / "manifest.json",
        "mistakes": folder / "mistakes",
    }
    if of_run:
        above = [folder.resolve(), *folder.resolve().parents]
        places |= {name: above[steps] / f"{name}.parquet" for name, steps in FOLDERS_ABOVE.items()}
        places["run"] = above[2] / "manifest.json"
    missing = [name for name in ("profile", "pooled", "atlas", "diagnoses") if not places[name].exists()]
    if missing:
        found = (
            f"a folder without {places[missing[0]].name}" if folder.is_dir() else "a file" if folder.is_file() else None
        )
        raise InputError(
            f"{folder}: expected the output folder of errata classify, or results/DATASET/ATLAS of a run, "
            f"{'but it does not exist' if found is None else f'found {found}'}. Name another folder, or classify "
            "predictions first: errata classify FILE."
        )
    return {name: path for name, path in places.items() if path.exists()}


def is_report(folder: Path) -> bool:
    """Return whether a folder is a report."""
    return (folder / REPORT_MARK).is_file()


def check_place_of_report(folder: Path) -> None:
    """Raise an InputError if a report would take the place of a file, or of a folder with other things in it."""
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: expected a folder for the report, found a file. Name another folder.")
    if folder.is_dir() and any(folder.iterdir()) and not is_report(folder):
        raise InputError(
            f"{folder}: the folder holds other things than a report ({REPORT_MARK} is not there), which would be lost. "
            "Name another folder or empty this one."
        )


def read_diagnoses(path: Path | str) -> list[Diagnosis]:
    """Read the doctor's diagnoses from JSON, as `errata.classification` writes them."""
    listed = json.loads(Path(path).read_text(encoding="utf-8"))
    names = [field.name for field in dataclasses.fields(Diagnosis)]
    return [
        Diagnosis(
            **{name: entry[name] for name in names if name not in ("path", "findings")},
            path=Path(entry["path"]),
            findings=tuple(Finding(**finding) for finding in entry["findings"]),
        )
        for entry in listed
    ]


READERS: dict[str, Callable[[Path], object]] = {
    name: partial(scan_table if name in LARGE_TABLES else read_table, table) for name, table in TABLES.items()
} | {
    "atlas": read_atlas,
    "diagnoses": read_diagnoses,
    "mistakes": read_mistakes,
    "imagenet_profile": partial(read_table, PROFILE),
}
"""How every result is read. `imagenet_profile` is the profile of another data set of the run, ImageNet, whose models
are looked for among those of a variant of it."""

OF_ATLAS = {"evidence": read_evidence, "verdicts": scan_verdicts}
"""How files are read that belong to an atlas."""


@dataclass(frozen=True)
class AtlasFacts:
    """What is said about an atlas.

    `name`, `dataset`: which atlas of which data set.
    `dataset_images`, `annotated_images`, `problematic_images`: images in the data set; those in the atlas; those among
        them that no statistic counts.
    `undefined`: categories that cannot be decided on the data set or in this atlas.
    `provenance`: where the atlas came from.
    `unreadable`: annotated images that cannot be read, with the problem.
    """

    name: str
    dataset: str
    dataset_images: int
    annotated_images: int
    problematic_images: int
    undefined: tuple[str, ...] = ()
    provenance: Mapping[str, object] = field(default_factory=dict)
    unreadable: tuple[tuple[str, str], ...] = ()

    @property
    def open_world_checked(self) -> bool:
        """Whether the atlas tells apart what needs the open-world check."""
        return "fine_grained_oov" not in self.undefined

    @property
    def forgives(self) -> bool:
        """Whether an answer other than the label can be right: by several labels, or by classes that overlap."""
        return not set(FORGIVEN) <= set(self.undefined)

    @property
    def has_multilabels(self) -> bool:
        """Whether images may have several labels."""
        return "multi_label" not in self.undefined

    @property
    def words(self) -> AccuracyWords:
        """What accuracies and errors are called."""
        return accuracy_words(self.undefined)

    @property
    def accuracy_words(self) -> Mapping[str, str]:
        """What `top1` and `mla` are called."""
        return {"top1": self.words.top1, "mla": self.words.mla}

    @property
    def part(self) -> Mapping[str, int] | None:
        """How many images of how many, `images` and `of`, where the data set is a part of one; else None."""
        return self.provenance.get("part")

    @property
    def undefined_on_dataset(self) -> tuple[str, ...]:
        """The categories that no atlas of the data set can have; others only lack the open-world check."""
        without_multilabels = ("multi_label", "non_prototypical") if "multi_label" in self.undefined else ()
        return tuple(
            name
            for name in self.undefined
            if name in without_multilabels or self.open_world_checked or name not in BEYOND_OPEN_WORLD
        )

    def why_missing(self, category: str) -> str:
        """Return why a category has no counts."""
        if category in self.undefined_on_dataset:
            return "undefined on this data set"
        return "not checked in this atlas"


def atlas_facts(atlas: Atlas) -> AtlasFacts:
    """Return what is said about `atlas`."""
    return AtlasFacts(
        name=atlas.name,
        dataset=atlas.dataset,
        dataset_images=atlas.dataset_images,
        annotated_images=atlas.images.height,
        problematic_images=int(atlas.images["is_problematic"].sum()),
        undefined=tuple(atlas.undefined),
        provenance=dict(atlas.provenance),
        unreadable=atlas.unreadable,
    )


def left_out(diagnoses: Iterable[Diagnosis], *, problematic_images: int) -> pl.DataFrame:
    """Return how many images of each model's predictions no statistic counts, and why: `model, reason, images`."""
    rows = []
    for diagnosis in diagnoses:
        if not diagnosis.is_usable:
            first = next(finding.kind for finding in diagnosis.findings if finding.severity == "refuse")
            why = "no predictions" if first == "left_out" else f"refused by the doctor: {first.replace('_', ' ')}"
            rows.append((diagnosis.model, why, diagnosis.rows))
            continue
        rows.append((diagnosis.model, "problematic images", problematic_images))
        rows.append((diagnosis.model, "images outside the annotated set", diagnosis.rows_outside))
        rows.append((diagnosis.model, "images without a prediction", diagnosis.images - diagnosis.images_matched))
    schema = {"model": pl.String, "reason": pl.String, "images": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row").filter(
        (pl.col("images") > 0) | pl.col("reason").str.contains("^no predictions|^refused")
    )


class Results:
    """The results of some models on a data set with an atlas.

    Every table of `TABLES` is an attribute of its name, None where there is no such table. `LARGE_TABLES` are a
    `polars.LazyFrame`, the others a `polars.DataFrame`; `profile` and `pooled` are always there. So are:

    atlas : Atlas
    diagnoses : list of Diagnosis
        What the doctor says about every model, scored or not.
    mistakes : Mistakes or None
        What the mistakes of the models are together.

    Parameters
    ----------
    folder : path, optional
        Where results lie, see `find_results`.
    files : mapping, optional
        Name -> file, in place of a folder; a name whose file is None or empty counts as missing. `pixels` are the
        images of the data set, `images` the table that says where in it each of them is.
    settings : mapping, optional
        Settings of the run, for its manifest, where `files` has no manifest.
    error_files : int
        Up to so many models, the report holds a file of every model's errors.
    descriptions : polars.DataFrame, optional
        What is known of the models besides their errors: `model` and columns of `errata.trends.cloud.DESCRIPTIONS`.
    image_folder : path, optional
        A folder with images of the data set, to which the report refers where it may not show copies.
    known
        Any attribute, in place of its file.
    """

    def __init__(
        self,
        folder: Path | str | None = None,
        *,
        files: Mapping[str, Path | str | None] | None = None,
        settings: Mapping[str, object] | None = None,
        error_files: int = MOST_MODELS,
        descriptions: pl.DataFrame | None = None,
        image_folder: Path | str | None = None,
        title: str = "",
        **known: object,
    ) -> None:
        """Find the files; nothing is read yet."""
        found = {} if folder is None else find_results(folder)
        self.files = found | {name: Path(path) for name, path in (files or {}).items() if path}
        self.settings = dict(settings or {})
        self.error_files = error_files
        self.descriptions = descriptions
        self.image_folder = None if image_folder is None else Path(image_folder)
        self.title = title
        self.known = known
        vars(self).update(known)

    def __getattr__(self, name: str) -> object:
        """Read a result when it is first asked for."""
        # called only for attributes that are not there yet, so every file is read once
        if name not in READERS:
            raise AttributeError(name)
        path = self.files.get(name)
        if path is None:
            value = None
        elif name in OF_ATLAS:
            value = OF_ATLAS[name](self.atlas, path)
        else:
            value = READERS[name](path)
        setattr(self, name, value)
        return value

    def having(self, **known: object) -> "Results":
        """Return the same results with some attributes in place of what they are; what was read is kept."""
        other = copy(self)
        other.known = self.known | known
        # what follows from others may follow from what was replaced
        for name in [name for name, value in vars(Results).items() if isinstance(value, cached_property)]:
            vars(other).pop(name, None)
        vars(other).update(other.known)
        return other

    @cached_property
    def facts(self) -> AtlasFacts:
        """What is said about the atlas."""
        return atlas_facts(self.atlas)

    @cached_property
    def atlas_file(self) -> str:
        """What the atlas's file is called; a copy beside the tables, or none, has the atlas's own name."""
        file = self.files.get("atlas")
        return f"{self.facts.name}.parquet" if file is None or file.name == KEPT_ATLAS else file.name

    @cached_property
    def groups(self) -> list[str]:
        """The groups of images that the profile has, in the order of its rows."""
        return self.profile["group"].unique(maintain_order=True).to_list()

    @cached_property
    def defined_categories(self) -> list[str]:
        """The categories that have counts; a checked atlas has unchecked errors only where there are any."""
        checked = self.facts.open_world_checked
        return [
            name
            for name in CATEGORY_COLUMNS
            if self.profile[name].is_not_null().any()
            and not (name == OPEN_WORLD_UNCHECKED and checked and not self.profile[name].sum())
        ]

    @cached_property
    def split_categories(self) -> list[str]:
        """The provisional categories that unchecked errors are split into; none where every error was checked."""
        columns = (name for name in PROVISIONAL_COLUMNS if name in self.profile.columns)
        known = [name for name in columns if self.profile[name].count()]
        return known if any(self.profile[name].sum() for name in known) else []

    @cached_property
    def notes(self) -> dict[str, tuple[str, ...]]:
        """What the doctor found in each model's predictions, in sentences; models without findings are left out."""
        return {
            diagnosis.model: tuple(finding.message for finding in diagnosis.findings)
            for diagnosis in self.diagnoses or ()
            if diagnosis.findings
        }

    @cached_property
    def left_out(self) -> pl.DataFrame:
        """How many images of each model's predictions no statistic counts, and why: `model, reason, images`."""
        return left_out(self.diagnoses or (), problematic_images=self.facts.problematic_images)

    @cached_property
    def trust(self) -> dict[str, pl.DataFrame]:
        """The tables of `TRUST_TABLES` that are there, by name."""
        return {name: table for name in TRUST_TABLES if (table := getattr(self, name)) is not None}

    @cached_property
    def trends(self) -> dict[tuple[str, str, str], Trend]:
        """The trends of the published models by group, category and quantity; none where there are no such models."""
        return {} if self.published is None else fit_trends(self.published)

    @cached_property
    def pictures(self) -> None:
        """The images that may be shown (`errata.report.pictures.PictureSource`), while the report is written."""
        return None

    @cached_property
    def image_places(self) -> None:
        """The images of the user's folder (`errata.report.image_folder.ImageFolder`), while the report is written."""
        return None

    @cached_property
    def manifest(self) -> Mapping[str, object] | None:
        """What the results are made from and with: read from their file, or made from the files of the results."""
        if "manifest" in self.files:
            return read_manifest(self.files["manifest"])
        described = {name: self.files[name] for name in MANIFEST_OF if name in self.files}
        run = read_manifest(self.files["run"])["settings"] if "run" in self.files else {}
        settings = {name: run[name] for name in REPORT_SETTINGS if name in run} | self.settings
        return build_manifest(described, settings=settings) if described else None

    @cached_property
    def provenance(self) -> dict[str, object]:
        """The original inputs, by role; no times, so that a report can be made again exactly."""
        if "manifest" in self.files:
            notes = json.loads(read_metadata(self.files["profile"]).get(INPUTS_KEY, "{}"))
            return {"errata": __version__, "inputs": notes}
        return {"inputs": inputs_behind({name: self.files[name] for name in MANIFEST_OF[:4] if name in self.files})}
