from dataclasses import asdict

import numpy as np
import polars as pl
import pytest

from errata.atlas.decision import ClassKnowledge, decide, facts_in_chunks
from errata.atlas.outcomes import OUTCOMES
from errata.classes.proposals import Proposer
from errata.classes.superclasses import read_superclasses, select_classes, sharing_matrix
from errata.classes.vocabulary import read_vocabulary
from errata.errors import InputError
from errata.labels.tables import LABELS
from errata.openworld.prompts import ProposalIndex, list_prompts
from errata.openworld.settings import OpenWorld, parse_open_world
from errata.openworld.tables import NEIGHBOURS, VERDICTS
from errata.openworld.verdicts import decide_verdicts, nearest_classes, oov_matrix, open_gate
from errata.tables import check_table

TELEVISION, MODEM = 851, 662
"""Classes of ImageNet."""

TABBY, SIAMESE, ZEBRA, MUG = range(4)
VOCABULARY = ["n02123045", "n02123597", "n02391049", "n03063599"]
SHARING = np.eye(4, dtype=bool)
SHARING[TABBY, SIAMESE] = SHARING[SIAMESE, TABBY] = True
PAPER = OpenWorld(encoder="any", prompt="photo")
MULE, EQUINE, MALTESE = 2390101, 2374149, 2124157


@pytest.fixture(scope="module")
def world(wordnet):
    proposer = Proposer.of_classes(wordnet, VOCABULARY, SHARING)
    return proposer, list_prompts(proposer, "{lemma}")


def frame(table, rows):
    return pl.DataFrame(rows, schema={name: column.dtype for name, column in table.columns.items()}, orient="row")


def decided(world, *, shows, target, neighbours, settings=PAPER, similarities=None):
    """Decide about one image whose cosine with a text is 0.9 for what it `shows`, and 0.1 for all else."""
    proposer, prompts = world
    cosines = np.full(prompts["text_row"].n_unique(), 0.1)
    for text, cosine in ({shows: 0.9} if similarities is None else similarities).items():
        cosines[prompts.filter(prompt=text)["text_row"][0]] = cosine
    # two dimensions: the cosine of every text and what is left of its length
    prompt_vectors = np.column_stack([cosines, np.sqrt(1 - cosines**2)]).astype(np.float32)
    labels = frame(LABELS, [("a.JPEG", 0, target, [target], [], False, False, None, None)])
    nearest = frame(NEIGHBOURS, [("a.JPEG", list(range(len(neighbours))), neighbours, None)])
    parts = decide_verdicts(
        labels,
        nearest,
        image_vectors=np.array([[1, 0]], dtype=np.float32),
        prompt_vectors=prompt_vectors,
        proposals=ProposalIndex(proposer, prompts, ancestors=settings.ancestors),
        sharing=proposer.sharing,
        settings=settings,
    )
    return check_table(pl.concat(parts), VERDICTS, where="verdicts"), labels


def verdict(world, prediction, **given):
    found, _ = decided(world, **given)
    return found.row(by_predicate=pl.col("predicted_class") == prediction, named=True)


def test_a_class_is_asked_if_a_near_training_image_shares_a_superclass_with_it(world):
    found, _ = decided(world, shows="mule", target=MUG, neighbours=[ZEBRA, MUG, TABBY])
    gates = found.select("predicted_class", "neighbour_rank", "neighbour_class").rows()
    assert gates == [(TABBY, 3, TABBY), (SIAMESE, 3, TABBY), (ZEBRA, 1, ZEBRA)]


def test_classes_that_share_a_superclass_with_the_target_are_not_asked(world):
    found, _ = decided(world, shows="mule", target=TABBY, neighbours=[SIAMESE, TABBY, ZEBRA])
    assert found["predicted_class"].to_list() == [ZEBRA]


def test_only_the_first_neighbours_count(world):
    few = OpenWorld(encoder="any", prompt="photo", neighbours=2)
    found, _ = decided(world, shows="mule", target=MUG, neighbours=[MUG, MUG, ZEBRA], settings=few)
    assert found.height == 0


