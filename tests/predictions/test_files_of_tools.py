"""Files as people and their tools write them: every name, separator, encoding and layout gives the same rows."""

import bz2
import gzip
import json
import lzma
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from errata.errors import LONGEST_MESSAGE
from errata.predictions.doctor import examine
from errata.predictions.prediction_file import ModelRows, PredictionsError
from errata.predictions.read import read_predictions

CLASSES = 40
IDS = [26, 34, 38, 4, 0, 12]
NAMES = [f"val_{number:05d}.JPEG" for number in range(1, 7)]
TARGETS = [26, 34, 38, 5, 1, 12]
TOP3 = np.array([[each, (each + 1) % CLASSES, (each + 2) % CLASSES] for each in IDS])
PROBABILITIES = np.array([[0.6, 0.3, 0.1]] * len(IDS))
LOGITS = np.eye(CLASSES)[IDS] * 4 - 1
LABELS = [f"name {each}, other name" for each in IDS]


def only_model(path: Path) -> ModelRows:
    (rows,) = read_predictions(path, classes=CLASSES).models
    return rows


def ids_of(rows: ModelRows) -> list[int]:
    return rows.labels.cast(pl.Float64).cast(pl.Int64).to_list()


def csv(*columns, header=None, separator=",", end="\n") -> str:
    lines = [] if header is None else [header]
    lines += [separator.join(str(value) for value in row) for row in zip(*columns, strict=True)]
    return end.join(lines) + end


@pytest.mark.parametrize(
    "header",
    [
        "filename,prediction", "image,pred", "path,label", "img,top1", "ImageId,class", "image_id,class_idx",
        "Image Name,Predicted Label", "id,index", "img_path,y_pred", "File,Class ID", "filepath,argmax",
        "name,category_id", "key,output", "sample_files,preds", '"image","pred"',
    ],
)  # fmt: skip
def test_columns_are_known_by_the_names_that_people_give_them(header, tmp_path):
    (tmp_path / "m.csv").write_text(csv(NAMES, IDS, header=header))
    file = read_predictions(tmp_path / "m.csv", classes=CLASSES)
    assert (file.models[0].file_names.to_list(), ids_of(file.models[0])) == (NAMES, IDS)
    first, second = header.replace('"', "").split(",")
    assert (
        f"Columns were taken by their names: '{first}' for file_name, '{second}' for predicted_class." in file.remarks
    )


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        (",image,pred", (range(6), NAMES, IDS)),
        ("path,target,predicted,confidence", (NAMES, TARGETS, IDS, [0.5] * 6)),
        ("image,label,prediction", (NAMES, TARGETS, IDS)),
        ("path,gt_label,pred_label,correct", (NAMES, TARGETS, IDS, [True] * 6)),
        ("model_name,image,loss,pred_class,entropy", (["m"] * 6, NAMES, [0.1] * 6, IDS, [0.2] * 6)),
    ],
)
def test_other_columns_are_not_taken_for_the_prediction(header, columns, tmp_path):
    (tmp_path / "m.csv").write_text(csv(*columns, header=header))
    rows = only_model(tmp_path / "m.csv")
    assert (rows.file_names.to_list(), ids_of(rows)) == (NAMES, IDS)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("m.csv", csv(NAMES, IDS, header="image;pred", separator=";")),
        ("m.csv", "sep=;\n" + csv(NAMES, IDS, header="image;pred", separator=";")),
        ("m.tsv", csv(NAMES, IDS, header="image\tpred", separator="\t")),
        ("m.csv", csv(NAMES, IDS, header="image|pred", separator="|")),
        ("m.txt", csv(NAMES, IDS, separator=" ")),
        ("m.txt", csv(NAMES, IDS, header="image   pred", separator="   ")),
        ("m.csv", csv(NAMES, IDS)),
        ("m.csv", csv(IDS, NAMES)),
        ("m.csv", csv(NAMES, IDS, header="0,1")),
        ("m.csv", csv(NAMES, IDS, [0.5] * 6)),
        ("m.csv", csv(NAMES, IDS, header="# file_name,predicted_class")),
        ("m.csv", csv(NAMES, IDS, header="image,pred", end="\r")),
        ("m.csv", csv(NAMES, IDS, header="image,pred").encode("utf-16")),
        ("m.csv", csv(NAMES, IDS, header="image,pred").encode("utf-16-le")),
        ("m.tsv", csv(NAMES, IDS, header="image\tpred", separator="\t").encode("utf-8-sig")),
        ("m.csv", csv(NAMES, IDS, header="image,pred") + "TOTAL,0.80\nmean: ,0.8\n"),
        ("m.csv", csv(NAMES, IDS, header="image,pred") + "\nAccuracy: 80.3%,\n"),
        ("m.csv", csv([f"b'{name}'" for name in NAMES], IDS, header="image,pred")),
        ("m.csv.gz", gzip.compress(csv(NAMES, IDS, header="image,pred").encode(), mtime=0)),
        ("m.tsv.bz2", bz2.compress(csv(NAMES, IDS, header="image,pred").encode())),
        ("m.csv.xz", lzma.compress(csv(NAMES, IDS, header="image,pred").encode())),
        ("m.csv", gzip.compress(csv(NAMES, IDS, header="image,pred").encode(), mtime=0)),
    ],
)
def test_text_of_every_kind_is_read(name, text, tmp_path):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    rows = only_model(path)
    assert (rows.model, rows.file_names.to_list(), ids_of(rows)) == ("m", NAMES, IDS)


