import numpy as np
import polars as pl
import pytest

from errata.cli import main
from errata.drawing.dendrogram import draw_dendrogram
from errata.drawing.style import write_figure
from errata.errors import InputError
from errata.own_data.build import build
from errata.own_data.class_evidence import count_confusions, read_class_vectors
from errata.own_data.class_table import EVIDENCE, read_own_classes
from errata.own_data.draft import begin_draft
from errata.own_data.propose import propose
from errata.predictions.in_memory import InMemory

NAMES = ["scratch", "dent", "crack", "stain"]


@pytest.fixture
def drafting():
    return begin_draft(pl.DataFrame({"name": NAMES}), nouns=None)


VECTORS = np.array([[1, 0, 0.1], [1, 0.1, 0], [0, 1, 0], [0, -1, 1]])


def test_classes_with_similar_vectors_are_a_group_called_after_one_of_them(drafting):
    draft = drafting.by_vectors(VECTORS, "classes")
    assert draft.table["superclass"].to_list() == ["like scratch", "like scratch", None, None]
    assert draft.table[EVIDENCE][0].startswith("group of 2; its last two parts are 0.01 apart (vectors of classes)")


def test_classes_that_models_confuse_are_a_group_and_the_evidence_says_how_often(drafting):
    draft = drafting.by_confusions(np.array([[9, 0, 1, 0], [0, 10, 0, 0], [0, 0, 10, 0], [0, 0, 0, 10]]), ["a"])
    assert draft.table["superclass"].to_list() == ["like scratch", None, "like scratch", None]
    assert draft.table[EVIDENCE].to_list()[0].endswith("taken for crack 10.0 %")
    assert draft.table[EVIDENCE].to_list()[3] == "never taken for another class"


def test_superclasses_that_are_given_are_kept():
    table = pl.DataFrame({"name": NAMES, "superclass": ["hollow", None, None, None]})
    draft = begin_draft(table, nouns=None).by_vectors(VECTORS, "classes")
    assert draft.table["superclass"].to_list() == ["hollow", "like scratch", None, None]
    assert draft.table[EVIDENCE][0] == "as it was given"


def test_a_name_with_several_meanings_is_in_no_group_and_its_meanings_are_told(nouns):
    draft = begin_draft(pl.DataFrame({"name": ["crane", "beagle", "collie"]}), nouns=nouns).by_hypernyms()
    assert draft.table["superclass"].to_list()[0] is None
    assert "n02012849 crane, a kind of wading bird" in draft.table[EVIDENCE][0]
    assert draft.unclear == ("several",)


def test_a_wnid_that_is_none_is_named_with_its_class(nouns):
    table = pl.DataFrame({"name": NAMES, "wnid": ["n123", None, None, None]})
    with pytest.raises(InputError, match="the table of classes: scratch: 'n123' is not the id of a noun synset"):
        begin_draft(table, nouns=nouns).by_hypernyms()


def test_no_atlas_is_built_of_a_draft_until_its_evidence_is_deleted(drafting):
    table = drafting.by_vectors(VECTORS, "classes").table
    labels = pl.DataFrame({"file_name": NAMES, "label": NAMES})
    with pytest.raises(InputError, match="is a draft of errata classes propose"):
        build(table, labels, name="defects")
    assert build(table.drop(EVIDENCE), labels, name="defects").atlas.images.height == 4


def test_confusions_are_counted_of_images_whose_other_labels_the_answer_is_not():
    classes = pl.DataFrame({"name": NAMES})
    labels = pl.DataFrame({"file_name": [f"{row}.png" for row in range(80)], "labels": NAMES * 19 + ["dent;crack"] * 4})
    answers = NAMES * 19 + ["crack", "stain", "dent", "dent"]
    rows = pl.DataFrame({"file_name": labels["file_name"], "predicted_class": answers})
    found = count_confusions([InMemory("m", rows)], classes, labels)
    assert found.counts.tolist() == [[19, 0, 0, 0], [0, 22, 0, 1], [0, 0, 19, 0], [0, 0, 0, 19]]


