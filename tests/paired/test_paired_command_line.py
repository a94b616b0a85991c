import json

import numpy as np
import polars as pl
import pytest

from atlas.test_decision import compiled
from atlas.world import random_world
from errata.atlas.compiled import write_atlas
from errata.cli import main
from errata.paired.tables import CATEGORY_TRANSITIONS, CHANGED_IMAGES, PAIRED_DIFFERENCES, SEVERITY_MOVES
from errata.tables import read_table


@pytest.fixture(scope="module")
def atlas(tmp_path_factory):
    path = tmp_path_factory.mktemp("atlas") / "paper.parquet"
    write_atlas(compiled(random_world(0, images=900), with_open_world=True), path)
    return path


@pytest.fixture
def branches(atlas, tmp_path):
    """Predictions of two branches under one file name: 60 and 75 per cent right."""
    images = pl.read_parquet(atlas).select("file_name", "target")
    rng = np.random.default_rng(0)
    luck, other = rng.random(images.height), (images["target"].to_numpy() + rng.integers(1, 9, images.height)) % 9
    paths = []
    for branch, right in (("main", 0.6), ("branch", 0.75)):
        path = tmp_path / branch / "predictions.csv"
        path.parent.mkdir()
        predicted = np.where(luck < right, images["target"].to_numpy(), other)
        images.select("file_name", predicted_class=pl.Series(predicted)).write_csv(path)
        paths.append(str(path))
    return paths


def test_compare_prints_sentences_and_tables(atlas, branches, capsys):
    assert main(["compare", *branches, "--atlas", str(atlas)]) == 0
    text = capsys.readouterr().out
    assert "predictions (B) is better than predictions (A): multi-label accuracy (MLA) is" in text
    assert "model failure" in text


def test_compare_writes_its_tables_with_every_image_that_changed(atlas, branches, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["compare", *branches, "--atlas", str(atlas), "--out", str(out), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads((out / "comparison.json").read_text())
    differences = read_table(PAIRED_DIFFERENCES, out / "paired_differences.parquet")
    assert differences.to_dicts() == printed["differences"]
    assert read_table(SEVERITY_MOVES, out / "severity_moves.parquet").to_dicts() == printed["moves"]
    assert read_table(CATEGORY_TRANSITIONS, out / "category_transitions.parquet").to_dicts() == printed["transitions"]
    changed = read_table(CHANGED_IMAGES, out / "changed_images.parquet")
    assert changed.filter(change="fixed").height == printed["fixed"] > 0
    assert changed.filter(change="broken").height == printed["broken"] == 0
    assert pl.read_csv(out / "changed_images.csv").height == changed.height
    assert printed["summary"][0] in (out / "comparison.md").read_text().replace("\\", "")


def test_gate_exits_with_0_for_a_better_candidate_and_1_for_a_worse_one(atlas, branches, capsys):
    assert main(["gate", *branches, "--atlas", str(atlas)]) == 0
    assert "errata gate: open." in capsys.readouterr().out
    assert main(["gate", *branches[::-1], "--atlas", str(atlas)]) == 1
    assert "errata gate: closed." in capsys.readouterr().out


def test_gate_watches_what_it_is_told_to(atlas, branches, capsys):
    command = ["gate", *branches[::-1], "--atlas", str(atlas), "--json"]
    assert main([*command, "--category", "model_failure=900%", "--max-rise", "0"]) == 0
    capsys.readouterr()
    assert main([*command, "--category", "model_failure=900%", "--category", "mle"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert [row["raised"] for row in found["categories"]] == [False, True]


def test_gate_prints_markdown_for_a_pull_request(atlas, branches, capsys):
    assert main(["gate", *branches, "--atlas", str(atlas), "--markdown"]) == 0
    assert "| category | baseline | candidate | rise |" in capsys.readouterr().out


@pytest.mark.parametrize("more", [["--max-rise", "3"], ["--category", "failure"], ["--category", "mle=much"]])
def test_a_gate_that_cannot_be_understood_exits_with_2(atlas, branches, more, capsys):
    assert main(["gate", *branches, "--atlas", str(atlas), *more]) == 2
    assert capsys.readouterr().err.startswith("errata: ")


@pytest.mark.parametrize("command", ["compare", "gate"])
def test_a_file_that_the_doctor_refuses_exits_with_1_and_one_of_two_models_with_2(atlas, branches, command, capsys):
    frame = pl.read_csv(branches[1])
    frame.with_columns(predicted_class=pl.lit(3)).write_csv(branches[1])
    assert main([command, *branches, "--atlas", str(atlas)]) == 1
    assert "the doctor refuses" in capsys.readouterr().err
    pl.concat([frame.with_columns(model=pl.lit(name)) for name in ("x", "y")]).write_csv(branches[1])
    assert main([command, *branches, "--atlas", str(atlas)]) == 2
    assert "expected the predictions of one model, found 2 (x, y)" in capsys.readouterr().err


def test_a_gate_stays_closed_on_targets_until_they_are_accepted(atlas, branches, tmp_path, capsys):
    images = pl.read_parquet(atlas).select("file_name", predicted_class="target")
    images.write_csv(tmp_path / "targets.csv")
    arguments = ["gate", branches[0], str(tmp_path / "targets.csv"), "--atlas", str(atlas)]
    assert main(arguments) == 1
    said = capsys.readouterr()
    assert "in doubt" in said.err
    assert "--accept perfect_accuracy" in said.err
    assert said.out == ""
    assert main([*arguments, "--accept", "perfect_accuracy"]) == 0
    assert "targets: Accepted on request." in capsys.readouterr().out


def test_a_part_of_the_images_is_compared_on_the_common_ones(atlas, branches, tmp_path, capsys, caplog):
    part = pl.read_csv(branches[1]).sample(fraction=0.5, seed=1)
    part.write_csv(tmp_path / "part.csv")
    arguments = [branches[0], str(tmp_path / "part.csv"), "--atlas", str(atlas)]
    assert main(["compare", *arguments, "--json"]) == 0
    said = capsys.readouterr()
    counted = pl.read_parquet(atlas).filter(~pl.col("is_problematic")).join(part, on="file_name").height
    assert json.loads(said.out)["images"]["all"] == counted
    assert "[warn] subset: The file names" in caplog.text
    assert json.loads(said.out)["marks"]["part"]
    assert main(["gate", *arguments]) == 1
    assert main(["gate", *arguments, "--accept", "subset"]) == 0


def test_models_without_a_common_image_are_not_compared(atlas, branches, tmp_path, capsys):
    rows = pl.read_csv(branches[0]).with_row_index()
    for rest in (0, 1):
        rows.filter(pl.col("index") % 2 == rest).drop("index").write_csv(tmp_path / f"{rest}.csv")
    assert main(["compare", str(tmp_path / "0.csv"), str(tmp_path / "1.csv"), "--atlas", str(atlas)]) == 2
    assert "no common image" in capsys.readouterr().err