@pytest.mark.parametrize("text", [csv(IDS), csv(IDS, header="predicted_class"), csv([f"{each:.18e}" for each in IDS])])
def test_a_class_per_line_is_read(text, tmp_path):
    (tmp_path / "m.txt").write_text(text)
    rows = only_model(tmp_path / "m.txt")
    assert (rows.file_names, ids_of(rows)) == (None, IDS)


def test_rows_that_are_numbered_are_sorted(tmp_path):
    ids, place = list(range(30)), np.random.default_rng(0).permutation(30)
    text = csv(place, [ids[each] for each in place], header="index\tprediction", separator="\t")
    (tmp_path / "m.txt").write_text(text)
    assert ids_of(only_model(tmp_path / "m.txt")) == ids


@pytest.mark.parametrize(
    "cell",
    [
        lambda each: f"tensor({each})",
        lambda each: f"\"tensor({each}, device='cuda:0')\"",
        lambda each: f"tensor([{each}])",
        lambda each: f"[{each}]",
        lambda each: f"np.int64({each})",
        lambda each: f'"({each}, 0.93)"',
        lambda each: f'"[{each}, {(each + 1) % 40}, {(each + 2) % 40}]"',
        lambda each: f"[{each:2d} {(each + 1) % 40:2d}]",
        lambda each: f'"[\n {each:2d}\n {(each + 1) % 40:2d}]"',
    ],
)
def test_what_python_prints_of_tensors_and_lists_is_read(cell, tmp_path):
    (tmp_path / "m.csv").write_text(csv(NAMES, map(cell, IDS), header="file_name,predicted_class"))
    rows = only_model(tmp_path / "m.csv")
    assert (rows.file_names.to_list(), ids_of(rows)) == (NAMES, IDS)


def test_a_list_that_was_printed_in_part_is_refused(tmp_path):
    (tmp_path / "m.csv").write_text(csv(NAMES, ["[0.1 0.2 ... 0.3]"] * 6, header="file_name,logits"))
    with pytest.raises(PredictionsError, match="printed only the ends"):
        only_model(tmp_path / "m.csv")


