import pytest

from errata.classes.proposals import Proposer
from errata.classes.vocabulary import read_vocabulary
from errata.errors import InputError
from errata.openworld.prompts import distinct_prompts, list_prompts
from errata.openworld.tables import PROMPTS
from errata.tables import check_table


@pytest.fixture(scope="module")
def imagenet_prompts(project, wordnet):
    wnids = read_vocabulary(project / "resources/vocabularies/imagenet1k.csv")
    return list_prompts(Proposer.of_classes(wordnet, wnids), "A photo of a {lemma}")


def test_imagenet_has_10_664_prompts_and_9_930_distinct_ones(imagenet_prompts):
    # REFERENCE: "6,213 synsets, 10,664 (synset, lemma) rows, 9,930 distinct prompt strings"
    assert imagenet_prompts["offset"].n_unique() == 6213
    assert imagenet_prompts.height == 10_664
    assert len(distinct_prompts(imagenet_prompts)) == 9_930


def test_the_table_is_as_declared(imagenet_prompts):
    check_table(imagenet_prompts, PROMPTS, where="prompts")


def test_text_rows_lead_back_to_the_prompts(imagenet_prompts):
    distinct = distinct_prompts(imagenet_prompts)
    assert [distinct[row] for row in imagenet_prompts["text_row"]] == imagenet_prompts["prompt"].to_list()


def test_lemma_names_are_in_lower_case_with_spaces(wordnet):
    prompts = list_prompts(Proposer.of_classes(wordnet, ["n02123597"]), "{lemma}!")  # Siamese cat
    own = prompts.filter(offset=2123597)
    assert own["lemma"].to_list() == ["Siamese_cat", "Siamese"]
    assert own["prompt"].to_list() == ["siamese cat!", "siamese!"]


@pytest.mark.parametrize("template", ["A photo", "A photo of a {}", "A photo of a {Lemma}"])
def test_a_template_without_a_place_for_the_name_is_refused(wordnet, template):
    with pytest.raises(InputError, match=r"must contain \{lemma\}"):
        list_prompts(Proposer.of_classes(wordnet, ["n02123597"]), template)


def test_other_braces_in_a_template_are_text(wordnet):
    prompts = list_prompts(Proposer.of_classes(wordnet, ["n02123597"]), "{lemma} {x}")
    assert prompts["prompt"].str.ends_with(" {x}").all()
