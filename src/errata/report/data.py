"""The page of data, figures and citation; it writes everything that is offered for use elsewhere."""

import json
import math
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from errata import __version__
from errata.atlas.listings import group_overlaps, label_statistics, prone_pairs, superclass_members
from errata.error_files import write_error_files
from errata.files import slug
from errata.latex import latex
from errata.manifest import SHORT, hash_of, manifest_text
from errata.mistakes.listing import TABLES as MISTAKE_TABLES
from errata.predictions.tables import ERROR_FILE
from errata.report.exports import write_export, write_latex
from errata.report.page import Page
from errata.report.summary import model_summary
from errata.results import TRUST_TABLES, Results
from errata.table_schema import columns_of, describe_table
from errata.user_files import scan_parquet

GROUPS_OF_FILES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "Results",
        "A missing value is an empty field in CSV; it is not a zero. Numbers have six digits in CSV, all in Parquet.",
        ("profile", "profile.md", "what_if", "soft_profile", "pooled", "accuracy", "unreadable"),
    ),
    ("Models", "", ("error_file", "summaries/{model}.md")),
    ("Data set", "", ("label_statistics", "group_overlaps", "superclass_members", "prone_pairs")),
    (
        "Published models",
        "",
        (
            "published",
            "comparison",
            "estimate",
            "trend_lines",
            "statements",
            "statements.md",
            "fidelity",
            "checkpoints",
        ),
    ),
    ("Mistakes", "", ()),
    ("Trust", "", ("agreement", "expert_mistakes", "recall", "defined")),
    ("LaTeX", "Tables with booktabs.", ()),
    ("Citation", "", ("citation.bib", "manifest.json", "schema.json")),
)
"""Headings of the downloads, a sentence, and the files under each; `_grouped` says where all others stand."""

LINES: Mapping[str, str] = {
    "profile": "Counts, shares and accuracies of every model and kind of image.",
    "what_if": "Accuracy to gain if a kind of error were right.",
    "soft_profile": "Where the probability goes, of every model and kind of image.",
    "pooled": "Shares over all models together.",
    "accuracy": "Whether models are as accurate as published.",
    "unreadable": "Images that cannot be read, and why.",
    "error_file": "Every error of a model: image, label, prediction, kind. Each model's page links to its own.",
    "label_statistics": "How many labels the images have.",
    "group_overlaps": "How many images are in two groups.",
    "superclass_members": "The classes of every superclass.",
    "prone_pairs": "Pairs of classes that images show together, prone to spurious correlations.",
    "published": "The paper's models with their counts over all images.",
    "comparison": "Every share beside what published models of like accuracy have.",
    "estimate": "How unchecked errors would split, estimated from published models.",
    "fidelity": "Counts of models that made the paper's predictions, beside the paper's.",
    "checkpoints": "Numbers of images, classes and superclasses, beside the paper's.",
    "agreement": "How far experts and the atlas agree.",
    "expert_mistakes": "Every mistake that experts judged.",
    "recall": "How often a planted cause gets its name.",
    "defined": "What is defined on which data set.",
    "chance": "Shares beside those of wrong answers by chance.",
    "model_chance": "The same for every model.",
    "atlas_shares": "Shares under other atlases of the data set.",
    "atlas_transitions": "What errors are called under other atlases.",
    "atlas_accuracies": "Accuracies under other atlases.",
    "mistakes": "Every wrong answer, and how many models give it.",
    "class_mistakes": "Errors by class.",
    "superclass_mistakes": "Errors by superclass.",
    "confusions": "Pairs of label and wrong prediction, most frequent first.",
    "difficulty": "How many models are wrong about every image.",
    "spurious_pairs": "Pairs of classes that occur together and mislead models.",
    "trend_lines": "The lines of the trends.",
    "statements": "What the trends say, in numbers.",
}
"""What a table holds, in a line; other tables have the first sentence of their declaration."""

