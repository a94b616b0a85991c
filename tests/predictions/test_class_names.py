"""Names of classes are read by the list of the library that wrote them."""

import re

import polars as pl
import pytest

from errata.predictions.class_ids import AMBIGUOUS, MISSING
from errata.predictions.class_names import ClassVocabulary, names_of_libraries
from errata.predictions.doctor import examine
from errata.predictions.prediction_file import PredictionsError

# WordNet's names of some classes of ImageNet whose names differ between lists, and of one whose do not
ROWS = [
    ("n01440764", "tench", ["tench", "Tinca tinca"]),
    ("n01514668", "cock", ["cock"]),
    ("n02012849", "crane (wading bird)", ["crane"]),
    ("n02113186", "Cardigan", ["Cardigan", "Cardigan Welsh corgi"]),
    ("n02504458", "African elephant", ["African elephant", "Loxodonta africana"]),
    ("n02963159", "cardigan", ["cardigan"]),
    ("n03126707", "crane (lifting device)", ["crane"]),
    ("n03710637", "maillot (tights)", ["maillot"]),
    ("n03710721", "maillot (swimsuit)", ["maillot", "tank suit"]),
    ("n03773504", "missile", ["missile"]),
    ("n04008634", "projectile", ["projectile", "missile"]),
]
CLASSES = pl.DataFrame(
    [(place, *row, "other") for place, row in enumerate(ROWS)],
    schema=["class_id", "wnid", "name", "lemmas", "group"],
    orient="row",
)
VOCABULARY = ClassVocabulary(CLASSES)


def ids_of(labels, **options) -> list[int]:
    return VOCABULARY.ids_of(pl.Series(labels, dtype=pl.String), where="m.csv", **options).ids.tolist()


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        # torchvision's list is one to one
        (
            ["crane bird", "crane", "maillot", "maillot tank suit", "Cardigan", "cardigan", "tench", "missile"],
            [2, 6, 7, 8, 3, 5, 0, 9],
        ),
        # CLIP's
        (["rooster", "construction crane", "tights", "tench"] * 20 + ["missile"], [1, 6, 7, 0] * 20 + [AMBIGUOUS]),
        # Keras's
        (["African_elephant", "cock", "tench", "projectile"] * 20 + ["crane"], [4, 1, 0, 10] * 20 + [AMBIGUOUS]),
        # all names, as timm and Hugging Face have them: the others of a class make it clear
        (["tench, Tinca tinca", "maillot", "maillot, tank suit", "projectile, missile"], [0, 7, 8, 10]),
        (["Cardigan, Cardigan Welsh corgi", "cardigan"], [3, 5]),
        # what stands around a name
        (["a photo of a tench.", "A photo of the African elephant"], [0, 4]),
        (["tench: freshwater dace-like game fish of Europe", "cock: adult male chicken"], [0, 1]),
        (["n01440764 tench, Tinca tinca", "n02504458/", "n03126707 10 20 200 220"], [0, 4, 6]),
        (["0: tench", "4: African elephant, Loxodonta africana"], [0, 4]),
        # ids with a word before them
        (["LABEL_3", "class 4", "class_5", "<unmapped:6>"], [3, 4, 5, 6]),
        (["3.0", " 4 ", "5e0"], [3, 4, 5]),
    ],
)
def test_names_are_read_by_the_list_that_fits(labels, classes):
    if "construction crane" in labels and names_of_libraries()["n03126707"]["clip"] != "construction crane":
        pytest.fail("the list of CLIP's names is not the one that this test knows")
    assert ids_of(labels) == classes


def test_the_shared_files_of_names_are_read(project):
    """Lists of torchvision and CLIP, whole: every name is its own class, but for what CLIP calls alike."""
    wnids = pl.read_csv(project / "resources/vocabularies/imagenet1k.csv")["wnid"].to_list()
    named = names_of_libraries()
    assert list(named) == wnids
    for column, alike in (("torchvision", set()), ("clip", {"missile", "sunglasses"})):
        names = [named[wnid][column] for wnid in wnids]
        assert {name for name in names if names.count(name) > 1} == alike


def test_the_lists_are_those_of_the_installed_libraries(project):
    wnids = pl.read_csv(project / "resources/vocabularies/imagenet1k.csv")["wnid"].to_list()
    named = names_of_libraries()
    weights = pytest.importorskip("torchvision.models").ResNet50_Weights.DEFAULT
    assert [named[wnid]["torchvision"] for wnid in wnids] == weights.meta["categories"]
    assert [named[wnid]["clip"] for wnid in wnids] == list(pytest.importorskip("open_clip").IMAGENET_CLASSNAMES)


def test_a_list_is_said_where_one_alone_fits():
    found = VOCABULARY.ids_of(pl.Series(["crane bird", "maillot tank suit"]), where="m.csv")
    assert found.kind == "class names (torchvision's names)"


@pytest.mark.parametrize(
    ("labels", "near"),
    [(["tench", "African elephent"], "african elephant"), (["crane brid"], "crane bird"), (["roster"], "rooster")],
)
def test_a_name_that_is_nearly_one_of_any_list_gets_a_hint(labels, near):
    with pytest.raises(PredictionsError, match=f"Did you mean '{near}'"):
        ids_of(labels)


def test_what_rows_hold_that_are_not_used_is_no_fault():
    needed = [True, True, False, False]
    found = VOCABULARY.ids_of(pl.Series(["tench", "cock", "not run", "n9"]), where="m.csv", needed=pl.Series(needed))
    assert found.ids.tolist() == [0, 1, MISSING, MISSING]
    assert "2 row(s) of images that do not count hold no class, such as 'not run'" in found.remarks[0]
    assert ids_of(["3", "4", "x", "y"], needed=pl.Series(needed)) == [3, 4, MISSING, MISSING]


def test_rows_with_an_ambiguous_name_are_left_out_with_a_warning(make_atlas, tmp_path):
    names = ["tench", "crane (bird)", "crane (machine)", *"abcdefgh"]
    atlas = make_atlas(names, per_class=40, lemmas=[["tench"], ["crane"], ["crane"], *([name] for name in "abcdefgh")])
    words = [name.split(" (")[0] for name in names]
    targets = atlas.targets.tolist()
    answers = [words[each] if each not in (1, 2) else names[each] for each in targets]
    some = [row for row, each in enumerate(targets) if each == 1][:5]
    for row in some:
        answers[row] = "crane"
    answers[-1] = "a" if targets[-1] != 3 else "b"
    frame = pl.DataFrame({"file_name": atlas.images["file_name"], "predicted_class": answers})
    frame.write_parquet(tmp_path / "m.parquet")
    ((diagnosis, predicted),) = examine(tmp_path / "m.parquet", atlas)
    found = {finding.kind: finding for finding in diagnosis.findings}["ambiguous_class_name"]
    assert (found.severity, found.rows_affected) == ("warn", 5)
    assert re.search(r"'crane' is the name of several classes: 'crane \(bird\)'.*'crane \(machine\)'", found.message)
    assert (predicted == -1).sum() == 5
    assert diagnosis.images_matched == len(targets) - 5
    assert diagnosis.marks == ("ambiguous_class_name",)
