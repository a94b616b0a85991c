"""Inference against a plain loop over timm's own transform and model, and the promises that it makes."""

import json

import numpy as np
import polars as pl
import pytest
import timm
import torch
from PIL import Image
from safetensors.torch import save_file

from errata.errors import InputError
from errata.predictions.read import read_predictions
from errata.predictions.tables import PREDICTIONS
from errata.tables import write_table
from errata.views.view import parse_view
from errata.zoo import predict as predict_module
from errata.zoo.classifier import Classifier
from errata.zoo.predict import predict

VIEWS = {
    "test_resnet": "64-67-bilinear-center",
    "test_vit": "64-67-bicubic-center",
    "test_efficientnet": "64-67-bicubic-center",
}


def plain_loop(module: torch.nn.Module, pictures) -> np.ndarray:
    """Probabilities of every readable image, one at a time, by timm's transform."""
    transform = timm.data.create_transform(**timm.data.resolve_data_config(pretrained_cfg=module.pretrained_cfg))
    with torch.no_grad():
        return np.stack(
            [
                module(transform(Image.open(pictures.root / name).convert("RGB"))[None]).softmax(1)[0].numpy()
                for name in pictures.readable
            ]
        )


@pytest.mark.parametrize("architecture", VIEWS)
def test_inference_equals_a_plain_loop_over_timms_transform_and_model(
    architecture, pictures, make_untrained, make_row, tmp_path
):
    module = make_untrained(architecture)
    save_file(module.state_dict(), tmp_path / "weights.safetensors")
    model = make_row(architecture=architecture, weights=str(tmp_path / "weights.safetensors"), view=VIEWS[architecture])
    rows = predict(model, **pictures.tables, images=pictures.root).rows
    expected = plain_loop(module, pictures)
    assert rows["file_name"].to_list() == pictures.readable
    assert rows["predicted_class"].to_list() == expected.argmax(1).tolist()
    assert len(set(rows["predicted_class"])) > 1
    np.testing.assert_allclose(rows["predicted_probability"], expected.max(1), atol=1e-5)
    np.testing.assert_allclose(
        np.stack(rows["top_probabilities"].to_list()), -np.sort(-expected, axis=1)[:, :10], atol=1e-5
    )


def test_a_cached_view_and_decoding_on_the_fly_give_the_same_rows(checkpoint, pictures):
    cached = predict(checkpoint, **pictures.tables, view_file=pictures.view_file)
    decoded = predict(checkpoint, **pictures.tables, images=pictures.root)
    assert cached.rows.equals(decoded.rows)


def test_every_readable_image_has_one_row_and_the_damaged_one_none(checkpoint, pictures):
    rows = predict(checkpoint, **pictures.tables, view_file=pictures.view_file).rows
    assert rows["file_name"].to_list() == pictures.readable
    assert rows.height == pictures.index.height - 1


def test_annotated_images_get_the_rows_that_they_have_among_all(checkpoint, pictures):
    # the damaged image is one of them
    annotated = pictures.index.select("file_name", "position")[[1, 5, 6, 19]]
    whole = predict(checkpoint, **pictures.tables, view_file=pictures.view_file)
    part = predict(checkpoint, **pictures.tables, view_file=pictures.view_file, annotated=annotated)
    asked = ["img_01.jpeg", "img_06.jpeg", "img_19.jpeg"]
    assert part.rows["file_name"].to_list() == asked
    exact = ("file_name", "predicted_class", "target_rank")
    assert part.rows.select(exact).equals(whole.rows.filter(pl.col("file_name").is_in(asked)).select(exact))
    assert (whole.notes["subset"], part.notes["subset"]) == ("all", "annotated")


def test_annotated_images_of_another_data_set_are_refused(checkpoint, pictures):
    strangers = pl.DataFrame({"file_name": ["img_01.jpeg", "img_02.jpeg"], "position": [1, 3]}).cast(
        {"position": pl.Int32}
    )
    with pytest.raises(InputError, match=r"annotated images has img_02.jpeg \(1 images like this\)"):
        predict(checkpoint, **pictures.tables, view_file=pictures.view_file, annotated=strangers)