OTHER_FILES: Mapping[str, str] = {
    "citation.bib": "BibTeX: how to cite this result.",
    "errors/{model}.csv": "Every error of a model, with the names of the classes.",
    "latex/pooled.tex": "LaTeX table (booktabs): the shares over all models.",
    "latex/profile.tex": "LaTeX tables (booktabs): the profile of every model, for two-column papers.",
    "manifest.json": "What this report was made from and with: hashes, versions, settings, weights.",
    "profile.md": "Markdown table: counts and accuracies of every model and group.",
    "schema.json": "This list.",
    "statements.md": "The statements about trends in words, with their criteria.",
    "summaries/{model}.md": "A summary of a model for a model card or a pull request.",
}
"""Files that are no tables, by name or pattern."""

MOST_LISTED = 60
"""Entries of a mapping in the provenance that are listed on the page."""

FORMATS = ("csv", "parquet")


def data_schema(data: Path) -> dict[str, object]:
    """Describe the files in the folder `data`.

    Returns `errata`; `tables`: name -> `files`, `rows` and what `errata.table_schema.describe_table` says; `others`:
    file name or pattern -> what it holds, empty if nobody has said so.
    """
    tables = {}
    for path in sorted(data.glob("*.parquet")):
        files = [f"{path.stem}.{kind}" for kind in FORMATS if path.with_suffix(f".{kind}").is_file()]
        content = scan_parquet(path)
        rows = content.select(pl.len()).collect().item()
        tables[path.stem] = {"files": files, "rows": rows, **describe_table(path.stem, content.collect_schema())}
    if any(data.glob("errors/*.csv")):
        dtypes = {name: column.dtype for name, column in columns_of(ERROR_FILE).items()}
        tables[ERROR_FILE.name] = {"files": ["errors/{model}.csv"], **describe_table(ERROR_FILE.name, dtypes)}
    twins = {file for table in tables.values() for file in table["files"]}
    found = {path.relative_to(data).as_posix() for path in data.rglob("*") if path.is_file()} - twins
    others = {_pattern(name): OTHER_FILES.get(_pattern(name), "") for name in sorted({*found, "schema.json"})}
    return {"errata": __version__, "tables": tables, "others": others}


