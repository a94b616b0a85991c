"""Every decision of an atlas with open-world evidence, one at a time, by the literal implementation."""

from functools import cache

from atlas import literal


def literal_categories(
    labels, *, class_synsets, relations, neighbour_classes, image_vectors, text_vectors, nouns, template, settings
):
    """Return {(file name, class): category} of every annotated image and class.

    Parameters
    ----------
    labels : list of dict
        Rows of the table of labels.
    class_synsets : list of int
        The synset of every class.
    relations : mapping
        `overlap`, `shares` and `spurious`: what can be asked [class, class].
    neighbour_classes : dict
        File name -> classes of the nearest training images, nearest first.
    image_vectors, text_vectors : dict
        File name, and text, -> unit vector as a list of numbers.
    nouns : dict
        Offset -> row of the table of nouns.
    template : str
    settings : mapping
        `neighbours`, `temperature`, `score`, `ancestors`.
    """

    @cache
    def proposed(prediction, target):
        return literal.proposals(
            prediction=prediction,
            target=target,
            class_synsets=class_synsets,
            shares=relations["shares"],
            nouns=nouns,
            ancestors=settings["ancestors"],
        )

    categories = {}
    for image in labels:
        name = image["file_name"]

        @cache
        def cosine_of(text, name=name):
            return sum(a * b for a, b in zip(image_vectors[name], text_vectors[text], strict=True))

        for prediction in range(len(class_synsets)):
            oov = literal.is_out_of_vocabulary(
                prediction=prediction,
                proposed=proposed(prediction, image["target"]),
                neighbour_classes=neighbour_classes[name],
                cosine_of=cosine_of,
                class_synsets=class_synsets,
                shares=relations["shares"],
                nouns=nouns,
                template=template,
                **settings,
            )
            categories[name, prediction], _ = literal.decide(
                target=image["target"],
                multi_labels=image["multi_labels"],
                prediction=prediction,
                problematic=image["is_problematic"],
                overlap=relations["overlap"],
                shares=relations["shares"],
                spurious=relations["spurious"],
                non_prototypical=image["is_non_prototypical"],
                oov=oov,
            )
    return categories
