"""The report of a folder of results: what `errata classify` wrote, or what a run did."""

import shutil
from pathlib import Path

import polars as pl
import pytest

from errata.atlas.compiled import read_atlas
from errata.cli import main
from errata.published.tables import PUBLISHED
from errata.results import Results
from errata.tables import write_table


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_report_of_what_classify_wrote_is_the_one_that_it_wrote(classified, tmp_path):
    assert main(["report", str(classified), "--out", str(tmp_path / "again")]) == 0
    assert contents(tmp_path / "again") == contents(classified / "report")


def test_the_report_lies_beside_the_tables_if_no_folder_is_named(classified, tmp_path):
    first = contents(classified / "report")
    moved = shutil.copytree(classified, tmp_path / "elsewhere", ignore=shutil.ignore_patterns("report"))
    assert main(["report", str(moved)]) == 0
    assert contents(moved / "report") == first


def test_pictures_are_shown_from_a_folder_of_images(classified, tmp_path, capfd):
    name = read_atlas(classified / "atlas.parquet").images["file_name"][0]
    images = tmp_path / "images"
    (images / name).parent.mkdir(parents=True)
    (images / name).touch()
    assert main(["report", str(classified), "--out", str(tmp_path / "report"), "--images", str(images)]) == 0
    assert (
        f"Pictures: 1 of {read_atlas(classified / 'atlas.parquet').images.height} images are in"
        in capfd.readouterr().err
    )
    assert '"base":"../images/"' in (tmp_path / "report" / "explorer" / "index.js").read_text()


def test_a_folder_of_images_that_is_not_there_is_refused_before_anything_is_done(classified, tmp_path, capsys):
    before = contents(classified)
    for command in (["report", str(classified)], ["classify", "none.csv", "--out", str(classified)]):
        assert main([*command, "--images", str(tmp_path / "nothing")]) == 2
    assert "expected a folder of images, to show them in the report; found nothing" in capsys.readouterr().err
    assert contents(classified) == before


def as_a_run(classified: Path, folder: Path) -> Path:
    """Lay the same tables out as a run does: `results/{dataset}/{atlas}`, the atlas beside it, some tables above."""
    own = shutil.copytree(classified, folder / "world" / "labels", ignore=shutil.ignore_patterns("report", "manifest*"))
    for suffix in (".parquet", ".evidence.parquet"):
        (folder / "world" / "atlas").mkdir(exist_ok=True)
        (own / f"atlas{suffix}").rename(folder / "world" / "atlas" / f"labels{suffix}")
    return own


def test_results_of_a_run_have_their_atlas_beside_them_and_tables_of_the_data_set_above(classified, tmp_path):
    own = as_a_run(classified, tmp_path / "results")
    published = pl.DataFrame(schema={name: column.dtype for name, column in PUBLISHED.columns.items()})
    write_table(published, PUBLISHED, own.parent / "published.parquet")
    results = Results(own)
    assert results.published.is_empty()
    assert results.comparison is None
    assert results.atlas.name == results.facts.name == "labels"
    assert results.atlas_file == "labels.parquet"
    assert set(results.trust) == {"chance", "model_chance"}


def test_a_run_has_the_same_pages(classified, tmp_path):
    own = as_a_run(classified, tmp_path / "results")
    assert main(["report", str(own), "--out", str(tmp_path / "report")]) == 0
    ours, theirs = contents(tmp_path / "report"), contents(classified / "report")
    assert ours.keys() == theirs.keys()
    for page in ("mistakes.html", "explorer.html", "trust.html", "explorer/index.js"):
        assert ours[page] == theirs[page]


def test_every_file_is_read_once(classified):
    results = Results(classified)
    assert results.profile is results.profile
    assert results.having(title="Another").profile is results.profile


def test_what_is_no_result_is_no_attribute(classified):
    with pytest.raises(AttributeError, match="profiles"):
        _ = Results(classified).profiles


def test_tables_of_an_earlier_comparison_do_not_stay(atlas, predictions, tmp_path):
    for name in ("published", "comparison", "fidelity"):
        (tmp_path / f"{name}.parquet").write_bytes(b"old")
    assert main(["classify", str(predictions), "--atlas", str(atlas), "--out", str(tmp_path), "--no-report"]) == 0
    assert Results(tmp_path).published is None
    assert Results(tmp_path).fidelity is None


def test_a_folder_without_results_is_refused(tmp_path, capsys):
    assert main(["report", str(tmp_path)]) == 2
    assert "no results of Errata are here" in capsys.readouterr().err
