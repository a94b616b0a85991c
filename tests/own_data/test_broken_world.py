"""What users give in place of the list, the vectors and the encoder of the open world, and should not."""

import shutil
import unicodedata

import numpy as np
import polars as pl
import pytest

from errata.cli import main
from errata.errors import InputError
from errata.files import atomic_folder, atomic_write
from errata.inference.encoder import load_encoder
from errata.own_data.build import build
from errata.own_data.open_world import AskedWorld
from errata.own_data.vectors import unit_vectors

NAMES = ["métal", "dent", "crack", "rust"]
"""The last is no class."""

CLASSES = pl.DataFrame({"name": NAMES[:3]})
LABELS = pl.DataFrame({"file_name": ["1.png", "2.png"], "label": ["dent", "crack"]})


def archive(path, **arrays):
    np.savez(path, **arrays)
    return path


def checked(folder, *, names=NAMES, vectors=None, things=("rust",), train=None, images=None):
    """Build the atlas of two images with these parts of a check."""
    given = archive(folder / "names.npz", names=np.array(names), vectors=np.eye(len(names), 4) + 0.1)
    if vectors is not None:
        archive(given, names=np.array(names), vectors=vectors)
    world = AskedWorld(names=things, encoder=given, images=np.eye(2, 4) if images is None else images, train=train)
    return build(CLASSES, LABELS, name="parts", world=world)


def test_a_name_with_two_vectors_is_refused(tmp_path):
    with pytest.raises(InputError, match="'Rust' is listed more than once, with different vectors"):
        checked(tmp_path, names=[*NAMES, "Rust"], vectors=np.vstack([np.eye(4), np.eye(4)[:1]]))


def test_a_name_may_be_listed_twice_with_the_same_vector(tmp_path):
    assert checked(tmp_path, names=[*NAMES, "Rust"], vectors=np.vstack([np.eye(4), np.eye(4)[3:]])).world


@pytest.mark.parametrize("spelling", ["NFC", "NFD"])
def test_names_of_vectors_are_the_same_in_all_spellings_of_unicode(tmp_path, spelling):
    spelt = [unicodedata.normalize(spelling, name) for name in NAMES]
    train = archive(tmp_path / "train.npz", vectors=np.eye(3, 4), classes=np.array(spelt[:3]))
    assert checked(tmp_path, names=spelt, train=train).world.verdicts.height


def test_classes_of_training_vectors_may_be_bytes_in_utf_8(tmp_path):
    words = np.array([name.encode() for name in NAMES[:3]])
    train = archive(tmp_path / "train.npz", vectors=np.eye(3, 4), classes=words)
    assert checked(tmp_path, train=train).world.verdicts.height


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"classes": np.array([b"m\xe9tal"] * 3)}, "expected text in UTF-8 in 'classes'"),
        ({"classes": np.array([0.0, 1.0, 2.0])}, "expected text in 'classes', found float64"),
        ({"files": np.array([b"\xff"] * 3)}, "expected text in UTF-8 in 'files'"),
        ({"files": np.array(["one.png"])}, "a name in 'files' for each of 3 vectors; found 1"),
    ],
    ids=["classes in Latin-1", "classes as floats", "files that are no text", "one file for three vectors"],
)
def test_arrays_beside_training_vectors_that_do_not_fit_are_refused(tmp_path, arrays, message):
    train = archive(tmp_path / "train.npz", **{"vectors": np.eye(3, 4), "classes": np.array(NAMES[:3])} | arrays)
    with pytest.raises(InputError, match=message):
        checked(tmp_path, train=train)


def test_an_archive_of_image_vectors_is_told_from_a_tar(tmp_path):
    images = archive(tmp_path / "images.npz", vectors=np.eye(2, 4))
    with pytest.raises(InputError, match=r"or their vectors: one array, \.npy"):
        checked(tmp_path, images=images)


def test_a_list_may_be_in_utf_16(tmp_path):
    (tmp_path / "things.txt").write_text("rust\n", encoding="utf-16")
    world = checked(tmp_path, things=tmp_path / "things.txt").world
    assert world.settings["proposals"] == "1 thing of things.txt, the same for every class"


def test_a_folder_in_place_of_the_list_is_called_one(tmp_path):
    with pytest.raises(InputError, match="found a folder"):
        checked(tmp_path, things=tmp_path)


@pytest.mark.parametrize(
    ("file", "content"), [("open_clip_model.safetensors", b"\xff" * 100), ("merges.txt.gz", b"no gzip")]
)
def test_damaged_files_of_an_encoder_are_told(project, tmp_path, file, content):
    folder = shutil.copytree(project / "resources/demo/clip-tiny", tmp_path / "clip")
    (folder / file).write_bytes(content)
    with pytest.raises(InputError, match=r"expected an encoder of open_clip.*Get its files again"):
        load_encoder({"name": "clip", "folder": str(folder)}, device="cpu")


def test_weights_of_another_encoder_are_told(project, tmp_path):
    folder = shutil.copytree(project / "resources/demo/clip-tiny", tmp_path / "clip")
    shutil.copy(project / "resources/demo/clip/open_clip_model.safetensors", folder)
    with pytest.raises(InputError, match="does not fit"):
        load_encoder({"name": "clip", "folder": str(folder)}, device="cpu")


@pytest.mark.parametrize("writing", [atomic_write, atomic_folder])
def test_what_cannot_lie_in_a_file_is_not_written_there(tmp_path, writing):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="file is no folder"), writing(tmp_path / "file" / "atlas"):
        pass


def test_vectors_without_numbers_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"found float64 of shape \(4, 0\)"):
        checked(tmp_path, vectors=np.empty((4, 0)), images=np.empty((2, 0)))


@pytest.mark.parametrize("names", [{"rust"}, {"rust": "corrosion"}, ["rust", 1], 5])
def test_only_a_path_or_a_list_of_text_is_a_list_of_names(names):
    with pytest.raises(InputError, match="expected a path, or a list of names as text"):
        AskedWorld.of(names)


@pytest.mark.parametrize(
    ("option", "value"), [("images", [[0.1, 0.2]]), ("images", np.ma.array([[0.1, 0.2]])), ("train", np.eye(2))]
)
def test_what_is_no_path_is_refused_by_its_type(option, value):
    with pytest.raises(InputError, match=f"{option}: found .*; expected a path"):
        AskedWorld.of(["rust"], **{option: value})


def test_tables_are_not_begun_below_a_file(tmp_path, capsys):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "1.png").write_bytes(b"")
    (tmp_path / "notes.txt").write_text("mine")
    assert main(["init", str(tmp_path / "photos"), "--out", str(tmp_path / "notes.txt")]) == 2
    assert "notes.txt is no folder. Name another." in capsys.readouterr().err


def test_vectors_that_were_saved_give_the_same_bytes_again(tmp_path):
    images = np.random.default_rng(3).normal(size=(500, 64)).astype(np.float32)
    once = unit_vectors(images, where="images", rows=500, what="images")
    again = unit_vectors(once, where="images", rows=500, what="images")
    assert once.tobytes() == again.tobytes()
