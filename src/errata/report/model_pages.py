"""A page for every model."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from jinja2 import Environment

from errata.report.headline import headline
from errata.report.inputs import ReportInputs
from errata.report.rows import model_views
from errata.report.soft import soft_view
from errata.report.trends.figures import plan_panels
from errata.report.what_if import ACCURACY_NAMES, what_if_view
from errata.trends.lines import fit_trends


def write_model_pages(
    inputs: ReportInputs, environment: Environment, shared: Mapping[str, object], folder: Path
) -> None:
    """Write the page of every model into `models` in the report's folder.

    Parameters
    ----------
    inputs : ReportInputs
    environment : jinja2.Environment
    shared : mapping
        The variables of all pages.
    folder : path
    """
    trends = fit_trends(inputs.published) if inputs.published is not None else {}
    panels = plan_panels(inputs.published, inputs.comparison, trends)
    own = {"soft": soft_view(inputs), "what_if": what_if_view(inputs), "accuracy_names": ACCURACY_NAMES}
    page = environment.get_template("model.html")
    alone = _inputs_by_model(inputs)
    for view in model_views(inputs, trends, panels):
        summary_file, error_file = f"data/summaries/{view.slug}.md", f"data/errors/{view.slug}.csv"
        exports = {
            "summary": (folder / summary_file).read_text(encoding="utf-8"),
            "summary_file": summary_file,
            "error_file": error_file if (folder / error_file).is_file() else None,
        }
        findings = headline(alone[view.name], view.name)
        text = page.render(**shared, **own, **exports, root="../", current=None, view=view, findings=findings)
        (folder / "models" / f"{view.slug}.html").write_text(text, encoding="utf-8")


def _inputs_by_model(inputs: ReportInputs) -> dict[str, ReportInputs]:
    """Return the profile and the comparison of every model alone; with many models the whole is slow to search."""
    profiles = inputs.profile.partition_by("model", as_dict=True)
    compared = {} if inputs.comparison is None else inputs.comparison.partition_by("model", as_dict=True)
    return {
        model: replace(inputs, profile=profile, comparison=compared.get((model,)))
        for (model,), profile in profiles.items()
    }
