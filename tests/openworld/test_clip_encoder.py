import gzip
import json
import shutil

import open_clip
import pytest
import torch
from huggingface_hub import constants

from errata.errors import InputError
from errata.inference.encoder import check_activation, load_encoder
from openworld.tiny_encoder import MODEL, PREPROCESSING, write_tiny_encoder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_tiny_encoder(tmp_path_factory.mktemp("encoders") / "tiny")


@pytest.fixture(scope="module")
def encoder(folder):
    return load_encoder({"name": "tiny", "folder": str(folder)}, device="cpu")


def test_the_papers_encoder_is_accepted():
    check_activation("ViT-L-14-336-quickgelu", "openai")


@pytest.mark.parametrize(
    ("architecture", "weights", "right"),
    [
        ("ViT-L-14-336", "openai", "ViT-L-14-336-quickgelu"),
        ("ViT-B-32", "openai", "ViT-B-32-quickgelu"),
        ("ViT-H-14", "dfn5b", "ViT-H-14-quickgelu"),
        ("ViT-L-14-quickgelu", "laion2b_s32b_b82k", "ViT-L-14"),
    ],
)
def test_weights_of_another_activation_are_refused_with_the_right_architecture(architecture, weights, right):
    with pytest.raises(InputError, match=f"Use the architecture '{right}'"):
        check_activation(architecture, weights)


def test_exactly_those_weights_are_refused_that_were_trained_with_another_activation():
    def is_refused(architecture, weights):
        try:
            check_activation(architecture, weights)
        except InputError:
            return True
        return False

    known = open_clip.list_pretrained()
    quick = {
        (architecture, weights): bool(open_clip.get_model_config(architecture).get("quick_gelu", False))
        == bool(open_clip.pretrained.get_pretrained_cfg(architecture, weights).get("quick_gelu", False))
        for architecture, weights in known
    }
    assert [pair for pair in known if is_refused(*pair) == quick[pair]] == []


@pytest.mark.parametrize(
    ("architecture", "weights", "complaint"),
    [
        ("ViT-L-14-337", "openai", "no architecture 'ViT-L-14-337'. Did you mean ViT-L-14-336"),
        ("ViT-L-14", "opena", "Did you mean openai"),
        ("ViT-L-14", "cc12m", "belong to RN50"),
    ],
)
def test_unknown_names_are_refused_with_the_nearest(architecture, weights, complaint):
    with pytest.raises(InputError, match=complaint):
        check_activation(architecture, weights)


def test_vectors_of_images_and_texts_are_unit_float32(encoder):
    for vectors in (encoder.encode_images(torch.rand(3, 3, 32, 32)), encoder.encode_texts(["a tabby", "a mug", "x"])):
        assert vectors.shape == (3, 16)
        assert vectors.dtype == torch.float32
        assert torch.allclose(vectors.norm(dim=1), torch.ones(3), atol=1e-6)


def test_vectors_are_those_of_open_clips_own_model(encoder, folder):
    model = open_clip.create_model(f"local-dir:{folder}")
    tokenizer = open_clip.get_tokenizer(f"local-dir:{folder}")
    model.eval()
    image = torch.rand(2, 3, 32, 32)
    with torch.no_grad():
        assert torch.equal(encoder.encode_images(image), model.encode_image(image, normalize=True))
        assert torch.equal(encoder.encode_texts(["a cup"]), model.encode_text(tokenizer(["a cup"]), normalize=True))


@pytest.fixture
def published(monkeypatch, folder, tmp_path):
    """open_clip's registry with two architectures more, of which one has the activation of the published weights.

    Returns the folder of these weights in the cache of the hub.
    """
    weights = {"hf_hub": "lab/tiny/", "quick_gelu": True, "interpolation": "bicubic"}
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    repository, commit = tmp_path / "hub/models--lab--tiny", "0" * 40
    (repository / "snapshots" / commit).mkdir(parents=True)
    (repository / "refs").mkdir()
    (repository / "refs/main").write_text(commit)
    shutil.copy(folder / "open_clip_model.safetensors", repository / "snapshots" / commit)
    for name, quick in (("Tiny", False), ("Tiny-quickgelu", True)):
        monkeypatch.setitem(open_clip.factory._MODEL_CONFIGS, name, {**MODEL, "quick_gelu": quick})
        monkeypatch.setitem(open_clip.pretrained._PRETRAINED, name, {"lab": weights})
    return repository / "snapshots" / commit


