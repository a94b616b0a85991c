"""Rows for the model sheet, from the metadata that timm, torchvision and open_clip bring along.

    python -m errata.zoo.sheet_row resnet50.a1_in1k torchvision/resnet50.IMAGENET1K_V2 \\
        open_clip/ViT-B-32-quickgelu.openai

Nothing is downloaded.
"""

import sys
from collections.abc import Callable

from errata.errors import InputError
from errata.sheets import MODEL_COLUMNS, Model


def sheet_row(name: str) -> Model:
    """Propose a row at the size of training.

    Parameters
    ----------
    name : str
        A timm name with tag; `torchvision/` builder `.` weights; or `open_clip/` architecture `.` pretrained tag.

    Raises
    ------
    InputError
        If the library knows no such model or weights.
    """
    source, slash, rest = name.partition("/")
    if not slash:
        return _timm_row(name)
    proposals: dict[str, Callable[[str, str], Model]] = {"torchvision": _torchvision_row, "open_clip": _open_clip_row}
    if source not in proposals:
        raise InputError(f"'{name}': expected {' or '.join(f'{known}/...' for known in proposals)}, or a timm name.")
    # weights never hold a dot, architectures of open_clip may
    architecture, _, weights = rest.rpartition(".")
    return proposals[source](architecture, weights)


def _timm_row(name: str) -> Model:
    from errata.views.view import view_of_timm
    from errata.zoo.timm_weights import data_configs, published_config

    view = view_of_timm(data_configs(published_config(name, where="timm"))[0])
    return _row(name, source="timm", architecture=name, weights="pretrained", size=view.crop, view=view.key)


def _torchvision_row(builder: str, member: str) -> Model:
    from errata.zoo.torchvision_weights import published_weights, view_of_weights

    view = view_of_weights(published_weights(builder, member, where="torchvision"))
    name = f"torchvision-{builder}.{member}"
    return _row(name, source="torchvision", architecture=builder, weights=member, size=view.crop, view=view.key)


def _open_clip_row(architecture: str, tag: str) -> Model:
    from errata.openworld.encoder import check_activation
    from errata.zoo.zero_shot import published_view

    check_activation(architecture, tag)
    view = published_view(architecture, tag)
    name = f"open_clip-{architecture}.{tag}"
    return _row(name, source="open_clip", architecture=architecture, weights=tag, size=view.crop, view=view.key)


def _row(name: str, *, source: str, architecture: str, weights: str, size: int, view: str) -> Model:
    return Model(f"{name}@{size}", source, architecture, weights, size, "imagenet1k", view)


def main(names: list[str]) -> int:
    """Print a tab-separated row for every name; the sheet's header comes first."""
    try:
        rows = [sheet_row(name) for name in names]
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    print(*MODEL_COLUMNS, sep="\t")
    for row in rows:
        print(*(getattr(row, column) for column in MODEL_COLUMNS), sep="\t")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
