"""Load zero-shot classifiers, which predict the class whose name is most similar to the image, with open_clip."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import torch
from open_clip import IMAGENET_CLASSNAMES, SIMPLE_IMAGENET_TEMPLATES, get_model_config
from open_clip.pretrained import get_pretrained_cfg
from open_clip.transform import PreprocessCfg, merge_preprocess_dict

from errata.errors import InputError
from errata.inference.encoder import Encoder, load_encoder
from errata.models import Model
from errata.views.view import View, view_of_open_clip
from errata.zoo.classifier import Classifier, check_view, is_imagenet

PHOTO = "a photo of a {}"
"""The prompt for classes that have no customary names and prompts."""

ENCODER_NOTES = ("architecture", "weights", "sha256", "revision", "config_sha256", "tokenizer_sha256", "quick_gelu")
"""Facts about the open_clip model that predictions carry on."""


def load_zero_shot(model: Model, *, classes: pl.DataFrame, device: torch.device) -> Classifier:
    """Load an open_clip model and turn the names of the classes into its classifier.

    ImageNet's classes get the names and the seven prompts that open_clip ships for them, so that accuracies compare
    with published ones; other classes get their first lemma and one prompt. Class vectors are means over prompts, of
    unit length; logits are cosines times the model's own scale.

    Raises InputError: see `errata.zoo.predict.load_classifier`; also if the weights were trained with another
    activation than the architecture has.
    """
    where = model.row
    encoder = load_encoder({"name": model.model, **_place(model)}, device=device)
    view = check_view(model, [encoder.view], source="open_clip")
    if not hasattr(encoder.model, "logit_scale"):
        raise InputError(f"{where}: the model has no logit scale, so its cosines give no probabilities.")
    customary = is_imagenet(classes)
    names = IMAGENET_CLASSNAMES if customary else classes["lemmas"].list.first().to_list()
    templates = SIMPLE_IMAGENET_TEMPLATES if customary else (PHOTO.format,)
    class_vectors = _class_vectors(encoder, names, templates)
    scale = encoder.model.logit_scale.detach().exp().float()

    def logits(images: torch.Tensor) -> torch.Tensor:
        vectors = encoder.encode_images(images)
        # cosines differ in the third decimal: half precision would tie them
        with torch.autocast(device.type, enabled=False):
            return scale * vectors.float() @ class_vectors.T

    return Classifier(
        logits=logits,
        mean=tuple(encoder.mean),
        std=tuple(encoder.std),
        view=view,
        revision=_revision(encoder),
        class_count=classes.height,
        notes={
            "encoder": {key: encoder.notes[key] for key in ENCODER_NOTES if key in encoder.notes},
            "prompts": [template("{}") for template in templates],
        },
    )


def published_view(architecture: str, tag: str) -> View:
    """Return the preprocessing of weights that open_clip knows, without loading them."""
    trained = get_pretrained_cfg(architecture, tag) or get_pretrained_cfg(architecture.removesuffix("-quickgelu"), tag)
    preprocessing = merge_preprocess_dict(PreprocessCfg(), trained)
    return view_of_open_clip(
        size=get_model_config(architecture)["vision_cfg"]["image_size"],
        **{key: preprocessing[key] for key in ("interpolation", "resize_mode", "fill_color")},
    )


def _place(model: Model) -> dict[str, str]:
    """Return a folder, or an architecture and its pretrained tag, which never holds a slash."""
    weights = model.weights
    if not Path(weights).is_dir():
        if "/" in weights:
            raise InputError(f"{model.row}: the folder {weights} of its weights does not exist.")
        return {"architecture": model.architecture, "weights": weights}
    return {"folder": weights}


def _class_vectors(encoder: Encoder, names: Sequence[str], templates: Sequence) -> torch.Tensor:
    """Return the mean vector of every class over the templates: float32, shape (classes, dimensions), unit length."""
    texts = [template(name) for name in names for template in templates]
    vectors = encoder.encode_texts(texts).reshape(len(names), len(templates), -1)
    return torch.nn.functional.normalize(vectors.mean(dim=1), dim=-1)


def _revision(encoder: Encoder) -> str | None:
    notes = encoder.notes
    return str(notes["revision"]) if "revision" in notes else f"sha256:{notes['sha256']}"
