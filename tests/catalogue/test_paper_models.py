"""The paper's models and the rows of the sheet that are the same, against the paper's own list."""

import ast
from collections import Counter

import polars as pl
import pytest

from errata.errors import InputError
from errata.models import read_models
from errata.published.paper import PaperModel, read_paper_models
from errata.selection import select_models

PREFIXES = {"timm": "timm", "torchvision.models": "torchvision", "torch.hub": "facebook", "huggingface": "facebook"}


@pytest.fixture(scope="module")
def table(project):
    return read_paper_models(project / "resources" / "zoo" / "paper_models.tsv")


@pytest.fixture(scope="module")
def rows(project):
    return read_models(project / "config" / "models.tsv")


@pytest.fixture(scope="module")
def theirs(real):
    """Published name -> what the paper says about it."""
    listed = pl.read_csv(real / "zoo" / "paper_models.csv")
    return {f"{PREFIXES[row['source']]}--{row['model_id']}": row for row in listed.iter_rows(named=True)}


def test_all_but_three_models_of_the_paper_can_be_had(table, rows):
    assert len(table) == 962
    assert {row.published: row.note for row in table if row.model is None} == {
        "facebook--convnext-base-384": (
            "only in transformers: timm has the network at 384 pixels with pre-training on ImageNet-21k only"
        ),
        "facebook--convnext-large-384": (
            "only in transformers: timm has the network at 384 pixels with pre-training on ImageNet-21k only"
        ),
        "facebook--resnext101_32x48d_wsl": "only through torch.hub: timm and torchvision do not have these weights",
    }
    chosen = select_models(["paper"], rows, paper=lambda: [row.model for row in table if row.model])
    assert Counter(row.source for row in chosen) == {"timm": 863 + 15 + 9, "torchvision": 72}


def test_names_of_the_paper_may_not_repeat(tmp_path):
    path = tmp_path / "paper_models.tsv"
    path.write_text("published\tmodel\tnote\ntimm--a\ta@224\t-\ntimm--b\ta@224\t-\n")
    with pytest.raises(InputError, match="'a@224' is listed twice"):
        read_paper_models(path)
    path.write_text("published\tmodel\tnote\ntimm--a\t-\tlost\ntimm--b\t-\tlost\n")
    assert read_paper_models(path) == [PaperModel("timm--a", None, "lost"), PaperModel("timm--b", None, "lost")]


@pytest.mark.real
def test_the_table_names_every_model_of_the_paper(table, theirs):
    assert {row.published for row in table} == set(theirs)


@pytest.mark.real
def test_the_sheet_agrees_with_the_paper_but_for_three_models(table, rows, theirs):
    different = {}
    for row in table:
        if row.model is None:
            continue
        known, said = rows[row.model], theirs[row.published]
        ours = (known.family, known.group, known.training_data, set((known.annotations or "").split(", ")) - {""})
        paper = (
            said["arch_family"],
            said["arch_group"],
            said["dataset"],
            set(ast.literal_eval(said["extra_annotations"])),
        )
        for what, one, other in zip(("family", "group", "training data", "annotations"), ours, paper, strict=True):
            if one != other:
                different[row.model, what] = (one, other)
    # the paper calls these pruned networks distilled, which their publisher does not say; BiT's student was trained
    # on ImageNet-1k by a teacher that knew ImageNet-21k
    assert different == {
        ("efficientnet_el_pruned.in1k@300", "annotations"): (set(), {"Distillation"}),
        ("efficientnet_es_pruned.in1k@224", "annotations"): (set(), {"Distillation"}),
        ("resnetv2_50x1_bit.goog_distilled_in1k@224", "training data"): ("ImageNet-1k", "ImageNet-21k"),
    }


@pytest.mark.real
def test_numbers_of_parameters_and_training_images_are_those_of_the_papers_tables(table, rows, real):
    tables = pl.read_csv(real / "reference_stats" / "imagenet" / "all.csv")
    said = {
        name: (parameters, data)
        for name, parameters, data in tables.select("model_dir_id", "num_params", "training_data").iter_rows()
    }
    names = {row.published: row.model for row in table if row.model and row.published in said}
    assert len(names) == 951
    other_data = [
        model
        for published, model in names.items()
        if f"{rows[model].training_data} ({_in_words(rows[model].training_images)})" != said[published][1]
    ]
    assert other_data == ["resnetv2_50x1_bit.goog_distilled_in1k@224"]
    other_size = [model for published, model in names.items() if rows[model].parameters != said[published][0]]
    assert other_size == []


@pytest.mark.real
def test_the_papers_accuracies_are_those_to_expect(table, rows, real):
    tables = pl.read_csv(real / "reference_stats" / "imagenet" / "all.csv")
    said = dict(tables.select("model_dir_id", "top1_val_acc").iter_rows())
    drift = [
        abs(rows[row.model].expected_top1 - said[row.published]) for row in table if row.model and row.published in said
    ]
    assert (len(drift), sum(difference <= 0.0501 for difference in drift)) == (951, 940)
    assert max(drift) < 0.27


def _in_words(images: int) -> str:
    return f"{images / 1e9:g}B" if images >= 1e9 else f"{images / 1e6:g}M"
