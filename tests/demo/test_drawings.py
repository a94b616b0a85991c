"""The drawings of the demo world."""

import hashlib
import subprocess
import sys
from itertools import permutations
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image, ImageStat

from errata_demo.drawing.backdrops import BACKDROPS, paint_backdrop
from errata_demo.drawing.canvas import Canvas, lit
from errata_demo.drawing.damages import DAMAGES
from errata_demo.drawing.draw import draw_scene, draw_thing
from errata_demo.drawing.entities import ENTITIES
from errata_demo.drawing.entity import blended
from errata_demo.drawing.renderings import RENDERINGS
from errata_demo.drawing.shapes import ellipse
from errata_demo.scene import Scene, Thing

RESOURCES = Path(__file__).parents[2] / "resources"
TABBY, SIAMESE, ZEBRA = "n02123045", "n02123597", "n02391049"
GARDEN = Scene("garden", (Thing(TABBY, variant=3), Thing(ZEBRA, x=0.2, size=0.3, is_mirrored=True)), variant=5)
LOOK_ALIKES = [
    (one, other) for one, other in permutations(ENTITIES, 2) if ENTITIES[one].family is ENTITIES[other].family
]


def covered(layer: Image.Image) -> float:
    """Part of a layer that is painted."""
    return ImageStat.Stat(layer.getchannel("X")).mean[0] / 255


def distance(one: Image.Image, other: Image.Image) -> float:
    return float(np.abs(np.asarray(one, dtype=float) - np.asarray(other, dtype=float)).mean())


def alpha(thing: Thing) -> np.ndarray:
    return np.asarray(draw_thing(thing, size=96))[:, :, 3]


def test_nothing_of_an_entity_is_cut_off_by_its_layer() -> None:
    def reaches_a_side(wnid: str, variant: int) -> bool:
        layer = alpha(Thing(wnid, variant=variant))
        return max(side.max() for side in (layer[0], layer[-1], layer[:, 0], layer[:, -1])) >= 64

    assert [(wnid, variant) for wnid in ENTITIES for variant in range(3) if reaches_a_side(wnid, variant)] == []


def test_rotation_cuts_nothing_off() -> None:
    upright, rotated = (
        {wnid: alpha(Thing(wnid, angle=angle)).sum(dtype=float) for wnid in ENTITIES} for angle in (0.0, 30.0)
    )
    assert rotated == pytest.approx(upright, rel=0.04)


def test_every_entity_fills_its_size() -> None:
    def is_small(wnid: str) -> bool:
        layer = draw_thing(Thing(wnid, size=0.5), size=192)
        left, top, right, bottom = layer.getchannel("X").getbbox()
        return max(right - left, bottom - top) <= 0.72 * 96 or covered(layer) <= 0.04

    assert [wnid for wnid in ENTITIES if is_small(wnid)] == []


def test_individuals_differ() -> None:
    def are_alike(wnid: str) -> bool:
        return distance(*(draw_thing(Thing(wnid, variant=variant), size=96) for variant in (1, 2))) <= 0.2

    assert [wnid for wnid in ENTITIES if are_alike(wnid)] == []


def test_equal_scenes_give_equal_pictures() -> None:
    assert draw_scene(GARDEN).tobytes() == draw_scene(GARDEN).tobytes()


