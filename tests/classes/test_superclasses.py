import json

import numpy as np
import polars as pl
import pytest

from errata.classes.superclasses import Superclass, read_superclasses, select_classes, sharing_matrix
from errata.errors import InputError

TENCH, SHARK, CRANE_BIRD, CRANE_MACHINE, TABBY = "n01440764", "n01484850", "n02012849", "n03126707", "n02123045"
WNIDS = sorted([TENCH, SHARK, CRANE_BIRD, CRANE_MACHINE, TABBY])


def members(superclasses, nouns):
    table = select_classes(superclasses, WNIDS, nouns)
    return {name: [WNIDS[i] for i in rows["class_id"]] for (name,), rows in table.group_by("superclass")}


def test_a_class_is_selected_if_all_lemmas_of_one_conjunction_are_on_its_paths(nouns):
    superclasses = [Superclass("fish", (("fish",),)), Superclass("flying", (("bird", "crane"), ("cat",)))]
    assert members(superclasses, nouns) == {"fish": [TENCH, SHARK], "flying": [CRANE_BIRD, TABBY]}


def test_lemma_names_match_whatever_their_sense(nouns):
    assert members([Superclass("crane", (("crane",),))], nouns) == {"crane": [CRANE_BIRD, CRANE_MACHINE]}


def test_lemma_names_match_exactly(nouns):
    with pytest.raises(InputError, match=r"'Crane_bird' is not a lemma name"):
        select_classes([Superclass("x", (("Crane_bird",),))], WNIDS, nouns)


def test_a_misspelt_lemma_is_refused_with_the_nearest_one(nouns):
    with pytest.raises(InputError, match=r"Did you mean .*elasmobranch"):
        select_classes([Superclass("sharks", (("elasmobranhc",),))], WNIDS, nouns)


def test_a_superclass_that_selects_no_class_is_left_out(nouns):
    assert members([Superclass("dogs", (("dog",),))], nouns) == {}


def test_classes_share_a_superclass_with_themselves_and_with_members_of_any_common_one():
    table = pl.DataFrame(
        {"superclass": ["a", "a", "b", "b"], "class_id": [0, 1, 1, 2]}, schema_overrides={"class_id": pl.Int16}
    )
    expected = [[1, 1, 0, 0], [1, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 1]]
    assert np.array_equal(sharing_matrix(table, 4), np.array(expected, dtype=bool))


def test_our_layout_and_the_papers_say_the_same(tmp_path):
    ours, papers = tmp_path / "ours.yaml", tmp_path / "papers.json"
    ours.write_text("- name: fish\n  any_of: [[fish], [shark, animal]]\n- name: cat\n  any_of:\n    - [cat]\n")
    papers.write_text('{"fish": [["fish"], ["shark", "animal"]]}\n{"cat": [["cat"]]}\n')
    assert read_superclasses(ours) == read_superclasses(papers)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("- name: a\n  any_of: [fish]\n", "must list conjunctions"),
        ("- name: a\n  any_of: []\n", "must list conjunctions"),
        ("- name: a\n  all_of: [[fish]]\n", "exactly `name` and `any_of`"),
        ("- name: a\n  any_of: [[fish]]\n- name: a\n  any_of: [[cat]]\n", "defined more than once"),
        ("a: b\n", "expected a list"),
        ("[", "cannot be parsed|not valid"),
        ('{"a": [["fish"]]}\n{"b": \n', "line 2"),
        (json.dumps({"a": "fish"}), "must list conjunctions"),
    ],
)
def test_a_file_in_another_layout_is_refused(tmp_path, text, complaint):
    path = tmp_path / "superclasses"
    path.write_text(text)
    with pytest.raises(InputError, match=complaint):
        read_superclasses(path)
