"""Which models are the paper's, how their counts differ, and figures of an atlas beside the paper's."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from errata.atlas.tables import EVIDENCE
from errata.errors import InputError
from errata.groups import GROUPS
from errata.profiles.tables import PROFILE
from errata.published.tables import PUBLISHED
from errata.trust.fidelity import check_fidelity, check_figures
from trust.five_images import atlas

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


def test_models_with_other_errors_in_a_group_are_not_the_same_whatever_all_images_say():
    by_chance = rows(PROFILE, mine={}).with_columns(
        top1_errors=pl.when(group="organism").then(39).otherwise("top1_errors").cast(pl.Int32)
    )
    assert check_fidelity(by_chance, PAPER).is_empty()


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


def test_errors_on_imagenet_m_are_compared_where_the_list_is_known():
    paper = PAPER.with_columns(imagenet_m_errors=pl.lit(50, pl.Int32))
    ours = rows(PROFILE, mine={}).with_columns(imagenet_m_errors=pl.lit(49, pl.Int32))
    found = check_fidelity(ours, paper).filter(quantity="imagenet_m_errors")
    assert found.select("ours", "published", "is_exact").unique().rows() == [(49, 50, False)]
    unknown = ours.with_columns(imagenet_m_errors=pl.lit(None, pl.Int32))
    assert check_fidelity(unknown, paper).filter(quantity="imagenet_m_errors").is_empty()


def superclasses(*members: tuple[str, int]) -> pl.DataFrame:
    """The evidence of an atlas that knows superclasses only."""
    columns = {"kind": ["superclass"] * len(members), "text": [name for name, _ in members]}
    columns |= {"class_a": [member for _, member in members]}
    dtypes = {name: column.dtype for name, column in EVIDENCE.columns.items()}
    return pl.DataFrame(columns).select(
        pl.col(name).cast(dtype) if name in columns else pl.lit(None, dtype).alias(name)
        for name, dtype in dtypes.items()
    )


# a cat and a dog are organisms, a mug is an artifact, a cliff is neither
SOME = superclasses(("company", 0), ("company", 1), ("company", 2), ("crockery", 2))
FIGURES = {
    "images": (4, 4),
    "images_one_label": (3, 3),
    "share_several_labels_all": (25, 25),
    "labels_per_image_artifact": (1.5, 1.5),
    "labels_where_several_other": (0, 0),
    "several_labels_both": (1, 1),
    "several_labels_organisms": (0, 0),
    "problematic_images": (1, 1),
    "classes_organism": (2, 2),
    "superclasses": (2, 0),
    "superclass_members": (4, 0),
    "superclass_median_all": (2, 0),
    "superclass_mean_organism": (3, 0),
    "superclass_mean_with_alone_artifact": (2, 1),
    "superclass_largest": (3, 0),
    "classes_alone": (1, 4),
    "pairs_sharing": (3, 0),
    "superclasses_organism": (1, 2),
    "superclasses_artifact": (2, 1),
    "superclasses_other": (1, 1),
    "classes_alone_other": (1, 1),
    "superclass_largest_artifact": (3, 0),
    "superclass_largest_other": (0, 0),
}
"""Figure -> with those superclasses, and with none."""


@pytest.mark.parametrize("which", [0, 1], ids=["some superclasses", "no superclasses"])
def test_every_figure_of_the_file_is_beside_the_atlas_s_own(tmp_path, which):
    rows = [f"{figure},{values[0]},what it is" for figure, values in FIGURES.items()]
    (tmp_path / "figures.csv").write_text("\n".join(["figure,published,about", *rows]) + "\n")
    checked = check_figures(atlas(), (SOME, superclasses())[which], tmp_path / "figures.csv")
    assert dict(checked.select("figure", "ours").rows()) == {name: values[which] for name, values in FIGURES.items()}
    assert dict(checked.select("figure", "is_exact").rows()) == {
        name: values[which] == values[0] for name, values in FIGURES.items()
    }


def figures(folder: Path, line: str) -> Path:
    path = folder / "figures.csv"
    path.write_text(f"figure,published,about\n{line},what it is\n")
    return path


def test_ours_has_as_many_decimals_as_the_published_figure(tmp_path):
    checked = check_figures(atlas(), SOME, figures(tmp_path, "labels_per_image_organism,1.3"))
    assert checked.select("ours", "is_exact").row(0) == (1.3, True)


def test_of_images_that_the_list_of_the_atlas_does_not_name_nothing_is_said(tmp_path):
    assert check_figures(atlas(), SOME, figures(tmp_path, "imagenet_m_all,2")).is_empty()
    listed = replace(atlas(), images=atlas().images.with_columns(is_imagenet_m=pl.col("target") == 0))
    assert check_figures(listed, SOME, tmp_path / "figures.csv")["ours"].to_list() == [2]


def test_nothing_published_is_about_a_part_of_a_data_set(tmp_path):
    part = replace(atlas(), provenance={"part": {"images": 5, "of": 50_000}})
    assert check_figures(part, SOME, figures(tmp_path, "images,4")).is_empty()


def test_labels_are_covered_if_every_class_that_overlaps_with_them_is_a_label_too(tmp_path):
    # the cat's overlapping class is the mug, which the first of the two cats shows
    overlap = superclasses(("company", 0)).with_columns(kind=pl.lit("class_overlap"), class_b=pl.lit(2, pl.Int16))
    lines = "labels_that_overlap,2,with\nlabels_that_overlap_covered,1"
    assert check_figures(atlas(), overlap, figures(tmp_path, lines))["is_exact"].to_list() == [True, True]


def test_a_figure_that_nobody_knows_is_refused(tmp_path):
    (tmp_path / "figures.csv").write_text("figure,published,about\nimags,4,a slip\n")
    with pytest.raises(InputError, match="figure 'imags' is not known; known are images, problematic_images"):
        check_figures(atlas(), SOME, tmp_path / "figures.csv")
