"""Damaged or missing weights, or those of other classes: model, file and what to do are named; no table is made.

Never do scores that are no numbers become class 0.
"""

import runpy

import pytest
import torch
from safetensors.torch import load_file, save_file

from errata.classes.tables import CLASSES
from errata.errors import InputError
from errata.images.tables import IMAGES
from errata.labels.tables import TARGETS
from errata.tables import write_table
from zoo.conftest import CLASS_COUNT, checkpoint, imagenet_classes, pictures, row, untrained  # noqa: F401 - fixtures

NAN, INFINITE = float("nan"), float("inf")


@pytest.fixture
def predict(project, pictures, tmp_path):  # noqa: F811
    """Run the script of the rule predict on twenty images; `predict(model)` returns the path of its table."""
    for name, table in (("index", IMAGES), ("targets", TARGETS), ("classes", CLASSES)):
        write_table(pictures.tables[name], table, tmp_path / f"{name}.parquet")
    tables = {name: str(tmp_path / f"{name}.parquet") for name in ("index", "targets", "classes")}
    main = runpy.run_path(str(project / "workflow/scripts/predict.py"))["main"]
    how = {"contract": 1, "device": "cpu", "precision": "fp32", "margin": 0.02, "threads": 1}

    def run(model):
        output = tmp_path / "predictions" / "small@64.parquet"
        weights = [model.weights] if model.source == "checkpoint" else []
        main(
            **tables,
            **how,
            pixels=str(pictures.view_file),
            images=None,
            weights=weights,
            model=model.how_to_run(),
            output=output,
        )
        return output

    return run


def refusal(predict, model, tmp_path) -> str:
    """Return what the user reads when a model is refused, having seen that nothing was written."""
    with pytest.raises(InputError) as caught:
        predict(model)
    assert not (tmp_path / "predictions").exists() or not list((tmp_path / "predictions").iterdir())
    return str(caught.value)


def damage(checkpoint, tensor: str, value: float) -> None:  # noqa: F811
    """Change one number in a file of weights."""
    tensors = load_file(checkpoint.weights)
    tensors[tensor].view(-1)[0] = value
    save_file(tensors, checkpoint.weights)


@pytest.mark.parametrize("value", [NAN, INFINITE])
@pytest.mark.parametrize("tensor", ["fc.weight", "fc.bias"])
def test_weights_that_are_no_numbers_are_refused(predict, checkpoint, tmp_path, tensor, value):  # noqa: F811
    damage(checkpoint, tensor, value)
    said = refusal(predict, checkpoint, tmp_path)
    assert said == (
        f"config/models.tsv, model 'small@64': {checkpoint.weights}: 1 tensor ({tensor}) not finite (NaN or "
        "infinite): the training went wrong. Give weights from before it did, or leave the model out (config key "
        "models)."
    )


def test_finite_weights_that_give_no_numbers_are_refused_with_the_image(predict, checkpoint, tmp_path):  # noqa: F811
    running_variance = next(name for name in load_file(checkpoint.weights) if name.endswith("running_var"))
    damage(checkpoint, running_variance, -10.0)
    said = refusal(predict, checkpoint, tmp_path)
    assert said.startswith("config/models.tsv, model 'small@64': the scores of image img_00.jpeg are not finite")
    assert f"The weights ({checkpoint.weights}) are damaged" in said
    assert "Get them again, or leave the model out" in said


def test_a_model_that_fails_on_one_image_only_is_refused_with_that_image(
    predict,
    checkpoint,  # noqa: F811
    tmp_path,
    monkeypatch,
):
    forward = torch.nn.Linear.forward
    seen = []

    def fails_once(self, vectors):
        scores = forward(self, vectors)
        if not seen:
            scores[7, :] = NAN
        seen.append(len(scores))
        return scores

    monkeypatch.setattr(torch.nn.Linear, "forward", fails_once)
    # image 5 cannot be read, so the eighth in the batch is image 8
    assert "the scores of image img_08.jpeg are not finite" in refusal(predict, checkpoint, tmp_path)


@pytest.mark.parametrize("count", [CLASS_COUNT - 1, CLASS_COUNT + 1, 21_841])
def test_weights_of_another_number_of_classes_are_refused_with_both(predict, count, tmp_path):
    save_file(untrained("test_resnet", classes=count).state_dict(), tmp_path / "other.safetensors")
    assert refusal(predict, row(weights=str(tmp_path / "other.safetensors")), tmp_path) == (
        f"config/models.tsv, model 'small@64': these weights tell {count:,} classes apart, the vocabulary 'forty' has "
        f"{CLASS_COUNT}. Choose weights that were trained on the vocabulary's classes."
    )


def test_the_next_run_with_whole_weights_makes_the_table(predict, checkpoint, tmp_path):  # noqa: F811
    whole = load_file(checkpoint.weights)
    damage(checkpoint, "fc.bias", NAN)
    refusal(predict, checkpoint, tmp_path)
    save_file(whole, checkpoint.weights)
    assert predict(checkpoint).is_file()


PUBLISHED = {
    "timm": ("test_resnet.r160_in1k", "pretrained", 160, "160-168-bilinear-center"),
    "torchvision": ("squeezenet1_1", "IMAGENET1K_V1", 224, "224-256-bilinear-center"),
    "open_clip": ("ViT-B-32", "laion2b_e16", 224, "224-224-bicubic-center"),
}


@pytest.mark.parametrize("source", PUBLISHED)
def test_published_weights_that_are_neither_there_nor_to_be_had_are_named_with_where_they_belong(
    source,
    imagenet_classes,  # noqa: F811
    monkeypatch,
    tmp_path,
):
    from huggingface_hub import constants

    from errata.zoo.predict import load_classifier

    # as `offline: true` sets it; huggingface_hub reads it when it is imported
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setattr("requests.get", lambda *_, **__: pytest.fail("a download was tried"))
    architecture, weights, size, view = PUBLISHED[source]
    names = {"source": source, "architecture": architecture, "weights": weights, "size": size, "view": view}
    with pytest.raises(InputError) as caught:
        load_classifier(row(**names, vocabulary="imagenet1k"), classes=imagenet_classes)
    said = str(caught.value)
    assert "'small@64'" in said
    assert "cannot be downloaded" in said
    assert f"Looked {'for' if source == 'torchvision' else 'in'} {tmp_path}" in said
    assert "where there is a network" in said


def test_a_missing_file_of_weights_is_named_before_anything_runs(fresh):
    values = ("own@64", "checkpoint", "test_resnet", "weights/own.pth", "64", "imagenet1k", "64-67-bilinear-center")
    fresh.append("config/models.tsv", "\t".join((*values, *["-"] * 13)))
    (fresh.folder / "images").mkdir()
    run = fresh.build(config=("models=[own@64]", "images={imagenet: images}"))
    assert run.status != 0
    assert (
        "config/models.tsv, model 'own@64': there is no such file: weights/own.pth. Put it there (paths are relative "
        "to the project folder), correct the row, or leave the model out (config key models)."
    ) in run.output
    assert "Traceback" not in run.output
    assert not (fresh.folder / "results").exists()


def test_offline_keeps_jobs_from_asking_the_hub_for_weights(fresh):
    fresh.append("rules/common.smk", 'print("the hub is asked:", os.environ.get("HF_HUB_OFFLINE"), file=sys.stderr)')
    assert "the hub is asked: 1" in fresh.build("--dry-run", "results/sources/real/real.json").output
