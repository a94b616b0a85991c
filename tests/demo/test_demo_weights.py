"""The weights that are shipped: they load as declared, are float16 and small."""

import json

import pytest

from errata_demo.classifiers import RECIPES, new_classifier
from errata_demo.encoder import CONFIG_FILE, MERGES_FILE, WEIGHTS_FILE, encoder_config, new_encoder
from errata_demo.encoder import RECIPES as ENCODERS
from errata_demo.names import CLASSES

MEGABYTE = 1e6


@pytest.fixture
def folder(project):
    return project / "resources/demo"


@pytest.mark.parametrize("model", RECIPES)
def test_the_weights_of_a_classifier_fit_its_architecture(folder, model):
    from safetensors.torch import load_file

    weights = load_file(folder / "classifiers" / f"{model}.safetensors")
    new_classifier(RECIPES[model], len(CLASSES)).load_state_dict(weights)
    assert all(value.isfinite().all() for value in weights.values())
    assert {str(value.dtype) for value in weights.values() if value.is_floating_point()} == {"torch.float16"}


@pytest.mark.parametrize("encoder", ENCODERS)
def test_the_weights_of_an_encoder_fit_its_configuration(folder, encoder):
    from open_clip.tokenizer import SimpleTokenizer
    from safetensors.torch import load_file

    config = json.loads((folder / encoder / CONFIG_FILE).read_text(encoding="utf-8"))
    tokenizer = SimpleTokenizer(str(folder / encoder / MERGES_FILE))
    assert config == encoder_config(ENCODERS[encoder], vocab_size=tokenizer.vocab_size)
    weights = load_file(folder / encoder / WEIGHTS_FILE)
    new_encoder(config).load_state_dict(weights)
    assert all(value.isfinite().all() for value in weights.values())


def test_everything_shipped_for_the_demo_is_below_five_megabytes(folder):
    assert sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) < 5 * MEGABYTE


def test_nothing_is_shipped_that_no_recipe_makes(folder):
    shipped = {file.stem for file in (folder / "classifiers").iterdir()}
    assert shipped == set(RECIPES)
    assert {entry.name for entry in folder.iterdir() if entry.is_dir()} == {"classifiers", *ENCODERS}
