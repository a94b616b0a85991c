import json
import shutil
import subprocess
import sys

import polars as pl
import pytest

from errata.cli import main
from errata.files import sha256_of
from errata.mistakes.listing import read_mistakes
from errata.predictions.tables import ERROR_FILE, ERRORS
from errata.profiles.tables import PROFILE
from errata.tables import read_table

HEAVY = ("torch", "timm", "open_clip", "nltk", "snakemake", "matplotlib", "jinja2", "yaml")


def test_classify_writes_the_tables_under_the_files_name(atlas, predictions, tmp_path):
    out = tmp_path / "out"
    assert main(["classify", str(predictions), "--atlas", str(atlas), "--out", str(out), "--no-report"]) == 0
    profile = read_table(PROFILE, out / "profile.parquet")
    assert profile["model"].unique().to_list() == ["resnet.v2"]
    errors = read_table(ERRORS, out / "errors.parquet")
    assert errors.height == profile.filter(group="all")["top1_errors"].item()
    header = (out / "profile.csv").read_text().splitlines()[0]
    assert header.startswith("model,group,images,correct,top1_errors,class_overlap,multi_label,fine_grained,")


def test_classify_lists_mistakes_where_the_evidence_lies_beside_the_atlas(atlas, predictions, tmp_path):
    out = tmp_path / "out"
    arguments = ["classify", str(predictions), "--atlas", str(atlas), "--out", str(out), "--no-report"]
    assert main(arguments) == 0
    errors = read_table(ERRORS, out / "errors.parquet")
    assert read_mistakes(out / "mistakes").mistakes["models"].sum() == errors.height

    lonely = tmp_path / "alone.parquet"
    shutil.copy(atlas, lonely)
    arguments = ["classify", str(predictions), "--atlas", str(lonely), "--out", str(tmp_path / "less"), "--no-report"]
    assert main(arguments) == 0
    assert not (tmp_path / "less" / "mistakes").exists()


def test_a_count_that_is_undefined_is_empty_in_the_csv_and_never_0(atlas, predictions, tmp_path):
    out = tmp_path / "out"
    main(["classify", str(predictions), "--atlas", str(atlas), "--out", str(out), "--no-report"])
    csv = pl.read_csv(out / "profile.csv", infer_schema=False)
    assert csv["model_failure"].to_list() == [None] * 4


def test_a_broken_file_is_refused_with_the_doctors_words_and_nothing_is_written(atlas, predictions, tmp_path, capsys):
    broken = pl.read_csv(predictions).with_columns(predicted_class=pl.lit(3))
    broken.write_csv(tmp_path / "broken.csv")
    out = tmp_path / "out"
    command = ["classify", str(predictions), str(tmp_path / "broken.csv"), "--atlas", str(atlas), "--out", str(out)]
    assert main(command) == 1
    assert "broken: REFUSED" in capsys.readouterr().err
    assert not out.exists()


def test_broken_files_can_be_left_out(atlas, predictions, tmp_path):
    pl.read_csv(predictions).with_columns(predicted_class=pl.lit(3)).write_csv(tmp_path / "broken.csv")
    out = tmp_path / "out"
    command = ["classify", str(predictions), str(tmp_path / "broken.csv"), "--atlas", str(atlas), "--out", str(out)]
    assert main([*command, "--skip-broken", "--no-report"]) == 0
    assert read_table(PROFILE, out / "profile.parquet")["model"].unique().to_list() == ["resnet.v2"]
    diagnoses = json.loads((out / "diagnoses.json").read_text())
    assert {row["model"]: row["is_usable"] for row in diagnoses} == {"resnet.v2": True, "broken": False}


def test_two_files_with_the_same_model_in_one_folder_are_refused(atlas, predictions, tmp_path, capsys):
    twin = predictions.with_suffix(".parquet")
    pl.read_csv(predictions).write_parquet(twin)
    command = ["classify", str(predictions), str(twin), "--atlas", str(atlas), "--out", str(tmp_path / "out")]
    assert main(command) == 2
    assert "models need different names" in capsys.readouterr().err


def test_the_report_is_written_beside_the_tables(atlas, predictions, tmp_path):
    out = tmp_path / "out"
    assert main(["classify", str(predictions), "--atlas", str(atlas), "--out", str(out)]) == 0
    assert "resnet.v2" in (out / "report" / "index.html").read_text()
    assert "by chance" in (out / "report" / "trust.html").read_text()


