"""The open world of a data set of one's own: what images show that is none of its classes."""

import json
import subprocess
import sys

import numpy as np
import polars as pl
import pytest

import errata
from errata.api.given import load_atlas
from errata.classes.hypernyms import find_nouns
from errata.classes.proposals import Proposer
from errata.classes.wordnet import spoken
from errata.cli import main
from errata.errors import InputError
from errata.own_data.build import build
from errata.own_data.open_world import AskedWorld
from own_data.world_rules import is_outside, most_similar_classes, nearest_classes, shares

NAMES = ["scratch", "dent", "crack", "stain"]
SUPERCLASS = {"scratch": {"surface"}, "dent": {"surface"}}
CLASSES = pl.DataFrame({"name": NAMES, "superclass": ["surface", "surface", "", ""], "synonyms": ["", "dint", "", ""]})
THINGS = ["burr; flash", "rust"]

TEXTS = ["scratch", "dent", "dint", "crack", "stain", "burr", "flash", "rust"]
"""Each has an axis of its own."""

IMAGES = {
    #        scratch dent dint crack stain burr flash rust
    "burr": [0.30, 0.10, 0.0, 0.60, 0.20, 0.7, 0.0, 0.0],
    "rust": [0.00, 0.00, 0.3, 0.00, 0.60, 0.0, 0.0, 0.7],
    "dent": [0.00, 0.90, 0.0, 0.20, 0.10, 0.3, 0.0, 0.0],
    "tie": [0.00, 0.00, 0.0, 0.50, 0.00, 0.0, 0.0, 0.5],
}
LABELS = pl.DataFrame({"file_name": list(IMAGES), "label": ["crack", "stain", "crack", "stain"]})
EXPECTED = {
    #        scratch              dent                crack               stain
    "burr": ["fine_grained_oov", "fine_grained_oov", "correct", "fine_grained_oov"],
    # of crack, nothing: the classes most like it are stain, dent and, as the first of two equal ones, scratch
    "rust": ["fine_grained_oov", "fine_grained_oov", "model_failure", "correct"],
    # scratch loses to dent, which shares its superclass; a burr is more like it than a stain
    "dent": ["model_failure", "model_failure", "correct", "fine_grained_oov"],
    # a crack is as probable as rust and is proposed first; scratch is the second of the classes, by order
    "tie": ["fine_grained_oov", "fine_grained_oov", "model_failure", "correct"],
}


def name_file(folder, *, texts=TEXTS, vectors=None):
    path = folder / "names.npz"
    np.savez(path, names=np.array(texts), vectors=np.eye(len(texts)) if vectors is None else vectors)
    return path


def image_file(folder, rows=None):
    path = folder / "images.npy"
    np.save(path, np.array(list(IMAGES.values()) if rows is None else rows))
    return path


def categories(atlas):
    """{file name: categories of the answers, by class}."""
    return {
        name: [atlas.outcome_list[code].category for code in codes]
        for name, codes in zip(atlas.images["file_name"], atlas.outcomes, strict=True)
    }


@pytest.fixture
def files(tmp_path):
    (tmp_path / "things.txt").write_text("# what else there is\n\n" + "\n".join(THINGS) + "\n", encoding="utf-8")
    CLASSES.write_csv(tmp_path / "classes.csv")
    LABELS.write_csv(tmp_path / "labels.csv")
    name_file(tmp_path)
    image_file(tmp_path)
    return tmp_path


def asked(folder, **others):
    given = {"names": THINGS, "encoder": folder / "names.npz", "images": folder / "images.npy"}
    return AskedWorld(**given | others)


def test_every_answer_of_a_small_world_is_what_it_should_be(files):
    atlas = build(CLASSES, LABELS, name="metal", world=asked(files)).atlas
    assert categories(atlas) == EXPECTED


