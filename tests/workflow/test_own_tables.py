"""A row of the data-set sheet for two tables of one's own: what is planned, and a run in a drawn project."""

from dataclasses import replace

import polars as pl
import pytest
import yaml

from errata import build_atlas
from errata.atlas.evidence import evidence_path
from errata.errors import InputError
from errata.plan.run import Plan, check
from errata.sheets import Dataset, read_datasets
from errata.sources.registry import read_sources

CLASSES = "name,superclass\nscratch,surface\ndent,surface\ncrack,\nstain,\n"
SHOWN = ["scratch", "dent;scratch", "crack", "stain;crack"] * 10
LABELS = "file_name,labels\n" + "".join(f"{number}.png,{shown}\n" for number, shown in enumerate(SHOWN))
ANSWERS = ["scratch", "scratch", "dent", "scratch"] * 3 + ["scratch", "dent", "crack", "stain"] * 7

COLUMNS = tuple(Dataset.__dataclass_fields__)
NONE = ("multilabels", "real", "experts", "pairs_from", "published", "train", "stand_ins")
ROW = dict.fromkeys(NONE, "-") | {
    "dataset": "parts",
    "title": "Defects",
    "vocabulary": "classes.csv",
    "targets": "labels.csv",
    "answers": "all",
}


def read_sheet(tmp_path, **cells):
    sheet = tmp_path / "datasets.tsv"
    sheet.write_text("\n".join("\t".join(line) for line in (COLUMNS, [(ROW | cells)[name] for name in COLUMNS])) + "\n")
    return read_datasets(sheet)


@pytest.fixture
def plan(project, tmp_path, monkeypatch) -> Plan:
    """A run of the row alone, with the default configuration but for the data set."""
    monkeypatch.chdir(project)
    (tmp_path / "classes.csv").write_text(CLASSES)
    (tmp_path / "labels.csv").write_text(LABELS)
    sheets = {name: yaml.safe_load((project / f"config/{name}.yaml").read_text()) for name in ("atlases", "openworld")}
    return Plan(
        config=yaml.safe_load((project / "config/config.yaml").read_text()) | {"datasets": ["parts"], "models": []},
        datasets=read_sheet(tmp_path, vocabulary=str(tmp_path / "classes.csv"), targets=str(tmp_path / "labels.csv")),
        models={},
        predictions=[],
        sources=read_sources(project / "resources/sources.tsv"),
        **sheets,
    )


def with_config(plan: Plan, **changes) -> Plan:
    return replace(plan, config={**plan.config, **changes})


def with_cells(plan: Plan, **cells) -> Plan:
    return replace(plan, datasets={"parts": replace(plan.datasets["parts"], **cells)})


def test_it_has_the_atlas_of_its_tables_and_needs_no_images(plan):
    check(plan)
    assert plan.atlases_of("parts") == plan.multilabel_atlases_of("parts") == ["labels"]
    assert plan.with_pixels == []
    assert plan.is_reported("parts", "labels")
    assert set(plan.inputs.own_tables_of("parts")) == {"classes", "labels"}


def test_pictures_are_those_of_the_class_folders_that_are_its_labels(plan, tmp_path):
    assert plan.inputs.images_of("parts") is None
    (tmp_path / "val").mkdir()
    assert with_cells(plan, targets=str(tmp_path / "val")).inputs.images_of("parts") == str(tmp_path / "val")


def test_pairs_are_those_of_an_atlas_by_its_path_or_name(plan):
    files = with_cells(plan, pairs_from="other.parquet").inputs.own_tables_of("parts")
    assert (files["pairs_from"], files["evidence_of_pairs"]) == ("other.parquet", "other.evidence.parquet")
    check(with_cells(plan, pairs_from="imagenet"))


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"targets": "given"}, "targets must be its table of labels or its folder of class folders; found 'given'"),
        ({"multilabels": "given"}, "has tables of its own, which say what its images show. Write '-' into multilabels"),
        ({"answers": "own"}, "and 'all' into answers"),
    ],
)
def test_a_row_that_says_what_its_tables_say_is_refused(tmp_path, cells, said):
    with pytest.raises(InputError, match=said):
        read_sheet(tmp_path, **cells)