@pytest.mark.parametrize(
    "value",
    [
        [{"file_name": name, "predicted_class": each} for name, each in zip(NAMES, IDS, strict=True)],
        {"file_name": NAMES, "predicted_class": IDS},
        {"model": "m", "predictions": [{"img": n, "pred": each} for n, each in zip(NAMES, IDS, strict=True)]},
        dict(zip(NAMES, IDS, strict=True)),
        {"results": dict(zip(NAMES, IDS, strict=True))},
        dict(zip(NAMES, TOP3.tolist(), strict=True)),
        dict(zip(NAMES, LOGITS.tolist(), strict=True)),
        {name: {"pred_label": each, "pred_score": 0.5} for name, each in zip(NAMES, IDS, strict=True)},
        {"columns": ["image", "pred"], "data": [list(row) for row in zip(NAMES, IDS, strict=True)]},
        {"columns": ["pred"], "index": NAMES, "data": [[each] for each in IDS]},
        {"schema": {}, "data": [{"index": 0, "image": n, "pred": i} for n, i in zip(NAMES, IDS, strict=True)]},
        {"image": dict(enumerate(NAMES)), "pred": dict(enumerate(IDS))},
        {"pred": dict(zip(NAMES, IDS, strict=True))},
        [list(row) for row in zip(NAMES, IDS, strict=True)],
        [{"image": name, "top5": row} for name, row in zip(NAMES, TOP3.tolist(), strict=True)],
        [{"image": name, "logits": row} for name, row in zip(NAMES, LOGITS.tolist(), strict=True)],
    ],
)
@pytest.mark.parametrize("packed", ["", ".gz"])
def test_json_with_file_names_is_read_in_every_layout(value, packed, tmp_path):
    content = json.dumps(value).encode()
    (tmp_path / f"m.json{packed}").write_bytes(gzip.compress(content) if packed else content)
    rows = only_model(tmp_path / f"m.json{packed}")
    assert (rows.model, rows.file_names.to_list(), ids_of(rows)) == ("m", NAMES, IDS)


@pytest.mark.parametrize("name", ["m.jsonl", "m.json", "m.txt", "m.csv"])
def test_json_lines_are_read_under_any_name(name, tmp_path):
    lines = [json.dumps({"image": n, "pred": each, "loss": float("nan")}) for n, each in zip(NAMES, IDS, strict=True)]
    (tmp_path / name).write_text("\n".join(lines) + "\n\n")
    rows = only_model(tmp_path / name)
    assert (rows.file_names.to_list(), ids_of(rows)) == (NAMES, IDS)


@pytest.mark.parametrize(
    "value",
    [
        IDS,
        TOP3.tolist(),
        LOGITS.tolist(),
        {"accuracy_top-1": 80.1, "class_scores": LOGITS.tolist(), "pred_label": IDS, "pred_class": LABELS},
        [{"pred_scores": row, "pred_label": each} for row, each in zip(LOGITS.tolist(), IDS, strict=True)],
    ],
)
def test_json_without_file_names_is_read(value, tmp_path):
    (tmp_path / "m.json").write_text(json.dumps(value))
    rows = only_model(tmp_path / "m.json")
    assert (rows.file_names, ids_of(rows)) == (None, IDS)


@pytest.mark.parametrize(
    "value",
    [
        [[{"label": name, "score": 0.9}, {"label": "x", "score": 0.1}] for name in LABELS],
        [[{"label": "x", "score": 0.1}, {"label": name, "score": 0.9}] for name in LABELS],
        [[{"score": 0.9, "label": name}] for name in LABELS],
        [{"label": name, "score": 0.9} for name in LABELS],
        [[[name, "words", 0.9], ["n0", "words", 0.1]] for name in LABELS],
    ],
)
def test_the_best_label_of_a_pipeline_is_read(value, tmp_path):
    (tmp_path / "m.json").write_text(json.dumps(value))
    assert only_model(tmp_path / "m.json").labels.to_list() == LABELS


TIMM = {
    "top-1 label": {"label": LABELS, "prob": [0.6] * 6},
    "top-1 index": {"index": IDS, "label": LABELS, "prob": [0.6] * 6},
    "top-3": {"index": list(TOP3), "label": [[name, "b", "c"] for name in LABELS], "prob": list(PROBABILITIES)},
    "top-3, labels only": {"label": [[name, "b", "c"] for name in LABELS], "prob": list(PROBABILITIES)},
    "top-3, a column each": {
        **{f"index_{rank}": TOP3[:, rank] for rank in range(3)},
        **{f"prob_{rank}": PROBABILITIES[:, rank] for rank in range(3)},
    },
    "all probabilities": {"prob": list(np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True))},
}


