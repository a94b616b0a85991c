"""The whole way from vectors to the atlas, against the slow implementation that shares no code with it."""

import math
from dataclasses import asdict

import numpy as np
import polars as pl
import pytest

from atlas import literal
from errata.atlas.decision import compile_atlas
from errata.atlas.outcomes import OUTCOMES
from errata.openworld.neighbours import find_nearest, neighbours_table
from errata.openworld.prompts import ProposalIndex
from errata.openworld.settings import OpenWorld
from errata.openworld.verdicts import decide_verdicts, oov_matrix
from openworld.forty_classes import TEMPLATE, random_images
from openworld.literal_atlas import literal_categories

PAPER = OpenWorld(encoder="random", prompt="photo")
VARIANTS = {
    "paper": {},
    "three neighbours": {"neighbours": 3},
    "cooler": {"temperature": 10.0},
    "synset sums": {"score": "synset", "temperature": 10.0},
    "ancestors are not out of vocabulary": {"ancestors": "not_oov"},
    "ancestors left out": {"ancestors": "left_out"},
    "recommended": {"score": "synset", "ancestors": "left_out"},
}


def ours(forty, drawn, settings, *, chunk=2_000, threads=1):
    """Return the neighbours, the verdicts and the atlas that the package makes of random images."""
    nearest = find_nearest(drawn.image_vectors, drawn.train_vectors)
    neighbours = neighbours_table(nearest, drawn.labels["file_name"], drawn.train_classes)
    verdicts = pl.concat(
        decide_verdicts(
            drawn.labels,
            neighbours,
            image_vectors=drawn.image_vectors,
            prompt_vectors=drawn.prompt_vectors,
            proposals=ProposalIndex(forty.proposer, forty.prompts, ancestors=settings.ancestors),
            sharing=forty.proposer.sharing,
            settings=settings,
            chunk=chunk,
            threads=threads,
        )
    )
    atlas = compile_atlas(
        drawn.labels,
        forty.classes,
        drawn.knowledge,
        name="paper",
        dataset="random",
        dataset_images=drawn.labels.height,
        has_multilabels=True,
        is_oov=oov_matrix(verdicts, drawn.labels, forty.classes.height),
    )
    return neighbours, verdicts, atlas


def literally(forty, drawn, nouns, settings):
    """Return the category of every (image, class), one at a time, and the neighbours of every image."""
    training = [None if math.isnan(row[0]) else row for row in drawn.train_vectors.tolist()]
    images = dict(zip(drawn.labels["file_name"], drawn.image_vectors.tolist(), strict=True))
    neighbours = {name: literal.nearest(vector, training, count=50) for name, vector in images.items()}
    categories = literal_categories(
        drawn.labels.to_dicts(),
        class_synsets=[int(wnid[1:]) for wnid in forty.classes["wnid"]],
        relations={
            "overlap": drawn.knowledge.overlap,
            "shares": drawn.knowledge.sharing,
            "spurious": drawn.knowledge.spurious,
        },
        neighbour_classes={
            name: [drawn.train_classes[position] for position in positions] for name, positions in neighbours.items()
        },
        image_vectors=images,
        text_vectors=text_vectors(forty, drawn),
        nouns=nouns,
        template=TEMPLATE,
        settings={name: getattr(settings, name) for name in ("neighbours", "temperature", "score", "ancestors")},
    )
    return list(categories.values()), list(neighbours.values())


def text_vectors(forty, drawn):
    rows = drawn.prompt_vectors[forty.prompts["text_row"].to_numpy()]
    return dict(zip(forty.prompts["prompt"], rows.tolist(), strict=True))


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("seed", range(3))
def test_every_decision_of_the_whole_way_equals_the_literal_one(forty, nouns, seed, variant):
    settings = OpenWorld(**(asdict(PAPER) | VARIANTS[variant]))
    drawn = random_images(forty, seed)
    neighbours, verdicts, atlas = ours(forty, drawn, settings)
    expected, expected_neighbours = literally(forty, drawn, nouns, settings)
    assert neighbours["train_positions"].to_list() == expected_neighbours
    assert [OUTCOMES[code].category for code in atlas.outcomes.ravel()] == expected
    assert 0.1 < verdicts["is_oov"].mean() < 0.9


def test_the_random_images_reach_the_open_world_and_what_comes_after(forty):
    _, _, atlas = ours(forty, random_images(forty, 0), PAPER)
    reached = {OUTCOMES[code].category for code in np.unique(atlas.outcomes)}
    assert {"fine_grained_oov", "spurious_correlation", "non_prototypical", "model_failure"} <= reached


def test_the_verdicts_do_not_depend_on_how_many_images_are_decided_at_once(forty):
    drawn = random_images(forty, 1)
    (_, whole, _), (_, parts, _) = (ours(forty, drawn, PAPER, chunk=chunk) for chunk in (1000, 7))
    exact = ["file_name", "predicted_class", "is_oov", "proposals", "best_offsets", "best_lemmas", "neighbour_rank"]
    assert whole.select(exact).equals(parts.select(exact))
    assert np.allclose(whole["margin"], parts["margin"], atol=1e-5)


def test_the_verdicts_do_not_depend_on_the_number_of_threads(forty):
    drawn = random_images(forty, 1)
    (_, alone, _), (_, together, _) = (ours(forty, drawn, PAPER, chunk=7, threads=threads) for threads in (1, 3))
    assert alone.equals(together)


def test_probabilities_prompts_and_the_best_synsets_are_the_literal_ones(forty, nouns):
    drawn = random_images(forty, 2)
    _, verdicts, _ = ours(forty, drawn, PAPER)
    text_vector = text_vectors(forty, drawn)
    class_synsets = [int(wnid[1:]) for wnid in forty.classes["wnid"]]
    images = {
        name: (target, row) for row, (name, target) in enumerate(drawn.labels.select("file_name", "target").rows())
    }
    for verdict in verdicts.sample(50, seed=0).iter_rows(named=True):
        target, row = images[verdict["file_name"]]
        vector = drawn.image_vectors[row].tolist()
        proposed = literal.proposals(
            prediction=verdict["predicted_class"],
            target=target,
            class_synsets=class_synsets,
            shares=forty.proposer.sharing,
            nouns=nouns,
        )
        winner, probabilities = literal.open_world_winner(
            proposed=proposed,
            cosine_of=lambda text, vector=vector: sum(a * b for a, b in zip(vector, text_vector[text], strict=True)),
            nouns=nouns,
            template=TEMPLATE,
            temperature=100,
            score="lemma",
        )
        rows = [(synset, lemma) for synset in proposed for lemma in nouns[synset]["lemmas"]]
        best = {}
        for (synset, lemma), probability in zip(rows, probabilities, strict=True):
            if probability > best.get(synset, (-1, ""))[0]:
                best[synset] = (probability, lemma)
        ranked = sorted(proposed, key=lambda synset: (-best[synset][0], proposed.index(synset)))[:3]
        outside, inside = (
            max((best[synset][0] for synset in proposed if (synset in class_synsets) == known), default=0)
            for known in (False, True)
        )
        assert verdict["best_offsets"] == ranked
        assert ranked[0] == winner
        assert verdict["best_lemmas"] == [best[synset][1] for synset in ranked]
        assert verdict["best_probabilities"] == pytest.approx([best[synset][0] for synset in ranked], abs=1e-4)
        assert verdict["margin"] == pytest.approx(outside - inside, abs=1e-4)
        assert verdict["proposals"] == len(rows)
