"""Labels become class ids, and rows become images."""

import re

import numpy as np
import polars as pl
import pytest

from errata.atlas.compiled import Atlas
from errata.predictions.align import Aligned, Aligner
from errata.predictions.class_ids import AMBIGUOUS, FRACTIONAL, MISSING
from errata.predictions.class_names import ClassVocabulary
from errata.predictions.prediction_file import ModelRows, PredictionsError
from errata.predictions.row_match import match_by_name

CLASSES = pl.DataFrame(
    {
        "class_id": [0, 1, 2],
        "wnid": ["n01440764", "n02012849", "n03126707"],
        "name": ["tench", "crane (wading bird)", "crane (lifting device)"],
        "lemmas": [["tench", "Tinca tinca"], ["crane"], ["crane"]],
        "group": ["organism", "organism", "artifact"],
    },
    schema_overrides={"class_id": pl.Int16},
)
VOCABULARY = ClassVocabulary(CLASSES)


def align(rows: ModelRows, atlas: Atlas) -> Aligned:
    return Aligner(atlas).align(rows, where="m.csv")


@pytest.mark.parametrize(
    ("labels", "kind"),
    [
        ([0, 2, 1], "class ids"),
        ([0.0, 2.0, 1.0], "class ids written as decimal numbers"),
        (["0", "2", " 1"], "class ids written as text"),
        (["n01440764", "n03126707", "N02012849"], "class names"),
        (["n01440764", "n03126707", "n02012849"], "wnids"),
        (["Tench", "crane (lifting device)", "crane_(wading_bird)"], "class names"),
        (["tinca_TINCA", "crane (lifting device)", "crane (wading bird)"], "class names"),
        (["tench, Tinca tinca", "n03126707", "n02012849"], "class names"),
    ],
)
def test_labels_of_every_kind_become_class_ids(labels, kind):
    found = VOCABULARY.ids_of(pl.Series(labels), where="m.csv")
    assert (found.ids.tolist(), found.kind) == ([0, 2, 1], kind)


@pytest.mark.parametrize("labels", [[1, None], [1.0, float("nan")], [1.0, float("inf")], ["1", "NaN"], ["tench", None]])
def test_labels_that_are_missing_are_marked(labels):
    assert VOCABULARY.ids_of(pl.Series(labels), where="m.csv").ids[1] == MISSING


def test_fractional_labels_are_marked():
    assert VOCABULARY.ids_of(pl.Series([0.5, 2.0]), where="m.csv").ids.tolist() == [FRACTIONAL, 2]


def test_ids_beyond_32_bits_stay_out_of_range():
    assert VOCABULARY.ids_of(pl.Series([2**40]), where="m.csv").ids[0] > 1000


def test_the_name_of_two_classes_costs_its_rows_and_is_said_with_both():
    found = VOCABULARY.ids_of(pl.Series(["tench"] * 30 + ["crane"]), where="m.csv")
    assert found.ids[-2:].tolist() == [0, AMBIGUOUS]
    assert re.search(r"'crane' is the name of several classes.*n02012849.*n03126707", found.ambiguous)


def test_names_of_two_classes_in_many_rows_are_refused():
    with pytest.raises(PredictionsError, match=r"'crane' is the name of several classes.*n02012849.*n03126707"):
        VOCABULARY.ids_of(pl.Series(["tench", "crane"]), where="m.csv")


CARDIGANS = ClassVocabulary(
    CLASSES.head(2).with_columns(
        name=pl.Series(["Cardigan", "cardigan"]),
        lemmas=pl.Series([["Cardigan", "Cardigan Welsh corgi"], ["cardigan"]]),
    )
)


def test_names_that_differ_in_case_only_are_told_apart_where_case_was_kept():
    assert CARDIGANS.ids_of(pl.Series(["cardigan", "Cardigan"]), where="m.csv").ids.tolist() == [1, 0]


