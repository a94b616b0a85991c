"""Predictions in memory, in any form, give what the same predictions in a file give."""

import re

import numpy as np
import polars as pl
import pytest

import errata
from python_api.conftest import scores_of


@pytest.fixture(scope="module")
def from_file(atlas, predicted, file_names, tmp_path_factory):
    path = tmp_path_factory.mktemp("file") / "model.csv"
    pl.DataFrame({"file_name": file_names, "predicted_class": predicted}).write_csv(path)
    return errata.profile(path, atlas).table


def ranked(predicted):
    return np.stack([predicted, (predicted + 1) % 9, (predicted + 2) % 9], axis=1)


ARRAYS = {
    "class ids": lambda p: p,
    "class ids of 16 bits": lambda p: p.astype(np.uint16),
    "whole floats": lambda p: p.astype(np.float32),
    "a list": lambda p: p.tolist(),
    "a tuple": lambda p: tuple(p.tolist()),
    "a list of NumPy numbers": list,
    "objects": lambda p: p.astype(object),
    "a column": lambda p: p[:, None],
    "names of classes": lambda p: [f"class {i}" for i in p],
    "wnids": lambda p: np.array([f"n{i:08d}" for i in p]),
    "wnids as objects": lambda p: np.array([f"n{i:08d}" for i in p], dtype=object),
    "a polars series": pl.Series,
    "a categorical series": lambda p: pl.Series([f"class {i}" for i in p], dtype=pl.Categorical),
    "ranked class ids": ranked,
    "scores": scores_of,
    "half-precision scores": lambda p: scores_of(p).astype(np.float16),
    "a list of batches of scores": lambda p: np.array_split(scores_of(p), 7),
    "a list of rows of scores": lambda p: scores_of(p).tolist(),
    "rows of zeros with a one": lambda p: np.eye(9, dtype=bool)[p],
}


@pytest.mark.parametrize("form", ARRAYS)
def test_an_array_gives_what_the_file_gives(form, atlas, predicted, file_names, from_file):
    found = errata.profile(ARRAYS[form](predicted), atlas, names=file_names)
    assert found.table.equals(from_file)


@pytest.mark.parametrize(
    "form", ["int64", "int16", "bfloat16 scores", "scores that require a gradient", "a list of batches"]
)
def test_a_tensor_gives_what_the_file_gives(form, atlas, predicted, file_names, from_file):
    torch = pytest.importorskip("torch")
    tensor = {
        "int64": lambda: torch.tensor(predicted),
        "int16": lambda: torch.tensor(predicted).to(torch.int16),
        "bfloat16 scores": lambda: torch.tensor(scores_of(predicted)).to(torch.bfloat16),
        "scores that require a gradient": lambda: torch.tensor(scores_of(predicted), requires_grad=True),
        "a list of batches": lambda: list(torch.tensor(scores_of(predicted)).split(64)),
    }[form]()
    assert errata.profile(tensor, atlas, names=file_names).table.equals(from_file)


FRAMES = {
    "a column of another name": lambda ids, names: pl.DataFrame({"image": names, "top1": ids}),
    "a column per class": lambda ids, names: pl.DataFrame(
        {"path": names} | {f"class_{i}": column for i, column in enumerate(scores_of(ids).T)}
    ),
    "polars": lambda ids, names: pl.DataFrame({"file_name": names, "predicted_class": ids}),
    "lazy polars": lambda ids, names: pl.LazyFrame({"file_name": names, "predicted_class": ids}),
}


@pytest.mark.parametrize("form", FRAMES)
def test_a_frame_gives_what_the_file_gives(form, atlas, predicted, file_names, from_file):
    assert errata.profile(FRAMES[form](predicted, file_names), atlas).table.equals(from_file)


@pytest.mark.parametrize("form", ["columns", "index", "named index", "names of classes", "missing", "series"])
def test_a_pandas_frame_gives_what_the_file_gives(form, atlas, predicted, file_names, from_file):
    pandas = pytest.importorskip("pandas")
    names = file_names.to_list()
    frame = {
        "columns": lambda: pandas.DataFrame({"file_name": names, "predicted_class": predicted}),
        "index": lambda: pandas.DataFrame({"predicted_class": predicted}, index=names),
        "named index": lambda: pandas.DataFrame({"predicted_class": predicted}, pandas.Index(names, name="file")),
        "names of classes": lambda: pandas.DataFrame(
            {"file_name": names, "predicted_class": pandas.Categorical([f"class {i}" for i in predicted])}
        ),
        "missing": lambda: pandas.DataFrame(
            {"file_name": names, "predicted_class": pandas.array(predicted, dtype="Int64"), "note": None}
        ),
        "series": lambda: pandas.Series(predicted, index=names),
    }[form]()
    assert errata.profile(frame, atlas).table.equals(from_file)


def test_rows_may_be_named_by_positions_in_class_folder_order(atlas, predicted, from_file):
    positions = atlas.images["folder_rank"].to_numpy()
    assert errata.profile(predicted, atlas, names=positions).table.equals(from_file)


