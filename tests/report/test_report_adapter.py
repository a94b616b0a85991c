"""The adapter runs without Snakemake, from files alone."""

import json
import runpy
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from errata.atlas.atlas import Atlas, write_atlas
from errata.predictions.diagnosis_text import as_dict
from errata.predictions.findings import Diagnosis, Finding
from errata.published.trend import COMPARISON
from errata.report.inputs import ReportInputs, left_out, notes_of, read_diagnoses
from errata.tables import CLASS_ID, POOLED, PROFILE, PUBLISHED, write_table
from report.pages import Page

DIAGNOSES = (
    Diagnosis("good", Path("good.csv"), "a table", rows=50, rows_outside=30),
    Diagnosis("odd", Path("odd.csv"), "a table", (Finding("repeats", "warn", "Three rows repeat."),), rows=53),
    Diagnosis("bad", Path("bad.csv"), "a table", (Finding("nan", "refuse", "All is NaN."),), rows=50),
)


@pytest.fixture
def diagnoses(tmp_path: Path) -> Path:
    path = tmp_path / "diagnoses.json"
    path.write_text(json.dumps([as_dict(diagnosis) for diagnosis in DIAGNOSES]), encoding="utf-8")
    return path


@pytest.fixture
def atlas(tmp_path: Path) -> Path:
    """An atlas of two images, one of them problematic, and two classes."""
    images = pl.DataFrame(
        {
            "file_name": ["a.jpg", "b.jpg"],
            "position": pl.Series([0, 1], dtype=pl.Int32),
            "target": pl.Series([0, 1], dtype=CLASS_ID),
            "is_problematic": [False, True],
            **{f"in_{group}": [True, False] for group in ("organism", "artifact", "other")},
            "is_imagenet_m": pl.Series([None, None], dtype=pl.Boolean),
        }
    )
    classes = pl.DataFrame(
        {"class_id": [0, 1], "wnid": ["n1", "n2"], "name": ["x", "y"], "lemmas": [["x"], ["y"]], "group": ["other"] * 2}
    ).cast({"class_id": CLASS_ID})
    outcomes = np.zeros((2, 2), dtype=np.uint8)
    write_atlas(Atlas("labels", "tiny", images, outcomes, classes, 9), tmp_path / "atlas.parquet")
    return tmp_path / "atlas.parquet"


def test_diagnoses_survive_the_way_through_json(diagnoses: Path):
    assert read_diagnoses(diagnoses) == list(DIAGNOSES)


def test_the_doctors_notes_are_the_messages_of_the_findings():
    assert notes_of(DIAGNOSES) == {"odd": ("Three rows repeat.",), "bad": ("All is NaN.",)}


def test_what_is_left_out_is_counted_by_model_and_reason():
    assert left_out(DIAGNOSES, problematic_images=4).rows() == [
        ("good", "problematic images", 4),
        ("good", "images outside the annotated set", 30),
        ("odd", "problematic images", 4),
        ("bad", "refused by the doctor", 50),
    ]


@pytest.mark.usefixtures("without_figures")
def test_the_report_is_written_from_files(
    project: Path, make_inputs: Callable[..., ReportInputs], atlas: Path, diagnoses: Path, tmp_path: Path
):
    inputs = make_inputs("good", "odd")
    for table, frame in [
        (PROFILE, inputs.profile),
        (POOLED, inputs.pooled),
        (PUBLISHED, inputs.published),
        (COMPARISON, inputs.comparison),
    ]:
        write_table(frame, table, tmp_path / f"{table.name}.parquet")
    main = runpy.run_path(str(project / "workflow/scripts/render_report.py"))["main"]
    main(
        atlas=str(atlas),
        diagnoses=str(diagnoses),
        destination=tmp_path / "report",
        **{name: str(tmp_path / f"{name}.parquet") for name in ("profile", "pooled", "published", "comparison")},
    )
    index = Page(tmp_path / "report" / "index.html")
    assert "1 annotated images are problematic" in index.text
    assert "refused by the doctor bad 1 50" in index.text
    assert "Three rows repeat." in Page(tmp_path / "report" / "models" / "odd.html").text