def test_command_line_and_python_write_the_same_files(files, monkeypatch, capsys):
    monkeypatch.chdir(files)
    tables = ["--classes", "classes.csv", "--labels", "labels.csv", "--out", "line.parquet", "--name", "metal"]
    check = ["--open-world", "things.txt", "--encoder", "names.npz", "--images", "images.npy"]
    assert main(["atlas", "build", *tables, *check]) == 0
    assert "fine-grained out of vocabulary" in capsys.readouterr().out
    errata.build_atlas(
        "classes.csv",
        "labels.csv",
        "python.parquet",
        name="metal",
        open_world="things.txt",
        encoder="names.npz",
        images="images.npy",
    )
    for end in ("parquet", "evidence.parquet", "verdicts.parquet"):
        assert (files / f"line.{end}").read_bytes() == (files / f"python.{end}").read_bytes()
    assert categories(load_atlas(files / "line.parquet")) == EXPECTED


@pytest.mark.parametrize("by_train", [False, True], ids=["gate by names", "gate by training images"])
def test_every_answer_of_a_random_world_is_what_the_rules_say(tmp_path, by_train):
    random = np.random.default_rng(5)
    texts = random.normal(size=(len(TEXTS), 6))
    images = random.normal(size=(40, 6))
    train = random.normal(size=(60, 6))
    train_names = [NAMES[number] for number in random.integers(0, len(NAMES), 60)]
    np.savez(tmp_path / "train.npz", vectors=train, classes=np.array(train_names))
    table = pl.DataFrame({"file_name": [f"{n:02d}.png" for n in range(40)], "label": [NAMES[n % 4] for n in range(40)]})
    vector_of = dict(zip(TEXTS, texts.tolist(), strict=True))
    classes = {name: [vector_of[name]] for name in NAMES}
    classes["dent"].append(vector_of["dint"])
    things = [[vector_of["burr"], vector_of["flash"]], [vector_of["rust"]]]
    world = AskedWorld(
        names=THINGS,
        encoder=name_file(tmp_path, vectors=texts),
        images=image_file(tmp_path, images),
        train=tmp_path / "train.npz" if by_train else None,
    )
    found = categories(build(CLASSES, table, name="random", world=world).atlas)
    seen = set()
    for (name, label), image in zip(table.rows(), images.tolist(), strict=True):
        near = (
            nearest_classes(image, list(zip(train_names, train.tolist(), strict=True)), 10)
            if by_train
            else most_similar_classes(image, classes, 3)
        )
        for predicted, category in zip(NAMES, found[name], strict=True):
            outside = is_outside(image, predicted, near, classes=classes, things=things, superclass=SUPERCLASS)
            expected = "fine_grained_oov" if outside else "model_failure"
            if shares(predicted, label, SUPERCLASS):
                expected = "correct" if predicted == label else "fine_grained"
            assert category == expected, (name, predicted)
            seen.add(category)
    assert len(seen) == 4


def test_explanations_name_what_is_more_like_the_image_and_what_opened_the_gate(files):
    build(CLASSES, LABELS, name="metal", world=asked(files)).write(files / "my.parquet")
    lines = errata.explain("burr", "scratch", atlas=str(files / "my.parquet")).lines
    assert ("because", "The most similar text, burr [name 1] (100%), is none of the known classes.") in lines
    assert (
        "because",
        "Number 2 of the classes whose names are most like the image is scratch, so the open world is asked.",
    ) in lines
    assert ("neighbour", "1 by name: 2 crack, cosine 0.603") in lines
    assert ("proposal", "scratch [class 0], probability 0.000, one of the classes") in lines
    closed = errata.explain("rust", "crack", atlas=str(files / "my.parquet")).reasons
    assert closed[0] == (
        "Among the 3 classes whose names are most like the image there is neither crack nor a class that shares a "
        "superclass with it, so the open world is not asked."
    )


def test_images_without_a_vector_are_said_and_not_checked(files):
    rows = np.array(list(IMAGES.values()))
    rows[1] = np.nan
    built = build(CLASSES, LABELS, name="metal", world=asked(files, images=image_file(files, rows)))
    unchecked = ["open_world_unchecked"] * 3 + ["correct"]
    assert categories(built.atlas) == EXPECTED | {"rust": unchecked}
    assert "1 image has no vector (rust): the open world is not checked there." in built.remarks
    built.write(files / "my.parquet")
    assert "could not be read" in errata.explain("rust", "dent", atlas=str(files / "my.parquet")).reasons[0]


