"""An atlas that is restricted to some of its classes, against the rules applied to the labels of the whole."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from errata.atlas.compiled import read_atlas
from errata.atlas.evidence import evidence_path, read_evidence
from errata.atlas.explain import explain
from errata.atlas.outcomes import CODES
from errata.errors import InputError
from errata.own_data.build import build
from errata.own_data.restriction import restrict, restriction_of
from errata.predictions.align import Aligner
from errata.predictions.class_lists import KNOWN_LISTS, read_class_list
from errata.predictions.doctor import examine
from errata.shipped import DATA, atlas_file
from own_data.rules import CLASSES, NAMES, by_the_rules, category_names, labels, seen_together

FINE_GRAINED_OOV = CODES["fine_grained_oov", None]
UNCHECKED = [code for (category, _), code in CODES.items() if category == "open_world_unchecked"]

LIST = ["hole", "stain", "scratch"]
"""Not in the order of the whole."""


@pytest.fixture(scope="module")
def whole():
    return build(CLASSES, labels(), name="defects")


@pytest.fixture(scope="module")
def part(whole):
    return restrict(whole.atlas, whole.evidence, LIST)


@pytest.fixture(scope="module")
def imagenet():
    atlas = read_atlas(atlas_file("imagenet"))
    return atlas, read_evidence(atlas, evidence_path(atlas_file("imagenet")))


def test_labels_outside_the_list_decide_as_in_the_whole_and_only_listed_classes_are_answers(part):
    table = labels()
    shown = [cell.split(";") for cell in table["labels"]]
    names, together = category_names(part.atlas), seen_together(shown)
    of_file = dict(zip(table["file_name"], zip(shown, table["non_prototypical"], strict=True), strict=True))
    # images are those whose first label is in the list, however many labels outside it they have
    assert set(part.atlas.images["file_name"]) == {file for file, (image, _) in of_file.items() if image[0] in LIST}
    for row, file in enumerate(part.atlas.images["file_name"]):
        image, odd = of_file[file]
        for column, predicted in enumerate(LIST):
            expected = by_the_rules(image[0], image, predicted, odd=odd == "yes", together=together)
            assert names[int(part.atlas.outcomes[row, column])] == expected, (image, predicted)


def test_labels_that_can_be_answered_are_those_in_the_list(part):
    shown = dict(labels().select("file_name", pl.col("labels").str.split(";")).iter_rows())
    for file, multi_labels in part.atlas.images.select("file_name", "multi_labels").iter_rows():
        assert {LIST[place] for place in multi_labels} == set(shown[file]) & set(LIST)


def test_a_list_of_all_classes_gives_the_same_bytes(tmp_path):
    restriction_of(atlas_file("imagenet"), read_atlas(atlas_file("imagenet")).classes["wnid"].to_list()).write(
        tmp_path / "imagenet.parquet"
    )
    for name in ("imagenet.parquet", "imagenet.evidence.parquet"):
        assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes()


def test_all_classes_in_another_order_and_back_are_the_whole_again(whole):
    back = restrict(*parts(restrict(*parts(whole), NAMES[::-1])), NAMES).atlas
    columns = ["file_name", "target", "multi_labels", "is_problematic"]
    order = back.images["file_name"].arg_sort()
    assert back.images[order].select(columns).equals(whole.atlas.images.select(columns))
    assert np.array_equal(back.outcomes[order], whole.atlas.outcomes)
    assert back.provenance["whole"]["class_ids"] == list(range(len(NAMES)))


def parts(built):
    return built.atlas, built.evidence


def test_a_label_outside_the_list_is_named_where_it_decides(imagenet):
    nette = restrict(*imagenet, "imagenette")
    # a cassette player in a car, which its annotators called a tape player too
    shown = explain(*parts(nette), "ILSVRC2012_val_00002034.JPEG", 0)
    assert ("multi-label", "n04392985 tape player (correct), outside the classes") in shown.lines


@pytest.mark.parametrize(
    ("image", "predicted", "category", "reason"),
    [
        # dent and scratch are of one superclass, and dent is no class of the model
        (
            ["stain", "dent"],
            "scratch",
            "fine_grained",
            "scratch shares a superclass with a label outside the classes: dent",
        ),
        (
            ["stain", "crack"],
            "scratch",
            "open_world_unchecked",
            "scratch and crack, a label outside the classes, are seen",
        ),
    ],
    ids=["superclass", "pair"],
)
def test_an_answer_near_a_label_outside_the_list_is_explained_by_it(image, predicted, category, reason):
    rows = [image, ["scratch", "crack"], ["scratch", "crack"], ["hole"]]
    table = pl.DataFrame({"file_name": list("abcd"), "labels": [";".join(row) for row in rows]})
    part = restrict(*parts(build(CLASSES, table, name="defects")), LIST)
    found = explain(*parts(part), "a", LIST.index(predicted))
    assert found.category == category
    assert any(said.startswith(reason) for said in found.reasons)
    rule = "fine_grained" if category == "fine_grained" else "spurious_correlation"
    assert f"{rule} yes" in dict(found.lines)["rules"]


def test_images_without_labels_have_their_places_in_the_class_folders_of_the_list(imagenet):
    woof = restrict(*imagenet, ["n02115641", "n02086240"]).atlas
    # fifty images of each class, Shih-Tzus first, since folders are sorted by wnid
    assert woof.dataset_images == 100
    assert woof.images.filter(pl.col("position") < 50)["target"].unique().to_list() == [1]
    assert woof.images.filter(pl.col("position") >= 50)["target"].unique().to_list() == [0]


def test_known_lists_are_classes_of_imagenet_in_the_order_of_their_folders(imagenet):
    wnids = set(imagenet[0].classes["wnid"])
    for members in KNOWN_LISTS.values():
        assert set(members) <= wnids
        assert list(members) == sorted(members)
    dogs = restrict(*imagenet, "imagewoof").atlas.classes["name"].to_list()
    assert {"beagle", "Samoyed", "dingo", "golden retriever"} <= set(dogs)


@pytest.mark.parametrize(
    ("listed", "complaint"),
    [
        ([], "expected a class a line"),
        (["hole", "dent", "hole"], r"classes, entry 3: the class 'hole' is listed before, entry 1"),
        (["hole", "scratsh"], "Did you mean scratch?"),
        (["hole", "rust"], "classes, entry 2: 'rust' is no wnid and no name of the 6 classes"),
        ("nowhere.txt", "nowhere.txt: there is no such file. .* one of these lists: imagenette, imagewoof"),
    ],
)
def test_unusable_lists_are_refused(whole, listed, complaint):
    with pytest.raises(InputError, match=complaint):
        restrict(*parts(whole), listed)


def test_classes_of_which_no_image_counts_are_refused(whole):
    one = build(CLASSES, labels(1), name="defects")
    other = next(name for name in NAMES if name != labels(1)["labels"][0].split(";")[0])
    with pytest.raises(InputError, match="no image of these 1 classes counts in 'defects'"):
        restrict(*parts(one), [other])


def test_a_list_may_hold_remarks_names_and_words_after_a_wnid(tmp_path, imagenet):
    path = tmp_path / "my list.txt"
    path.write_text("# two of them\nn01440764 tench, Tinca tinca\n\ngoldfish\n", encoding="utf-8")
    part = restrict(*imagenet, path).atlas
    assert (part.dataset, part.classes["name"].to_list()) == ("my-list", ["tench", "goldfish"])
    assert part.provenance["inputs"]["class_list"]["file"] == "my list.txt"


def answers_of(atlas, *, right: float = 0.8):
    """Places in the list, most of them right."""
    random = np.random.default_rng(5)
    wrong = random.random(atlas.images.height) > right
    return np.where(wrong, random.integers(0, atlas.classes.height, len(wrong)), atlas.targets)


def written(path, atlas, predicted):
    pl.DataFrame({"file_name": atlas.images["file_name"], "predicted_class": predicted}).write_csv(path)
    return path


@pytest.mark.parametrize("name", KNOWN_LISTS)
def test_the_doctor_names_the_list_whose_places_a_file_holds(tmp_path, imagenet, name):
    nette = restrict(*imagenet, name).atlas
    path = written(tmp_path / "preds.csv", nette, answers_of(nette))
    ((diagnosis, _),) = examine(path, imagenet[0])
    (found,) = (each for each in diagnosis.findings if each.severity == "refuse")
    assert (found.kind, found.message.endswith(f"a known list: --classes {name}.")) == ("subset_numbering", True)
    assert examine(path, nette)[0][0].findings == ()


def test_class_ids_of_the_whole_are_translated_if_all_are_in_the_list(tmp_path, imagenet):
    part = restrict(*imagenet, ["n02115641", "n01440764", "n03888257"]).atlas
    predicted = answers_of(part)
    in_whole = np.array(part.provenance["whole"]["class_ids"])[predicted]
    ((diagnosis, aligned),) = examine(written(tmp_path / "preds.csv", part, in_whole), part)
    assert aligned.tolist() == predicted.tolist()
    assert "those of all 1,000 classes of imagenet, and were translated" in diagnosis.findings[0].message


def test_masked_scores_of_all_classes_are_read_by_the_list(tmp_path, imagenet):
    part = restrict(*imagenet, "imagenette").atlas
    predicted, whole_ids = answers_of(part), np.array(part.provenance["whole"]["class_ids"])
    scores = np.full((part.images.height, 1000), -np.inf, np.float32)
    scores[:, whole_ids] = np.eye(10)[predicted]
    np.savez(tmp_path / "preds.npz", logits=scores, file_name=part.images["file_name"].to_numpy().astype(str))
    ((_, aligned),) = examine(tmp_path / "preds.npz", part)
    assert aligned.tolist() == predicted.tolist()


def test_answers_outside_the_list_are_refused_with_what_to_mask(tmp_path, imagenet):
    part = restrict(*imagenet, "imagenette").atlas
    predicted = np.array(part.provenance["whole"]["class_ids"])[answers_of(part)]
    predicted[3] = 999
    ((diagnosis, aligned),) = examine(written(tmp_path / "preds.csv", part, predicted), part)
    assert aligned is None
    assert "mask the scores of the classes that are not in the list" in diagnosis.findings[0].message


@pytest.mark.parametrize("order", [None, "val", "imagefolder"])
@pytest.mark.parametrize("rows", ["the list's", "all"])
def test_rows_without_names_may_be_those_of_the_list_or_all(tmp_path, imagenet, order, rows):
    part = restrict(*imagenet, "imagenette").atlas
    predicted = answers_of(part)
    column = "position" if order != "imagefolder" else "folder_rank"
    everything = np.random.default_rng(2).integers(0, 10, 500 if rows != "all" else 50_000)
    everything[part.images[column if rows != "all" else f"whole_{column}"].to_numpy()] = predicted
    np.save(tmp_path / "preds.npy", everything)
    ((_, aligned),) = examine(tmp_path / "preds.npy", part, order=order)
    assert aligned.tolist() == predicted.tolist()


def test_a_list_in_another_order_than_the_outputs_is_noticed(tmp_path, imagenet):
    shuffled = np.random.default_rng(1).permutation(KNOWN_LISTS["imagewoof"]).tolist()
    part = restrict(*imagenet, shuffled).atlas
    by_folder = np.argsort(np.argsort(shuffled))[answers_of(part)]
    ((diagnosis, _),) = examine(written(tmp_path / "preds.csv", part, by_folder), Aligner(part))
    assert diagnosis.findings[0].fix_name == "classes sorted by wnid"
    assert "sort the list" in diagnosis.findings[0].message


def test_what_an_encoder_decided_stays_decided_though_its_evidence_is_left_behind(whole, tmp_path):
    checked = np.where(np.isin(whole.atlas.outcomes, UNCHECKED), FINE_GRAINED_OOV, whole.atlas.outcomes).astype(
        np.uint8
    )
    atlas = replace(whole.atlas, outcomes=checked, undefined=(), beside={"evidence": "1" * 64, "verdicts": "2" * 64})
    restrict(atlas, whole.evidence, LIST).write(tmp_path / "part.parquet")
    part = read_atlas(tmp_path / "part.parquet")
    evidence = read_evidence(part, evidence_path(tmp_path / "part.parquet"))
    assert set(part.beside) == {"evidence"}
    row, column = np.argwhere(part.outcomes == FINE_GRAINED_OOV)[0].tolist()
    assert explain(part, evidence, part.images["file_name"][row], column).category == "fine_grained_oov"


@pytest.mark.parametrize("line", ["{wnid} {name}", "{place}: {wnid}", "{place},{wnid}", "{place}: {name}"])
def test_words_and_numbers_beside_a_class_do_not_say_which_class_it_is(line, imagenet, tmp_path):
    listed = [("n02102040", "English springer"), ("n01440764", "tench")]
    path = tmp_path / "list.txt"
    path.write_text("\n".join(line.format(place=place, wnid=w, name=n) for place, (w, n) in enumerate(listed)))
    assert read_class_list(path, imagenet[0].classes) == ("list", [217, 0])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0\n1\n2\n", "the numbers 0 to 2, which do not say what the classes are"),
        ("n02102040 n01440764\n", "line 1: found 2 wnids, expected one a line"),
        ("0: n99999999\n", "line 1: 'n99999999' is no wnid"),
    ],
)
def test_a_list_that_could_be_taken_for_other_classes_is_refused(text, said, imagenet, tmp_path):
    (tmp_path / "list.txt").write_text(text)
    with pytest.raises(InputError, match=said):
        read_class_list(tmp_path / "list.txt", imagenet[0].classes)
