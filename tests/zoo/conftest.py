"""Drawn images, a vocabulary, and models with random weights; nothing is downloaded."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import timm
import torch
from huggingface_hub import constants
from PIL import Image
from safetensors.torch import save_file

from errata.classes.tables import CLASSES
from errata.images.index import index_images
from errata.labels.tables import TARGETS
from errata.models import Model
from errata.views.build import build_view
from errata.views.view import parse_view

CLASS_COUNT = 40
VIEW = "64-67-bilinear-center"
UNREADABLE = "img_05.jpeg"


@dataclass(frozen=True)
class Pictures:
    """Twenty images, the sixth of them damaged, and their tables."""

    root: Path
    view_file: Path
    index: pl.DataFrame
    targets: pl.DataFrame
    classes: pl.DataFrame

    @property
    def tables(self) -> dict[str, pl.DataFrame]:
        return {"index": self.index, "targets": self.targets, "classes": self.classes}

    @property
    def readable(self) -> list[str]:
        return self.index.filter(pl.col("problem").is_null())["file_name"].to_list()


def classes_of(wnids: list[str]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "class_id": range(len(wnids)),
            "wnid": wnids,
            "name": [f"thing {i}" for i in range(len(wnids))],
            "lemmas": [[f"thing {i}"] for i in range(len(wnids))],
            "group": "other",
        },
        schema={name: column.dtype for name, column in CLASSES.columns.items()},
    )


@pytest.fixture(scope="session")
def imagenet_classes(project: Path) -> pl.DataFrame:
    return classes_of(pl.read_csv(project / "resources/vocabularies/imagenet1k.csv")["wnid"].to_list())


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Pictures:
    folder = tmp_path_factory.mktemp("pictures")
    names = [f"img_{i:02d}.jpeg" for i in range(20)]
    random = np.random.default_rng(0)
    (folder / "images").mkdir()
    for name in names:
        blobs = Image.fromarray(random.integers(0, 256, (6, 8, 3), dtype=np.uint8))
        blobs.resize((100, 75), Image.Resampling.BICUBIC).save(folder / "images" / name, quality=95)
    whole = (folder / "images" / UNREADABLE).read_bytes()
    (folder / "images" / UNREADABLE).write_bytes(whole[: len(whole) // 2])
    targets = pl.DataFrame(
        {"file_name": names, "position": range(20), "target": [i % CLASS_COUNT for i in range(0, 60, 3)]},
        schema={name: column.dtype for name, column in TARGETS.columns.items()},
    )
    index, _ = index_images(folder / "images", targets, threads=1)
    build_view(folder / "images", index, parse_view(VIEW), folder / f"{VIEW}.npy", threads=1)
    classes = classes_of([f"n{i:08d}" for i in range(CLASS_COUNT)])
    return Pictures(folder / "images", folder / f"{VIEW}.npy", index, targets, classes)


def untrained(architecture: str, *, seed: int = 0, classes: int = CLASS_COUNT, size: int = 64) -> torch.nn.Module:
    """A model with random weights whose answers differ from image to image."""
    torch.manual_seed(seed)
    module = timm.create_model(
        architecture, num_classes=classes, pretrained_cfg_overlay={"input_size": (3, size, size)}
    ).eval()
    torch.nn.init.normal_(module.get_classifier().weight, std=1.0)
    return module


def row(**columns: object) -> Model:
    """A checkpoint of timm's test_resnet."""
    known = {"model": "small@64", "source": "checkpoint", "architecture": "test_resnet"}
    known |= {"weights": "missing.safetensors", "size": 64, "vocabulary": "forty", "view": VIEW}
    return Model(**known | columns)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty cache of the Hugging Face hub, without a network."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    return tmp_path / "hub"


def lay_out(cache: Path, module: torch.nn.Module, commit: str, *, repository: str = "test_resnet.r160_in1k") -> None:
    """Put weights into a cache of the hub as its client does, as the newest ones."""
    folder = cache / f"models--timm--{repository}"
    (folder / "snapshots" / commit).mkdir(parents=True)
    (folder / "refs").mkdir(exist_ok=True)
    (folder / "refs/main").write_text(commit)
    save_file(module.state_dict(), folder / "snapshots" / commit / "model.safetensors")


@pytest.fixture
def timm_row() -> Callable[..., Model]:
    """Make a row of one of timm's published models."""
    known = {"model": "test_resnet.r160_in1k@160", "source": "timm", "architecture": "test_resnet.r160_in1k"}
    known |= {"weights": "pretrained", "size": 160, "vocabulary": "imagenet1k", "view": "160-168-bilinear-center"}
    return lambda **columns: row(**known | columns)


@pytest.fixture
def make_row() -> Callable[..., Model]:
    return row


@pytest.fixture
def make_untrained() -> Callable[..., torch.nn.Module]:
    return untrained


@pytest.fixture
def checkpoint(tmp_path: Path) -> Model:
    """A test_resnet whose random weights lie in a safetensors file."""
    save_file(untrained("test_resnet").state_dict(), tmp_path / "small.safetensors")
    return row(weights=str(tmp_path / "small.safetensors"))
