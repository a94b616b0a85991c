"""The open world of drawn pictures, from their folders to the categories, by the demo's CLIP."""

from collections import defaultdict
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import errata
from errata.categories import BEYOND_OPEN_WORLD
from errata.cli import main
from errata_demo import world, write
from errata_demo.names import CLASSES, LOOK_ALIKES, NAMES
from errata_demo.plans import PLANS

pytestmark = pytest.mark.slow

STRANGERS, TYPICAL, TRAINING = 3, 2, 5


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Pictures of forty classes, among them pictures of look-alikes that are none, in class folders."""
    made = tmp_path_factory.mktemp("drawn")
    random = np.random.default_rng(7)
    plans = [plan for plan in PLANS if plan.cause == "fine_grained_oov"]
    strangers = [plan.build(plan, random) for plan in plans for _ in range(STRANGERS)]
    pictures = {f"stranger {number} {NAMES[each.confuser]}": each for number, each in enumerate(strangers)}
    pictures |= {f"{name} {n}": world.typical(name, random) for name in CLASSES for n in range(TYPICAL)}
    for name, picture in pictures.items():
        write_picture(made / "val" / NAMES[picture.target] / f"{name}.jpg", write.jpeg(picture.scene))
    for name in CLASSES:
        for number in range(TRAINING):
            content = write.jpeg(world.typical(name, random).scene)
            write_picture(made / "train" / name / f"{number}.jpg", content)
    write_picture(made / "val/lemon/broken.jpg", b"no picture")
    pl.DataFrame({"name": list(CLASSES)}).write_csv(made / "classes.csv")
    (made / "names.txt").write_text("\n".join(LOOK_ALIKES), encoding="utf-8")
    return made


def write_picture(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


@pytest.mark.parametrize("train", [[], ["--train", "train"]], ids=["by names", "by training images"])
def test_strangers_are_found_and_other_pictures_are_not_taken_for_them(folder, project, train, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    tables = ["--classes", "classes.csv", "--labels", "val", "--out", "my.parquet"]
    check = ["--open-world", "names.txt", "--encoder", str(project / "resources/demo/clip"), *train]
    assert main(["atlas", "build", *tables, *check]) == 0
    assert "1 image has no vector (lemon/broken.jpg)" in capsys.readouterr().out
    atlas = errata.load_atlas("my.parquet")
    names = atlas.classes["name"].to_list()
    categories = defaultdict(list)
    for file_name, codes in zip(atlas.images["file_name"], atlas.outcomes, strict=True):
        image = [atlas.outcome_list[code].category for code in codes]
        kind, _, taken_for = Path(file_name).stem.split(" ", 2) if "stranger" in file_name else ("plain", "", "")
        if "broken" in file_name:
            assert set(image) == {"correct", "open_world_unchecked"}
        elif kind == "stranger":
            categories[kind].append(image[names.index(taken_for)])
        else:
            categories[kind] += [category for category in image if category in BEYOND_OPEN_WORLD]
    found = np.mean([category == "fine_grained_oov" for category in categories["stranger"]])
    wrongly = np.mean([category == "fine_grained_oov" for category in categories["plain"]])
    assert found > 0.8, categories["stranger"]
    assert wrongly < 0.05


def test_saved_vectors_give_the_same_atlas_without_the_pictures(folder, project, monkeypatch):
    monkeypatch.chdir(folder)
    given = {"open_world": "names.txt", "encoder": project / "resources/demo/clip-tiny"}
    first = errata.build_atlas("classes.csv", "val", "a.parquet", train="train", save_vectors="kept", **given)
    again = {"images": "kept/images.npy", "train": "kept/train.npz"}
    second = errata.build_atlas("classes.csv", "val", "b.parquet", **again, **given)
    assert np.array_equal(first.outcomes, second.outcomes)
    evidence = [pl.read_parquet(f"{name}.evidence.parquet").drop("number") for name in "ab"]
    assert evidence[0].equals(evidence[1])
