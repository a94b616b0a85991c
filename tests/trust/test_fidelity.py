"""Which models are the paper's, and how their counts differ."""

import polars as pl
import pytest

from errata.groups import GROUPS
from errata.profile.tables import PROFILE
from errata.published.tables import PUBLISHED
from errata.trust.fidelity import check_fidelity

COUNTS = {
    "images": 100,
    "correct": 60,
    "top1_errors": 40,
    "class_overlap": 2,
    "multi_label": 10,
    "fine_grained": 12,
    "fine_grained_oov": 3,
    "spurious_correlation": 4,
    "non_prototypical": 1,
    "model_failure": 8,
}
LATER = ("fine_grained_oov", "spurious_correlation", "non_prototypical", "model_failure")


def rows(table, **models: dict) -> pl.DataFrame:
    """A model's counts in every group, as in COUNTS where nothing else is said."""
    made = [
        dict.fromkeys(table.columns)
        | {"open_world_unchecked": 0, "mla": 70.0}
        | COUNTS
        | changes
        | {"model": model.replace("__", "--"), "group": group}
        for model, changes in models.items()
        for group in GROUPS
    ]
    return pl.DataFrame(made).select(pl.col(name).cast(column.dtype) for name, column in table.columns.items())


PAPER = rows(PUBLISHED, torchvision__net={}, timm__net={"multi_label": 11})
UNCHECKED = {"open_world_unchecked": 16} | dict.fromkeys(LATER)


def test_a_model_belongs_to_the_published_one_with_the_same_errors_overlaps_and_multi_labels():
    fidelity = check_fidelity(
        rows(PROFILE, mine={"fine_grained": 13, "model_failure": 7}, other={"class_overlap": 3}), PAPER
    )
    assert fidelity.select("model", "published_model").unique().rows() == [("mine", "torchvision--net")]


def test_every_count_is_beside_the_papers_with_the_difference():
    fidelity = check_fidelity(rows(PROFILE, mine={"fine_grained": 13, "model_failure": 7}), PAPER)
    here = fidelity.filter(group="all")
    differing = here.filter(~pl.col("is_exact")).select("quantity", "ours", "published", "difference").rows()
    assert differing == [("fine_grained", 13, 12, 1), ("model_failure", 7, 8, -1)]
    assert here["quantity"].to_list() == [*COUNTS, "mla"]
    assert fidelity["group"].unique(maintain_order=True).to_list() == list(GROUPS)


def test_unchecked_errors_stand_beside_the_sum_of_what_the_paper_tells_apart():
    here = check_fidelity(rows(PROFILE, mine=UNCHECKED), PAPER).filter(group="all")
    assert here.filter(quantity="open_world_unchecked").select("ours", "published").row(0) == (16, 16)
    assert not set(here["quantity"]) & set(LATER)


@pytest.mark.parametrize(("mla", "is_exact"), [(70.0 + 1e-10, True), (70.00001, False)])
def test_accuracies_are_the_same_to_a_billionth_of_a_point(mla, is_exact):
    here = check_fidelity(rows(PROFILE, mine={"mla": mla}), PAPER).filter(group="all", quantity="mla")
    assert here["is_exact"].item() is is_exact


def test_without_multi_labels_models_are_matched_by_what_is_left():
    nothing = {"multi_label": None, "non_prototypical": None, "model_failure": 19}
    fidelity = check_fidelity(rows(PROFILE, mine=nothing), rows(PUBLISHED, net=nothing))
    assert fidelity["is_exact"].all()
    assert "multi_label" not in set(fidelity["quantity"])


def test_no_match_gives_an_empty_table():
    assert check_fidelity(rows(PROFILE, mine={"top1_errors": 41}), PAPER).is_empty()
