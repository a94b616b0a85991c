"""Fetching weights before a run: every model is tried, and what is missing is named."""

import runpy
from pathlib import Path

import pytest

from errata.classes.tables import CLASSES
from errata.errors import InputError
from errata.tables import write_table
from zoo.conftest import lay_out

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def fetch(project: Path, imagenet_classes, make_untrained, hub, tmp_path: Path, caplog):
    """Fetch the weights of rows, of which test_resnet's are in the cache, and return what was written."""
    caplog.set_level("INFO")
    lay_out(hub, make_untrained("test_resnet", classes=1000, size=160), COMMIT)
    write_table(imagenet_classes, CLASSES, tmp_path / "classes.parquet")
    main = runpy.run_path(str(project / "workflow/scripts/fetch_weights.py"))["main"]

    def run(*rows) -> str:
        main(
            models=[row.how_to_run() for row in rows],
            sizes={row.model: 12_300.0 for row in rows},
            classes={"imagenet1k": str(tmp_path / "classes.parquet")},
            output=str(tmp_path / "weights.tsv"),
        )
        return (tmp_path / "weights.tsv").read_text()

    return run


def test_weights_that_are_there_are_listed_with_size_and_commit(fetch, timm_row, caplog):
    header, line = fetch(timm_row()).splitlines()
    assert header.split("\t") == ["model", "megabytes", "revision"]
    assert line.split("\t") == [timm_row().model, "12300", f"timm/test_resnet.r160_in1k@{COMMIT}"]
    assert "1 are in the caches; 0 are to be fetched, about 0.0 GB" in caplog.text
    assert "errata models pin writes the commits used into the sheet" in caplog.text


def test_all_models_are_tried_and_the_first_that_is_missing_is_named(fetch, timm_row, caplog):
    missing = timm_row(model="test_vit.r160_in1k@160", architecture="test_vit.r160_in1k", view="160-168-bicubic-center")
    with pytest.raises(
        InputError, match=r"the weights of 1 of 2 models could not be had, first test_vit\.r160_in1k@160"
    ):
        fetch(missing, timm_row())
    assert "1 are in the caches; 1 are to be fetched, about 12.3 GB" in caplog.text
    assert "not in the cache and cannot be downloaded" in caplog.text
    assert f"2 of 2: the weights of {timm_row().model} are there; 12.3 GB to go" in caplog.text
