"""The pages about classes of one's own are run from top to bottom, on images that they or the tests draw."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

import errata
from errata.cli import main


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Small networks are trained faster by one thread than by several that share a machine with other tests."""
    torch = pytest.importorskip("torch")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def walk(project: Path, page: str, replaced: dict[str, str], names: dict) -> dict:
    """Run the blocks of a page one after another: Python, commands of Errata, and other commands."""
    text = (project / f"docs/recipes/{page}.md").read_text()
    for old, new in replaced.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    for language, block in re.findall(r"^```(python|sh)\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        if language == "python":
            exec(compile(block, page, "exec"), names)
            continue
        for line in block.splitlines():
            if line.startswith("errata "):
                assert main(shlex.split(line)[1:]) == 0, line
            else:
                subprocess.run(line, shell=True, check=True)
    return names


@pytest.mark.slow
def test_twenty_classes_from_an_empty_folder_to_a_report(project, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    walk(project, "twenty-classes", {}, {})
    profile = pl.read_parquet("errata-small/profile.parquet")
    everything = profile.filter(group="all").row(0, named=True)
    assert set(profile["group"]) == {"all", "filled", "thin"}
    assert (everything["images"], everything["multi_label"]) == (400, None)
    assert everything["top1"] > 60
    # wrong answers by chance would be of the same colour in 3 of 19 cases
    assert everything["fine_grained"] > 0.4 * everything["top1_errors"]
    page = Path("errata-small/report/index.html").read_text()
    assert "Kinds of errors on filled" in page
    assert "ImageNet" not in re.sub(r"<(script|footer).*?</\1>", "", page, flags=re.DOTALL)
    assert "red square and red disc are both in the superclass red" in " ".join(capsys.readouterr().out.split())


class Drawn:
    """Images of a hundred classes in the place of CIFAR-100: classes of a superclass have nearly the same colour."""

    def __init__(self, root: str, *, train: bool, download: bool):
        random = np.random.default_rng(train)
        self.classes = sorted(name for names in CIFAR["SUPERCLASSES"].values() for name in names.split())
        groups = {name: place for place, names in enumerate(CIFAR["SUPERCLASSES"].values()) for name in names.split()}
        self.targets = np.repeat(np.arange(100), 15 if train else 5).tolist()
        colours = np.random.default_rng(7).integers(0, 256, (20, 3))
        shifts = np.random.default_rng(8).integers(-40, 40, (100, 3))
        base = np.array([colours[groups[self.classes[target]]] + shifts[target] for target in self.targets])
        noise = random.normal(0, 25, (len(base), 32, 32, 3))
        self.data = np.clip(base[:, None, None] + noise, 0, 255).astype(np.uint8)


CIFAR: dict = {}


@pytest.mark.slow
def test_cifar_100(project, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    CIFAR["CIFAR100"] = Drawn
    walk(project, "cifar-100", {"from torchvision.datasets import CIFAR100\n": "", "range(10)": "range(4)"}, CIFAR)
    superclasses = CIFAR["classes"].group_by("superclass").len()
    assert (superclasses.height, set(superclasses["len"])) == (20, {5})
    profile = CIFAR["profile"].table.filter(group="all").row(0, named=True)
    assert profile["images"] == 500
    assert profile["top1"] > 10
    assert profile["fine_grained"] > 0.3 * profile["top1_errors"]
    assert set(CIFAR["profile"].table["group"]) == {"all", "living", "things"}
    assert Path("report/index.html").is_file()


@pytest.mark.slow
def test_imagenet_100(project, tmp_path, monkeypatch):
    import torch
    from torchvision.transforms import ToTensor

    monkeypatch.chdir(tmp_path)
    atlas = errata.load_atlas("imagenet")
    listed = sorted(np.random.default_rng(1).choice(1000, 100, replace=False).tolist())
    place = {class_id: number for number, class_id in enumerate(listed)}
    images = atlas.images.filter(pl.col("target").is_in(listed))
    for file_name, target in images.select("file_name", "target").iter_rows():
        path = Path("imagenet100/val", atlas.classes["wnid"][target], file_name)
        path.parent.mkdir(parents=True, exist_ok=True)
        # the red of a picture is the place of its class
        Image.new("RGB", (4, 4), (place[target], 0, 0)).save(path, format="PNG")

    def model(pixels: torch.Tensor) -> torch.Tensor:
        # right, but for the classes of odd number, of which each fifth image gets the class before
        place = (pixels[:, 0, 0, 0] * 255).round().long()
        wrong = (torch.arange(len(place)) % 5 == 0) & (place % 2 == 1)
        return torch.nn.functional.one_hot(place - wrong.long(), 100) * 9.0

    names = walk(project, "imagenet-100", {}, {"model": model, "transform": ToTensor()})
    table = names["profile"].table.filter(group="all")
    assert table["images"].item() == (~images["is_problematic"]).sum()
    assert 85 < table["top1"].item() < 95
    assert pl.read_parquet("with-atlas/profile.parquet")["top1"][0] == table["top1"].item()
    assert Path("imagenet100.txt").read_text().split() == [atlas.classes["wnid"][class_id] for class_id in listed]