@pytest.mark.parametrize("form", ["csv", "json", "json-split", "json-records"])
@pytest.mark.parametrize("columns", TIMM)
def test_what_timms_inference_writes_is_read(columns, form, tmp_path):
    """Its script makes a frame of pandas and writes it in these ways; arrays in cells of CSV are printed whole."""
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"filename": NAMES} | TIMM[columns])
    path = tmp_path / f"resnet50-224.{form.split('-')[0]}"
    with np.printoptions(threshold=10**9):
        if form == "csv":
            frame = frame.map(lambda cell: np.array(cell, dtype=object) if isinstance(cell, list) else cell)
            frame.to_csv(path, index=False)
        elif form == "json":
            frame.set_index("filename").to_json(path, indent=4, orient="index")
        elif form == "json-split":
            frame.to_json(path, indent=4, orient="split", index=False)
        else:
            frame.to_json(path, lines=True, orient="records")
    rows = only_model(path)
    assert rows.file_names.to_list() == NAMES
    is_named = not any("index" in name for name in TIMM[columns]) and "label" in TIMM[columns]
    assert (rows.labels.to_list() == LABELS) if is_named else (ids_of(rows) == IDS)
    if columns.startswith("top-3") and not is_named:
        assert rows.ranked.tolist() == TOP3.tolist()


@pytest.mark.parametrize("name", ["m.csv", "m.json"])
def test_a_summary_of_accuracies_is_recognised_for_what_it_is(name, tmp_path):
    summary = {"model": "vit", "top1": 80.1, "top1_err": 19.9, "top5": 95.0, "top5_err": 5.0, "param_count": 25.6}
    table = csv(*([value] for value in summary.values()), header=",".join(summary))
    text = json.dumps([summary]) if name == "m.json" else table
    (tmp_path / name).write_text(text)
    with pytest.raises(PredictionsError, match=r"accuracies of models .* not what was predicted") as caught:
        only_model(tmp_path / name)
    assert caught.value.kind == "accuracies_only"


@pytest.mark.parametrize(
    "write",
    [
        lambda frame, path: frame.write_ipc(path),
        lambda frame, path: frame.write_ipc(path, compression="zstd"),
        lambda frame, path: frame.write_ipc_stream(path),
    ],
)
@pytest.mark.parametrize("suffix", [".arrow", ".feather"])
def test_arrow_files_and_streams_are_read(write, suffix, tmp_path):
    write(pl.DataFrame({"image": NAMES, "pred": IDS}), tmp_path / f"m{suffix}")
    rows = only_model(tmp_path / f"m{suffix}")
    assert (rows.file_names.to_list(), ids_of(rows)) == (NAMES, IDS)


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"image": NAMES, "pred": IDS}, schema_overrides={"image": pl.Categorical}),
        pl.DataFrame({"image": NAMES, "pred": IDS}).with_columns(pl.col("image").cast(pl.Binary)),
        pl.DataFrame({"image": NAMES, "pred": map(str, IDS)}, schema_overrides={"pred": pl.Enum(map(str, range(40)))}),
        pl.DataFrame({"image": NAMES, "predictions": TOP3}),
        pl.DataFrame({"image": NAMES, "logits": LOGITS}),
        pl.DataFrame({"image": NAMES, **{str(each): LOGITS[:, each] for each in range(CLASSES)}}),
        pl.DataFrame({"image": NAMES, **{f"n{each:08d}": LOGITS[:, each] for each in reversed(range(CLASSES))}}),
    ],
    ids=["categorical", "binary", "enum", "ranked lists", "lists of scores", "numbered scores", "scores by wnid"],
)
def test_columns_of_every_type_are_read(frame, tmp_path):
    frame.write_parquet(tmp_path / "m.parquet")
    rows = only_model(tmp_path / "m.parquet")
    assert (rows.file_names.to_list(), ids_of(rows)) == (NAMES, IDS)