def test_two_runs_give_the_same_bytes(checkpoint, pictures, tmp_path):
    for name in ("first", "second"):
        found = predict(checkpoint, **pictures.tables, view_file=pictures.view_file)
        notes = {"errata.model": json.dumps(dict(found.notes))}
        write_table(found.rows, PREDICTIONS, tmp_path / f"{name}.parquet", metadata=notes)
    assert (tmp_path / "first.parquet").read_bytes() == (tmp_path / "second.parquet").read_bytes()


def test_the_table_is_a_predictions_file(checkpoint, pictures, tmp_path):
    rows = predict(checkpoint, **pictures.tables, view_file=pictures.view_file).rows
    write_table(rows, PREDICTIONS, tmp_path / "small@64.parquet")
    file = read_predictions(tmp_path / "small@64.parquet", classes=pictures.classes.height)
    (found,) = file.models
    assert not file.remarks
    assert found.model == "small@64"
    assert found.labels.to_list() == rows["predicted_class"].to_list()
    assert found.probability.tolist() == rows["predicted_probability"].to_list()


def test_the_notes_say_which_weights_ran_where_and_at_which_precision(checkpoint, pictures):
    notes = predict(checkpoint, **pictures.tables, view_file=pictures.view_file).notes
    assert notes["model"] == "small@64"
    assert notes["weights"] == "small.safetensors"
    assert notes["revision"].startswith("sha256:")
    assert (notes["device"], notes["precision"], notes["fallbacks"]) == ("cpu", {"fp32": 19}, [])
    assert notes["libraries"]["timm"] == timm.__version__


@pytest.fixture
def fake(monkeypatch, pictures):
    """Lets a function stand in for the model that the sheet names."""

    def install(logits) -> None:
        def load(model, *, classes, device):
            view = parse_view(model.view)
            return Classifier(logits, (0, 0, 0), (1, 1, 1), view, None, classes.height)

        monkeypatch.setattr(predict_module, "load_classifier", load)

    return install


def test_scores_that_are_not_finite_in_float32_either_are_refused_with_the_images_name(
    fake, checkpoint, pictures, monkeypatch
):
    calls = []

    def broken_for_the_seventh_image(images):
        logits = images.mean(dim=(2, 3)) @ torch.ones(3, 40)
        if not calls:
            logits[6, 3] = float("nan")
        calls.append(len(images))
        return logits

    fake(broken_for_the_seventh_image)
    with pytest.raises(InputError, match=f"'small@64'.* image {pictures.readable[6]} are not finite"):
        predict(checkpoint, **pictures.tables, view_file=pictures.view_file)
    # the 19 images once: no other precision is tried
    assert calls == [16, 3]


def test_an_image_that_does_not_fit_into_memory_alone_is_refused_with_advice(fake, checkpoint, pictures):
    def greedy(images):
        raise torch.cuda.OutOfMemoryError("CUDA out of memory")

    fake(greedy)
    with pytest.raises(InputError, match=r"a single image does not fit .* device to cpu"):
        predict(checkpoint, **pictures.tables, view_file=pictures.view_file)


def test_batches_are_halved_until_they_fit_and_no_image_is_lost(checkpoint, pictures, fake):
    sizes = []

    def fits_five(images):
        sizes.append(len(images))
        if len(images) > 5:
            raise torch.cuda.OutOfMemoryError("CUDA out of memory")
        return images.mean(dim=(2, 3)) @ torch.arange(120.0).reshape(3, 40)

    fake(fits_five)
    found = predict(checkpoint, **pictures.tables, view_file=pictures.view_file)
    assert found.rows["file_name"].to_list() == pictures.readable
    assert sizes == [16, 8, 4, 4, 4, 4, 3]
    assert found.notes["fallbacks"] == [
        "batches of 8 after running out of memory",
        "batches of 4 after running out of memory",
    ]