def test_images_that_the_atlas_does_not_have_are_left_out(made_up):
    classes = np.load(made_up / "resnet50_imagefolder.npy")
    found = errata.profile({"resnet50": classes}, names=range(50_000))
    assert found.table.equals(errata.profile(made_up / "resnet50.csv").table)
    assert found.diagnoses[0].rows_outside == 30_000


def test_a_dictionary_names_its_models(atlas, csv, predicted, file_names):
    found = errata.profile(
        {"array": pl.DataFrame({"file_name": file_names, "predicted_class": predicted}), "file": csv}, atlas
    )
    assert found.models == ("array", "file")
    assert found.table.filter(model="array").drop("model").equals(found.table.filter(model="file").drop("model"))


def test_models_of_different_lengths_have_names_of_their_own(atlas, predicted, file_names):
    with pytest.warns(errata.PredictionWarning, match="half: .*subset"):
        found = errata.profile(
            {"whole": predicted, "half": predicted[::2]},
            atlas,
            names={"whole": file_names, "half": file_names[::2]},
            accept="subset",
        )
    images = dict(found.table.filter(group="all").select("model", "images").rows())
    assert images["half"] < images["whole"]


def test_a_list_of_files_and_a_folder_are_the_same(atlas, csv):
    other = csv.with_name("vit.csv")
    other.write_bytes(csv.read_bytes())
    as_list = errata.profile([str(csv), other], atlas)
    assert as_list.models == ("resnet", "vit")
    assert as_list.table.equals(errata.profile(csv.parent, atlas).table)


def test_names_that_end_like_no_file_are_class_names(atlas, predicted, file_names):
    assert errata.profile([f"class {i}" for i in predicted], atlas, names=file_names).models == ("model",)


def test_a_file_that_is_not_there_is_no_class_name(atlas):
    with pytest.raises(errata.InputError, match=r"resnet\.csv: there is no such file"):
        errata.profile(["resnet.csv", "vit.csv"], atlas)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (lambda p: scores_of(p)[:, :5], "found scores of shape .*, expected 9 columns"),
        (lambda p: p[:10], "10 rows of predictions but 400 file names"),
        (lambda p: p + 0.5, "class id that is no integer"),
        (lambda p: p == 3, "expected class ids or text, found an array of bool"),
        (lambda p: [1, "unicorn", *p[2:].tolist()], "'unicorn' in row 1 .* stands among class ids"),
        (lambda p: [[1, 2], [3], *([[1, 2]] * 398)], "that is no array"),
        (lambda p: ["unicorn"] * len(p), "'unicorn' .* is no class id, wnid or class name"),
        (lambda p: np.where(np.arange(len(p))[:, None] == 3, np.nan, scores_of(p)), "have no prediction"),
        (lambda p: np.zeros((400, 3, 4)), "expected an array of shape"),
        (lambda p: np.array([]), "the array is empty"),
        (lambda p: p.astype("datetime64[s]"), "found an array of datetime64"),
        (lambda p: list(np.array_split(p, 5)), "Join batches with numpy.concatenate"),
        (lambda p: np.ma.masked_equal(p, 3), "values are masked"),
        (lambda p: pl.DataFrame({"file_name": ["a"], "labels": [1]}), "predicted_class"),
    ],
)
def test_what_cannot_be_predictions_is_refused_with_what_to_do(values, message, atlas, predicted, file_names):
    with pytest.raises(errata.InputError) as caught:
        errata.profile({"resnet": values(predicted)}, atlas, names=file_names)
    assert re.search(message, " ".join(str(caught.value).split()))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"predictions": None}, "found None; expected a path"),
        ({"predictions": 5}, "found a int; expected a path"),
        ({"predictions": {}}, "the dictionary is empty"),
        ({"predictions": {"file_name": ["a"], "predicted_class": [1]}}, "the columns of a table"),
        ({"predictions": [1], "names": "val.txt"}, "To name rows by a file: order=FILE"),
        ({"predictions": [1], "names": [0.5]}, "expected file names, or positions"),
        ({"predictions": [1], "names": [400]}, "position 400 is none of the 400 images of 'world'"),
        ({"predictions": [1], "names": [-1]}, "position -1 is none of"),
        ({"predictions": [1], "names": ["a"], "order": "val.txt"}, "order or names, not both"),
        ({"predictions": ["a.csv"], "names": ["a"]}, "they are for arrays"),
        ({"predictions": [1], "names": ["a"], "accept": "row_oder"}, "Did you mean 'row_order'"),
    ],
)
def test_what_cannot_be_used_is_refused(arguments, message, atlas):
    with pytest.raises(errata.InputError, match=message):
        errata.profile(atlas=atlas, **arguments)


def test_an_atlas_that_is_not_there_is_refused():
    with pytest.raises(errata.InputError, match=r"imagenett: there is no such file.*imagenet"):
        errata.profile([1], "imagenett")


def test_the_values_of_the_user_stay_as_they_are(atlas, predicted, file_names):
    scores = scores_of(predicted)
    before = scores.copy()
    errata.profile(scores, atlas, names=file_names)
    assert (scores == before).all()