def test_the_best_of_several_rows_per_image_is_read(tmp_path):
    rows = [(name, rank + 1, top[rank]) for name, top in zip(NAMES, TOP3, strict=True) for rank in range(3)]
    (tmp_path / "m.csv").write_text(csv(*zip(*rows, strict=True), header="image,rank,class_id"))
    assert ids_of(only_model(tmp_path / "m.csv")) == IDS


@pytest.mark.parametrize(
    "arrays",
    [
        {"outputs": LOGITS, "targets": np.array(TARGETS)},
        {"logits": LOGITS, "labels": np.array(TARGETS), "filenames": np.array(NAMES)},
        {"predictions": LOGITS, "label_ids": np.array(TARGETS), "metrics": np.array("x")},
        {"preds": np.array(IDS), "labels": np.array(TARGETS), "paths": np.array(NAMES)},
        {"y_true": np.array(TARGETS), "y_pred": np.array(IDS)},
        {"softmax": LOGITS, "features": np.zeros((6, 3))},
        {"arr_0": np.array(IDS)},
        {"image_names": np.array(NAMES).astype("S"), "preds": np.array(IDS), "top5": TOP3},
    ],
    ids=lambda arrays: ", ".join(arrays),
)
def test_the_predictions_of_an_archive_are_known_by_their_name(arrays, tmp_path):
    np.savez(tmp_path / "m.npz", **arrays)
    assert ids_of(only_model(tmp_path / "m.npz")) == IDS


def test_wnids_names_and_scores_by_rank_are_read_as_keras_gives_them(tmp_path):
    np.save(tmp_path / "m.npy", np.array([[[f"n{each:08d}", "name", "0.9"], ["n1", "x", "0.1"]] for each in IDS]))
    assert only_model(tmp_path / "m.npy").labels.to_list() == [f"n{each:08d}" for each in IDS]


def tensors(torch):
    logits, ids, targets = torch.tensor(LOGITS), torch.tensor(IDS), torch.tensor(TARGETS)
    return {
        "ids": ids,
        "scores": logits,
        "bfloat16": logits.bfloat16(),
        "half": logits.half(),
        "parameter": torch.nn.Parameter(logits),
        "dict": {"outputs": logits, "targets": targets, "epoch": 3},
        "batches": list(logits.split(4)),
        "dict of batches": {"preds": list(ids.split(4)), "labels": list(targets.split(4))},
        "pair": (logits, targets),
        "list": IDS,
        "per image": dict(zip(NAMES, logits, strict=True)),
        "per image, ids": dict(zip(NAMES, IDS, strict=True)),
    }


@pytest.mark.parametrize("what", ["ids", "scores", "bfloat16", "half", "parameter", "dict", "batches",
                                  "dict of batches", "pair", "list", "per image", "per image, ids"])  # fmt: skip
@pytest.mark.parametrize("suffix", [".pt", ".pth", ".pt.gz"])
def test_tensors_are_read(what, suffix, tmp_path):
    torch = pytest.importorskip("torch")
    torch.save(tensors(torch)[what], tmp_path / "m.pt")
    content = (tmp_path / "m.pt").read_bytes()
    path = tmp_path / f"vit{suffix}"
    path.write_bytes(gzip.compress(content) if suffix.endswith(".gz") else content)
    rows = only_model(path)
    assert (rows.model, ids_of(rows)) == ("vit", IDS)
    assert (rows.file_names is not None) == what.startswith("per image")


def test_weights_objects_and_a_missing_pytorch_are_sentences(tmp_path, monkeypatch):
    torch = pytest.importorskip("torch")
    path = tmp_path / "m.pt"
    for value, said in (
        (torch.nn.Linear(3, 4).state_dict(), "like the weights of a model"),
        ({"state_dict": torch.nn.Linear(3, 4).state_dict(), "epoch": 3}, "like the weights of a model"),
        (np.array(IDS), "it holds Python objects, not only tensors"),
    ):
        torch.save(value, path)
        with pytest.raises(PredictionsError, match=said):
            only_model(path)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(PredictionsError, match=r"only PyTorch can read it, which is not installed\. Install it"):
        only_model(path)