def write_schema(data: Path) -> dict[str, object]:
    """Write `schema.json` into the folder `data` and return it."""
    schema = data_schema(data)
    (data / "schema.json").write_text(json.dumps(schema, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return schema


def _pattern(name: str) -> str:
    """Return the name of a file, or what stands for all files of its kind."""
    folder, _, file = name.rpartition("/")
    return f"{folder}/{{model}}.{file.rpartition('.')[2]}" if folder in ("errors", "summaries") else name


PAPER = """@inproceedings{peychev2023automated,
  title     = {Automated Classification of Model Errors on {ImageNet}},
  author    = {Peychev, Momchil and M{\\"u}ller, Mark Niklas and Fischer, Marc and Vechev, Martin},
  booktitle = {Advances in Neural Information Processing Systems 36 (NeurIPS 2023)},
  year      = {2023},
  url       = {https://arxiv.org/abs/2401.02430},
}
"""


def short_hash(manifest: Mapping[str, object] | None) -> str:
    """Return the digits by which a manifest is cited, or nothing if there is none."""
    return "" if manifest is None else hash_of(manifest)[:SHORT]


def bibtex(*, dataset: str, atlas: str, manifest: Mapping[str, object] | None) -> str:
    """Return BibTeX entries of the paper and of Errata; the latter's note says which result is meant."""
    which = f"data set {latex(dataset)}, atlas {latex(atlas)}"
    if manifest is not None:
        which += f", manifest {short_hash(manifest)}"
    software = (
        "@software{errata,\n"
        "  title   = {Errata: what kind of mistakes an image classifier makes},\n"
        "  author  = {{The Errata authors}},\n"
        f"  version = {{{__version__}}},\n"
        f"  note    = {{{which}}},\n"
        "}\n"
    )
    return f"{PAPER}\n{software}"


def _make(results: Results, folder: Path) -> Mapping[str, object]:
    data = folder / "data"
    cited = short_hash(results.manifest)
    _write_summaries(results, data / "summaries", cited=cited)
    write_latex(results, data / "latex")
    if offers_error_files(results):
        ready = results.known.get("written_error_files", {})
        write_error_files(results.errors, results.atlas.classes, data / "errors", ready=ready)
    entries = bibtex(dataset=results.facts.dataset, atlas=results.facts.name, manifest=results.manifest)
    (data / "citation.bib").write_text(entries, encoding="utf-8")
    if results.manifest is not None:
        (data / "manifest.json").write_text(manifest_text(results.manifest), encoding="utf-8")
    for name, listing in _listings(results).items():
        write_export(listing, name, data)
    schema = write_schema(data)
    return {
        "schema": schema,
        "groups_of_files": _grouped(schema),
        "lines": {name: LINES.get(name, "") for name in schema["tables"]},
        "figure_files": sorted(path.name for path in (folder / "figures").iterdir()),
        "bibtex": entries,
        "manifest": results.manifest,
        "cited": cited,
        "sizes": {
            path.relative_to(data).as_posix(): _size(path.stat().st_size) for path in data.glob("*") if path.is_file()
        },
        "provenance": _flat(results.provenance),
        "atlas_provenance": _flat(results.facts.provenance),
        "has_error_files": offers_error_files(results),
        "most_error_files": results.error_files,
    }


EXPORTS = Page("data", "Downloads", "exports.html", _make)


def offers_error_files(results: Results) -> bool:
    """Return whether the report holds a file of every model's errors."""
    return results.errors is not None and results.profile["model"].n_unique() <= results.error_files


def _listings(results: Results) -> dict[str, pl.DataFrame]:
    """Return what the atlas was compiled from and what models are published, by name of the file."""
    listings = {}
    if results.atlas is not None:
        listings["label_statistics"] = label_statistics(results.atlas)
        listings["group_overlaps"] = group_overlaps(results.atlas)
    if results.evidence is not None:
        listings["superclass_members"] = superclass_members(results.atlas, results.evidence)
        listings["prone_pairs"] = prone_pairs(results.atlas, results.evidence)
    if results.published is not None:
        listings["published"] = results.published.filter(group="all").sort("model")
    return listings


def _write_summaries(results: Results, folder: Path, *, cited: str) -> None:
    folder.mkdir()
    gains: dict[str, dict[str, dict]] = {}
    if results.what_if is not None:
        for row in results.what_if.filter(group="all", accuracy="mla").iter_rows(named=True):
            gains.setdefault(row["model"], {})[row["category"]] = row
    for row in results.profile.filter(pl.col("group") == "all").iter_rows(named=True):
        text = model_summary(results, row, gains.get(row["model"], {}), cited=cited)
        (folder / f"{slug(row['model'])}.md").write_text(text, encoding="utf-8")


def _grouped(schema: Mapping[str, Mapping]) -> list[tuple[str, str, list[str]]]:
    """Return the headings with the tables and other files that there are, every one under one heading."""
    found = [*schema["tables"], *(name for name in schema["others"] if name != "errors/{model}.csv")]
    named = {name for _, _, names in GROUPS_OF_FILES for name in names}
    rest: dict[str, list[str]] = {}
    for name in found:
        if name not in named:
            rest.setdefault(_heading(name), []).append(name)
    groups = [
        (group, about, [*(name for name in names if name in found), *rest.get(group, [])])
        for group, about, names in GROUPS_OF_FILES
    ]
    return [group for group in groups if group[2]]


def _heading(name: str) -> str:
    """Return under which heading a file stands that no heading names."""
    if name.startswith("latex/"):
        return "LaTeX"
    if name in TRUST_TABLES:
        return "Trust"
    return "Mistakes" if name in MISTAKE_TABLES else "Results"


def first_sentence(text: str) -> str:
    """Return the first sentence of a text."""
    sentence, stop, _ = text.replace("\n", " ").partition(". ")
    return sentence + stop.strip()


def _flat(provenance: Mapping[str, object], prefix: str = "") -> list[tuple[str, str]]:
    """Return keys and values in one list; of long mappings, such as the hashes of many models, the first few."""
    rows: list[tuple[str, str]] = []
    for number, (key, value) in enumerate(provenance.items()):
        if number == MOST_LISTED:
            rows.append((prefix.removesuffix(" · "), f"and {len(provenance) - number} more, in errata-report.json"))
            break
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            rows += _flat(value, f"{name} · ")
        elif isinstance(value, list | tuple):
            rows.append((name, ", ".join(map(str, value))))
        else:
            rows.append((name, str(value)))
    return rows


def _size(size: int) -> str:
    """Return a file's size in kB, or MB from a megabyte on."""
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{math.ceil(size / 1e3)} kB"
