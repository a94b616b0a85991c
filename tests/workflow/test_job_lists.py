"""Which jobs a run consists of: everything once, then only what depends on a change."""

import pytest

from workflow.small_world import write_predictions

LABELS = {"read_targets", "list_annotated", "build_labels", "reassess_labels"}
KNOWLEDGE = {"build_classes", "select_superclasses", "count_cooccurrence"}
OF_BOTH_ATLASES = {"compile_atlas", "classify_predictions"}
ATLAS = {"compile_atlas", "compare_experts"}
TRUST = {"check_fidelity", "compare_atlases", "measure_chance"}
TAIL = {"classify_predictions", "compare_published", "list_mistakes", "render_report", "write_manifest"} | TRUST
EVERYTHING = {"download_source", "read_published", "list_defined"} | LABELS | KNOWLEDGE | ATLAS | TAIL


def test_the_first_run_makes_everything_once_and_ends_with_a_report(first_run):
    workspace, run = first_run
    assert run.status == 0, run.output
    assert run.jobs == dict.fromkeys(EVERYTHING, 1) | dict.fromkeys(OF_BOTH_ATLASES, 2) | {"download_source": 5}
    assert f"The report is {workspace.folder}/results/report/imagenet/labels/index.html" in run.output
    made = workspace.content()
    assert {
        "imagenet/atlas/labels.parquet",
        "imagenet/atlas/labels.evidence.parquet",
        "imagenet/labels/errors.parquet",
        "imagenet/labels/profile.csv",
        "report/imagenet/labels/index.html",
        "manifest.json",
    } <= set(made)


def test_the_second_run_has_nothing_to_do(workspace):
    before = workspace.content()
    run = workspace.build()
    assert run.status == 0, run.output
    assert run.has_nothing_to_do
    assert workspace.content() == before


def test_another_predictions_file_runs_the_tail_only(workspace):
    write_predictions(workspace.folder, "third_model", accuracy=0.8)
    assert workspace.planned() == TAIL
    profile = "results/imagenet/labels/profile.csv"
    run = workspace.build(profile)
    assert run.status == 0, run.output
    assert "third_model" in (workspace.folder / profile).read_text()


def test_edited_rules_files_and_touched_inputs_rerun_nothing(workspace):
    for file in ("Snakefile", *(f"rules/{path.name}" for path in workspace.folder.glob("rules/*.smk"))):
        workspace.append(file, "# a comment")
    inputs = (
        "resources/superclasses.yaml",
        "resources/wordnet/nouns.parquet",
        "resources/sources.tsv",
        "predictions/weak_model.parquet",
    )
    for path in (*(workspace.folder / name for name in inputs), *workspace.folder.glob("src/**/*.py")):
        path.touch()
    assert workspace.planned() == set()


def test_another_place_of_the_mirror_reruns_nothing(workspace):
    (workspace.folder / "mirror").rename(workspace.folder / "elsewhere")
    assert workspace.planned(config=("mirror=elsewhere", "offline=False")) == set()


def test_modules_that_no_rule_of_the_run_uses_rerun_nothing(workspace):
    for module in ("cli.py", "commands/classify.py", "classes/wordnet_build.py", "sources/archive.py", "selection.py"):
        workspace.append(f"src/errata/{module}", "# a comment")
    assert workspace.planned() == set()


def test_an_edited_decision_rule_reruns_the_atlas_and_what_depends_on_it(workspace):
    fine_grained_first = (
        "_correct, _class_overlap, _multi_label, _fine_grained, _open",
        "_fine_grained, _correct, _open",
    )
    workspace.edit("src/errata/atlas/decision.py", *fine_grained_first)
    assert workspace.planned() == ATLAS | TAIL


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("labels/label_table.py", {"build_labels", "reassess_labels", "list_defined"} | ATLAS | TAIL),
        ("profiles/intervals.py", {"compare_experts"} | TAIL),
        ("trends/fit.py", {"compare_published", "render_report"}),
        ("mistakes/tables.py", {"list_mistakes", "render_report", "write_manifest"}),
        ("report/templates/report.css", {"render_report"}),
    ],
)
def test_an_edited_module_reruns_the_rules_that_use_it(workspace, module, expected):
    workspace.append(f"src/errata/{module}", "/* a comment */" if module.endswith(".css") else "# a comment")
    assert workspace.planned() == expected


def test_edited_superclasses_rerun_what_is_known_about_pairs_and_the_atlas(workspace):
    workspace.edit("resources/superclasses.yaml", "name: cats", "name: felines")
    assert workspace.planned() == {"select_superclasses", "count_cooccurrence"} | ATLAS | TAIL


def test_another_setting_for_broken_files_classifies_again(workspace):
    assert workspace.planned(config=("broken_predictions=skip",)) == TAIL


def test_packages_hold_no_code_outside_their_modules(project):
    # a package's __init__.py is no input of the rules that use its modules: a change in it would rerun nothing
    library = project / "src" / "errata"
    for file in library.glob("*/**/__init__.py"):
        lines = file.read_text().strip().splitlines()
        assert all(line.startswith('"""') for line in lines), f"{file} holds more than a docstring"
