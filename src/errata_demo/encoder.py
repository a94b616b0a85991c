"""The demo world's own small CLIP: an open_clip model and its tokenizer, which learn what the drawings are called."""

import gzip
import itertools
import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from errata.files import atomic_write
from errata_demo.captions import TEMPLATES, Captions

log = logging.getLogger(__name__)

IMAGE_SIZE = 64
CONTEXT_LENGTH = 24
MERGES = 500
MERGES_FILE = "merges.txt.gz"
CONFIG_FILE = "open_clip_config.json"
WEIGHTS_FILE = "open_clip_model.safetensors"


@dataclass(frozen=True)
class EncoderRecipe:
    """How an encoder is built and trained.

    Attributes
    ----------
    trunk : str
        timm architecture of the image tower.
    dims : int
        Length of the vectors.
    width, layers : int
        Of the text transformer.
    pictures : int
        Training pictures per entity.
    epochs : int
    rate : float
        Highest learning rate.
    strangers : int
        Names of things that are never drawn that stand against each batch.
    seed : int
    """

    trunk: str
    dims: int
    width: int
    layers: int
    pictures: int
    epochs: int
    rate: float
    strangers: int
    seed: int


RECIPES: dict[str, EncoderRecipe] = {
    "clip": EncoderRecipe(
        "test_resnet", dims=96, width=64, layers=1, pictures=120, epochs=12, rate=4e-3, strangers=128, seed=21
    ),
    "clip-tiny": EncoderRecipe(
        "test_efficientnet", dims=64, width=48, layers=1, pictures=40, epochs=5, rate=4e-3, strangers=96, seed=22
    ),
}
"""The shipped encoders by name; the second is weaker on purpose."""

BATCH = 96
SCALE = 10.0
"""The logit scale in training, well below the 100 of the published CLIP models.

So little training would at 100 tell names apart by cosines that hardly differ, and leave to chance which pictures are
near each other: things out of vocabulary were then no neighbours of their look-alikes, and the visual gate stayed shut.
"""


def encoder_config(recipe: EncoderRecipe, *, vocab_size: int) -> dict:
    """Return the content of open_clip_config.json."""
    return {
        "model_cfg": {
            "embed_dim": recipe.dims,
            "vision_cfg": {
                "timm_model_name": recipe.trunk,
                "timm_model_pretrained": False,
                "timm_pool": "avg",
                "timm_proj": "linear",
                "image_size": IMAGE_SIZE,
            },
            "text_cfg": {
                "context_length": CONTEXT_LENGTH,
                "vocab_size": vocab_size,
                "width": recipe.width,
                "heads": recipe.width // 16,
                "layers": recipe.layers,
                "tokenizer_kwargs": {"bpe_path": MERGES_FILE},
            },
        },
        "preprocess_cfg": {
            "size": [IMAGE_SIZE, IMAGE_SIZE],
            "mean": [0.5, 0.5, 0.5],
            "std": [0.5, 0.5, 0.5],
            "interpolation": "bicubic",
            "resize_mode": "shortest",
        },
    }


