"""Spurious correlations from the pairs of another data set, against a count over both data sets' images."""

import polars as pl
import pytest

import errata
from errata.cli import main
from errata.errors import InputError
from errata.own_data import borrowed_pairs
from errata.own_data.build import build

OTHER_CLASSES = pl.DataFrame({"name": ["cup", "table", "spoon", "fork", "lamp"], "superclass": ["", "", "c", "c", ""]})
OTHER_SHOWS = ["cup;table", "cup;table", "spoon;fork", "spoon;fork", "cup;lamp", "table;spoon", "lamp", "fork"]

# `tray` is no class of the other data set; the order is another one
CLASSES = pl.DataFrame({"name": ["tray", "lamp", "spoon", "table", "cup", "fork"]})
SHOWS = ["tray;table", "cup;lamp", "table", "spoon", "tray;fork", "lamp;fork", "lamp;fork", "spoon;fork"]


def table(shows: list[str], column: str = "labels") -> pl.DataFrame:
    return pl.DataFrame({"file_name": [f"{number}.png" for number in range(len(shows))], column: shows})


@pytest.fixture
def other(tmp_path):
    build(OTHER_CLASSES, table(OTHER_SHOWS), name="kitchen").write(tmp_path / "kitchen.parquet")
    return tmp_path / "kitchen.parquet"


def pairs_of(atlas) -> set[frozenset[str]]:
    """Pairs (label of the image, answer) that the atlas calls spurious correlations, of images with one label."""
    names = atlas.classes["name"]
    return {
        frozenset((names[image["target"]], names[predicted]))
        for row, image in enumerate(atlas.images.iter_rows(named=True))
        for predicted in range(len(names))
        if len(image["multi_labels"]) == 1
        and atlas.outcome_list[atlas.outcomes[row, predicted]].provisional_category == "spurious_correlation"
    }


def counted(*data_sets: list[str]) -> set[frozenset[str]]:
    """Pairs that two images of the data sets together show, and that share no superclass of the other data set."""
    images = [set(shown.split(";")) for data_set in data_sets for shown in data_set]
    names = {name for image in images for name in image}
    pairs = {frozenset((a, b)) for a in names for b in names if a != b}
    return {pair for pair in pairs if sum(pair <= image for image in images) >= 2} - {frozenset(("spoon", "fork"))}


def test_pairs_of_images_with_one_label_are_those_of_the_other_data_set(other):
    one_each = table(list(CLASSES["name"]), "label")
    assert pairs_of(build(CLASSES, one_each, name="own", pairs_from=other).atlas) == counted(OTHER_SHOWS)


def test_images_of_both_data_sets_count_together(other):
    shows = [*SHOWS, *CLASSES["name"]]
    assert pairs_of(build(CLASSES, table(shows), name="own", pairs_from=other).atlas) == counted(OTHER_SHOWS, SHOWS)


def test_pairs_that_share_a_superclass_of_ones_own_do_not_count(other):
    classes = CLASSES.with_columns(superclass=pl.when(pl.col("name").is_in(["cup", "table"])).then(pl.lit("x")))
    one_each = table(list(CLASSES["name"]), "label")
    assert pairs_of(build(classes, one_each, name="own", pairs_from=other).atlas) == set()


@pytest.mark.parametrize(
    ("names", "is_undefined"), [(["cup", "lamp"], False), (["cup", "tray"], True), (["tray", "dish"], True)]
)
def test_without_two_classes_of_the_other_data_set_spurious_correlations_are_undefined(other, names, is_undefined):
    built = build(pl.DataFrame({"name": names}), table(names, "label"), name="own", pairs_from=other)
    assert ("provisional_spurious_correlation" in built.atlas.undefined) == is_undefined


