"""The committed sheet of models, against the libraries that are installed."""

import math
from collections import Counter

import pytest
import timm
import torchvision
from open_clip.pretrained import list_pretrained
from torchvision.models import get_model_weights, list_models

from errata.catalogue.weights import CLASSES, count, open_clip_weights, timm_weights, torchvision_weights
from errata.errors import InputError
from errata.inference.encoder import check_activation
from errata.models import MODEL_COLUMNS, read_models


@pytest.fixture(scope="module")
def sheet(project):
    return project / "config" / "models.tsv"


@pytest.fixture(scope="module")
def rows(sheet):
    return read_models(sheet)


def of_source(rows, source):
    chosen = [row for row in rows.values() if row.source == source]
    return {row.architecture if source == "timm" else (row.architecture, row.weights) for row in chosen}


def test_it_has_every_tag_of_timm_with_a_thousand_classes(rows):
    known = {name for name in timm.list_models(pretrained=True) if timm.get_pretrained_cfg(name).num_classes == CLASSES}
    assert of_source(rows, "timm") == known


def test_it_has_every_classifier_of_torchvision_with_a_stated_accuracy(rows):
    known = {
        (builder, weights.name)
        for builder in list_models(module=torchvision.models)
        for weights in get_model_weights(builder)
        if not math.isnan(weights.meta["_metrics"].get("ImageNet-1K", {}).get("acc@1", math.nan))
    }
    assert of_source(rows, "torchvision") == known


def test_it_has_every_pair_of_open_clip_with_the_right_activation(rows):
    known = set()
    for architecture, tag in list_pretrained():
        try:
            check_activation(architecture, tag)
        except InputError:
            continue
        known.add((architecture, tag))
    assert of_source(rows, "open_clip") == known


@pytest.mark.parametrize("listed", [timm_weights, torchvision_weights, open_clip_weights])
def test_every_row_is_as_the_librarys_metadata_say(rows, listed):
    different = [
        weights.row.model
        for weights in listed()
        if [getattr(rows[weights.row.model], name) for name in MODEL_COLUMNS]
        != [getattr(weights.row, name) for name in MODEL_COLUMNS]
    ]
    assert different == []


def test_rows_of_ones_own_stand_first(rows):
    sources = [row.source for row in rows.values()]
    own = sources.count("checkpoint")
    assert own == 6
    assert set(sources[:own]) == {"checkpoint"}
    assert sources[own:] == sorted(sources[own:], key=["timm", "torchvision", "open_clip"].index)


def test_nearly_everything_is_known_about_published_models(rows):
    published = {name: rows[name] for name, row in rows.items() if row.source != "checkpoint"}
    for name in ("family", "group", "parameters", "gmacs", "seconds", "seconds_from"):
        assert [model for model, known in published.items() if getattr(known, name) is None] == []
    unknown = Counter(rows[model].source for model, known in published.items() if known.expected_top1 is None)
    # open_clip publishes its accuracies elsewhere; 55 tags are younger than timm's table, or were never measured
    assert unknown == {"open_clip": Counter(row.source for row in rows.values())["open_clip"], "timm": 55}


def test_networks_are_built_and_have_the_parameters_of_the_sheet(rows):
    """One network of every group and source: `make models` builds all of them, and refuses to go on if one fails."""
    firsts = {}
    for listed in (timm_weights, open_clip_weights):
        for weights in listed():
            known = rows[weights.row.model]
            if known.parameters < 100_000_000:
                firsts.setdefault((weights.row.source, known.group), weights)
    assert len(firsts) > 16
    counted = {weights.row.model: count(weights, gmacs=False).parameters for weights in firsts.values()}
    assert counted == {model: rows[model].parameters for model in counted}
