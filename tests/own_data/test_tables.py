"""The two tables of a data set of one's own: what may be written, and what is refused."""

from pathlib import Path

import polars as pl
import pytest

from errata.errors import InputError
from errata.own_data.class_table import read_own_classes
from errata.own_data.labels import read_own_labels

CLASSES = """\
name,wnid,superclass,overlaps,group,synonyms
scratch,,surface,,metal,score mark
dent,,surface,scratch,metal,
hole,n1,surface; structural,,textile,tear;rip
污渍,,,,textile,stain
"""


@pytest.fixture
def classes(tmp_path: Path):
    return read_own_classes(write(tmp_path, CLASSES))


def write(folder: Path, text: str, name: str = "classes.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def table(**columns: list[str]) -> pl.DataFrame:
    return pl.DataFrame(columns)


def test_class_ids_are_the_order_of_the_rows_and_a_name_stands_for_a_missing_wnid(classes):
    assert classes.classes.select("class_id", "wnid", "name").rows() == [
        *((0, "scratch", "scratch"), (1, "dent", "dent"), (2, "n1", "hole"), (3, "污渍", "污渍")),
    ]


def test_a_class_may_be_in_several_superclasses(classes):
    assert classes.superclasses.rows() == [("structural", 2), ("surface", 0), ("surface", 1), ("surface", 2)]


def test_overlaps_are_accepted_in_the_direction_that_is_written(classes):
    # scratch is accepted for dent, dent is not for scratch
    assert classes.overlap.select("target", "predicted_class").rows() == [(1, 0)]


def test_a_superclass_with_one_member_is_no_harm(tmp_path):
    read = read_own_classes(write(tmp_path, "name,superclass\na,alone\nb,\n"))
    assert read.superclasses.rows() == [("alone", 0)]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("wnid\nn1\n", "expected a column name, with a class per row"),
        ("name\n", "expected 1 to 32,767 classes, a row each; found 0 rows"),
        ("name,colour\na,red\n", "there is no column colour in a table of classes"),
        ("name\ncrane\ndog\ncrane\n", r"the name 'crane' stands in rows 1, 3; .* such as 'crane \(bird\)'"),
        ("name,wnid\na,n1\nb,n1\n", "the wnid 'n1' stands in rows 1, 2"),
        ("name,overlaps\na,c\nb,\n", "class 'a' overlaps with 'c', which is the name of no class"),
        ('name\na\n""\n', "row 2 has no name"),
        ("name,group\na,big cats\n", "'big cats' cannot be the name of a group"),
        ("name,group\na,../metal\n", "cannot be the name of a group"),
        ("name,group\na," + "金" * 40 + "\n", "up to 100 bytes"),
        ("name,group\na,all\n", "no group can be called 'all'"),
        ("name,group\n" + "".join(f"{n},g{n}\n" for n in range(8)), "has 8 groups .*; at most 7 can be told apart"),
    ],
)
def test_unusable_classes_are_refused(tmp_path, text, complaint):
    with pytest.raises(InputError, match=complaint):
        read_own_classes(write(tmp_path, text))


def test_more_classes_than_ids_are_refused():
    with pytest.raises(InputError, match="found 32,768 rows"):
        read_own_classes(table(name=[f"class {number}" for number in range(32_768)]))


def test_labels_are_classes_by_name_wnid_synonym_or_position(classes):
    given = table(file_name=["a", "b", "c", "d"], label=["dent", "n1", "stain", "0"])
    labels, has_multilabels = read_own_labels(given, classes)
    assert labels["target"].to_list() == [1, 2, 3, 0]
    assert labels["multi_labels"].to_list() == [[1], [2], [3], [0]]
    assert not has_multilabels


def test_where_classes_are_called_by_numbers_a_label_is_no_position():
    digits = read_own_classes(table(name=["10", "20", "1"]))
    assert read_own_labels(table(file_name=["a"], label=["1"]), digits)[0]["target"].to_list() == [2]
    with pytest.raises(InputError, match="a has the label '2', which names no class"):
        read_own_labels(table(file_name=["a"], label=["2"]), digits)


def test_a_name_that_holds_what_separates_labels_is_a_label_alone_and_needs_a_synonym_among_several():
    parts = read_own_classes(table(name=["nut; bolt", "nail"], synonyms=["fastener", ""]))
    assert read_own_labels(table(file_name=["a"], label=["nut; bolt"]), parts)[0]["target"].to_list() == [0]
    assert read_own_labels(table(file_name=["a"], labels=["fastener;nail"]), parts)[0]["target"].to_list() == [0]
    with pytest.raises(InputError, match="'nut; bolt' is parted by its ';': give it a synonym"):
        read_own_labels(table(file_name=["a"], labels=["nut; bolt"]), parts)


def test_the_first_of_several_labels_is_what_the_image_was_collected_for(classes):
    labels, has_multilabels = read_own_labels(table(file_name=["a", "b"], labels=["hole; dent", "scratch"]), classes)
    assert labels.select("target", "multi_labels").rows() == [(2, [2, 1]), (0, [0])]
    assert has_multilabels


def test_a_label_beside_several_labels_is_one_of_them(classes):
    given = table(file_name=["a"], label=["scratch"], labels=["hole;dent"])
    labels, _ = read_own_labels(given, classes)
    assert labels.select("target", "multi_labels").rows() == [(0, [0, 2, 1])]


def test_a_problematic_image_need_not_show_what_it_was_collected_for(classes):
    given = table(file_name=["a", "b"], label=["scratch", "dent"], labels=["hole", "dent"], problematic=["yes", "no"])
    labels, _ = read_own_labels(given, classes)
    assert labels.select("multi_labels", "is_problematic").rows() == [([2], True), ([1], False)]