def test_every_error_is_listed_with_the_names_of_the_classes(atlas, predictions, tmp_path, capsys):
    out = tmp_path / "out"
    main(["classify", str(predictions), "--atlas", str(atlas), "--out", str(out), "--no-report"])
    capsys.readouterr()
    listed = pl.read_csv(out / "errors" / "resnet.v2.csv")
    errors = read_table(ERRORS, out / "errors.parquet")
    assert listed["file_name"].to_list() == errors["file_name"].to_list()
    assert listed.columns == list(ERROR_FILE.columns)
    assert listed["target_name"].to_list() == [f"class {target}" for target in errors["target"]]
    assert main(["errors", str(out)]) == 0
    assert capsys.readouterr().out == (out / "errors" / "resnet.v2.csv").read_text()
    assert main(["errors", str(out), "resnet"]) == 2
    assert "it has errors of resnet.v2" in capsys.readouterr().err


def test_error_files_of_models_that_are_gone_are_removed_and_other_files_left(atlas, predictions, tmp_path):
    out = tmp_path / "out"
    main(["classify", str(predictions), "--atlas", str(atlas), "--out", str(out), "--no-report"])
    (out / "errors" / "mine.csv").write_text("a,b\n")
    renamed = predictions.rename(predictions.with_name("other.csv"))
    main(["classify", str(renamed), "--atlas", str(atlas), "--out", str(out), "--no-report"])
    assert sorted(path.name for path in (out / "errors").iterdir()) == ["mine.csv", "other.csv"]


def test_the_report_has_the_error_files_and_the_manifest_of_what_was_classified(atlas, predictions, tmp_path):
    out = tmp_path / "out"
    main(["classify", str(predictions), "--atlas", str(atlas), "--out", str(out)])
    data = out / "report" / "data"
    assert (data / "errors" / "resnet.v2.csv").read_text() == (out / "errors" / "resnet.v2.csv").read_text()
    manifest = json.loads((data / "manifest.json").read_text())
    assert manifest == json.loads((out / "manifest.json").read_text())
    assert manifest["results"]["profile"] == sha256_of(out / "profile.parquet")
    assert manifest["inputs"]["predictions/resnet.v2.csv"]["sha256"] == sha256_of(predictions)
    assert main(["diff", str(out), str(out / "report")]) == 0


def test_doctor_tells_and_repairs(atlas, predictions, tmp_path, capsys):
    shifted = pl.read_csv(predictions).with_columns(pl.col("predicted_class") + 1)
    shifted.write_csv(tmp_path / "shifted.csv")
    fixed = tmp_path / "fixed.parquet"
    assert main(["doctor", str(tmp_path / "shifted.csv"), "--atlas", str(atlas)]) == 1
    assert main(["doctor", str(tmp_path / "shifted.csv"), "--atlas", str(atlas), "--fix", str(fixed)]) == 0
    capsys.readouterr()
    assert main(["doctor", str(fixed), "--atlas", str(atlas), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["is_usable"]
    assert pl.read_parquet(fixed)["predicted_class"].to_list() == pl.read_csv(predictions)["predicted_class"].to_list()


def test_explain_takes_a_class_id_a_wnid_or_a_name(atlas, capsys):
    texts = []
    for prediction in ("3", "n00000003", "class 3"):
        assert main(["explain", "0000.JPEG", prediction, "--atlas", str(atlas)]) == 0
        texts.append(capsys.readouterr().out)
    assert len(set(texts)) == 1
    assert "prediction   3 class 3 [n00000003]" in texts[0]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["explain", "nowhere.JPEG", "3"], "nowhere.JPEG: it is not among the 400 annotated images"),
        (["explain", "0000.JPEG", "xyzzy"], "'xyzzy' is no class of this data set"),
        (["doctor", "nowhere.csv"], "nowhere.csv"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_message_without_a_traceback(atlas, arguments, complaint, capsys):
    assert main([*arguments, "--atlas", str(atlas)]) == 2
    error = capsys.readouterr().err
    assert complaint in error
    assert "Traceback" not in error


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("module", ["errata", "errata.cli", "errata.classification"])
def test_importing_the_package_and_its_command_line_imports_nothing_heavy(module):
    loaded = run(f"import sys, {module}; print(*sorted(sys.modules))").split()
    assert [name for name in HEAVY if name in loaded] == []


def test_the_help_does_not_wait_for_the_libraries_of_the_commands():
    loaded = run("import sys; from errata.cli import command_line; command_line().format_help(); print(*sys.modules)")
    assert not {"polars", "numpy"} & set(loaded.split())


def test_classifying_a_file_needs_no_heavy_library(atlas, predictions, tmp_path):
    code = f"""
import sys
sys.modules.update(dict.fromkeys({HEAVY!r}))  # importing one of them now fails
from errata.cli import main
print(main(["classify", {str(predictions)!r}, "--atlas", {str(atlas)!r}, "--out", {str(tmp_path / "out")!r},
            "--no-report", "--quiet"]))
"""
    assert run(code).strip() == "0"