def test_a_sibling_that_is_no_class_is_out_of_vocabulary(world):
    found = verdict(world, ZEBRA, shows="mule", target=MUG, neighbours=[ZEBRA])
    assert found["is_oov"]
    assert found["best_offsets"][0] == MULE
    assert found["best_lemmas"][0] == "mule"
    assert found["best_probabilities"][0] == pytest.approx(1)
    assert found["margin"] == pytest.approx(1)


def test_the_prediction_itself_and_its_mates_are_in_the_vocabulary(world):
    for shows in ("zebra", "equine"):
        found = verdict(world, ZEBRA, shows=shows, target=MUG, neighbours=[ZEBRA])
        assert found["is_oov"] == (shows == "equine")
    assert not verdict(world, TABBY, shows="siamese cat", target=MUG, neighbours=[TABBY])["is_oov"]


def test_what_is_above_the_target_is_not_proposed(world):
    blocked = verdict(world, ZEBRA, shows="organism", target=TABBY, neighbours=[ZEBRA])
    assert not blocked["is_oov"]  # a tabby is an organism: the text cannot win
    assert verdict(world, ZEBRA, shows="organism", target=MUG, neighbours=[ZEBRA])["is_oov"]


@pytest.mark.parametrize(("ancestors", "is_oov"), [("count", True), ("not_oov", False), ("left_out", False)])
def test_an_ancestor_of_the_prediction_wins_as_the_setting_says(world, ancestors, is_oov):
    settings = OpenWorld(encoder="any", prompt="photo", ancestors=ancestors)
    found = verdict(world, ZEBRA, shows="equine", target=MUG, neighbours=[ZEBRA], settings=settings)
    assert found["is_oov"] == is_oov
    assert (EQUINE in found["best_offsets"]) == (ancestors != "left_out")
    assert (found["margin"] > 0) == is_oov


def test_the_lemmas_of_a_synset_are_added_up_only_in_the_variant(world):
    # the Maltese cat has two names of middling similarity, the tabby one of a somewhat higher one
    names = {"maltese cat": 0.500, "maltese": 0.500, "tabby": 0.503}
    by_lemma = {"target": MUG, "neighbours": [TABBY], "shows": "", "similarities": names}
    assert not verdict(world, TABBY, **by_lemma)["is_oov"]
    summed = verdict(world, TABBY, **by_lemma, settings=OpenWorld(encoder="any", prompt="photo", score="synset"))
    assert summed["is_oov"]
    assert summed["best_offsets"][0] == MALTESE
    assert summed["best_lemmas"][0] == "Maltese"


def test_of_equally_similar_texts_the_first_proposal_wins(world):
    found = verdict(world, ZEBRA, shows="", target=MUG, neighbours=[ZEBRA], similarities={"mule": 0.5, "zebra": 0.5})
    assert not found["is_oov"]
    assert found["best_lemmas"][:2] == ["zebra", "mule"]
    assert found["margin"] == 0


def test_between_two_synsets_of_one_name_the_order_of_synset_names_decides(project, wordnet):
    # a television called a modem, on a picture of a monitor: monitor.n.05 is class 664, monitor.n.06 is no class
    wnids = read_vocabulary(project / "resources/vocabularies/imagenet1k.csv")
    superclasses = read_superclasses(project / "resources/superclasses.yaml")
    sharing = sharing_matrix(select_classes(superclasses, wnids, wordnet), 1000)
    proposer = Proposer.of_classes(wordnet, wnids, sharing)
    everything = proposer, list_prompts(proposer, "A photo of a {lemma}")
    found, labels = decided(
        everything, shows="A photo of a monitor", target=TELEVISION, neighbours=[MODEM] * 10, settings=PAPER
    )
    asked = found.row(by_predicate=pl.col("predicted_class") == MODEM, named=True)
    assert asked["best_offsets"][:2] == [3782006, 3781787]
    assert not asked["is_oov"]
    no = np.zeros_like(sharing)
    facts = next(facts_in_chunks(labels, ClassKnowledge(no, sharing, no), oov_matrix(found, labels, 1000)))
    assert OUTCOMES[decide(facts)[0, MODEM]].category == "model_failure"


