"""The site of a report: its pages, and how they are written into a folder."""

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import resources
from pathlib import Path

import polars as pl
from jinja2 import Environment, FileSystemBytecodeCache, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket

from errata import __version__
from errata.categories import BEYOND_OPEN_WORLD, FORGIVEN
from errata.errors import InputError
from errata.files import atomic_folder
from errata.labels.tables import UNREADABLE
from errata.report import numerals
from errata.report.accuracy import accuracy_view
from errata.report.compare import COMPARE
from errata.report.data import EXPORTS, first_sentence
from errata.report.explorer import EXPLORER
from errata.report.exports import write_export, write_markdown
from errata.report.glossary import GLOSSARY
from errata.report.mistakes import MISTAKES_PAGE
from errata.report.model_page import write_model_pages
from errata.report.open_world import stand_in
from errata.report.overview import OVERVIEW
from errata.report.page import Page, explorer_link
from errata.report.pictures import with_pictures
from errata.report.style import GROUP_NAMES, LOOKS, SOFT_LOOKS
from errata.report.trends.page import TRENDS
from errata.report.trust import TRUST_PAGE
from errata.report.truth import TRUTH
from errata.results import REPORT_MARK, Results, check_place_of_report
from errata.tables import check_table

PROGRESS = logging.getLogger("errata.progress")


@contextmanager
def report_folder(destination: Path) -> Iterator[Path]:
    """Write a report's folder atomically: yield a new folder, which takes its place if the block succeeds.

    Raises InputError if `destination` is a file, or a folder with other things than a report in it.
    Raises StorageError if the disk is full, or may not be written.
    """
    check_place_of_report(destination)
    with atomic_folder(destination) as new:
        yield new


def write_data(results: Results, folder: Path) -> None:
    """Write the tables of `results` into `data` in the report's folder, and the mark beside it."""
    data = folder / "data"
    write_markdown(results.profile, data / "profile.md")
    for name in ("profile", "pooled", "what_if", "accuracy", "comparison", "estimate", "soft_profile", "recall"):
        if (frame := getattr(results, name)) is not None:
            write_export(frame, name, data)
    if results.facts.unreadable:
        frame = pl.DataFrame(results.facts.unreadable, schema=list(UNREADABLE.columns), orient="row")
        write_export(check_table(frame, UNREADABLE, where="unreadable images"), UNREADABLE.name, data)
    about = {
        "errata": __version__,
        "title": results.title,
        "dataset": results.facts.dataset,
        "atlas": results.facts.name,
        "models": results.profile["model"].n_unique(),
        "undefined": list(results.facts.undefined),
        "atlas_provenance": dict(results.facts.provenance),
        "provenance": dict(results.provenance),
    }
    (folder / REPORT_MARK).write_text(
        json.dumps(about, indent=2, ensure_ascii=False, default=str) + "\n", encoding="utf-8"
    )


PAGES: tuple[Page, ...] = (
    OVERVIEW,
    TRENDS,
    COMPARE,
    MISTAKES_PAGE,
    EXPLORER,
    TRUST_PAGE,
    TRUTH,
    EXPORTS,
)
"""In the order of the navigation; the last one lists the files that the others wrote."""


def write_report(results: Results, destination: Path | str) -> None:
    """Write the report of `results` to the folder `destination`, whole or not at all.

    Equal results give equal bytes. An older report at `destination` is replaced.

    Raises
    ------
    InputError
        If `destination` is a file, or a folder with other things than a report in it, or if the profile is empty.
    """
    if results.profile.is_empty():
        raise InputError(
            "The profile holds no model, so there is nothing to report. Give at least one predictions file."
        )
    with with_pictures(results, Path(destination)) as shown, report_folder(Path(destination)) as folder:
        for name in ("assets", "data", "figures", "models"):
            (folder / name).mkdir()
        write_data(shown, folder)
        made = [(page, page.make(shown, folder)) for page in _told(PAGES)]
        pages = [page for page, variables in made if variables is not None]
        environment, shared = _environment(), _shared_variables(shown, pages)
        for page, variables in made:
            # the page of an only model is the front page
            if variables is not None and not (page is OVERVIEW and shared["models"] == 1):
                template = environment.get_template(page.template)
                text = template.render(**shared, root="", current=page.name, behind=page.within, **variables)
                (folder / f"{page.name}.html").write_text(text, encoding="utf-8")
        PROGRESS.debug("Writing the report: a page for every model")
        write_model_pages(shown, environment, shared, folder)
        _write_assets(environment, folder / "assets")


def _told(pages: Sequence[Page]) -> Iterator[Page]:
    """Yield pages, and say on the line of progress which one is made."""
    for number, page in enumerate(pages, 1):
        PROGRESS.debug("Writing the report: %s, page %d of %d", page.title, number, len(pages))
        yield page


def _shared_variables(results: Results, pages: list[Page]) -> dict[str, object]:
    """Return the variables that every template has, `base.html` and `parts.html` included."""
    return {
        "title": " · ".join(filter(None, (results.title, results.facts.dataset))),
        "atlas": results.facts,
        "version": __version__,
        "navigation": pages,
        "models": results.profile["model"].n_unique(),
        "looks": LOOKS,
        "group_names": GROUP_NAMES,
        "groups": results.groups,
        "defined": results.defined_categories,
        "forgiven": FORGIVEN,
        "words": results.facts.accuracy_words,
        "retold": results.facts.words.retold,
        "provisional": results.split_categories,
        "published_models": 0 if results.published is None else results.published["model"].n_unique(),
        "stand_in": stand_in(results.facts),
        "accuracy_check": accuracy_view(results),
        "open_world_kinds": BEYOND_OPEN_WORLD,
        "has_explorer": any(page is EXPLORER for page in pages),
        "glossary": GLOSSARY,
    }


def _write_assets(environment: Environment, folder: Path) -> None:
    """Write the style sheet, in the categories' colours, and every script among the templates, as it is."""
    style = environment.get_template("report.css").render(looks=LOOKS | SOFT_LOOKS)
    (folder / "report.css").write_text(style, encoding="utf-8")
    for script in sorted(resources.files("errata.report").joinpath("templates").iterdir(), key=lambda file: file.name):
        if script.name.endswith(".js"):
            (folder / script.name).write_text(script.read_text(encoding="utf-8"), encoding="utf-8")


class _CompiledTemplates(FileSystemBytecodeCache):
    """Compiled templates in Jinja's folder for them, the user's own below the folder for temporary files.

    Where nothing can be written, the next report compiles them again.
    """

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template, if that is possible."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def _compiled_templates() -> _CompiledTemplates | None:
    # what Jinja raises where the folder is not there, or another user's
    with suppress(OSError, RuntimeError):
        return _CompiledTemplates()
    return None


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("errata.report"),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        bytecode_cache=_compiled_templates(),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    numbers = (numerals.percent, numerals.whole, numerals.signed, numerals.rounded, numerals.significant)
    environment.filters |= {write.__name__: write for write in (*numbers, first_sentence)}
    environment.globals |= {"interval": numerals.interval, "explorer_link": explorer_link}
    return environment
