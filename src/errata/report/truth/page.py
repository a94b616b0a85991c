"""The page of the truth test: whether the categories find the causes that were planted."""

from collections.abc import Mapping
from pathlib import Path

from errata.report.inputs import ReportInputs
from errata.report.page import Page
from errata.report.pictures import example_pictures
from errata.report.truth.figure import draw_truth
from errata.report.truth.view import truth_view

FIGURE = "truth"


def _make(inputs: ReportInputs, folder: Path) -> Mapping[str, object] | None:
    if inputs.recall is None:
        return None
    examples = {}
    if inputs.pictures is not None and inputs.planted is not None:
        (folder / "pictures").mkdir(exist_ok=True)
        examples = example_pictures(inputs.pictures, inputs.planted, folder / "pictures")
    truth = truth_view(inputs, examples)
    if truth is not None and truth.all_errors:
        draw_truth(truth, folder / "figures" / FIGURE)
    return {"truth": truth, "figure": FIGURE}


TRUTH = Page("truth", "Truth test", "truth.html", _make)
