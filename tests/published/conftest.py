"""A small copy of the paper's tables."""

from pathlib import Path

import polars as pl
import pytest

GROUPS = ("all", "organism", "artifact", "other")


def table() -> pl.DataFrame:
    """Two models in the layout of the published files; the counts add up."""
    return pl.DataFrame(
        {
            "model_dir_id": ["timm--b", "timm--a"],
            "num_params": [1000, 2000],
            "training_data": ["ImageNet-1k (1.2M)", "JFT (300M)"],
            "arch_group": ["CNN", "ConvNeXt"],
            "arch": ["vgg", "convnext"],
            "arch_family": ["cnn", "cnn"],
            "top1_val_acc": [60.0, 70.5],
            "num_group_samples": [100, 100],
            "num_group_correct": [60, 70],
            "num_group_top1_errors": [40, 30],
            "mla_group": [75.0, 85.0],
            "mla_group_minor_error": [85.0, 90.0],
            "mla_group_explainable_error": [87.0, 92.0],
            "num_collapsed_mappings": [2, 1],
            "num_ambiguous": [10, 11],
            "num_same_superclass": [8, 7],
            "num_common_co_occ": [3, 2],
            "num_non_prototypical": [1, 1],
            "num_OOV_clip": [4, 3],
            "num_not_classified": [12, 5],
            "num_imagenet-m_errors": [30, 20],
        }
    )


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """A folder with the four files of the two models."""
    folder = tmp_path / "imagenet"
    folder.mkdir()
    for group in GROUPS:
        table().write_csv(folder / f"{group}.csv")
    return folder
