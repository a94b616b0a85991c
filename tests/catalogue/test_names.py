"""Names of models say what they are."""

import pytest

from errata.catalogue.facts import NameRules
from errata.errors import InputError


@pytest.fixture(scope="module")
def rules(project):
    folder = project / "resources" / "zoo"
    return NameRules(*(folder / f"{name}.tsv" for name in ("architectures", "training_data", "annotations")))


@pytest.mark.parametrize(
    ("architecture", "expected"),
    [
        ("inception_resnet_v2", ("cnn", "ResNet")),
        ("inception_v3", ("cnn", "CNN")),
        ("dla60_res2net", ("cnn", "ResNet")),
        ("mobilenetv4_hybrid_large", ("hybrid", "EfficientNet")),
        ("vit_base_patch16_224", ("transformer", "ViT")),
        ("regnet_y_16gf", ("cnn", "RegNet")),
        ("ViT-B-32-quickgelu", ("transformer", "ViT")),
        ("MobileCLIP-S1", ("hybrid", "Hybrid")),
    ],
)
def test_an_architecture_has_a_family_and_a_group(rules, architecture, expected):
    assert rules.family_and_group(architecture) == expected


@pytest.mark.parametrize(
    ("name", "data", "kinds"),
    [
        ("resnet50.a1_in1k", ("ImageNet-1k", "1200000"), "-"),
        ("vit_base_patch32_clip_224.laion2b_ft_in12k_in1k", ("LAION-2B", "2300000000"), "CLIP Training"),
        ("tf_efficientnet_b0.ns_jft_in1k", ("JFT", "300000000"), "Semi-Supervised Learning"),
        ("deit_base_distilled_patch16_224.fb_in1k", ("ImageNet-1k", "1200000"), "Distillation"),
        (
            "eva_giant_patch14_224.clip_ft_in1k",
            ("LAION-400M", "400000000"),
            "Self-Supervised Learning, CLIP Training",
        ),
        ("tf_efficientnet_b0.ap_in1k", ("ImageNet-1k", "1200000"), "Adversarial Training"),
        ("torchvision-vit_h_14.IMAGENET1K_SWAG_E2E_V1", ("Instagram", "3600000000"), "Semi-Supervised Learning"),
        ("open_clip-ViT-B-32-quickgelu.openai", ("WIT", "400000000"), "CLIP Training"),
        ("open_clip-nllb-clip-base.v1", ("-", "-"), "CLIP Training"),
    ],
)
def test_a_name_says_what_a_model_was_trained_on_and_how(rules, name, data, kinds):
    assert rules.data(name) == data
    assert rules.kinds_of_training(name) == kinds


def test_names_that_no_pattern_fits_are_refused_with_the_table(rules):
    with pytest.raises(InputError, match=r"architectures\.tsv: no pattern fits the architecture 'quantumnet'"):
        rules.family_and_group("quantumnet")
    with pytest.raises(InputError, match=r"training_data\.tsv: no pattern fits the model 'quantumnet.secret'"):
        rules.data("quantumnet.secret")