def test_files_that_are_not_there_are_named_before_anything_runs(plan):
    for cells, said in (
        ({"vocabulary": "clases.csv"}, r"'parts': classes: there is nothing at clases.csv"),
        ({"pairs_from": "imagnet"}, r"'parts': pairs_from: there is nothing at .*imagnet"),
    ):
        with pytest.raises(InputError, match=said):
            check(with_cells(plan, **cells))


def test_what_the_configuration_says_beside_the_tables_is_refused(plan):
    for setting in ({"multilabels": {"parts": "labels.csv"}}, {"parts": ["parts"]}):
        with pytest.raises(InputError, match="leave 'parts' out: the own tables of 'parts'"):
            check(with_config(plan, **setting))


@pytest.mark.parametrize("key", ["multilabels", "published"])
def test_a_single_path_that_can_only_be_about_it_is_refused(plan, tmp_path, key):
    with pytest.raises(InputError, match=f"'{key}': leave 'some_parts.csv' out: the own tables of 'parts'"):
        check(with_config(plan, **{key: "some_parts.csv"}))
    two = replace(plan, datasets={**plan.datasets, "imagenet": replace(plan.datasets["parts"], vocabulary="imagenet")})
    two = with_config(two, datasets=["parts", "imagenet"])
    with_config(two, **{key: "some_parts.csv"}).inputs.check_own("parts")
    (tmp_path / "parts").mkdir()
    with pytest.raises(InputError, match=f"'{key}': leave 'parts' out"):
        with_config(two, **{key: str(tmp_path)}).inputs.check_own("parts")


def test_a_run_without_the_atlas_of_its_tables_says_which_it_is(plan):
    with pytest.raises(InputError, match=r"from which the atlas 'labels' is built\. Add it"):
        check(with_config(plan, atlases=["paper"], reports=["paper"]))


@pytest.mark.slow
def test_a_run_makes_the_bytes_of_the_command_line_and_a_report(fresh, tmp_path):
    predictions = {"file_name": [f"{number}.png" for number in range(len(ANSWERS))], "predicted_class": ANSWERS}
    (fresh.folder / "classes.csv").write_text(CLASSES)
    (fresh.folder / "labels.csv").write_text(LABELS)
    (fresh.folder / "answers").mkdir()
    pl.DataFrame(predictions).write_csv(fresh.folder / "answers/mine.csv")
    fresh.append("config/datasets.tsv", "\t".join(ROW[name] for name in COLUMNS))
    arguments = ("--configfile", "config/labels-only.yaml", "--config", "datasets=[parts]", "predictions=answers")
    run = fresh.snakemake(*arguments)
    assert run.status == 0, run.output
    assert run.jobs == dict.fromkeys(
        [
            "build_own_atlas",
            "classify_predictions",
            "list_mistakes",
            "measure_chance",
            "render_report",
            "write_manifest",
        ],
        1,
    )
    results = fresh.folder / "results"
    built = tmp_path / "built.parquet"
    build_atlas(fresh.folder / "classes.csv", fresh.folder / "labels.csv", built, name="parts")
    made = results / "parts/atlas/labels.parquet"
    assert made.read_bytes() == built.read_bytes()
    assert evidence_path(made).read_bytes() == evidence_path(built).read_bytes()
    profile = pl.read_csv(results / "parts/labels/profile.csv").filter(group="all")
    # three images each: `scratch` for a dent beside one, `dent` for a crack, `scratch` for a stain
    assert profile.select("model", "top1_errors", "multi_label").row(0) == ("mine", 9, 3)
    page, citation = (results / "report/parts/labels/index.html").read_text().split("<footer")
    assert "mine" in page
    assert "ImageNet" not in page
    assert "ImageNet" in citation
    assert fresh.snakemake(*arguments).has_nothing_to_do
