"""ReaL's labels in place of the multi-labels."""

import runpy

import polars as pl
import pytest

from errata.labels.label_table import UNREADABLE_KEY, unreadable_images
from errata.labels.reassessed import read_label_set, reassess_labels
from errata.labels.tables import LABELS, TARGETS
from errata.tables import read_table, write_table

ROWS = {
    "a.jpg": {"target": 0, "multi_labels": [0, 2], "real": [0]},
    "b.jpg": {"target": 1, "multi_labels": [1], "real": [1, 2, 2]},
    "empty.jpg": {"target": 2, "multi_labels": [2], "real": []},
    "lost.jpg": {"target": 2, "multi_labels": [2, 0], "real": [0]},
    "problematic.jpg": {"target": 1, "multi_labels": [0], "real": [1], "is_problematic": True},
    "problematic_and_empty.jpg": {"target": 1, "multi_labels": [], "real": [], "is_problematic": True},
}


def labels() -> pl.DataFrame:
    frame = pl.DataFrame(
        [
            {"file_name": name, "position": n, "is_problematic": False, "is_non_prototypical": name == "a.jpg"} | row
            for n, (name, row) in enumerate(ROWS.items())
        ]
    )
    blank = {"unclear_labels": [], "non_prototypical_source": None, "is_imagenet_m": None}
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(blank[name])).cast(column.dtype).alias(name)
        for name, column in LABELS.columns.items()
    )


def real() -> pl.DataFrame:
    lists = pl.Series([row["real"] for row in ROWS.values()], dtype=pl.List(pl.Int16))
    return pl.DataFrame({"file_name": list(ROWS), "real_labels": lists})


@pytest.fixture(scope="module")
def swapped() -> dict[str, dict]:
    table, _ = reassess_labels(labels(), real())
    return {row["file_name"]: row for row in table.iter_rows(named=True)}


def test_the_lists_take_the_place_of_the_multi_labels_without_repeats(swapped):
    assert {name: row["multi_labels"] for name, row in swapped.items()} == {
        "a.jpg": [0],
        "b.jpg": [1, 2],
        "lost.jpg": [0],
        "problematic.jpg": [1],
    }


def test_an_image_whose_list_lacks_the_target_becomes_problematic_and_a_problematic_one_stays_so(swapped):
    assert [name for name, row in swapped.items() if row["is_problematic"]] == ["lost.jpg", "problematic.jpg"]


def test_what_is_left_out_among_the_images_that_counted_is_told():
    assert reassess_labels(labels(), real())[1] == {"label_set": "real", "empty": 1, "without_target": 1}


def test_what_the_experts_said_of_an_image_is_kept(swapped):
    assert [name for name, row in swapped.items() if row["is_non_prototypical"]] == ["a.jpg"]


def test_the_table_says_which_label_set_it_has_and_which_images_cannot_be_read(project, tmp_path):
    names = [*ROWS, "unreadable.jpg"]
    targets = pl.DataFrame(
        {"file_name": names, "position": range(len(names)), "target": [0] * len(names)},
        schema={name: column.dtype for name, column in TARGETS.columns.items()},
    )
    write_table(targets, TARGETS, tmp_path / "targets.parquet")
    note = {UNREADABLE_KEY: '[["unreadable.jpg", "truncated"]]'}
    write_table(labels(), LABELS, tmp_path / "labels.parquet", metadata=note)
    (tmp_path / "real.json").write_text(str([*(row["real"] for row in ROWS.values()), [0]]))
    main = runpy.run_path(str(project / "workflow/scripts/reassess_labels.py"), run_name="imported")["main"]
    made = tmp_path / "reassessed.parquet"
    main(
        labels=str(tmp_path / "labels.parquet"),
        targets=str(tmp_path / "targets.parquet"),
        real=str(tmp_path / "real.json"),
        output=str(made),
    )
    assert read_table(LABELS, made).height == 4
    assert read_label_set(made) == {"label_set": "real", "empty": 1, "without_target": 1}
    assert unreadable_images(made) == [("unreadable.jpg", "truncated")]
