"""A general list of things that pictures show, from WordNet, for those who have no list of their own."""

from errata.classes.hypernyms import Nouns
from errata.classes.wordnet import spoken
from errata.own_data.class_table import OwnClasses

SHOWN = {
    "artifact": "n00021939",
    "animal": "n00015388",
    "plant": "n00017222",
    "fungus": "n12992868",
    "food": "n00021265",
    "solid food": "n07555863",
    "natural object": "n00019128",
    "geological formation": "n09287968",
}
"""What can be photographed, in WordNet's words; the list has what is below these."""


def general_nouns(nouns: Nouns, known: OwnClasses) -> list[tuple[str, ...]]:
    """Return the names of each thing of the general list.

    A thing is below one of `SHOWN`, has kinds of its own (so that it is no single species, brand or bone), and a name
    that means nothing else in WordNet; names that do are left out, since a picture cannot tell which is meant. What is
    a kind of a class, or what a class is a kind of, is none of the list, where WordNet has the class.

    Returns
    -------
    list of tuple of str
        In the order of WordNet's offsets: 3,610 things with 5,573 names, less what is left out for the classes.
    """
    wordnet = nouns.wordnet
    classes, above_classes = set(), set()
    for wnid, names in known.classes.select("wnid", "lemmas").iter_rows():
        meanings = nouns.meanings_of_class(wnid, names)
        if len(meanings) == 1:
            classes.add(meanings[0].offset)
            above_classes |= wordnet.ancestors_or_self(meanings[0].offset)
    roots = {wordnet.synset(wnid).offset for wnid in SHOWN.values() if int(wnid[1:]) in wordnet.synsets}
    things = []
    for offset in sorted(wordnet.synsets):
        synset = wordnet.synsets[offset]
        if not synset.hyponyms or offset in above_classes:
            continue
        above = wordnet.ancestors_or_self(offset) - {offset}
        if above & roots and not above & classes:
            names = tuple(spoken(lemma) for lemma in synset.lemmas if len(nouns.meanings(lemma)) == 1)
            things += [names] if names else []
    return things