def test_vectors_are_in_the_order_of_the_labels_not_of_the_names(files):
    backwards = LABELS.reverse()
    vectors = np.array(list(IMAGES.values()))[::-1]
    atlas = build(CLASSES, backwards, name="metal", world=asked(files, images=vectors)).atlas
    assert categories(atlas) == EXPECTED


def test_without_superclasses_fine_grained_is_undefined_and_out_of_vocabulary_is_not(files):
    atlas = build(CLASSES.drop("superclass"), LABELS, name="metal", world=asked(files)).atlas
    assert {"fine_grained", "class_overlap", "multi_label", "spurious_correlation", "non_prototypical"} == set(
        atlas.undefined
    )
    # each class is a superclass of its own: scratch no longer opens the gate for dent
    assert categories(atlas)["burr"] == ["fine_grained_oov", "model_failure", "correct", "fine_grained_oov"]


def test_an_atlas_built_anew_without_the_check_leaves_no_verdicts_behind(files):
    build(CLASSES, LABELS, name="metal", world=asked(files)).write(files / "my.parquet")
    assert (files / "my.verdicts.parquet").is_file()
    build(CLASSES, LABELS, name="metal").write(files / "my.parquet")
    assert not (files / "my.verdicts.parquet").exists()


def test_names_of_classes_and_names_listed_before_are_left_out_and_said(files):
    listed = ["Dint; chip", "burr; flash; BURR", "rust", "burr", "flash; crack", "Rust ; RUST"]
    built = build(CLASSES, LABELS, name="metal", world=asked(files, names=listed))
    assert categories(built.atlas) == EXPECTED
    assert "open_world: Dint, crack are in the table of classes and left out." in built.remarks
    assert "open_world: BURR, burr, Rust and 1 more are listed before and left out." in built.remarks


def test_the_verdicts_say_how_they_were_made(files):
    build(CLASSES, LABELS, name="metal", world=asked(files, names=files / "things.txt")).write(files / "my.parquet")
    notes = load_atlas(files / "my.parquet").provenance
    settings = notes["open_world"]
    assert (settings["gate"], settings["neighbours"], settings["temperature"]) == ("names", 3, 100.0)
    assert settings["proposals"] == "2 things of things.txt, the same for every class"
    assert set(notes["inputs"]) == {"open_world", "open_world_names", "open_world_images"}
    assert str(files) not in json.dumps(notes)


NAN = np.eye(8)
NAN[3, 0] = np.nan


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"names": "nowhere.txt"}, "nowhere.txt: there is no such file. Expected a text file"),
        ({"names": ["scratch", "# burr", " "]}, "open_world: names nothing that is none of the classes"),
        ({"encoder": None}, "--open-world needs an encoder"),
        ({"images": None}, "--open-world needs the folder of the images"),
        ({"images": np.ones((3, 8))}, r"expected decimal numbers of shape \(4 images, dimensions\); found float64"),
        ({"images": np.ones((4, 7))}, "different dimensions: 8 of the names, 7 of the images"),
        ({"images": np.full((4, 8), np.nan)}, "no image has a vector"),
        ({"texts": TEXTS[:-1]}, r"lacks the vector of 1 of 8 names \(rust\)"),
        ({"vectors": np.ones((7, 8))}, r"expected decimal numbers of shape \(8 names, dimensions\)"),
        ({"vectors": NAN}, "the vector of 'crack' is zero or not finite"),
        ({"train": "unknown class"}, "has training images of weld, which no class is called"),
        ({"encoder": "ViT"}, "expected a folder with the files of an encoder, or ARCHITECTURE/WEIGHTS"),
    ],
    ids=lambda value: "" if isinstance(value, str) else next(iter(value)),
)
def test_what_cannot_be_used_is_refused_with_what_to_do(files, change, message):
    if "texts" in change:
        name_file(files, texts=change.pop("texts"))
    if "vectors" in change:
        np.savez(files / "names.npz", names=np.array(TEXTS), vectors=change.pop("vectors"))
    if "train" in change:
        np.savez(files / "train.npz", vectors=np.eye(8)[:2], classes=np.array(["weld", "dent"]))
        change = {"train": files / "train.npz"}
    with pytest.raises(InputError, match=message):
        build(CLASSES, LABELS, name="metal", world=asked(files, **change))


