from errata.classes.hypernyms import common_hypernym, hypernym_groups


def one(nouns, name):
    (found,) = nouns.meanings(name)
    return found


def test_a_name_is_looked_up_whatever_its_case_and_underscores(nouns):
    assert {one(nouns, name).wnid for name in ("Lawn_Mower", "lawn mower")} == {"n03649909"}


def test_a_kind_in_brackets_tells_meanings_apart(nouns):
    assert len(nouns.meanings("crane")) > 1
    assert [one(nouns, f"crane ({kind})").wnid for kind in ("bird", "device")] == ["n02012849", "n03126707"]


def test_a_synonym_is_looked_up_where_the_name_is_not_in_wordnet(nouns):
    (found,) = nouns.meanings_of_class("part 7", ["part 7", "moped"])
    assert found.lemmas[0] == "moped"


def test_a_wnid_goes_before_the_name(nouns):
    assert [each.wnid for each in nouns.meanings_of_class("n02012849", ["crane"])] == ["n02012849"]


def test_groups_are_the_most_general_hypernyms_of_few_enough_classes(nouns):
    synsets = [one(nouns, name) for name in ("beagle", "collie", "tabby cat", "moped")]
    groups = {most: hypernym_groups(synsets, nouns.wordnet, most=most) for most in (2, 3)}
    assert groups == {2: [[0, 1]], 3: [[0, 1, 2]]}


def test_a_class_with_several_hypernym_paths_may_be_in_several_groups(nouns):
    # an apple is a fruit and a food
    synsets = [nouns.wordnet.synset("n07739125"), one(nouns, "acorn"), one(nouns, "rye bread"), None]
    assert sorted(hypernym_groups(synsets, nouns.wordnet, most=2)) == [[0, 1], [0, 2]]


def test_the_common_hypernym_is_the_most_special_and_unknown_with_an_unknown_class(nouns):
    synsets = [one(nouns, name) for name in ("beagle", "collie")]
    assert common_hypernym(synsets, nouns.wordnet).lemmas[0] == "dog"
    assert common_hypernym([*synsets, None], nouns.wordnet) is None