def test_unclear_labels_count_as_labels_and_are_noted(classes):
    given = table(file_name=["a"], label=["scratch"], unclear=["hole"])
    labels, has_multilabels = read_own_labels(given, classes)
    assert labels.select("multi_labels", "unclear_labels").rows() == [([0, 2], [2])]
    assert has_multilabels


def test_what_is_non_prototypical_is_known_where_the_table_says_so(classes):
    said = table(file_name=["a", "b"], label=["0", "1"], non_prototypical=["yes", ""])
    assert read_own_labels(said, classes)[0]["is_non_prototypical"].to_list() == [True, False]
    silent = read_own_labels(said.drop("non_prototypical"), classes)[0]
    assert silent["is_non_prototypical"].to_list() == [None, None]


def test_a_folder_per_class_is_a_table_of_labels(tmp_path, classes):
    for name in ("hole/1.png", "dent/2.jpg", "0/3.png"):
        (tmp_path / "images" / name).parent.mkdir(parents=True)
        (tmp_path / "images" / name).touch()
    labels, _ = read_own_labels(tmp_path / "images", classes)
    assert labels.select("file_name", "position", "target").rows() == [
        *(("0/3.png", 0, 0), ("dent/2.jpg", 1, 1), ("hole/1.png", 2, 2)),
    ]


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        (table(image=["a"], label=["dent"]), "expected the columns file_name and label"),
        (table(file_name=["a"], label=["dent"], weather=["dry"]), "there is no column weather in a table of labels"),
        (table(file_name=["a", "a"], label=["dent", "hole"]), "the image a is listed more than once"),
        (table(file_name=["a", "b"], label=["dent", ""]), "row 2 lacks its file name or label"),
        (table(file_name=["a"], label=["rust"]), "a has the label 'rust', which names no class"),
        (table(file_name=["a"], label=["4"]), "a has the label '4', which names no class"),
        (table(file_name=["a"], label=["dent"], problematic=["perhaps"]), "a has 'perhaps' under problematic"),
        (table(file_name=[], label=[]), "lists no image"),
        (
            table(file_name=["a"], label=["dent"], problematic=["yes"]),
            "every image is problematic, so none would count",
        ),
    ],
)
def test_unusable_labels_are_refused(classes, given, complaint):
    with pytest.raises(InputError, match=complaint):
        read_own_labels(given, classes)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ('name;superclass\na;"x;y"\nb;x\n', "utf-8"),
        ("name\tsuperclass\na\tx;y\nb\tx\n", "utf-16"),
        ("name,superclass\ra,x;y\rb,x\r", "utf-8"),
        ("Name,Superclass,,\r\na,x;y,,\r\nb,x,,\r\n,,,\r\n", "utf-8-sig"),
    ],
)
def test_tables_are_read_as_spreadsheets_write_them(text, encoding, tmp_path):
    path = tmp_path / "classes.csv"
    path.write_bytes(text.encode(encoding))
    read = read_own_classes(path)
    assert read.classes["name"].to_list() == ["a", "b"]
    assert read.superclasses.rows() == [("x", 0), ("x", 1), ("y", 0)]


@pytest.mark.parametrize("head", [b"PK\x03\x04", b"PAR1", b"\xd0\xcf\x11\xe0"])
def test_what_is_no_text_is_named(head, tmp_path):
    path = tmp_path / "classes.xlsx"
    path.write_bytes(head + bytes(100))
    with pytest.raises(InputError, match=r"found a (workbook|Parquet file)"):
        read_own_classes(path)


def test_a_name_means_its_class_though_it_is_a_synonym_of_another(tmp_path):
    classes = read_own_classes(write(tmp_path, "name,synonyms\ncrane,\nheron,crane;egret\n"))
    labels, _ = read_own_labels(table(file_name=["1.png", "2.png"], label=["crane", "egret"]), classes)
    assert labels["target"].to_list() == [0, 1]


@pytest.mark.parametrize("superclass", ["x, y", "x|y", "x；y"])
def test_superclasses_that_are_joined_by_another_sign_are_refused(superclass):
    with pytest.raises(InputError, match="Separate several by ';'"):
        read_own_classes(table(name=["a", "b", "c"], superclass=[superclass, "x", "y"]))


def test_a_superclass_may_have_a_comma_in_its_name():
    read = read_own_classes(table(name=["a", "b"], superclass=["dog, domestic dog", "dog, domestic dog"]))
    assert read.superclasses.height == 2


@pytest.mark.parametrize("column", ["superclass", "group"])
def test_names_that_differ_in_case_only_are_refused(column):
    with pytest.raises(InputError, match="'Metal' in one row and 'metal' in another"):
        read_own_classes(table(name=["a", "b"], **{column: ["Metal", "metal"]}))


def test_names_and_groups_may_be_in_any_script():
    groups = ["金属", "métal", "हिन्दी", "木_2"]
    read = read_own_classes(table(name=["划痕", "凹痕", "裂纹", "孔"], group=groups))
    assert read.classes["group"].to_list() == groups


def test_letters_with_marks_are_the_same_however_a_folder_on_a_mac_spells_them():
    composed, apart = "caf\u00e9", "cafe\u0301"
    classes = read_own_classes(table(name=[composed, "tea"]))
    labels, _ = read_own_labels(table(file_name=[f"{apart}/1.png"], label=[apart]), classes)
    # names of files stay as the predictions spell them
    assert labels.select("file_name", "target").rows() == [(f"{apart}/1.png", 0)]
