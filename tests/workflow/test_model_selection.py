"""How the configuration selects models of the sheet."""

import pytest

from errata.errors import InputError
from errata.models import Model
from errata.selection import select_models

ROWS = {
    "resnet50.a1_in1k@224": ("timm", "cnn", "ResNet", "apache-2.0"),
    "resnet50.a1_in1k@288": ("timm", "cnn", "ResNet", "apache-2.0"),
    "vit_base_patch16_224.augreg_in1k@224": ("timm", "transformer", "ViT", "apache-2.0"),
    "torchvision-resnet50.IMAGENET1K_V2@224": ("torchvision", "cnn", "ResNet", "bsd-3-clause"),
    "open_clip-ViT-B-32-quickgelu.openai@224": ("open_clip", "transformer", "ViT", "mit"),
    "mine@224": ("checkpoint", None, None, None),
}
MODELS = {
    name: Model(
        *(name, source, name.split("@")[0], "pretrained", int(name.split("@")[1]), "imagenet1k", "view"),
        family=family,
        group=group,
        licence=licence,
    )
    for name, (source, family, group, licence) in ROWS.items()
}
RESNETS = ["resnet50.a1_in1k@224", "resnet50.a1_in1k@288", "torchvision-resnet50.IMAGENET1K_V2@224"]


def selected(*selectors, paper=()):
    return [row.model for row in select_models(selectors, MODELS, paper=lambda: paper)]


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("mine@224", ["mine@224"]),
        ("resnet50*", RESNETS[:2]),
        ("*@288", ["resnet50.a1_in1k@288"]),
        ("group:ResNet", RESNETS),
        ("group:resnet", RESNETS),
        ("family:trans*", ["vit_base_patch16_224.augreg_in1k@224", "open_clip-ViT-B-32-quickgelu.openai@224"]),
        ("licence:bsd-3-clause", ["torchvision-resnet50.IMAGENET1K_V2@224"]),
        ("source:open_clip", ["open_clip-ViT-B-32-quickgelu.openai@224"]),
        ("source:checkpoint", ["mine@224"]),
    ],
)
def test_models_are_selected_by_name_pattern_or_column(selector, expected):
    assert selected(selector) == expected


def test_several_selectors_add_up_in_the_order_of_the_sheet():
    assert selected("mine@224", "group:ViT", "vit*") == [
        "vit_base_patch16_224.augreg_in1k@224",
        "open_clip-ViT-B-32-quickgelu.openai@224",
        "mine@224",
    ]


def test_paper_selects_the_models_of_the_paper():
    assert selected("paper", paper=RESNETS[1:]) == RESNETS[1:]


def test_a_model_of_the_paper_that_the_sheet_lacks_is_an_error():
    with pytest.raises(InputError, match=r"1 models of the paper are not in config/models\.tsv, first gone@224"):
        selected("paper", paper=["gone@224", *RESNETS])


@pytest.mark.parametrize(
    ("selector", "said"),
    [
        ("resnet50.a1_in1k", r"did you mean resnet50\.a1_in1k@"),
        ("resnett50*", r"known are resnet50\.a1_in1k@224, resnet50\.a1_in1k@288\."),
        ("family:transfomer", "the column family of config/models.tsv; did you mean transformer"),
        ("licence:gpl", "known are apache-2.0, bsd-3-clause, mit"),
        ("license:mit", "did you mean licence"),
        ("size:224", "known are source, family, group, licence"),
        ("papers", "'papers' is not listed in config/models.tsv"),
    ],
)
def test_what_selects_nothing_is_refused_with_a_hint(selector, said):
    with pytest.raises(InputError, match=said):
        selected(selector)


def test_a_hint_never_lists_a_whole_sheet():
    many = {f"model{number}@224": MODELS["mine@224"] for number in range(1500)}
    with pytest.raises(InputError, match="and 1480 others") as refused:
        select_models(["zzz"], many)
    assert len(str(refused.value)) < 500
