"""Odd names through the command line, what is left out of folders, and the exit statuses."""

import json
import shutil

import numpy as np
import polars as pl
import pytest

from atlas.world import random_world
from errata.atlas.compiled import write_atlas
from errata.atlas.decision import compile_atlas
from errata.cli import main

NAMES = ["run[12]", "a*b", "q?", "{x}", "-x", "two words", 'it\'s "so"', "größe", "a,b=c;d", "~", "$HOME", "line\nend"]


@pytest.fixture(scope="module")
def atlas(tmp_path_factory):
    world = random_world(0, images=400)
    compiled = compile_atlas(
        world.labels, world.classes, world.knowledge,
        name="labels", dataset="world", dataset_images=400, has_multilabels=True,
    )  # fmt: skip
    path = tmp_path_factory.mktemp("atlas [1]") / "a{t}las.parquet"
    write_atlas(compiled, path)
    return path


@pytest.fixture
def predictions(atlas, tmp_path):
    """A model's predictions: right on two images of three."""
    images = pl.scan_parquet(atlas, glob=False).select("file_name", "target").collect()
    random = np.random.default_rng(0)
    wrong = pl.Series(random.random(images.height) < 1 / 3)
    other = pl.Series((images["target"].to_numpy() + 1 + random.integers(0, 7, images.height)) % 9, dtype=pl.Int16)
    path = tmp_path / "sound.parquet"
    images.select("file_name", predicted_class=pl.when(wrong).then(other).otherwise("target")).write_parquet(path)
    return path


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_a_name_in_files_and_folders(name, atlas, predictions, tmp_path, monkeypatch, capsys):
    (tmp_path / name).mkdir()
    shutil.copy(predictions, tmp_path / name / f"{name}.parquet")
    monkeypatch.chdir(tmp_path / name)
    for given in (f"{name}.parquet", str(tmp_path / name / f"{name}.parquet")):
        out = tmp_path / name / "out[1]"
        assert main(["classify", "--no-report", "--atlas", str(atlas), "--out", str(out), "--", given]) == 0
        (found,) = json.loads((out / "diagnoses.json").read_text())
        # control characters are written out, since pages and figures cannot hold them
        assert found["model"] == name.replace("\n", r"\n")
        assert (found["accuracy"], found["is_usable"]) == (pytest.approx(66, abs=6), True)
    said = capsys.readouterr()
    assert all(line.isprintable() for line in (said.out + said.err).split("\n"))


def test_a_folder_is_read_whole_and_what_is_left_out_is_said(atlas, predictions, tmp_path, capsys):
    folder, out = tmp_path / "all", tmp_path / "out"
    (folder / "resnet").mkdir(parents=True)
    shutil.copy(predictions, folder / "SOUND.PARQUET")
    frame = pl.read_parquet(predictions)
    np.savez(
        folder / "resnet/preds.npz", preds=frame["predicted_class"], file_name=frame["file_name"].to_numpy().astype(str)
    )
    (folder / "._SOUND.PARQUET").write_bytes(b"\x00\x05\x16\x07")
    (folder / "\x1b[31mred.txt").touch()
    assert main(["classify", "--no-report", "--atlas", str(atlas), "--out", str(out), str(folder)]) == 0
    said = capsys.readouterr().err
    assert "\x1b" not in said
    assert '"left_out"' in (out / "diagnoses.json").read_text()
    diagnoses = {entry["model"]: entry["is_usable"] for entry in json.loads((out / "diagnoses.json").read_text())}
    assert diagnoses == {"resnet": True, "SOUND": True, "._SOUND.PARQUET": False, "\x1b[31mred.txt": False}


def test_files_of_one_name_have_entries_of_their_own_in_the_manifest(atlas, predictions, tmp_path):
    frame = pl.read_parquet(predictions)
    for model in ("a", "b"):
        (tmp_path / "x" / model / "y").mkdir(parents=True)
        frame.with_columns(model=pl.lit(model)).write_parquet(tmp_path / "x" / model / "y" / "m.parquet")
    out = tmp_path / "out"
    assert main(["classify", "--no-report", "--atlas", str(atlas), "--out", str(out), str(tmp_path / "x")]) == 0
    inputs = json.loads((out / "manifest.json").read_text())["inputs"]
    assert {name for name in inputs if "m.parquet" in name} == {
        "predictions/a/y/m.parquet",
        "predictions/b/y/m.parquet",
    }


@pytest.mark.parametrize("command", ["doctor", "classify", "compare", "gate"])
@pytest.mark.parametrize(("content", "status"), [("constant", 1), ("damaged", 2), ("missing", 2)])
def test_a_refused_file_exits_with_1_and_one_that_cannot_be_read_with_2(
    command, content, status, atlas, predictions, tmp_path, capsys
):
    path = tmp_path / "m.parquet"
    if content == "constant":
        pl.read_parquet(predictions).with_columns(predicted_class=pl.lit(3)).write_parquet(path)
    elif content == "damaged":
        path.write_bytes(predictions.read_bytes()[:-100])
    others = {"doctor": [], "classify": ["--out", str(tmp_path / "out")]}.get(command, [str(predictions)])
    assert main([command, str(path), *others, "--atlas", str(atlas)]) == status
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    assert str(path) in said.out + said.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["doctor", "x" * 300 + ".csv", "--atlas", "ATLAS"],
        ["doctor", "FILE", "--atlas", "x" * 300],
        ["doctor", "FILE", "--atlas", "ATLAS", "--order", "x" * 300],
        ["classify", "FILE", "--atlas", "ATLAS", "--out", "x" * 300],
        ["diff", "x" * 300, "x" * 300],
        ["report", "x" * 300],
        ["errors", "x" * 300],
    ],
    ids=" ".join,
)
def test_a_name_that_is_too_long_is_one_sentence(arguments, atlas, predictions, capsys):
    places = {"ATLAS": str(atlas), "FILE": str(predictions)}
    assert main([places.get(word, word) for word in arguments]) == 2
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    assert len(said.out + said.err) < 1200


def test_a_damaged_table_of_errors_is_one_sentence(atlas, predictions, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["classify", "--no-report", "--atlas", str(atlas), "--out", str(out), str(predictions)]) == 0
    table = out / "errors.parquet"
    content = bytearray(table.read_bytes())
    content[4:400] = bytes(396)
    table.write_bytes(content)
    capsys.readouterr()
    assert main(["errors", str(out)]) == 2
    assert f"errata: {table}: expected a" in capsys.readouterr().err