@pytest.mark.parametrize(
    ("head", "line"),
    [
        (b"\x80\x04 pred_label", "np.save('m.npy', [int(r['pred_label']) for r in x])"),
        (b"\x80\x04 pandas.core.frame", "x.to_parquet('m.parquet')"),
        (b"\x80\x04 torch._utils", "torch.save(x, 'm.pt')"),
        (b"\x80\x04 numpy", "np.save('m.npy', np.asarray(x))"),
    ],
)
def test_a_pickle_is_refused_with_the_line_that_converts_it(head, line, tmp_path):
    (tmp_path / "m.pkl").write_bytes(head)
    with pytest.raises(PredictionsError) as caught:
        only_model(tmp_path / "m.pkl")
    assert "never unpickles; if you trust it, convert it: python -c" in str(caught.value)
    assert line in str(caught.value)


def test_zstandard_is_read_where_this_python_can_unpack_it(tmp_path):
    zstandard = pytest.importorskip("zstandard")
    content = csv(NAMES, IDS, header="image,pred").encode()
    (tmp_path / "m.csv.zst").write_bytes(zstandard.ZstdCompressor().compress(content))
    assert ids_of(only_model(tmp_path / "m.csv.zst")) == IDS


def test_zstandard_that_cannot_be_unpacked_is_said_with_what_to_install(tmp_path, monkeypatch):
    for module in ("compression.zstd", "zstandard", "backports.zstd"):
        monkeypatch.setitem(sys.modules, module, None)
    (tmp_path / "m.csv.zst").write_bytes(b"\x28\xb5\x2f\xfd" + bytes(20))
    with pytest.raises(PredictionsError, match=r"which this Python cannot unpack\. Install the package zstandard"):
        only_model(tmp_path / "m.csv.zst")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("m.csv.gz", gzip.compress(csv(NAMES, IDS, header="image,pred").encode(), mtime=0)[:-9], "It may be truncated"),
        ("m.csv.gz", gzip.compress(b"", mtime=0), "is empty"),
        ("m.json", b'{"image": "a.jpg", "image": "b.jpg"}', "the key 'image' is given twice in one object"),
        ("m.json", b"[" * 100_000, "nested too deeply"),
        ("m.json", b'{"a":' * 100_000, "nested too deeply"),
        ("m.json", b'[{"image": "a.jpg", "pred": 1}, {"image": "b.j', "it is no JSON"),
        ("m.jsonl", b'{"image": "a.jpg", "pred": 1}\n{"image": "b.j\n', "line 2 is no JSON"),
        ("m.json", b"[" + b"9" * 5000 + b"]", "Exceeds the limit"),
        ("m.json", b"3", "a single value"),
        ("m.json", b"[]", "the list is empty"),
        ("m.json", b"{}", "the object is empty"),
        ("m.json", b"  \n", "nothing but blanks"),
        ("m.json", b'[{"image": "a.jpg", "pred": {"x": 1}}]', "records with x"),
        ("m.json", b'[{"image": "a.jpg", "pred": 1}, 7]', "a list of objects and others"),
        ("m.json", b'{"image": ["a.jpg"], "pred": [1, 2]}', "'image' has 1 values where others have 2"),
        ("m.json", b'{"columns": ["a", "b"], "data": [[1]]}', "not as many values as 'columns'"),
        ("m.json", b"\xff\xfe\x00\xd8", "other bytes"),
        ("m.arrow", b"ARROW1" + bytes(100), "cannot be read as one"),
        ("m.feather", b"\xff\xff\xff\xff" + bytes(100), "cannot be read as one"),
        ("m.pt", b"PK\x03\x04" + bytes(100), "cannot be read as one"),
        ("m.pt", b"\x80\x02" + bytes(100), "m.pt: "),
    ],
)
def test_faulty_files_of_these_kinds_are_one_short_sentence(name, content, said, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(PredictionsError) as caught:
        only_model(tmp_path / name)
    assert said in str(caught.value)
    assert len(str(caught.value)) <= LONGEST_MESSAGE


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_file_that_unpacks_to_gigabytes_is_refused(pack, tmp_path, monkeypatch):
    monkeypatch.setattr("errata.user_files.MOST_UNPACKED", 1_000_000)
    (tmp_path / "m.csv.gz").write_bytes(pack(b"file_name,predicted_class\n" + b"a,1\n" * 1_000_000))
    with pytest.raises(PredictionsError, match="it unpacks to more than 1,000,000 bytes"):
        only_model(tmp_path / "m.csv.gz")


def test_json_of_hundreds_of_megabytes_is_refused_before_it_is_parsed(tmp_path, monkeypatch):
    monkeypatch.setattr("errata.predictions.json_layout.MOST_JSON", 1000)
    (tmp_path / "m.json").write_text("[" + "1," * 1000 + "1]")
    with pytest.raises(PredictionsError, match="it has more than 1,000 bytes"):
        only_model(tmp_path / "m.json")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("m.csv", "# made by a script\n# on Monday\n" + csv(NAMES, IDS, header="file_name,predicted_class")),
        ("m.csv", "model: vit\n\n" + csv(NAMES, IDS, header="image,pred")),
        ("m.csv", csv([f" {name} " for name in NAMES], [f" {each} " for each in IDS], header="image , pred")),
        ("m.csv", csv([f"PosixPath('{name}')" for name in NAMES], IDS, header="image,pred")),
        ("m.csv", csv([f"['{name}']" for name in NAMES], IDS, header="image,pred")),
        ("m.txt", csv(NAMES, [f"n{each:08d}\ta, b, c" for each in IDS], header="image\tpred\tname", separator="\t")),
        ("m.csv", csv([0.9] * 6, NAMES, IDS, header="confidence,file,prediction")),
        ("m.csv", csv(NAMES, [0.7] * 6, IDS, header="file,prediction_confidence,predicted_index")),
        ("m.csv", csv(NAMES, LABELS[0].split(", ")[:1] * 6, IDS, header="image,predicted_name,predicted_id")),
        ("m.json", json.dumps([NAMES, IDS])),
        ("m.json", json.dumps([{name: each} for name, each in zip(NAMES, IDS, strict=True)])),
        ("m.json", json.dumps({str(each): [name] for name, each in zip(NAMES, IDS, strict=True)})),
        ("m.json", json.dumps({n: {"3": 0.1, str(each): 0.9} for n, each in zip(NAMES, IDS, strict=True)})),
    ],
)
def test_what_stands_around_names_and_rows_is_no_obstacle(name, text, tmp_path):
    (tmp_path / name).write_text(text)
    rows = only_model(tmp_path / name)
    labels = rows.labels.cast(pl.String).str.strip_chars().str.replace(r"^n0+(\d)", "$1").cast(pl.Float64)
    assert (rows.file_names.to_list(), labels.to_list()) == (NAMES, IDS)


def test_lines_keep_their_numbers_after_a_preface(tmp_path):
    (tmp_path / "m.csv").write_text("model: vit\n" + csv(NAMES, IDS, header="image,pred"))
    assert only_model(tmp_path / "m.csv").numbers.name(0) == "line 3"


def test_a_column_that_holds_the_targets_is_not_the_prediction(atlas, predicted, tmp_path):
    for header in ("image,label,class", "image,class,label"):
        first, second = (predicted, atlas.targets) if header.endswith("class,label") else (atlas.targets, predicted)
        (tmp_path / "m.csv").write_text(csv(atlas.images["file_name"], first, second, header=header))
        ((diagnosis, classes),) = examine(tmp_path / "m.csv", atlas)
        assert (classes == predicted).all()
        assert any("equals the target in 100.0% of the rows" in finding.message for finding in diagnosis.findings)