def test_a_pair_that_ones_own_images_show_stays_though_it_shares_a_superclass_there(other):
    shows = [*SHOWS, "spoon;fork", *CLASSES["name"]]
    alone = pairs_of(build(CLASSES, table(shows), name="own").atlas)
    both = pairs_of(build(CLASSES, table(shows), name="own", pairs_from=other).atlas)
    assert alone == {frozenset(("lamp", "fork")), frozenset(("spoon", "fork"))}
    assert both == alone | counted(OTHER_SHOWS, SHOWS)


def test_what_the_other_data_set_does_not_know_is_said(other):
    remarks = build(CLASSES, table(SHOWS), name="own", pairs_from=other).remarks
    assert remarks[-2:] == (
        "5 of 6 classes are classes of kitchen, which shows 3 pairs of them together that share no superclass there.",
        "What occurs together with the others (tray) is not known from there: spurious correlations are at least as "
        "many as are counted.",
    )


def test_the_pairs_are_among_the_inputs_of_the_atlas(other):
    atlas = build(CLASSES, table(SHOWS), name="own", pairs_from=other).atlas
    assert atlas.provenance["inputs"]["pairs"]["file"] == "kitchen.evidence.parquet"


def test_classes_are_those_of_imagenet_by_wnid_or_by_a_name_of_one_meaning():
    wnids = {
        "mouse": None,  # an animal, a device, a timid person and a bruise
        "a red one": "n07745940",
        "Rocking_Chair": None,
        "no such thing": None,
        "pizza": "n02512053",  # a fish, whatever its name
    }
    table_of_classes = pl.DataFrame({"name": list(wnids), "wnid": list(wnids.values())})
    classes = build(table_of_classes, table(list(wnids), "label"), name="own").atlas.classes
    matched = borrowed_pairs.borrow_pairs(classes, "imagenet").matched
    assert classes["name"][matched.to_list()].to_list() == ["a red one", "Rocking_Chair"]


def test_a_class_without_a_wnid_is_none_that_has_one_there_and_synonyms_are_no_names(other):
    with_wnids = OTHER_CLASSES.with_columns(wnid=pl.when(pl.col("name") == "cup").then(pl.lit("n09999999")))
    build(with_wnids, table(OTHER_SHOWS), name="kitchen").write(other)
    own = pl.DataFrame({"name": ["cup", "spoon", "dish"], "synonyms": ["", "", "lamp"]})
    classes = build(own, table(["cup", "spoon", "dish"]), name="own").atlas.classes
    assert borrowed_pairs.borrow_pairs(classes, other).matched.to_list() == [1]


def test_without_wordnet_only_wnids_and_equal_names_match(monkeypatch, other):
    monkeypatch.setattr(borrowed_pairs, "find_nouns", lambda path, *, needed: None)
    classes = build(CLASSES, table(SHOWS), name="own").atlas.classes
    assert len(borrowed_pairs.borrow_pairs(classes, other).matched) == 5


def test_an_atlas_without_evidence_has_no_pairs_to_lend(other):
    (other.parent / "kitchen.evidence.parquet").unlink()
    with pytest.raises(InputError, match="evidence"):
        build(CLASSES, table(SHOWS), name="own", pairs_from=other)


def test_an_atlas_is_not_written_over_the_one_that_lends_its_pairs(other):
    before = other.read_bytes()
    with pytest.raises(InputError, match="the atlas would be written over this file"):
        errata.build_atlas(CLASSES, table(SHOWS), other, pairs_from=other)
    assert other.read_bytes() == before


def test_the_command_line_does_not_write_an_atlas_over_its_source_either(other, capsys):
    CLASSES.write_csv(other.parent / "classes.csv")
    table(SHOWS).write_csv(other.parent / "labels.csv")
    tables = ["--classes", str(other.parent / "classes.csv"), "--labels", str(other.parent / "labels.csv")]
    assert main(["atlas", "build", *tables, "--pairs-from", str(other), "--out", str(other)]) == 2
    assert "would be written over this file" in capsys.readouterr().err
