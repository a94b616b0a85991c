"""What is defined on which data set of the sheet."""

import polars as pl
import pytest

from errata.sheets import read_datasets
from errata.trust.defined import DEFINED_QUANTITIES, list_defined


@pytest.fixture(scope="module")
def listed(project) -> pl.DataFrame:
    return list_defined(
        read_datasets(project / "config/datasets.tsv"),
        in_run=["imagenet"],
        planted=["demo"],
        open_world=[],
        imagenet_m={"imagenet": False},
    )


def answers(listed: pl.DataFrame, dataset: str) -> dict[str, bool | None]:
    return dict(listed.filter(dataset=dataset).select("quantity", "is_defined").iter_rows())


def test_training_sets_have_no_atlas_and_no_row(listed):
    assert listed["dataset"].unique(maintain_order=True).to_list() == [
        "demo",
        "imagenet",
        "imagenet-a",
        "imagenet-a-200",
        "imagenet-r",
        "imagenet-r-200",
        "imagenet-v2-matched-frequency",
        "imagenet-v2-threshold0.7",
        "imagenet-v2-top-images",
        "imagenet-sketch",
    ]


def test_without_multi_labels_and_experts_two_categories_are_undefined(listed):
    undefined = {name for name, is_defined in answers(listed, "imagenet-a").items() if is_defined is False}
    assert undefined == {
        "multi_label",
        "non_prototypical",
        "problematic_images",
        "imagenet_m_errors",
        "expert_agreement",
        "label_set_swap",
        "truth_test",
    }


def test_what_rests_on_the_run_is_not_known_of_other_data_sets(listed):
    assert (answers(listed, "imagenet")["fine_grained_oov"], answers(listed, "demo")["fine_grained_oov"]) == (
        False,
        None,
    )
    assert (answers(listed, "imagenet")["imagenet_m_errors"], answers(listed, "demo")["imagenet_m_errors"]) == (
        False,
        None,
    )


def test_every_quantity_has_a_reason(listed):
    assert listed.filter(dataset="imagenet")["quantity"].to_list() == list(DEFINED_QUANTITIES)
    assert (listed["reason"] != "").all()


def test_pairs_of_another_data_set_are_named(listed):
    row = listed.row(by_predicate=(pl.col("dataset") == "imagenet-r") & (pl.col("quantity") == "spurious_correlation"))
    assert row[-1] == "pairs from the re-assessed labels of imagenet"
