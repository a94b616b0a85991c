"""The adapter runs without Snakemake, from files alone."""

import json
import logging
import runpy
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

from errata.atlas.compiled import Atlas, read_atlas, write_atlas
from errata.images.store import open_store
from errata.images.tables import IMAGES
from errata.predictions.findings import Diagnosis, Finding, as_dict
from errata.profiles.tables import POOLED, PROFILE, SOFT_PROFILE
from errata.published.tables import COMPARISON, PUBLISHED
from errata.report.pictures import picture_source
from errata.results import Results, left_out, read_diagnoses
from errata.tables import CLASS_ID, read_table, write_table
from errata.truth.tables import PLANTED, RECALL
from report.made_up import made_planted, made_recall, made_soft_profile
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
            "multi_labels": pl.Series([[0], [1]], dtype=pl.List(CLASS_ID)),
            "is_problematic": [False, True],
            **{f"in_{group}": [True, False] for group in ("organism", "artifact", "other")},
            "is_imagenet_m": pl.Series([None, None], dtype=pl.Boolean),
        }
    )
    classes = pl.DataFrame(
        {"class_id": [0, 1], "wnid": ["n1", "n2"], "name": ["x", "y"], "lemmas": [["x"], ["y"]], "group": ["other"] * 2}
    ).cast({"class_id": CLASS_ID})
    outcomes = np.array([[0, 10], [10, 0]], dtype=np.uint8)
    write_atlas(Atlas("labels", "tiny", images, outcomes, classes, 9), tmp_path / "atlas.parquet")
    return tmp_path / "atlas.parquet"


def test_diagnoses_survive_the_way_through_json(diagnoses: Path):
    assert read_diagnoses(diagnoses) == list(DIAGNOSES)


def test_the_doctors_notes_are_the_messages_of_the_findings():
    assert Results(diagnoses=DIAGNOSES).notes == {"odd": ("Three rows repeat.",), "bad": ("All is NaN.",)}


def test_what_is_left_out_is_counted_by_model_and_reason():
    assert left_out(DIAGNOSES, problematic_images=4).rows() == [
        ("good", "problematic images", 4),
        ("good", "images outside the annotated set", 30),
        ("odd", "problematic images", 4),
        ("bad", "refused by the doctor: nan", 50),
    ]


@pytest.mark.usefixtures("without_figures")
def test_the_report_is_written_from_files(
    project: Path, make_inputs: Callable[..., Results], atlas: Path, diagnoses: Path, tmp_path: Path
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
        files={"atlas": atlas, "diagnoses": diagnoses}
        | {name: str(tmp_path / f"{name}.parquet") for name in ("profile", "pooled", "published", "comparison")},
        settings={},
        destination=tmp_path / "report",
    )
    trust = Page(tmp_path / "report" / "trust.html")
    assert "1 of them are problematic" in trust.text
    assert "refused by the doctor: nan bad 1 50" in trust.text
    assert "Three rows repeat." in Page(tmp_path / "report" / "models" / "odd.html").text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("images", "Pictures: 2 of 2 images are in {path}"),
        ("images.tar", "{path} is no folder, so the report cannot show pictures from it. Unpack it, if it is a tar."),
    ],
)
def test_what_became_of_the_folder_of_images_is_said(
    project: Path, make_inputs, atlas: Path, diagnoses: Path, tmp_path: Path, caplog, name: str, said: str
):
    inputs = make_inputs("good", against=False)
    (tmp_path / "images").mkdir()
    for file in ("images/a.jpg", "images/b.JPEG", "images.tar"):
        (tmp_path / file).touch()
    for table, frame in ((PROFILE, inputs.profile), (POOLED, inputs.pooled)):
        write_table(frame, table, tmp_path / f"{table.name}.parquet")
    main = runpy.run_path(str(project / "workflow/scripts/render_report.py"))["main"]
    files = {each: str(tmp_path / f"{each}.parquet") for each in ("profile", "pooled")}
    with caplog.at_level(logging.INFO):
        main(
            files={"atlas": atlas, "diagnoses": diagnoses} | files,
            settings={},
            image_folder=str(tmp_path / name),
            destination=tmp_path / "report",
        )
    assert said.format(path=tmp_path / name) in caplog.messages


@pytest.fixture
def pixels(tmp_path: Path) -> tuple[Path, Path]:
    """A folder with the two images of the atlas, and the table that says where they are."""
    folder = tmp_path / "images"
    folder.mkdir()
    for name, colour in (("a.jpg", "green"), ("b.jpg", "red")):
        Image.new("RGB", (40, 30), colour).save(folder / name)
    index = pl.DataFrame(
        {
            "file_name": ["a.jpg", "b.jpg"],
            "position": [0, 1],
            "location": ["a.jpg", "b.jpg"],
            "offset": [None, None],
            "bytes": [(folder / name).stat().st_size for name in ("a.jpg", "b.jpg")],
            "width": [40, 40],
            "height": [30, 30],
            "mode": ["RGB", "RGB"],
            "problem": [None, None],
        },
        schema={name: column.dtype for name, column in IMAGES.columns.items()},
    )
    write_table(index, IMAGES, tmp_path / "images.parquet")
    return folder, tmp_path / "images.parquet"


def test_only_images_that_count_and_can_be_read_may_be_shown(atlas: Path, pixels: tuple[Path, Path]):
    index = read_table(IMAGES, pixels[1])
    with open_store(pixels[0]) as store:
        source = picture_source(read_atlas(atlas), index, store)
        assert source.images["file_name"].to_list() == ["a.jpg"]
        assert source.read("a.jpg").size == (40, 30)
        broken = index.with_columns(problem=pl.lit("the file is empty"))
        assert picture_source(read_atlas(atlas), broken, store).images.is_empty()


@pytest.mark.usefixtures("without_figures")
def test_the_report_with_everything_is_written_from_files(
    project: Path,
    make_inputs: Callable[..., Results],
    atlas: Path,
    diagnoses: Path,
    pixels: tuple[Path, Path],
    tmp_path: Path,
):
    inputs = make_inputs("good", against=False)
    planted = made_planted().with_columns(
        pl.col("file_name").replace("0003.png", "a.jpg"), pl.lit(1, CLASS_ID).alias("confuser")
    )
    for table, frame in [
        (PROFILE, inputs.profile),
        (POOLED, inputs.pooled),
        (SOFT_PROFILE, made_soft_profile(inputs.profile)),
        (RECALL, made_recall(planted, {"labels": 0.9})),
        (
            PLANTED,
            planted.with_columns(
                pl.col("file_name").replace("0003.png", "a.jpg"), pl.lit(1, CLASS_ID).alias("confuser")
            ),
        ),
    ]:
        write_table(frame, table, tmp_path / f"{table.name}.parquet")
    main = runpy.run_path(str(project / "workflow/scripts/render_report.py"))["main"]
    main(
        files={"atlas": atlas, "diagnoses": diagnoses, "pixels": pixels[0], "images": pixels[1]}
        | {
            name: str(tmp_path / f"{name}.parquet")
            for name in ("profile", "pooled", "soft_profile", "recall", "planted")
        },
        settings={},
        destination=tmp_path / "report",
    )
    truth = Page(tmp_path / "report" / "truth.html")
    assert [found["src"] for found in truth.of("img") if found["src"].startswith("pictures/")] == ["pictures/a.jpg.jpg"]
    assert "Where the probability goes" in Page(tmp_path / "report" / "index.html").text
