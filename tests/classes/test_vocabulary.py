import polars as pl
import pytest

from errata.classes.tables import CLASSES
from errata.classes.vocabulary import build_classes, read_vocabulary
from errata.errors import InputError
from errata.tables import check_table


def test_the_1000_classes_fall_into_410_organisms_522_artifacts_and_68_others(classes):
    # REFERENCE: Peychev et al. 2023, groups
    sizes = dict(classes["group"].value_counts().iter_rows())
    assert sizes == {"organism": 410, "artifact": 522, "other": 68}


def test_names_are_unique_and_ambiguous_ones_carry_their_hypernym(classes):
    check_table(classes, CLASSES, where="classes")
    assert classes["name"].n_unique() == 1000
    assert classes.filter(pl.col("name").str.starts_with("crane"))["name"].to_list() == [
        "crane (wading bird)",
        "crane (lifting device)",
    ]


def write(tmp_path, text):
    path = tmp_path / "classes.csv"
    path.write_text(text)
    return path


def test_class_ids_must_be_ranks_of_the_wnids(tmp_path):
    path = write(tmp_path, "class_id,wnid\n0,n02123045\n1,n01440764\n")
    with pytest.raises(InputError, match="n02123045 has id 0 and rank 1"):
        read_vocabulary(path)


def test_a_class_listed_twice_is_refused(tmp_path):
    path = write(tmp_path, "class_id,wnid\n0,n01440764\n1,n01440764\n")
    with pytest.raises(InputError, match="n01440764 is listed more than once"):
        read_vocabulary(path)


def test_a_class_that_is_a_kind_of_another_is_refused(nouns):
    with pytest.raises(InputError, match=r"n02123045 \(tabby\) is a kind of class n02121808 \(domestic cat\)"):
        build_classes(["n02121808", "n02123045"], nouns)
