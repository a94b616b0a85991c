"""Fetching weights before a run: every model is tried, and what is missing is named."""

import runpy
from pathlib import Path

import pytest

from errata.classes.tables import CLASSES
from errata.errors import InputError
from errata.tables import write_table


@pytest.fixture
def fetch(project: Path, pictures, tmp_path: Path):
    """Fetch the weights of rows, and return what was written."""
    write_table(pictures.classes, CLASSES, tmp_path / "classes.parquet")
    main = runpy.run_path(str(project / "workflow/scripts/fetch_weights.py"))["main"]

    def run(*rows) -> str:
        main(
            models=[row.how_to_run() for row in rows],
            sizes={rows[0].model: 12.3},
            classes={row.vocabulary: str(tmp_path / "classes.parquet") for row in rows},
            output=str(tmp_path / "weights.tsv"),
        )
        return (tmp_path / "weights.tsv").read_text()

    return run


def test_weights_that_are_there_are_listed_with_size_and_revision(fetch, checkpoint):
    header, line = fetch(checkpoint).splitlines()
    assert header.split("\t") == ["model", "megabytes", "revision"]
    assert line.split("\t")[:2] == [checkpoint.model, "12"]
    assert line.split("\t")[2].startswith("sha256:")


def test_all_models_are_tried_and_the_first_that_is_missing_is_named(fetch, checkpoint, make_row, caplog, tmp_path):
    caplog.set_level("INFO")
    missing = make_row(weights=str(tmp_path / "nowhere.safetensors"))
    with pytest.raises(InputError, match="the weights of 1 of 2 models could not be had, first small@64"):
        fetch(missing, checkpoint)
    assert "there is no such file" in caplog.text
    assert "2 of 2: the weights of" in caplog.text
