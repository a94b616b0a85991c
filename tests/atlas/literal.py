"""The method once more: slowly, one answer at a time, word for word as it is described; shares no code with it."""

import math


def decide(*, target, multi_labels, prediction, problematic, overlap, shares, spurious, non_prototypical, oov):
    """Return (category, provisional category or None) of one answer; `oov` is None without open-world evidence."""
    t, p, labels = target, prediction, multi_labels
    if problematic and not labels:
        if p == t:
            return "unlabelled_correct", None
        if overlap[t, p]:
            return "unlabelled_overlap", None
        return "unlabelled_wrong", None
    if p == t and t in labels:
        return "correct", None
    if overlap[t, p]:
        return "class_overlap", None
    if p in labels:
        return "multi_label", None
    if any(shares[m, p] for m in labels):
        return "fine_grained", None
    if problematic and t not in labels:
        if p == t or shares[t, p]:
            return "similar_to_target", None
        if spurious[t, p]:
            return "co_occurs_with_target", None
    if oov:
        return "fine_grained_oov", None
    if any(spurious[m, p] for m in labels):
        last = "spurious_correlation"
    elif non_prototypical:
        last = "non_prototypical"
    else:
        last = "model_failure"
    return (last, None) if oov is not None else ("open_world_unchecked", last)


META_LABELS = {
    "device",
    "dog",
    "commodity",
    "bird",
    "structure",
    "covering",
    "wheeled_vehicle",
    "food",
    "equipment",
    "insect",
    "vehicle",
    "furniture",
    "primate",
    "vessel",
    "snake",
    "natural_object",
    "organism",
    "geological_formation",
    "clothing",
    "container",
}


def nearest(image, training_images, *, count):
    """Return the positions of the nearest training images; vectors are lists of numbers, or None if unreadable."""
    cosines = {
        position: sum(a * b for a, b in zip(image, other, strict=True))
        for position, other in enumerate(training_images)
        if other is not None
    }
    return sorted(cosines, key=lambda position: (-cosines[position], position))[:count]


def passes_visual_gate(*, prediction, neighbour_classes, shares, neighbours):
    """Tell whether one of the nearest training images has the predicted class or one of its superclasses."""
    return any(c == prediction or shares[c, prediction] for c in neighbour_classes[:neighbours])


def hypernym_paths(synset, nouns):
    """Return the paths from a root to a synset; `nouns` is a dict of offset -> row of the table of nouns."""
    above = list(nouns[synset]["hypernyms"]) + list(nouns[synset]["instance_hypernyms"])
    if not above:
        return [[synset]]
    return [[*path, synset] for hypernym in above for path in hypernym_paths(hypernym, nouns)]


def ancestors_or_self(synset, nouns):
    """Return everything on the hypernym paths of a synset."""
    return {node for path in hypernym_paths(synset, nouns) for node in path}


def proposals(*, prediction, target, class_synsets, shares, nouns, ancestors="count"):
    """Return the synsets that are proposed for a prediction and a target, in their order."""
    own = class_synsets[prediction]
    proposed = [own]
    for c, synset in enumerate(class_synsets):
        if shares[c, prediction] and synset not in proposed:
            proposed.append(synset)
    around = [sibling for hypernym in nouns[own]["hypernyms"] for sibling in nouns[hypernym]["hyponyms"]]
    for path in hypernym_paths(own, nouns):
        is_below_meta_label = False
        for node in path:
            is_below_meta_label = is_below_meta_label or any(name in META_LABELS for name in nouns[node]["lemmas"])
            if is_below_meta_label:
                around.append(node)
    blocked = ancestors_or_self(class_synsets[target], nouns)
    if ancestors == "left_out":
        blocked = blocked | (ancestors_or_self(own, nouns) - {own})
    for node in around:
        if node not in blocked and node not in proposed:
            proposed.append(node)
    return proposed


def open_world_winner(*, proposed, cosine_of, nouns, template, temperature, score):
    """Return the synset whose text is most similar to the image, and the probabilities of all (synset, lemma) rows."""
    rows = [(synset, lemma) for synset in proposed for lemma in nouns[synset]["lemmas"]]
    texts = [template.replace("{lemma}", lemma.lower().replace("_", " ")) for _, lemma in rows]
    powers = [math.exp(temperature * (cosine_of(text) - 1)) for text in texts]
    probabilities = [power / sum(powers) for power in powers]
    if score == "synset":
        of_synset = dict.fromkeys(proposed, 0.0)
        for (synset, _), probability in zip(rows, probabilities, strict=True):
            of_synset[synset] += probability
        best = max(of_synset.values())
        return next(synset for synset in proposed if of_synset[synset] == best), probabilities
    return rows[probabilities.index(max(probabilities))][0], probabilities


def is_out_of_vocabulary(
    *,
    prediction,
    proposed,
    neighbour_classes,
    cosine_of,
    class_synsets,
    shares,
    nouns,
    template="A photo of a {lemma}",
    neighbours=10,
    temperature=100,
    score="lemma",
    ancestors="count",
):
    """Return what the visual gate and the open-world check say of one answer.

    `proposed` is what `proposals` returned; `neighbour_classes` are the classes of the image's nearest training
    images; `cosine_of` gives the cosine of the image and a text; `class_synsets` the synset of every class; `nouns` the
    rows of WordNet by offset.
    """
    if not passes_visual_gate(
        prediction=prediction, neighbour_classes=neighbour_classes, shares=shares, neighbours=neighbours
    ):
        return False
    winner, _ = open_world_winner(
        proposed=proposed, cosine_of=cosine_of, nouns=nouns, template=template, temperature=temperature, score=score
    )
    own = class_synsets[prediction]
    if ancestors == "not_oov" and winner != own and winner in ancestors_or_self(own, nouns):
        return False
    return winner not in class_synsets
