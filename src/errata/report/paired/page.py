"""The page that compares any two models of the report on the same images."""

from collections.abc import Mapping
from pathlib import Path

from errata.atlas.compiled import read_atlas
from errata.files import slug
from errata.report.inputs import ReportInputs
from errata.report.page import Page
from errata.report.paired.outcome_files import write_outcome_files
from errata.report.paired.settings import page_settings


def _make(inputs: ReportInputs, folder: Path) -> Mapping[str, object] | None:
    models = inputs.profile["model"].unique(maintain_order=True).to_list()
    if inputs.errors is None or inputs.atlas_file is None or len(models) < 2:
        return None
    atlas = read_atlas(inputs.atlas_file)
    slugs = {model: slug(model) for model in models}
    write_outcome_files(atlas, inputs.errors, slugs, folder)
    return {"settings": page_settings(atlas, slugs, inputs.profile)}


COMPARE = Page("compare", "Compare", "compare.html", _make)
