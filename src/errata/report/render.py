"""Make the report: a folder of pages, figures and data that opens from disk."""

from importlib import resources
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from errata import __version__
from errata.categories import FORGIVEN
from errata.errors import InputError
from errata.report import numerals
from errata.report.accuracy import accuracy_view
from errata.report.categories import GROUP_NAMES, LOOKS, SOFT_LOOKS
from errata.report.data_files import write_data
from errata.report.folder import report_folder
from errata.report.inputs import ReportInputs, defined_categories, present_groups, split_categories
from errata.report.model_pages import write_model_pages
from errata.report.open_world import stand_in
from errata.report.page import Page
from errata.report.site import PAGES


def render_report(inputs: ReportInputs, destination: Path | str) -> None:
    """Write the report of `inputs` to the folder `destination`, whole or not at all.

    Equal inputs give equal bytes. An older report at `destination` is replaced.

    Raises
    ------
    InputError
        If `destination` is a file, or a folder with other things than a report in it, or if the profile is empty.
    """
    if inputs.profile.is_empty():
        raise InputError(
            "The profile holds no model, so there is nothing to report. Give at least one predictions file."
        )
    with report_folder(Path(destination)) as folder:
        for name in ("assets", "data", "figures", "models"):
            (folder / name).mkdir()
        write_data(inputs, folder)
        made = [(page, page.make(inputs, folder)) for page in PAGES]
        pages = [page for page, variables in made if variables is not None]
        environment, shared = _environment(), _shared_variables(inputs, pages)
        for page, variables in made:
            if variables is not None:
                template = environment.get_template(page.template)
                text = template.render(**shared, root="", current=page.name, **variables)
                (folder / f"{page.name}.html").write_text(text, encoding="utf-8")
        write_model_pages(inputs, environment, shared, folder)
        _write_assets(environment, folder / "assets")


def _shared_variables(inputs: ReportInputs, pages: list[Page]) -> dict[str, object]:
    """Return the variables that every template has, `base.html` and `parts.html` included."""
    return {
        "title": inputs.title,
        "atlas": inputs.atlas,
        "version": __version__,
        "navigation": pages,
        "models": inputs.profile["model"].n_unique(),
        "looks": LOOKS,
        "group_names": GROUP_NAMES,
        "groups": present_groups(inputs),
        "defined": defined_categories(inputs),
        "forgiven": FORGIVEN,
        "provisional": split_categories(inputs),
        "published_models": 0 if inputs.published is None else inputs.published["model"].n_unique(),
        "stand_in": stand_in(inputs.atlas),
        "accuracy_check": accuracy_view(inputs),
    }


def _write_assets(environment: Environment, folder: Path) -> None:
    """Write the style sheet, in the categories' colours, and every script among the templates, as it is."""
    style = environment.get_template("report.css").render(looks=LOOKS | SOFT_LOOKS)
    (folder / "report.css").write_text(style, encoding="utf-8")
    for script in sorted(resources.files("errata.report").joinpath("templates").iterdir(), key=lambda file: file.name):
        if script.name.endswith(".js"):
            (folder / script.name).write_text(script.read_text(encoding="utf-8"), encoding="utf-8")


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("errata.report"),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": numerals.percent,
        "whole": numerals.whole,
        "signed": numerals.signed,
        "rounded": numerals.rounded,
        "significant": numerals.significant,
    }
    environment.globals |= {"interval": numerals.interval}
    return environment