def test_published_weights_are_loaded_by_architecture_and_tag(published, encoder):
    loaded = load_encoder({"name": "paper", "architecture": "Tiny-quickgelu", "weights": "lab"}, device="cpu")
    assert loaded.notes["sha256"] == encoder.notes["sha256"]
    assert loaded.notes["revision"] == published.name
    assert loaded.view.key == "32-32-bicubic-center"
    # the same weights with the other activation: other vectors, which is why that is refused
    images = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    assert not torch.allclose(loaded.encode_images(images), encoder.encode_images(images), atol=1e-5)
    with pytest.raises(InputError, match="Use the architecture 'Tiny-quickgelu'"):
        load_encoder({"name": "paper", "architecture": "Tiny", "weights": "lab"}, device="cpu")


def test_weights_that_cannot_be_fetched_are_refused_with_what_to_do(published):
    (published / "open_clip_model.safetensors").unlink()
    with pytest.raises(InputError, match=r"'lab' of 'Tiny-quickgelu' .* cannot be downloaded .* set HF_HOME"):
        load_encoder({"name": "paper", "architecture": "Tiny-quickgelu", "weights": "lab"}, device="cpu")


def test_many_texts_have_the_vectors_that_each_has_alone(encoder):
    texts = [f"a photo of {number}" for number in range(600)]
    together = encoder.encode_texts(texts)
    assert torch.allclose(
        together[[0, 255, 256, 599]], encoder.encode_texts([texts[i] for i in (0, 255, 256, 599)]), atol=1e-5
    )


def test_the_view_is_that_of_the_configuration(encoder):
    assert encoder.view.key == "32-32-bilinear-squash"
    assert list(encoder.mean) == PREPROCESSING["mean"]


def test_the_notes_name_the_weights_by_their_hash_and_hold_no_path(encoder, folder):
    assert len(encoder.notes["sha256"]) == 64
    assert encoder.notes["quick_gelu"] is False
    assert str(folder) not in json.dumps(dict(encoder.notes))


def test_a_tokenizer_of_its_own_lies_in_the_folder(tmp_path, encoder):
    folder = write_tiny_encoder(tmp_path / "own", tokenizer_kwargs={"bpe_path": "merges.txt.gz"})
    with gzip.open(folder / "merges.txt.gz", "wt") as stream:
        stream.write("#version\na b\nc a\n")
    own = load_encoder({"name": "own", "folder": str(folder)}, device="cpu")
    assert own.tokenizer(["cab"]).tolist() != encoder.tokenizer(["cab"]).tolist()
    assert own.notes["tokenizer_sha256"]


@pytest.mark.parametrize("name", ["open_clip_config.json", "open_clip_model.safetensors"])
def test_a_folder_without_one_of_the_files_is_refused(tmp_path, name):
    folder = write_tiny_encoder(tmp_path / "tiny")
    (folder / name).unlink()
    with pytest.raises(InputError, match=f"lacks {name}"):
        load_encoder({"name": "tiny", "folder": str(folder)}, device="cpu")


def test_a_folder_without_its_tokenizer_is_refused(tmp_path):
    folder = write_tiny_encoder(tmp_path / "tiny", tokenizer_kwargs={"bpe_path": "merges.txt.gz"})
    with pytest.raises(InputError, match=r"names merges\.txt\.gz"):
        load_encoder({"name": "tiny", "folder": str(folder)}, device="cpu")


def test_weights_of_another_architecture_are_refused(tmp_path):
    folder = write_tiny_encoder(tmp_path / "tiny")
    config = json.loads((folder / "open_clip_config.json").read_text())
    config["model_cfg"]["embed_dim"] = 32
    (folder / "open_clip_config.json").write_text(json.dumps(config))
    with pytest.raises(InputError, match="does not fit"):
        load_encoder({"name": "tiny", "folder": str(folder)}, device="cpu")
