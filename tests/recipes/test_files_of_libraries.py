"""Files that libraries write by themselves are read: each is written here by the library, or the test is skipped."""

import json
from pathlib import Path

import numpy as np
import pytest

from errata.cli import main
from recipes.world import NAMES, WNIDS, images_of, right_answers


@pytest.fixture
def scores():
    """Scores of a model that knows the colours, shape (images, classes), in class-folder order, with file names."""
    images = images_of().sort("target", "file_name")
    random = np.random.default_rng(0)
    values = random.normal(size=(images.height, len(WNIDS)))
    values[np.arange(images.height), images["shown"]] += 10
    return images["file_name"].to_list(), values.astype(np.float32)


def top1(path, capsys, *options) -> float:
    """Return the accuracy that the doctor sees in a file that can be scored."""
    assert main(["doctor", str(path), "--json", *options]) == 0
    return json.loads(capsys.readouterr().out)[0]["accuracy"]


IN_FOLDER_ORDER = ("--order", "imagefolder")


@pytest.mark.parametrize("top", [1, 5])
@pytest.mark.parametrize("kind", ["csv", "json", "json-split", "parquet"])
def test_tables_as_timms_inference_script_writes_them_with_pandas(scores, folder, capsys, kind, top):
    # timm 1.0.31 leaves its script out of the package: the columns are the script's, the file is written by pandas
    pandas = pytest.importorskip("pandas")
    names, values = scores
    order = np.argsort(-values, axis=1)[:, :top]
    best = np.take_along_axis(values, order, axis=1)
    columns = {"index": order, "label": np.array(NAMES, dtype=object)[order], "prob": best}
    squeezed = {name: list(column[:, 0] if top == 1 else column) for name, column in columns.items()}
    frame = pandas.DataFrame({"filename": names} | squeezed)
    path = Path(f"test_resnet-160.{kind.split('-')[0]}")
    if kind == "csv":
        frame.to_csv(path, index=False)
    elif kind == "json":
        frame.set_index("filename").to_json(path, indent=4, orient="index")
    elif kind == "json-split":
        frame.to_json(path, indent=4, orient="split", index=False)
    else:
        pytest.importorskip("pyarrow")
        frame.set_index("filename").to_parquet(path)
    assert top1(path, capsys) == pytest.approx(right_answers())


@pytest.mark.parametrize("kind", ["csv", "json", "parquet"])
def test_tables_of_hugging_faces_datasets(scores, folder, capsys, kind):
    datasets = pytest.importorskip("datasets")
    names, values = scores
    table = datasets.Dataset.from_dict({"file_name": names, "prediction": values.argmax(axis=1)})
    getattr(table, f"to_{kind}")(f"predictions.{kind}")
    assert top1(f"predictions.{kind}", capsys) == pytest.approx(right_answers())


@pytest.mark.slow
def test_what_lightnings_writer_of_predictions_saves(scores, folder, capsys):
    lightning = pytest.importorskip("lightning")
    import torch

    class Writer(lightning.pytorch.callbacks.BasePredictionWriter):
        def write_on_epoch_end(self, trainer, module, predictions, batch_indices):
            torch.save(predictions, "predictions.pt")

    class Known(lightning.LightningModule):
        def predict_step(self, batch, index):
            return batch[0]

    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.tensor(scores[1])), batch_size=64)
    quiet = {"logger": False, "enable_progress_bar": False, "enable_model_summary": False}
    lightning.Trainer(accelerator="cpu", callbacks=[Writer("epoch")], **quiet).predict(Known(), loader)
    assert top1("predictions.pt", capsys, *IN_FOLDER_ORDER) == pytest.approx(right_answers())


def test_tensors_that_torch_saves(scores, folder, capsys):
    import torch

    names, values = scores
    torch.save({"logits": torch.tensor(values), "names": names}, "named.pth")
    torch.save({"outputs": torch.tensor(values), "targets": torch.tensor(np.sort(images_of()["target"]))}, "both.pt")
    assert top1("named.pth", capsys) == pytest.approx(right_answers())
    assert top1("both.pt", capsys, *IN_FOLDER_ORDER) == pytest.approx(right_answers())


@pytest.mark.slow
def test_the_pickle_of_mmengine_is_refused_with_a_line_that_converts_it(scores, folder, capsys):
    evaluator = pytest.importorskip("mmengine.evaluator")
    import torch

    names, values = scores
    dump = evaluator.DumpResults(out_file_path="dump.pkl")
    rows = torch.tensor(values)
    answers = zip(names, rows, strict=True)
    dump.process(
        None, [{"img_path": name, "pred_score": row, "pred_label": row.argmax()[None]} for name, row in answers]
    )
    dump.evaluate(len(names))
    assert main(["doctor", "dump.pkl"]) == 2
    said = " ".join(capsys.readouterr().out.split())
    (line,) = [part.split('".')[0] for part in said.split('python -c "')[1:]]
    exec(line)
    assert top1("dump.npy", capsys, *IN_FOLDER_ORDER) == pytest.approx(right_answers())
