"""Reading the paper's tables."""

from pathlib import Path

import polars as pl
import pytest

from errata.errors import InputError
from errata.published.paper import published_files
from errata.published.read import read_published
from errata.report.pooled import published_shares


def rewrite(tables: Path, group: str, **columns: pl.Expr) -> None:
    path = tables / f"{group}.csv"
    pl.read_csv(path).with_columns(**columns).write_csv(path)


def test_published_counts_come_under_our_names(tables: Path):
    published = read_published(published_files(tables))
    row = published.filter(model="timm--b", group="organism").row(0, named=True)
    assert published.height == 8
    assert row | {"model": "", "group": ""} == {
        "model": "",
        "group": "",
        "images": 100,
        "correct": 60,
        "top1_errors": 40,
        "class_overlap": 2,
        "multi_label": 10,
        "fine_grained": 8,
        "fine_grained_oov": 4,
        "spurious_correlation": 3,
        "non_prototypical": 1,
        "model_failure": 12,
        "mla": 75.0,
        "mla_minor": 85.0,
        "mla_explainable": 87.0,
        "top1": 60.0,
        "imagenet_m_errors": 30,
        "parameters": 1000,
        "training_data": "ImageNet-1k (1.2M)",
        "architecture": "CNN",
        "architecture_name": "vgg",
        "architecture_family": "cnn",
    }


def test_the_papers_own_file_names_are_found(tables: Path):
    for path in list(tables.iterdir()):
        path.rename(tables / f"non_problematic_stats_{path.name}")
    assert published_files(tables)["other"].name == "non_problematic_stats_other.csv"


def test_the_folder_of_a_data_set_is_found_in_its_parent(tables: Path):
    assert published_files(tables.parent, "imagenet") == published_files(tables)


def test_a_parent_folder_alone_is_refused_with_the_folders_in_it(tables: Path):
    with pytest.raises(InputError, match=r"Name one of the folders in it: imagenet\."):
        published_files(tables.parent)


def test_a_missing_folder_is_named(tmp_path: Path):
    with pytest.raises(InputError, match="nowhere: there is no such folder"):
        published_files(tmp_path / "nowhere")


def test_two_files_for_a_group_are_refused(tables: Path):
    (tables / "non_problematic_stats_all.csv").write_text("")
    with pytest.raises(InputError, match="'all', found both; remove one"):
        published_files(tables)


def test_errors_that_are_not_the_sum_of_their_categories_are_refused(tables: Path):
    rewrite(tables, "other", num_not_classified=pl.col("num_not_classified") + 1)
    with pytest.raises(InputError, match=r"other\.csv: the counts of 2 model.*num_group_top1_errors is 40.*is 41"):
        read_published(published_files(tables))


def test_images_that_are_not_correct_plus_errors_are_refused(tables: Path):
    rewrite(tables, "all", num_group_samples=pl.lit(101))
    with pytest.raises(InputError, match=r"num_group_samples is 101, but num_group_correct .* is 100"):
        read_published(published_files(tables))


def test_a_count_that_is_no_whole_number_is_refused(tables: Path):
    rewrite(tables, "artifact", num_ambiguous=pl.Series(["10", "many"]))
    with pytest.raises(InputError, match="'num_ambiguous' of model 'timm--a' must be a whole number, found 'many'"):
        read_published(published_files(tables))


def test_another_kind_of_csv_file_is_refused(tables: Path):
    (tables / "all.csv").write_text("file_name,predicted_class\na,1\n")
    with pytest.raises(InputError, match=r"all\.csv: lacks the column\(s\) model_dir_id"):
        read_published(published_files(tables))


def test_groups_with_different_models_are_refused(tables: Path):
    pl.read_csv(tables / "other.csv").head(1).write_csv(tables / "other.csv")
    with pytest.raises(InputError, match="list different models, 1 are in one only, first 'timm--a'"):
        read_published(published_files(tables))


def test_a_repeated_model_is_refused(tables: Path):
    for path in tables.iterdir():
        frame = pl.read_csv(path)
        pl.concat([frame, frame]).write_csv(path)
    with pytest.raises(InputError, match="one row per model, group"):
        read_published(published_files(tables))


def test_without_multi_labels_two_categories_are_undefined_not_zero(tables: Path):
    for path in tables.iterdir():
        moved = pl.col("num_not_classified") + pl.col("num_ambiguous") + pl.col("num_non_prototypical")
        pl.read_csv(path).with_columns(
            num_not_classified=moved, num_ambiguous=pl.lit(0), num_non_prototypical=pl.lit(0)
        ).drop("num_imagenet-m_errors").write_csv(path)
    published = read_published(published_files(tables))
    assert published["multi_label"].null_count() == published["non_prototypical"].null_count() == 8


@pytest.mark.real
def test_the_published_models_pool_to_the_published_shares(real: Path):
    # the 954 rows at hand, REFERENCE: 41.4 / 8.9 / 0.5 / 6.3 / 43.0 per cent of the multi-label errors
    published = read_published(published_files(real / "reference_stats", "imagenet"))
    shares = published_shares(published).filter(group="all")
    assert {row["category"]: round(row["share"], 1) for row in shares.to_dicts()[2:]} == {
        "fine_grained": 41.4,
        "open_world_unchecked": 58.6,
        "fine_grained_oov": 8.9,
        "spurious_correlation": 6.3,
        "non_prototypical": 0.5,
        "model_failure": 43.0,
    }


@pytest.mark.real
def test_the_published_models_on_imagenet_a_pool_to_the_published_shares(real: Path):
    # REFERENCE: 12.8 / 12.3 / - / 1.0 / 73.9
    published = read_published(published_files(real / "reference_stats", "imagenet-a"))
    shares = published_shares(published).filter(group="all")
    found = {row["category"]: round(row["share"], 1) for row in shares.to_dicts()}
    assert found.pop("open_world_unchecked") == 87.2
    assert found.pop("class_overlap") == 0.1
    assert found == {
        "fine_grained": 12.8,
        "fine_grained_oov": 12.3,
        "spurious_correlation": 1.0,
        "model_failure": 73.9,
    }
