"""Predictions files and folders under names that mean something to a shell, to Snakemake or to YAML."""

import json
import shutil

import polars as pl
import pytest

from errata.errors import InputError
from errata.predictions.folder import read_folder
from errata.selection import prediction_files
from errata.settings import check_typed_paths

FOLDER = "my [1] preds a=b, c'; $HOME"
NAMES = {
    "-q*?.parquet": "-q*?",
    "a:b;c&d,e=f.parquet": "a:b;c&d,e=f",
    "run[12].PARQUET": "run[12]",
    "sub folder/größe \"x\" 's'.parquet": "größe \"x\" 's'",
}


def test_a_run_takes_names_as_they_are_and_names_what_it_leaves_out(workspace):
    folder = workspace.folder / FOLDER
    (folder / "sub folder").mkdir(parents=True)
    source = workspace.folder / "predictions/weak_model.parquet"
    for name in NAMES:
        shutil.copy(source, folder / name)
    # a neighbour that the pattern run[12] would read
    other = pl.read_parquet(source).with_columns(pl.col("predicted_class").reverse())
    other.head(3).write_parquet(workspace.folder / "run1.parquet")
    (folder / "._run1.parquet").write_bytes(b"\x00\x05\x16\x07" + bytes(20))
    (folder / "notes.md").touch()
    run = workspace.build("results/imagenet/labels/profile.csv", config=(f"predictions={FOLDER}",))
    assert run.status == 0, run.output
    assert "Not read as predictions: ._run1.parquet: it holds macOS's notes" in run.output
    assert "Not read as predictions: notes.md: it does not end in" in run.output
    profile = pl.read_parquet(workspace.folder / "results/imagenet/labels/profile.parquet")
    assert set(profile["model"]) == set(NAMES.values())
    assert profile.filter(group="all")["correct"].n_unique() == 1
    diagnoses = json.loads((workspace.folder / "results/imagenet/labels/diagnoses.json").read_text())
    assert {entry["model"] for entry in diagnoses if not entry["is_usable"]} == {"._run1.parquet", "notes.md"}


@pytest.mark.parametrize("name", ["{dataset}.parquet", "a{b.parquet", "a\nb.parquet", "\x1b[31mred.parquet"])
def test_names_that_snakemake_changes_are_refused_before_any_job(name, tmp_path):
    (tmp_path / name).touch()
    with pytest.raises(InputError, match="Rename the file or folder, or use errata classify") as caught:
        prediction_files("imagenet", str(tmp_path), [])
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("typed", "read"), [("x #y", "x"), ('"q"', "q"), ("[a]", ["a"]), ("1", 1), ("a: b", {"a": "b"}), (" lead", "lead")]
)
def test_a_folder_whose_name_yaml_changes_is_refused_and_never_taken_for_another(typed, read, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / typed).mkdir()
    with pytest.raises(InputError, match="there is a file or folder of this name"):
        check_typed_paths({"predictions": read}, ["snakemake", "--config", f"predictions={typed}"])
    check_typed_paths({"predictions": "plain"}, ["--config", "predictions=plain"])
    check_typed_paths({"predictions": {"imagenet": "p"}}, ["--config", "predictions={imagenet: p}"])


def test_a_folder_is_read_with_its_subfolders_and_suffixes_in_any_case(tmp_path):
    for name in (
        "b.CSV",
        "a/preds.npz",
        "a/samples_info.npz",
        "c/d/e.Npy",
        ".hidden.csv",
        ".cache/x.csv",
        "m.pt",
        "m.pkl",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "c/loop").symlink_to(tmp_path)
    (tmp_path / "gone.csv").symlink_to(tmp_path / "nowhere")
    content = read_folder(tmp_path)
    assert [file.removeprefix(f"{tmp_path}/") for file in content.files] == [
        "a/preds.npz",
        "b.CSV",
        "c/d/e.Npy",
        "m.pt",
    ]
    pickled = content.left_out.pop("m.pkl")
    assert "Errata never unpickles; if you trust it, convert it: python -c" in pickled
    assert content.left_out == {
        ".cache": "hidden: its name begins with a dot",
        ".hidden.csv": "hidden: its name begins with a dot",
        "a/samples_info.npz": "it names the rows of the predictions beside it",
        "c/loop": "a link to a folder that it lies in",
        "gone.csv": "it cannot be opened (No such file or directory)",
    }