def test_names_that_differ_in_case_only_are_refused_where_case_was_lost():
    with pytest.raises(PredictionsError, match=r"name of several classes: 'Cardigan'.*'cardigan'"):
        CARDIGANS.ids_of(pl.Series(["cardigan", "cardigan welsh corgi"]), where="m.csv")


def test_text_among_class_ids_is_refused_with_its_row():
    with pytest.raises(PredictionsError, match="'x2' in row 2 \\(counted from 0\\) stands among class ids") as caught:
        VOCABULARY.ids_of(pl.Series(["0", "1", "x2"]), where="m.csv")
    assert caught.value.kind == "mixed_labels"


def test_an_unknown_name_is_refused_with_near_matches():
    with pytest.raises(PredictionsError, match=r"'tenhc' in row 1 .* Did you mean 'tench'"):
        VOCABULARY.ids_of(pl.Series(["tench", "tenhc"]), where="m.csv")


def test_wnids_of_another_class_set_are_refused():
    with pytest.raises(PredictionsError, match="ImageNet-21k") as caught:
        VOCABULARY.ids_of(pl.Series(["n00005787"]), where="m.csv")
    assert caught.value.kind == "unknown_wnids"


@pytest.mark.parametrize(("label", "class_id"), [("2", 2), ("n02012849", 1), ("Tinca tinca", 0), ("tench", 0)])
def test_one_label_is_looked_up(label, class_id):
    assert VOCABULARY.id_of(label) == class_id


@pytest.mark.parametrize("label", ["3", "-1", "0.5", "", "nan"])
def test_one_label_that_is_no_class_is_refused(label):
    with pytest.raises(PredictionsError, match="is no class; expected an id from 0 to 2"):
        VOCABULARY.id_of(label)


def rows_of(atlas: Atlas, names: pl.Series) -> ModelRows:
    """Rows whose label is the target, under other file names."""
    return ModelRows("m", atlas.images["target"], file_names=names)


def test_rows_in_any_order_come_out_in_the_atlas_order(atlas):
    shuffled = atlas.images.sample(fraction=1, shuffle=True, seed=0)
    rows = ModelRows("m", shuffled["target"], file_names=shuffled["file_name"])
    aligned = align(rows, atlas)
    assert aligned.predicted_class.dtype == np.int16
    assert (aligned.predicted_class == atlas.targets).all()


def test_rows_outside_the_annotated_images_are_counted_and_left_out(atlas):
    names = pl.concat([pl.Series(["strange.JPEG"]), atlas.images["file_name"]])
    labels = pl.concat([pl.Series([5], dtype=pl.Int16), atlas.images["target"]])
    aligned = align(ModelRows("m", labels, file_names=names), atlas)
    assert aligned.match.outside == 1
    assert (aligned.predicted_class == atlas.targets).all()


@pytest.mark.parametrize(
    ("change", "how"),
    [
        (pl.format("val/n01440764/{}", "file_name"), "by base name"),
        (pl.format("C:\\val\\{}", "file_name"), "by base name"),
        (pl.col("file_name").str.replace("JPEG", "jpg"), "by base name without regard to case and extension"),
        (pl.col("file_name").str.to_uppercase(), "by base name without regard to case and extension"),
    ],
)
def test_file_names_match_by_base_name_where_they_must(change, how, atlas):
    names = atlas.images.select(changed=change)["changed"]
    aligned = align(rows_of(atlas, names), atlas)
    assert aligned.match.how == how
    assert (aligned.predicted_class == atlas.targets).all()


def test_images_of_one_base_name_are_told_apart_by_their_folders():
    images = pl.Series(["dent/1.png", "crack/1.png", "stain/1.png"])
    match = match_by_name(images, pl.Series(["D:\\photos\\crack\\1.png", "photos/val/dent/1.png", "stain/1.png"]))
    assert match.rows.tolist() == [1, 0, 2]
    assert match.how == "by exact file name, then folder and base name"