def test_given_vectors_need_neither_torch_nor_pillow(files):
    program = """
import sys, errata
given = dict(open_world="things.txt", encoder="names.npz", images="images.npy")
errata.build_atlas("classes.csv", "labels.csv", "my.parquet", **given)
print(*({"torch", "open_clip", "PIL"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=files, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_that_names_of_few_classes_open_every_gate_is_said(files):
    texts = [text for text in TEXTS if text not in ("crack", "stain")]
    vectors = np.array(list(IMAGES.values()))
    world = AskedWorld(names=THINGS, encoder=name_file(files, texts=texts, vectors=np.eye(8)[:6]), images=vectors)
    labels = LABELS.with_columns(label=pl.lit("dent"))
    remarks = build(CLASSES[:2], labels, name="metal", world=world).remarks
    assert "With 2 classes, the names of all of them open the visual gate. Give training images: --train." in remarks


def test_what_only_the_check_needs_is_refused_without_it(files):
    with pytest.raises(InputError, match="encoder: only the open-world check needs that"):
        errata.build_atlas(CLASSES, LABELS, files / "my.parquet", encoder="ViT-B-32/openai")


def test_wordnet_proposes_siblings_of_classes_by_wnid_or_by_a_name_with_one_meaning(tmp_path):
    # a mule is a sibling of the zebra in WordNet, and no class
    classes = pl.DataFrame({"name": ["zebra", "violin"], "wnid": ["n02391049", ""]})
    labels = pl.DataFrame({"file_name": ["mule.png", "zebra.png"], "label": ["violin", "violin"]})
    texts = wordnet_names(classes)
    vectors = np.tile([0.0, 0.0, 1.0], (len(texts), 1))
    vectors[texts.index("zebra")], vectors[texts.index("mule")] = [0, 1, 0], [1, 0, 0]
    images = np.array([[0.9, 0.4, 0.0], [0.4, 0.9, 0.0]])
    world = AskedWorld(names="wordnet", encoder=name_file(tmp_path, texts=texts, vectors=vectors), images=images)
    built = build(classes, labels, name="two", world=world)
    assert categories(built.atlas) == {
        "mule.png": ["fine_grained_oov", "correct"],
        "zebra.png": ["model_failure", "correct"],
    }
    built.write(tmp_path / "two.parquet")
    reasons = errata.explain("mule.png", "zebra", atlas=str(tmp_path / "two.parquet")).reasons
    assert "The most similar text, mule [n02390101] (100%), is none of the known classes." in reasons


def wordnet_names(classes):
    """Every name that WordNet proposes for these classes."""
    nouns = find_nouns(None, needed=True)
    wnids = [nouns.meanings_of_class(wnid or name, [name])[0].wnid for name, wnid in classes.rows()]
    proposer = Proposer.of_classes(nouns.wordnet, wnids)
    return sorted({spoken(lemma) for offset in proposer.universe() for lemma in nouns.wordnet.synsets[offset].lemmas})


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        ({"name": ["crane", "gizmotron"]}, r"2 of 2 classes have no wnid .* \('crane', 'gizmotron'\)"),
        ({"name": ["zebra", "stripy horse"], "wnid": ["", "n02391049"]}, "'zebra' and 'stripy horse' are the same"),
    ],
    ids=["several meanings, none", "one synset twice"],
)
def test_classes_that_wordnet_does_not_tell_apart_are_refused(tmp_path, classes, message):
    labels = pl.DataFrame({"file_name": ["1"], "label": [classes["name"][0]]})
    world = AskedWorld(names="wordnet", encoder=name_file(tmp_path), images=np.ones((1, 8)))
    with pytest.raises(InputError, match=message):
        build(pl.DataFrame(classes), labels, name="two", world=world)