def test_proposals_count_prompts_and_not_synsets(world):
    proposer, _ = world
    found = verdict(world, ZEBRA, shows="mule", target=MUG, neighbours=[ZEBRA])
    assert found["proposals"] == proposer.prompts(ZEBRA, MUG).height


def test_a_class_above_another_is_never_blocked(wordnet):
    # not among ImageNet's classes, but a vocabulary may have both the cat and the tabby
    proposer = Proposer.of_classes(wordnet, ["n02121808", "n02123045"], np.eye(2, dtype=bool))
    found = verdict((proposer, list_prompts(proposer, "{lemma}")), 0, shows="domestic cat", target=1, neighbours=[0])
    assert found["best_lemmas"][0] == "domestic_cat"
    assert not found["is_oov"]


def test_the_matrix_marks_what_is_out_of_vocabulary(world):
    found, labels = decided(world, shows="mule", target=MUG, neighbours=[ZEBRA, TABBY])
    assert oov_matrix(found, labels, 4).tolist() == [[False, False, True, False]]


def test_an_image_without_neighbours_or_vector_is_refused(world):
    proposer, prompts = world
    labels = frame(LABELS, [("a.JPEG", 0, MUG, [MUG], [], False, False, None, None)])
    nearest = frame(NEIGHBOURS, [("a.JPEG", [0], [ZEBRA], None)])
    given = {
        "prompt_vectors": np.ones((prompts["text_row"].n_unique(), 2), dtype=np.float32),
        "proposals": ProposalIndex(proposer, prompts, ancestors="count"),
        "sharing": SHARING,
        "settings": PAPER,
    }
    unreadable = np.full((1, 2), np.nan, dtype=np.float32)
    with pytest.raises(InputError, match=r"a\.JPEG has no vector"):
        list(decide_verdicts(labels, nearest, image_vectors=unreadable, **given))
    with pytest.raises(InputError, match=r"lacks the annotated image a\.JPEG"):
        list(decide_verdicts(labels, nearest.clear(), image_vectors=unreadable, **given))


def test_a_table_of_prompts_of_another_vocabulary_is_refused(world):
    proposer, prompts = world
    with pytest.raises(InputError, match="lacks the synset"):
        ProposalIndex(proposer, prompts.filter(pl.col("offset") != MULE), ancestors="count")


def test_the_gate_is_closed_where_there_are_fewer_neighbours():
    classes = nearest_classes(pl.Series([[2], [0, 2, 1]], dtype=pl.List(pl.Int16)), 3)
    assert classes.tolist() == [[2, -1, -1], [0, 2, 1]]
    is_open, rank = open_gate(classes, np.eye(4, dtype=bool))
    assert is_open.tolist() == [[False, False, True, False], [True, True, True, False]]
    assert rank[1, [0, 1, 2]].tolist() == [1, 3, 2]


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"k": 3}, r"unknown key\(s\) k"),
        ({"score": "best"}, "`score` must be one of lemma, synset"),
        ({"ancestors": "no"}, "`ancestors` must be one of count, not_oov, left_out"),
        ({"neighbours": 0}, "`neighbours` >= 1"),
        ({"temperature": -1}, "`temperature` > 0"),
        ({"temperature": "own"}, "`temperature` > 0 or 'encoder'"),
    ],
)
def test_settings_that_mean_nothing_are_refused(changed, complaint):
    with pytest.raises(InputError, match=complaint):
        parse_open_world(asdict(PAPER) | changed)
    with pytest.raises(InputError, match=r"missing key\(s\) prompt"):
        parse_open_world({"encoder": "any"})
