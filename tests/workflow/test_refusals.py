"""What a run says when it cannot do what it was asked."""

import polars as pl
import pytest

from workflow.small_world import MODELS, write_broken_predictions

PROFILE = "results/imagenet/labels/profile.csv"


def test_without_a_data_set_a_run_says_how_to_run_labels_only(workspace):
    run = workspace.snakemake("--config", "datasets=[]", "models=[]")
    assert run.status == 0
    assert "--configfile config/labels-only.yaml --config predictions=FOLDER" in run.output


def test_a_broken_predictions_file_stops_with_the_words_of_the_doctor(workspace):
    before = workspace.content()
    write_broken_predictions(workspace.folder, "broken_model")
    run = workspace.build()
    assert run.status != 0
    # either atlas may be first
    log = "".join(path.read_text() for path in (workspace.folder / "logs/classify_predictions/imagenet").iterdir())
    for text in (run.output, log):
        assert "1 of 3 models cannot be scored" in text
        assert "broken_model" in text
        assert "constant" in text
        assert "broken_predictions: skip" in text
        assert "Traceback" not in text
    changed = {name for name, content in workspace.content().items() if before.get(name) != content}
    assert changed == set()
    assert not list(workspace.folder.rglob("*.part"))


def test_broken_predictions_are_left_out_if_the_config_says_skip(workspace):
    write_broken_predictions(workspace.folder, "broken_model")
    run = workspace.build(PROFILE, config=("broken_predictions=skip",))
    assert run.status == 0, run.output
    assert "1 of 3 models are left out" in run.output
    assert set(pl.read_csv(workspace.folder / PROFILE)["model"]) == set(MODELS)
    assert "broken_model" in (workspace.folder / "results/imagenet/labels/diagnoses.json").read_text()


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("dataset=[imagenet]", "'dataset' is not listed in config/config.yaml; did you mean datasets"),
        ("datasets=[imagnet]", "'imagnet' is not listed in config/datasets.tsv; did you mean imagenet"),
        ("predictions=nowhere", "config key 'predictions': nowhere does not exist"),
        ("multilabels=nowhere.json", "config key 'multilabels': nowhere.json does not exist"),
        ("datasets=[imagenet-sketch]", "say where it is with images: {imagenet-sketch: PATH} in the config"),
        ("atlases=[labels,paper]", "atlas 'paper': images of data set 'imagenet' are needed; say where they are"),
        ("models=[resnett*]", "'resnett*' is not listed in config/models.tsv"),
        ("models=['group:resnett']", "is not listed in the column group of config/models.tsv; did you mean ResNet"),
        ("unexpected_accuracy=ignore", "'ignore' is not one of ['flag', 'refuse']"),
        ("datasets=[imagenet-train]", "'imagenet-train' is a training set in config/datasets.tsv"),
        ("reports=[labls]", "'labls' is not listed in config key 'atlases'; did you mean labels"),
        ("device=tpu", "'tpu' is not one of ['auto', 'cpu', 'cuda']"),
        ("broken_predictions=ignore", "'ignore' is not one of ['stop', 'skip']"),
    ],
)
def test_a_wrong_setting_is_refused_before_any_job_runs(first_run, setting, said):
    workspace, _ = first_run
    run = workspace.build("--dry-run", config=(setting,))
    assert run.status != 0
    assert said in run.output
    assert "Traceback" not in run.output
    assert not run.jobs


def test_a_source_that_is_not_in_the_mirror_is_named(fresh):
    (fresh.folder / "mirror/real.json").unlink()
    run = fresh.build("results/sources/real/real.json")
    assert run.status != 0
    assert "real.json is not in the mirror folder" in run.output
    assert not (fresh.folder / "results/sources/real/real.json").exists()


@pytest.mark.parametrize("file", ["config/labels-only.yaml", "config/atlases.yaml", "profiles/default/config.yaml"])
def test_a_key_that_is_given_twice_is_refused_with_its_file_and_line(workspace, file):
    first = next(line for line in (workspace.folder / file).read_text().splitlines() if line[:1].isalpha())
    workspace.append(file, first)
    run = workspace.build("--dry-run")
    assert run.status != 0
    assert f"{file}, line " in run.output
    assert f"the key '{first.split(':')[0]}' is given twice" in run.output
    assert not run.jobs


def test_a_run_of_one_target_announces_no_report(workspace):
    (workspace.folder / PROFILE).unlink()
    run = workspace.build(PROFILE)
    assert run.status == 0, run.output
    assert (workspace.folder / "results/report/imagenet/labels/index.html").is_file()
    assert "The report is" not in run.output


@pytest.mark.parametrize(
    ("file", "old", "new", "kind"),
    [
        ("config/atlases.yaml", "\nlabels:", '\n"la bels":', "an atlas"),
        ("config/datasets.tsv", "\nimagenet-r\t", "\n../imagenet-r\t", "a data set"),
        ("config/openworld.yaml", "\n  vit-b-32:", '\n  "=vit":', "an encoder"),
    ],
)
def test_a_name_that_no_file_should_have_is_refused(workspace, file, old, new, kind):
    workspace.edit(file, old, new)
    run = workspace.build("--dry-run")
    assert run.status != 0
    assert f"cannot be the name of {kind}" in run.output
    assert f"{file}: " in run.output


def test_a_grouping_has_the_name_of_a_file(workspace):
    run = workspace.build("--dry-run", config=("groupings={'a/b': resources/superclasses.yaml}",))
    assert run.status != 0
    assert "cannot be the name of a grouping" in run.output
