"""A CLIP model of a few thousand random weights, in a folder as open_clip has them."""

import json
from pathlib import Path

import open_clip
import torch
from safetensors.torch import save_model

MODEL = {
    "embed_dim": 16,
    "vision_cfg": {"image_size": 32, "layers": 1, "width": 32, "patch_size": 8, "head_width": 16},
    "text_cfg": {"context_length": 24, "vocab_size": 49408, "width": 16, "heads": 2, "layers": 1},
}
PREPROCESSING = {"mean": [0.4, 0.5, 0.6], "std": [0.2, 0.2, 0.3], "interpolation": "bilinear", "resize_mode": "squash"}


def write_tiny_encoder(folder: Path, *, seed: int = 0, **text) -> Path:
    """Write the files of an encoder; `text` goes into the configuration of its texts."""
    folder.mkdir(parents=True, exist_ok=True)
    config = {**MODEL, "text_cfg": {**MODEL["text_cfg"], **text}}
    (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": config, "preprocess_cfg": PREPROCESSING}))
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = open_clip.CLIP(**MODEL)
    save_model(model, str(folder / "open_clip_model.safetensors"))
    return folder
