"""`snakemake --report` wraps the results with their provenance, offline."""

import zipfile

import pytest


@pytest.fixture(scope="module")
def built(first_run, tmp_path_factory):
    workspace, run = first_run
    assert run.status == 0, run.output
    return workspace.copied_to(tmp_path_factory.mktemp("wrapped") / "project")


def test_the_zip_holds_the_report_that_opens_from_it_with_captions_and_categories(built):
    run = built.build("--report", "wrapped.zip")
    assert run.status == 0, run.output
    with zipfile.ZipFile(built.folder / "wrapped.zip") as archive:
        names = archive.namelist()
        cover = next(name for name in names if name.endswith("/report.html"))
        text = archive.read(cover).decode()
        index = next(name for name in names if name.endswith("/index.html"))
        folder = index.removesuffix("index.html")
        original = built.folder / "results/report/imagenet/labels"
        assert archive.read(index) == (original / "index.html").read_bytes()
        wrapped = {name.removeprefix(folder) for name in names if name.startswith(folder)}
        made = {path.relative_to(original).as_posix() for path in original.rglob("*") if path.is_file()}
        assert wrapped == made - {".snakemake_timestamp"}
    for words in (
        "What kind of mistakes do these classifiers make?",
        "The report of data set imagenet and atlas labels",
        "Counts, shares, accuracies and 95 % intervals",
        "What the doctor found in the predictions files",
        "What the results were made from and with",
        *("Report", "Figures", "Tables", "Provenance"),
    ):
        assert words in text, words


def test_a_single_page_holds_tables_figures_and_provenance(built):
    run = built.build("--report", "wrapped.html")
    assert run.status == 0, run.output
    text = (built.folder / "wrapped.html").read_text()
    assert "profile.svg" in text
    assert "What the results were made from and with" in text


def test_wrapping_leaves_nothing_to_do(built):
    assert built.planned() == set()
    run = built.build("--report", "again.zip")
    assert run.status == 0, run.output
    assert built.planned() == set()
