"""Which jobs the demo consists of, and which run again after a change."""

import html
import json
import re
import shutil

import polars as pl
import pytest

from demo_run.conftest import Demo
from errata.contracts import PREDICT
from workflow.small_world import copy_project

pytestmark = pytest.mark.slow

TAIL = {
    "classify_predictions",
    "profile_probabilities",
    "measure_recall",
    "list_mistakes",
    "compare_atlases",
    "measure_chance",
    "render_report",
    "write_manifest",
}
COSTLY = {"draw_demo_world", "build_view", "predict", "embed_images", "embed_prompts", "find_neighbours"}


def test_the_demo_runs_every_stage_and_ends_with_a_report(demo_run):
    demo, run = demo_run
    assert run.status == 0, run.output[-5000:]
    assert set(run.jobs) >= COSTLY | TAIL | {"list_prompts", "decide_verdicts", "compile_atlas", "release_view"}
    assert f"The report is {demo.folder}/results/report/demo/errata/index.html" in run.output


def test_the_second_run_has_nothing_to_do(finished):
    assert finished.snakemake().has_nothing_to_do


def test_cached_views_are_gone_after_the_last_model(finished):
    assert not list(finished.path("demo").glob("views/*.npy"))


def test_images_that_cannot_be_read_are_named_with_the_reason(finished):
    images = pl.read_parquet(finished.path("demo/images.parquet"))
    unreadable = images.filter(pl.col("problem").is_not_null())
    assert unreadable.height == 2
    page = finished.path("report/demo/errata/trust.html").read_text()
    for name, problem in unreadable.select("file_name", "problem").iter_rows():
        assert re.search(rf"{re.escape(name)}\W.*{re.escape(html.escape(problem))}", page)
    predicted = pl.read_parquet(next(finished.path("demo/predictions").glob("*.parquet")))
    assert set(predicted["file_name"]) == set(images["file_name"]) - set(unreadable["file_name"])


def test_the_manifest_names_the_weights_of_every_model(finished):
    manifest = json.loads(finished.path("manifest.json").read_text())
    models = {path.stem for path in finished.path("demo/predictions").glob("*.parquet")}
    assert len(models) >= 5
    assert set(manifest["models"]) == models
    for notes in manifest["models"].values():
        weights = manifest["inputs"][f"weights {notes['weights']}"]
        assert notes["revision"] == f"sha256:{weights['sha256']}"
    assert set(manifest["encoders"]) == {"demo-clip", "demo-clip-tiny"}


@pytest.mark.parametrize(
    "module",
    [
        "errata/zoo/predict.py",
        "errata/openworld/embeddings.py",
        "errata/openworld/neighbours.py",
        "errata/inference/forward.py",
    ],
)
def test_a_comment_in_the_code_of_a_costly_job_runs_nothing(demo, module):
    path = f"src/{module}"
    demo.rewrite(path, "\nimport ", "\n# a comment\nimport ")
    assert demo.planned() == {}


def test_another_decision_rule_compiles_the_atlases_and_runs_no_model(demo):
    order = "(_correct, _class_overlap, _multi_label, _fine_grained, _open_world, *_after_open_world)"
    changed = "(_correct, _multi_label, _class_overlap, _fine_grained, _open_world, *_after_open_world)"
    demo.rewrite("src/errata/atlas/decision.py", order, changed)
    jobs = demo.planned()
    assert set(jobs) == {"compile_atlas", "compare_experts"} | TAIL


def test_another_model_is_one_more_inference_job_and_the_tail(demo):
    sheet = demo.folder / "config/models.tsv"
    first = next(line for line in sheet.read_text().splitlines() if line.startswith("demo-"))
    again = first.replace("demo-", "demo-again-", 1)
    demo.rewrite("config/models.tsv", first, f"{first}\n{again}")
    jobs = demo.planned()
    assert jobs["predict"] == 1
    assert set(jobs) - {"predict"} == {"check_accuracy"} | TAIL


def test_another_raised_contract_runs_all_models_again_and_nothing_before_them(demo):
    demo.rewrite("src/errata/contracts.py", f"PREDICT = {PREDICT}", "PREDICT = 1000")
    jobs = demo.planned()
    models = len(list(demo.path("demo/predictions").glob("*.parquet")))
    assert jobs["predict"] == models
    assert set(jobs) - {"predict", "build_view", "release_view"} == {"check_accuracy"} | TAIL


def test_another_setting_of_one_atlas_runs_no_model_and_embeds_nothing(demo):
    demo.rewrite("config/atlases.yaml", "neighbours: 3", "neighbours: 4")
    tables = {"decide_verdicts": 1, "compile_atlas": 1, "classify_predictions": 1, "measure_recall": 1}
    assert demo.planned() == tables | {"compare_atlases": 2, "render_report": 2, "write_manifest": 1}


def test_a_model_that_is_taken_out_runs_no_other(demo):
    sheet = demo.folder / "config/models.tsv"
    first = next(line for line in sheet.read_text().splitlines() if line.startswith("demo-"))
    demo.rewrite("config/models.tsv", f"{first}\n", "")
    assert set(demo.planned()) == {"check_accuracy"} | TAIL


def test_another_revision_of_a_models_weights_runs_this_model_again(demo):
    sheet = demo.folder / "config/models.tsv"
    columns = next(line for line in sheet.read_text().splitlines() if line.startswith("model\t")).split("\t")
    first = next(line for line in sheet.read_text().splitlines() if line.startswith("demo-")).split("\t")
    revised = [*first]
    revised[columns.index("revision")] = "abc123"
    demo.rewrite("config/models.tsv", "\t".join(first), "\t".join(revised))
    jobs = demo.planned()
    assert jobs["predict"] == 1
    assert set(jobs) == {"predict", "check_accuracy"} | TAIL


def test_other_superclasses_run_no_costly_job(demo):
    demo.rewrite("resources/superclasses.yaml", "    - [shark]\n", "")
    known = {"select_superclasses", "count_cooccurrence", "decide_verdicts"}
    assert set(demo.planned()) == known | {"compile_atlas", "compare_experts"} | TAIL


def test_a_fresh_checkout_with_the_results_of_another_runs_nothing(demo):
    for folder in ("src", "workflow", "config", "resources", "rules"):
        for file in (demo.folder / folder).rglob("*.*"):
            file.touch()
    assert demo.planned() == {}


def test_results_that_are_copied_alone_are_taken_over_by_touching_them(demo, project, tmp_path):
    checkout = Demo(tmp_path / "checkout")
    copy_project(project, checkout.folder)
    shutil.copytree(demo.folder / "results", checkout.folder / "results")
    assert checkout.snakemake("--touch", "--forceall").status == 0
    assert checkout.planned() == {}
    checkout.rewrite("src/errata/contracts.py", f"PREDICT = {PREDICT}", "PREDICT = 1000")
    assert "predict" in checkout.planned()