def train_encoder(
    recipe: EncoderRecipe, pixels: np.ndarray, said: np.ndarray, against: np.ndarray, *, captions: Captions, tokenizer
) -> tuple[dict, list[float]]:
    """Train an encoder from scratch: the softmax over all names must give those that are said about a picture.

    Parameters
    ----------
    recipe : EncoderRecipe
    pixels : numpy.ndarray
        uint8, shape (pictures, size, size, 3).
    said : numpy.ndarray
        float32, shape (pictures, names): how often a caption says each name (`Captions.targets`).
    against : numpy.ndarray
        bool, shape (pictures, names): which names are counter-examples (`Captions.counts`).
    captions : Captions
    tokenizer : open_clip.tokenizer.SimpleTokenizer

    Returns
    -------
    dict of str to torch.Tensor
        The weights, float16.
    list of float
        Mean loss of every epoch.
    """
    import torch

    from errata_demo.learning import augmented, descend, half, normalised, repeatable

    with repeatable(recipe.seed) as generator:
        config = encoder_config(recipe, vocab_size=tokenizer.vocab_size)
        model = new_encoder(config)
        model.logit_scale.requires_grad_(requires_grad=False).fill_(float(np.log(SCALE)))
        mean, std = config["preprocess_cfg"]["mean"], config["preprocess_cfg"]["std"]
        images, wanted, allowed = (torch.from_numpy(array) for array in (pixels, said, against | (said > 0)))
        tokens = torch.stack([tokenizer([t.format(lemma=name) for name in captions.lemmas]) for t in TEMPLATES])
        named = (wanted > 0).any(0).nonzero().flatten()
        strange = (wanted == 0).all(0).nonzero().flatten()

        def loss_of(rows: torch.Tensor) -> torch.Tensor:
            chosen = torch.randperm(len(strange), generator=generator)[: recipe.strangers]
            bank = torch.cat([named, strange[chosen]])
            template = torch.randint(len(TEMPLATES), (len(bank),), generator=generator)
            seen = model.encode_image(normalised(augmented(images[rows], generator), mean, std), normalize=True)
            spoken = model.encode_text(tokens[template, bank], normalize=True)
            logits = SCALE * seen @ spoken.T
            logits = logits.masked_fill(~allowed[rows][:, bank], -1e4)
            return -(wanted[rows][:, bank] * logits.log_softmax(-1)).sum(-1).mean()

        by_epoch = descend(
            model,
            loss_of,
            pictures=len(images),
            batch=BATCH,
            epochs=recipe.epochs,
            rate=recipe.rate,
            generator=generator,
        )
        log.info("encoder on %s: loss %.2f -> %.2f", recipe.trunk, by_epoch[0], by_epoch[-1])
        return half(model.state_dict()), by_epoch


def new_encoder(config: dict):
    """Return the untrained open_clip model of a configuration."""
    from open_clip.model import CLIP

    return CLIP(**config["model_cfg"])


END_OF_WORD = "</w>"
BASE_SIZE = 2 * 256 + 2
"""Entries of SimpleTokenizer's vocabulary beside the merges: every byte alone and at the end of a word, and the marks
for the start and the end of a text."""


def learn_merges(words: Iterable[str], count: int) -> list[tuple[str, str]]:
    """Learn byte-pair merges (Sennrich et al. 2016) from lower-case words in ASCII.

    Parameters
    ----------
    words : iterable of str
        Words, as often as they occur.
    count : int
        How many merges at most; fewer if all words are whole before that.

    Returns
    -------
    list of (str, str)
        The merges in the order in which they are applied. The most frequent pair is merged first, ties by spelling.
    """
    pieces = {(*word[:-1], word[-1] + END_OF_WORD): times for word, times in Counter(words).items()}
    merges: list[tuple[str, str]] = []
    while len(merges) < count:
        pairs: Counter[tuple[str, str]] = Counter()
        for word, times in pieces.items():
            for pair in itertools.pairwise(word):
                pairs[pair] += times
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        pieces = {_merged(word, best): times for word, times in pieces.items()}
    return merges


def write_merges(merges: list[tuple[str, str]], path: Path | str) -> None:
    """Write merges as SimpleTokenizer reads them: gzip, a heading, one merge a line, no line break at the end.

    The same merges give the same bytes.
    """
    text = "\n".join(["#version: errata demo", *(" ".join(pair) for pair in merges)])
    with atomic_write(path) as temporary:
        temporary.write_bytes(gzip.compress(text.encode("ascii"), mtime=0))


def _merged(word: tuple[str, ...], pair: tuple[str, str]) -> tuple[str, ...]:
    result: list[str] = []
    for piece in word:
        if result and (result[-1], piece) == pair:
            result[-1] += piece
        else:
            result.append(piece)
    return tuple(result)