@pytest.mark.parametrize(
    ("images", "names", "rows"),
    [
        (["cat/1.png", "dog/2.png"], ["dog/1.png", "dog/2.png"], [-1, 1]),
        (["cat/1.png", "dog/2.png"], ["D:\\val\\dog\\1.png", "D:\\val\\dog\\2.png"], [-1, 1]),
        (["cat\\1.png", "dog\\2.png"], ["val/dog/1.png", "val/cat/2.png"], [-1, -1]),
        (["cat/1.png", "dog/2.png"], ["Dog/1.JPG", "dog/2.jpg"], [-1, 1]),
        # folders that are none of the data set's, and none at all
        (["cat/1.png", "dog/2.png"], ["all/1.png", "all/2.png"], [0, 1]),
        (["cat/1.png", "dog/2.png"], ["1.png", "2.png"], [0, 1]),
        (["1.png", "2.png"], ["val/cat/1.png", "val/dog/2.png"], [0, 1]),
        (["cat/1.png", "dog/1.png"], ["Dog/1.JPG", "val/Cat/1.jpg"], [1, 0]),
        # two folders deep
        (["a/cat/1.png", "b/cat/2.png"], ["b/cat/1.png", "data/b/cat/2.png"], [-1, 1]),
        (["a/cat/1.png", "b/cat/2.png"], ["c/cat/1.png", "c/cat/2.png"], [0, 1]),
    ],
)
def test_a_row_in_another_folder_of_the_data_set_is_another_images(images, names, rows):
    match = match_by_name(pl.Series(images), pl.Series(names))
    assert match.rows.tolist() == rows
    lost = [image for image, row in zip(images, rows, strict=True) if row == -1]
    assert [image for image, _ in match.elsewhere] == lost


def test_a_base_name_that_occurs_twice_matches_nothing(atlas):
    names = atlas.images["file_name"].to_list()
    names[0], names[1] = f"x/{names[0]}", f"y/{names[0]}"
    aligned = align(rows_of(atlas, pl.Series(names)), atlas)
    assert aligned.match.rows[:3].tolist() == [-1, -1, 2]


def test_an_exact_name_wins_over_a_base_name(atlas):
    names = atlas.images["file_name"].to_list()
    labels = [*atlas.targets.tolist(), 99]
    aligned = align(ModelRows("m", pl.Series(labels), file_names=pl.Series([*names, f"x/{names[0]}"])), atlas)
    assert (aligned.predicted_class == atlas.targets).all()


def test_a_shared_file_name_column_is_matched_once(aligner, atlas):
    first = aligner.align(rows_of(atlas, atlas.images["file_name"]), where="first")
    again = aligner.align(rows_of(atlas, atlas.images["file_name"].clone()), where="again")
    assert again.match is first.match


def test_rows_without_names_are_taken_in_the_data_sets_order(make_atlas):
    half = make_atlas(["ant", "bee"], per_class=20, annotated_every=2)
    predicted = np.arange(40) % 2
    aligned = align(ModelRows("m", pl.Series(predicted)), half)
    assert aligned.match.is_assumed
    assert (aligned.predicted_class == predicted[half.images["position"].to_numpy()]).all()


def test_as_many_rows_as_annotated_images_are_taken_by_file_name(make_atlas):
    half = make_atlas(["ant", "bee"], per_class=20, annotated_every=2)
    predicted = np.arange(20) % 2
    assert (align(ModelRows("m", pl.Series(predicted)), half).predicted_class == predicted).all()


def test_any_other_number_of_rows_without_names_asks_for_an_order(atlas):
    with pytest.raises(PredictionsError, match="--order FILE"):
        align(ModelRows("m", pl.Series([1, 2, 3])), atlas)


def test_an_aligner_knows_which_images_count(make_atlas):
    some = make_atlas(["ant", "bee"], per_class=5, problematic=3)
    assert Aligner(some).counts.sum() == 7
