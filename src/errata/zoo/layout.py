"""Which models run with channels innermost in memory (channels last).

On a GPU in half precision this makes most convolutional networks 10 to 30 % faster, is all the same to transformers,
and makes some architectures slower, down to half their speed.
"""

import re

import torch

SLOWER = re.compile(
    r"(?:tf_)?(?:"
    "coatnet|convmixer|cspresne[x]?t|maxvit|mobilevit|poolformer_|resnest|resnetv2_.*_(?:bit|gn)|rexnet|skresne[x]?t"
    r"|xception)"
)
"""Architectures whose median is under 0.97 times as fast: 707 architectures on an RTX 3090 with automatic mixed
precision, PyTorch 2.4, from the two tables of inference benchmarks that timm publishes for that card, with channels
first and last."""


def prefers_channels_last(architecture: str, module: object, device: torch.device) -> bool:
    """Tell whether to run a model with channels innermost: on a GPU, all but those known to become slower.

    Parameters
    ----------
    architecture : str
        The source's own name for it.
    module : object
        The model. What is no `torch.nn.Module` keeps its layout.
    device : torch.device
    """
    if device.type != "cuda" or not isinstance(module, torch.nn.Module) or SLOWER.match(architecture):
        return False
    # torch's group normalisation of images converts to channels first and back
    return not any(isinstance(part, torch.nn.GroupNorm) for part in module.modules())
