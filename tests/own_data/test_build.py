"""The atlas of a data set of one's own, against the rules written down once more."""

import numpy as np
import polars as pl
import pytest

from errata.atlas import decision
from errata.atlas.compiled import read_atlas
from errata.atlas.evidence import evidence_path, read_evidence
from errata.errors import InputError
from errata.own_data.build import build
from own_data.rules import CLASSES, NAMES, by_the_rules, category_names, labels, seen_together


def test_every_possible_answer_is_what_the_rules_say():
    table = labels()
    atlas = build(CLASSES, table, name="defects").atlas
    shown = [cell.split(";") for cell in table["labels"]]
    together, names = seen_together(shown), category_names(atlas)
    for row, (image, odd) in enumerate(zip(shown, table["non_prototypical"], strict=True)):
        for column, predicted in enumerate(NAMES):
            expected = by_the_rules(image[0], image, predicted, odd=odd == "yes", together=together)
            assert names[int(atlas.outcomes[row, column])] == expected, (image, predicted)


def test_with_everything_in_the_tables_only_the_open_world_is_undefined():
    undefined = build(CLASSES, labels(), name="defects").atlas.undefined
    assert set(undefined) == {"fine_grained_oov", "spurious_correlation", "non_prototypical", "model_failure"}


@pytest.mark.parametrize(
    ("classes", "table", "undefined"),
    [
        (CLASSES.drop("superclass"), labels(), "fine_grained"),
        (CLASSES.drop("overlaps"), labels(), "class_overlap"),
        (CLASSES, labels().drop("non_prototypical"), "provisional_non_prototypical"),
        (CLASSES, labels().with_columns(pl.col("labels").str.split(";").list.first()), "multi_label"),
    ],
    ids=["superclasses", "overlaps", "flags", "one label each"],
)
def test_what_the_tables_do_not_say_is_undefined(classes, table, undefined):
    if undefined == "multi_label":
        table = table.rename({"labels": "label"})
    assert undefined in build(classes, table, name="defects").atlas.undefined


def test_groups_are_those_of_the_table_of_classes():
    atlas = build(CLASSES, labels(), name="defects").atlas
    assert atlas.groups == ("all", "metal", "cloth", "wood")
    wooden = labels()["labels"].str.contains("knot").to_numpy()
    assert (atlas.in_group("wood") == wooden).all()


def test_the_written_atlas_and_its_evidence_are_read_again(tmp_path):
    built = build(CLASSES, labels(), name="defects")
    built.write(tmp_path / "my.parquet")
    atlas = read_atlas(tmp_path / "my.parquet")
    assert np.array_equal(atlas.outcomes, built.atlas.outcomes)
    evidence = read_evidence(atlas, evidence_path(tmp_path / "my.parquet"))
    assert evidence.filter(kind="class_overlap").select("class_a", "class_b").rows() == [(1, 0)]


def test_a_data_set_of_one_class_can_be_built():
    atlas = build(pl.DataFrame({"name": ["only"]}), labels(1).with_columns(labels=pl.lit("only")), name="one").atlas
    assert atlas.outcomes.tolist() == [[0]]


def test_a_class_without_images_is_no_harm():
    atlas = build(CLASSES, labels(1), name="defects").atlas
    assert atlas.outcomes.shape == (1, 6)


def test_a_name_that_no_file_can_have_is_refused():
    with pytest.raises(InputError, match="cannot be the name of a data set"):
        build(CLASSES, labels(), name="my/defects")


def test_more_answers_than_memory_holds_are_refused():
    classes = pl.DataFrame({"name": [f"class {number}" for number in range(30_000)]})
    table = pl.DataFrame({"file_name": [str(number) for number in range(200_000)], "label": ["class 1"] * 200_000})
    with pytest.raises(InputError, match="200,000 images x 30,000 classes are 6,000,000,000 possible answers"):
        build(classes, table, name="large")


@pytest.mark.parametrize("cells", [1, 7, 10_000])
def test_atlases_do_not_depend_on_how_many_images_are_decided_at_a_time(cells, monkeypatch):
    expected = build(CLASSES, labels(), name="defects").atlas.outcomes
    monkeypatch.setattr(decision, "CELLS", cells)
    assert np.array_equal(build(CLASSES, labels(), name="defects").atlas.outcomes, expected)


def test_an_overlap_is_accepted_in_one_direction_unless_both_are_written():
    table = pl.DataFrame({"file_name": ["a", "b"], "label": ["dent", "scratch"]})
    atlas = build(CLASSES, table, name="defects").atlas
    names = category_names(atlas)
    # a scratch is accepted for a dent, a dent is no scratch
    assert names[int(atlas.outcomes[0, NAMES.index("scratch")])] == "class_overlap"
    assert names[int(atlas.outcomes[1, NAMES.index("dent")])] == "fine_grained"


def test_a_superclass_with_one_member_makes_no_answer_fine_grained():
    classes = pl.DataFrame({"name": ["a", "b"], "superclass": ["alone", ""]})
    atlas = build(classes, pl.DataFrame({"file_name": ["1"], "label": ["a"]}), name="two").atlas
    assert "fine_grained" not in category_names(atlas)[int(atlas.outcomes[0, 1])]


@pytest.mark.slow
def test_twenty_one_thousand_classes_are_no_harm():
    names = [f"class {number}" for number in range(21_000)]
    classes = pl.DataFrame({"name": names, "superclass": [f"s{number // 10}" for number in range(21_000)]})
    table = pl.DataFrame({"file_name": [f"{number}" for number in range(2_000)], "label": names[::-1][:2_000]})
    atlas = build(classes, table, name="large").atlas
    fine = next(code for code, name in category_names(atlas).items() if name == "fine_grained")
    # the nine others of ten
    assert (np.count_nonzero(atlas.outcomes == fine, axis=1) == 9).all()


def test_what_tables_may_say_unintentionally_is_remarked():
    classes = pl.DataFrame(
        {"name": ["a", "b", "c"], "superclass": ["s", "s;alone", ""], "overlaps": ["b;c", "a", ""]},
    )
    table = pl.DataFrame({"file_name": ["1", "2"], "label": ["a", "b"]})
    assert build(classes, table, name="odd").remarks == (
        "1 class has no image (c): answers may be so, and it has no accuracy.",
        "1 superclass has one member (alone), which makes no answer fine-grained.",
        "1 of the overlaps holds in one direction only ('c' is accepted for 'a', not the other way round). If they "
        "hold both ways, write them in both rows.",
    )
    sound = pl.DataFrame({"name": ["a", "b"], "superclass": ["s", "s"], "overlaps": ["b", "a"]})
    assert build(sound, table, name="sound").remarks == ()