def test_vectors_of_images_are_averaged_by_class_in_the_order_of_the_labels(tmp_path):
    labels = pl.DataFrame({"file_name": ["b", "a", "c"], "label": ["dent", "scratch", "dent"]})
    array = np.array([[3.0, 0], [0, 5], [np.nan, 1]], dtype=np.float32)
    np.save(tmp_path / "vectors.npy", array)
    classes = read_own_classes(pl.DataFrame({"name": NAMES}))
    found = read_class_vectors(tmp_path / "vectors.npy", classes, labels)
    assert found[:2].tolist() == [[0, 1], [1, 0]]
    assert np.isnan(found[2:]).all()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"predictions": ["p.csv"]}, "confusions need the labels"),
        ({"labels": "labels.csv"}, "they are for predictions or vectors"),
        ({"vectors": VECTORS, "encoder": "x/y"}, "vectors and encoder: superclasses are proposed by one method"),
        ({"vectors": VECTORS[:3]}, r"expected decimal numbers of shape \(4 classes, dimensions\)"),
        ({"vectors": np.where(VECTORS == -1, np.inf, VECTORS)}, "1 of 4 rows have a number that is NaN or infinite"),
        ({"encoder": "nowhere"}, "expected a folder with the files of an encoder"),
    ],
)
def test_what_does_not_fit_is_refused(drafting, given, said):
    with pytest.raises(InputError, match=said):
        propose(drafting, **given)


@pytest.mark.parametrize(
    ("table", "most", "said"),
    [
        ({"name": NAMES, "superclass": ["a"] * 4}, None, "every class has a superclass"),
        ({"name": NAMES[:2]}, None, "superclasses are proposed for 3 to"),
        ({"name": NAMES}, 4, "expected 2 to 3"),
    ],
)
def test_a_table_that_leaves_nothing_to_propose_is_refused(table, most, said):
    with pytest.raises(InputError, match=said):
        begin_draft(pl.DataFrame(table), nouns=None, most=most)


def test_the_command_writes_a_draft_and_its_dendrogram_but_over_no_other(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    pl.DataFrame({"name": NAMES}).write_csv("classes.csv")
    np.save("vectors.npy", VECTORS)
    command = ["classes", "propose", "classes.csv", "--vectors", "vectors.npy"]
    assert main(command) == 0
    assert "proposes 1 superclass of at most 2 classes; 2 of 4" in capsys.readouterr().out
    assert pl.read_csv("draft.csv").columns == ["name", "superclass", EVIDENCE]
    assert all(f">{name}</text>" in (tmp_path / "draft.svg").read_text() for name in NAMES)
    assert main(command) == 2
    assert "is there already" in capsys.readouterr().err


def test_the_command_warns_that_confusions_are_circular(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    pl.DataFrame({"name": NAMES}).write_csv("classes.csv")
    names = [f"{row}.png" for row in range(80)]
    pl.DataFrame({"file_name": names, "label": NAMES * 20}).write_csv("labels.csv")
    answers = NAMES * 15 + ["dent", "dent", "crack", "stain"] * 5
    pl.DataFrame({"file_name": names, "predicted_class": answers}).write_csv("p.csv")
    assert main(["classes", "propose", "classes.csv", "--predictions", "p.csv", "--labels", "labels.csv"]) == 0
    assert "circular" in capsys.readouterr().out


@pytest.mark.slow
def test_the_names_of_classes_can_be_encoded(drafting, project):
    draft = propose(drafting, encoder=str(project / "resources/demo/clip-tiny"))
    assert draft.dendrogram is not None


def test_of_many_classes_a_dendrogram_has_a_line_per_group(tmp_path):
    count = 1_300
    angles = np.repeat(np.arange(count // 2), 2) + np.tile([0, 0.01], count // 2)
    vectors = np.stack([np.cos(angles / 500), np.sin(angles / 500)], axis=1)
    drafting = begin_draft(pl.DataFrame({"name": [f"class {row}" for row in range(count)]}), nouns=None)
    draft = drafting.by_vectors(vectors, "classes")
    figure = draw_dendrogram(draft.dendrogram, draft.cut, drafting.names, draft.group_of_class, axis="distance")
    write_figure(figure, tmp_path / "dendrogram.svg")
    assert (tmp_path / "dendrogram.svg").read_text().count("classes)</text>") == len(draft.groups)