def test_another_process_draws_the_same_picture() -> None:
    program = (
        "import hashlib; from errata_demo.drawing.draw import draw_scene; from errata_demo.scene import Scene, Thing;"
        f"print(hashlib.sha256(draw_scene({GARDEN!r}).tobytes()).hexdigest())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == hashlib.sha256(draw_scene(GARDEN).tobytes()).hexdigest()


def test_a_picture_is_as_large_as_asked_and_in_colour() -> None:
    picture = draw_scene(GARDEN, size=80)
    assert (picture.size, picture.mode) == ((80, 80), "RGB")


def test_a_thing_half_outside_the_picture_is_cut_off() -> None:
    empty = draw_scene(Scene("studio_white", ()))
    for x, y in ((0.0, 0.5), (1.0, 0.0), (-3.0, 0.5)):
        picture = draw_scene(Scene("studio_white", (Thing(TABBY, x=x, y=y),)))
        assert picture.size == empty.size
        assert (distance(picture, empty) > 1) == (x >= 0)


def test_fully_blended_it_is_the_other() -> None:
    def blend_is_the_other(one: str, other: str) -> bool:
        blend = draw_thing(Thing(one, towards=other, amount=1.0, variant=4), size=64)
        return blend.tobytes() == draw_thing(Thing(other, variant=4), size=64).tobytes()

    assert [pair for pair in LOOK_ALIKES if not blend_is_the_other(*pair)] == []


def test_half_blended_it_is_between() -> None:
    def is_between(one: str, other: str) -> bool:
        first, half, last = (
            draw_thing(Thing(one, towards=other, amount=amount), size=96).resize((6, 6), Image.Resampling.BOX)
            for amount in (0.0, 0.5, 1.0)
        )
        return max(distance(first, half), distance(half, last)) <= distance(first, last)

    assert [pair for pair in LOOK_ALIKES if pair[0] < pair[1] and not is_between(*pair)] == []


def test_every_number_and_colour_of_a_look_is_interpolated() -> None:
    look = blended(ENTITIES[TABBY], ENTITIES[SIAMESE], 0.25)
    one, other = ENTITIES[TABBY].look, ENTITIES[SIAMESE].look
    assert look["ear"] == pytest.approx(0.75 * one["ear"] + 0.25 * other["ear"])
    assert look["coat"] == pytest.approx([0.75 * a + 0.25 * b for a, b in zip(one["coat"], other["coat"], strict=True)])


def test_entities_of_different_families_cannot_be_blended() -> None:
    with pytest.raises(ValueError, match="one family"):
        blended(ENTITIES[TABBY], ENTITIES[ZEBRA], 0.5)


def test_light_comes_from_the_top_left_even_when_mirrored_or_rotated() -> None:
    for is_mirrored, angle in ((False, 0.0), (True, 0.0), (True, 60.0), (False, 170.0)):
        canvas = Canvas(64, angle=angle, is_mirrored=is_mirrored)
        canvas.fill(ellipse(0, 0, 0.9), lit((0.5, 0.5, 0.5)))
        red = np.asarray(canvas.layer(), dtype=float)[:, :, 0]
        side = red.shape[0]
        assert red[: side // 2].sum() > red[side - side // 2 :].sum()
        assert red[:, : side // 2].sum() > red[:, side - side // 2 :].sum()


@pytest.mark.parametrize("name", BACKDROPS)
def test_every_backdrop_fills_the_picture_and_varies(name: str) -> None:
    one, other = (paint_backdrop(name, size=64, rng=np.random.default_rng(seed)) for seed in (1, 2))
    assert (one.size, one.mode) == ((64, 64), "RGB")
    assert np.asarray(one).sum(axis=2).min() > 0, "a corner was left unpainted"
    assert distance(one, other) > 0.3


@pytest.mark.parametrize("name", [name for name in RENDERINGS if name != "natural"])
def test_every_rendering_changes_the_looks_and_keeps_the_place(name: str) -> None:
    natural, shown = (draw_thing(Thing(TABBY, rendering=rendering)) for rendering in ("natural", name))
    assert shown.size == natural.size
    assert distance(natural, shown) > 2
    assert 0.85 < covered(shown) / covered(natural) < 1.6


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_grows_with_its_amount(name: str) -> None:
    whole = draw_scene(GARDEN)
    some, much = (
        distance(whole, draw_scene(Scene(GARDEN.backdrop, GARDEN.things, GARDEN.variant, name, amount)))
        for amount in (0.4, 1.0)
    )
    assert some == much == 0 if name == "none" else 0 < some < much


@pytest.mark.parametrize("name", DAMAGES)
def test_no_amount_of_damage_is_no_damage(name: str) -> None:
    undamaged = Scene(GARDEN.backdrop, GARDEN.things, GARDEN.variant, name, 0.0)
    assert draw_scene(undamaged).tobytes() == draw_scene(GARDEN).tobytes()


def test_what_the_vocabulary_lacks_are_siblings_of_look_alikes() -> None:
    vocabulary = set(pl.read_csv(RESOURCES / "vocabularies/imagenet1k.csv")["wnid"])
    nouns = pl.read_parquet(RESOURCES / "wordnet/nouns.parquet", columns=["offset", "hypernyms"])
    parents = {f"n{offset:08d}": set(hypernyms) for offset, hypernyms in nouns.iter_rows()}
    strangers = set(ENTITIES) - vocabulary
    assert len(strangers) == 12
    for stranger in strangers:
        alike = [wnid for wnid in vocabulary & set(ENTITIES) if ENTITIES[wnid].family is ENTITIES[stranger].family]
        assert any(parents[stranger] & parents[wnid] for wnid in alike), stranger
