"""Weights that timm and torchvision publish, from caches that are filled with random ones."""

import pytest
import torch
import torchvision

from errata.errors import InputError
from errata.files import sha256_of
from errata.zoo.predict import load_classifier
from zoo.conftest import lay_out

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def torchvision_row(make_row, monkeypatch, tmp_path):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    return lambda **columns: make_row(
        **{
            "model": "torchvision-squeezenet1_1.IMAGENET1K_V1@224",
            "source": "torchvision",
            "architecture": "squeezenet1_1",
            "weights": "IMAGENET1K_V1",
            "size": 224,
            "vocabulary": "imagenet1k",
            "view": "224-256-bilinear-center",
            **columns,
        }
    )


def refused(model, classes, match):
    with pytest.raises(InputError, match=match):
        load_classifier(model, classes=classes)


def test_timms_weights_come_from_the_hubs_cache_with_their_commit(hub, timm_row, imagenet_classes, make_untrained):
    module = make_untrained("test_resnet", classes=1000, size=160)
    lay_out(hub, module, COMMIT)
    classifier = load_classifier(timm_row(), classes=imagenet_classes)
    images = torch.rand(1, 3, 160, 160)
    with torch.no_grad():
        assert torch.equal(classifier.logits(images), module(images))
    assert classifier.revision == f"timm/test_resnet.r160_in1k@{COMMIT}"
    assert classifier.view.key == "160-168-bilinear-center"
    assert classifier.class_count == 1000


def test_a_revision_of_timms_weights_is_asked_for(hub, timm_row, imagenet_classes, make_untrained):
    newest = "f" * 40
    modules = {}
    for seed, commit in enumerate((COMMIT, newest)):
        modules[commit] = make_untrained("test_resnet", classes=1000, size=160, seed=seed)
        lay_out(hub, modules[commit], commit)
    images = torch.rand(1, 3, 160, 160)
    for asked, expected in ((COMMIT, COMMIT), (None, newest)):
        classifier = load_classifier(timm_row(revision=asked), classes=imagenet_classes)
        with torch.no_grad():
            assert torch.equal(classifier.logits(images), modules[expected](images))
        assert classifier.revision == f"timm/test_resnet.r160_in1k@{expected}"


def test_weights_that_cannot_be_had_are_an_input_error_with_advice(hub, timm_row, imagenet_classes):
    refused(timm_row(), imagenet_classes, "not in the cache and cannot be downloaded .* HF_HOME")


def test_a_view_that_timm_does_not_say_is_refused_with_both(timm_row, imagenet_classes):
    refused(
        timm_row(view="160-160-bicubic-center"),
        imagenet_classes,
        "models.tsv says size 160 and view 160-160-bicubic-center, timm says size 160 and view 160-168-bilinear-center",
    )


def test_a_size_that_timm_does_not_say_is_refused_with_the_sizes_for_training_and_testing(timm_row, imagenet_classes):
    refused(
        timm_row(architecture="resnet50.a1_in1k", size=320, view="320-336-bicubic-center"),
        imagenet_classes,
        "timm says size 224 and view 224-235-bicubic-center or size 288 and view 288-288-bicubic-center",
    )


def test_an_architecture_without_a_tag_is_refused_with_its_tags(timm_row, imagenet_classes):
    refused(timm_row(architecture="resnet18"), imagenet_classes, "expected architecture.tag such as resnet18.a1_in1k")


def test_weights_of_other_classes_are_refused(timm_row, imagenet_classes):
    refused(
        timm_row(architecture="convnext_tiny.fb_in22k"),
        imagenet_classes,
        "these weights tell 21,841 classes apart, the vocabulary 'imagenet1k' has 1,000",
    )


def test_a_vocabulary_in_another_order_is_refused(timm_row, imagenet_classes):
    refused(timm_row(), imagenet_classes.reverse(), "answer with the classes of ImageNet-1k")


def test_a_small_vocabulary_is_refused(timm_row, pictures):
    refused(timm_row(), pictures.classes, "1,000 classes apart, .* has 40")


def test_other_words_than_pretrained_are_refused(timm_row, imagenet_classes):
    refused(timm_row(weights="best"), imagenet_classes, "expected|have the weights 'pretrained', found 'best'")


def test_torchvisions_weights_come_from_torchs_cache_with_their_hash(
    torchvision_row, imagenet_classes, tmp_path, monkeypatch
):
    torch.manual_seed(0)
    module = torchvision.models.squeezenet1_1().eval()
    folder = tmp_path / "torch" / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    torch.save(module.state_dict(), folder / "squeezenet.pth")
    name = f"squeezenet1_1-{sha256_of(folder / 'squeezenet.pth')[:8]}.pth"
    (folder / "squeezenet.pth").rename(folder / name)
    published = torchvision.models.SqueezeNet1_1_Weights.IMAGENET1K_V1.value
    monkeypatch.setattr(published, "url", f"https://download.pytorch.org/models/{name}")
    classifier = load_classifier(torchvision_row(), classes=imagenet_classes)
    images = torch.rand(1, 3, 224, 224)
    with torch.no_grad():
        assert torch.equal(classifier.logits(images), module(images))
    assert classifier.revision.startswith("sha256:")
    assert classifier.mean == (0.485, 0.456, 0.406)


def test_a_view_that_torchvision_does_not_say_is_refused_with_both(torchvision_row, imagenet_classes):
    refused(
        torchvision_row(view="224-256-bicubic-center"),
        imagenet_classes,
        "torchvision says size 224 and view 224-256-bilinear-center",
    )


def test_the_member_default_is_refused_because_its_meaning_changes(torchvision_row, imagenet_classes):
    refused(torchvision_row(weights="DEFAULT"), imagenet_classes, "expected one of the weights IMAGENET1K_V1 .*version")


def test_an_unknown_builder_is_refused_with_the_nearest(torchvision_row, imagenet_classes):
    refused(torchvision_row(architecture="squeezenet1_2"), imagenet_classes, "did you mean squeezenet1_")


def test_torchvisions_weights_that_cannot_be_had_are_an_input_error(hub, torchvision_row, imagenet_classes):
    refused(torchvision_row(), imagenet_classes, "cannot be downloaded from https://.*offline .*TORCH_HOME")


def test_a_cached_file_that_is_no_file_of_weights_is_named(hub, timm_row, imagenet_classes, make_untrained):
    lay_out(hub, make_untrained("test_resnet", classes=1000, size=160), COMMIT)
    file = hub / f"models--timm--test_resnet.r160_in1k/snapshots/{COMMIT}/model.safetensors"
    file.write_bytes(file.read_bytes()[:5000])
    refused(timm_row(), imagenet_classes, rf"the weights {file} cannot be loaded .* remove the file and run")