def test_targets_of_other_images_are_refused(checkpoint, pictures):
    others = pictures.targets.with_columns(file_name=pl.format("other_{}", "file_name"))
    with pytest.raises(InputError, match="20 of the former are not the same"):
        predict(checkpoint, **{**pictures.tables, "targets": others}, view_file=pictures.view_file)


def test_a_view_file_of_another_size_is_refused(checkpoint, pictures, tmp_path):
    np.save(tmp_path / "view.npy", np.zeros((20, 32, 32, 3), np.uint8))
    with pytest.raises(InputError, match=r"32 x 32 pixels, view 64-67-bilinear-center has 64 x 64"):
        predict(checkpoint, **pictures.tables, view_file=tmp_path / "view.npy")


def test_pixels_from_nowhere_are_refused(checkpoint, pictures):
    with pytest.raises(InputError, match="found neither"):
        predict(checkpoint, **pictures.tables)


def test_half_precision_on_a_cpu_agrees_with_float32_but_for_its_rounding(checkpoint, pictures):
    half = predict(checkpoint, **pictures.tables, view_file=pictures.view_file, precision="amp", margin=0)
    full = predict(checkpoint, **pictures.tables, view_file=pictures.view_file)
    assert (half.notes["precision"], half.notes["recheck"]) == ({"fp16": 19}, None)
    np.testing.assert_allclose(half.rows["predicted_probability"], full.rows["predicted_probability"], atol=0.01)
    assert not half.rows.equals(full.rows)


def test_close_calls_of_half_precision_are_computed_again_and_recorded(checkpoint, pictures, monkeypatch):
    monkeypatch.setattr("errata.zoo.answers.LEAST", 2)
    found = predict(checkpoint, **pictures.tables, view_file=pictures.view_file, precision="amp", margin=0.2)
    full = predict(checkpoint, **pictures.tables, view_file=pictures.view_file)
    again = found.notes["recheck"]["images"]
    assert 2 <= again < 19
    assert found.notes["precision"] == {"fp16": 19 - again, "fp32": again}
    assert 0 < found.notes["recheck"]["largest_error"] < 0.1
    assert found.rows["predicted_class"].equals(full.rows["predicted_class"])
    # how float32 rounds depends on how many images are computed at once; half precision is off by a thousand times that
    unlike = (found.rows["predicted_probability"] / full.rows["predicted_probability"] - 1).abs()
    assert sorted(unlike)[again - 1] < 1e-6 < sorted(unlike)[again]


@pytest.mark.gpu
def test_a_gpu_gives_the_same_top_classes_in_float32(checkpoint, pictures):
    if not torch.cuda.is_available():
        pytest.skip("torch finds no GPU")
    there = predict(checkpoint, **pictures.tables, view_file=pictures.view_file, device="cuda", precision="fp32")
    here = predict(checkpoint, **pictures.tables, view_file=pictures.view_file, device="cpu")
    assert there.rows["predicted_class"].equals(here.rows["predicted_class"])
    np.testing.assert_allclose(there.rows["predicted_probability"], here.rows["predicted_probability"], atol=1e-4)


@pytest.mark.gpu
def test_a_gpu_runs_in_half_precision_by_default(checkpoint, pictures):
    if not torch.cuda.is_available():
        pytest.skip("torch finds no GPU")
    found = predict(checkpoint, **pictures.tables, view_file=pictures.view_file, margin=0)
    assert found.notes["precision"] == {"fp16": 19}
    assert found.notes["channels_last"]


@pytest.mark.gpu
def test_a_gpu_without_memory_halves_batches(checkpoint, pictures, fake):
    if not torch.cuda.is_available():
        pytest.skip("torch finds no GPU")

    def greedy(images):
        if len(images) > 5:
            torch.empty(2**48, device="cuda")
        return images.mean(dim=(2, 3)) @ torch.arange(120.0, device="cuda").reshape(3, 40)

    fake(greedy)
    found = predict(checkpoint, **pictures.tables, view_file=pictures.view_file, device="cuda")
    assert found.notes["fallbacks"][-1] == "batches of 4 after running out of memory"
