"""Zero-shot classifiers from a small CLIP model with random weights in a folder."""

import json
from dataclasses import replace

import open_clip
import pytest
import torch
from safetensors.torch import save_file

from errata.errors import InputError
from errata.zoo.predict import load_classifier, predict

CONFIG = {
    "model_cfg": {
        "embed_dim": 16,
        "vision_cfg": {"image_size": 64, "layers": 1, "width": 64, "patch_size": 16},
        "text_cfg": {"context_length": 16, "vocab_size": 49408, "width": 16, "heads": 2, "layers": 1},
    },
    "preprocess_cfg": {"mean": [0.4, 0.4, 0.4], "std": [0.2, 0.2, 0.2]},
}


@pytest.fixture
def folder(tmp_path):
    torch.manual_seed(0)
    model = open_clip.CLIP(**CONFIG["model_cfg"])
    (tmp_path / "clip").mkdir()
    (tmp_path / "clip" / "open_clip_config.json").write_text(json.dumps(CONFIG))
    save_file(model.state_dict(), tmp_path / "clip" / "open_clip_model.safetensors")
    return tmp_path / "clip"


@pytest.fixture
def model(make_row, folder):
    return make_row(source="open_clip", architecture="small", weights=str(folder), view="64-64-bicubic-center")


def test_logits_are_cosines_with_class_names_times_the_models_scale(model, folder, pictures):
    classifier = load_classifier(model, classes=pictures.classes)
    clip = open_clip.create_model(f"local-dir:{folder}").eval()
    images = torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        texts = open_clip.get_tokenizer(f"local-dir:{folder}")([f"a photo of a thing {i}" for i in range(40)])
        cosines = clip.encode_image(images, normalize=True) @ clip.encode_text(texts, normalize=True).T
    torch.testing.assert_close(classifier.logits(images), clip.logit_scale.exp() * cosines)
    assert classifier.mean == (0.4, 0.4, 0.4)
    assert classifier.revision.startswith("sha256:")


def test_imagenets_classes_have_customary_names_and_prompts(model, imagenet_classes):
    classifier = load_classifier(model, classes=imagenet_classes)
    assert len(classifier.notes["prompts"]) == len(open_clip.SIMPLE_IMAGENET_TEMPLATES)
    assert classifier.logits(torch.rand(1, 3, 64, 64)).shape == (1, 1000)


def test_a_zero_shot_model_predicts(model, pictures):
    found = predict(model, **pictures.tables, images=pictures.root)
    assert found.rows["file_name"].to_list() == pictures.readable
    assert found.notes["prompts"] == ["a photo of a {}"]


def test_half_precision_does_not_tie_cosines(model, pictures):
    found = predict(model, **pictures.tables, images=pictures.root, precision="amp", margin=0)
    best, second = (found.rows["top_probabilities"].list.get(place) for place in (0, 1))
    assert found.notes["precision"] == {"fp16": 19}
    assert (best > second).all()


def test_a_view_that_the_folder_does_not_say_is_refused(model, pictures):
    with pytest.raises(InputError, match="open_clip says size 64 and view 64-64-bicubic-center"):
        load_classifier(replace(model, view="64-73-bicubic-center"), classes=pictures.classes)


def test_a_folder_that_is_not_there_is_refused(model, pictures):
    with pytest.raises(InputError, match="the folder lost/clip of its weights does not exist"):
        load_classifier(replace(model, weights="lost/clip"), classes=pictures.classes)


def test_an_architecture_with_another_activation_than_the_weights_is_refused(model, imagenet_classes):
    wrong = replace(model, architecture="ViT-B-32", weights="openai", size=224, view="224-224-bicubic-center")
    with pytest.raises(InputError, match="ViT-B-32-quickgelu"):
        load_classifier(wrong, classes=imagenet_classes)
