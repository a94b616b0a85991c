"""Terms that the pages explain where they use them, on hover, focus and touch."""

GLOSSARY = {
    "top-1": "Per cent of the images for which the most probable class is the label.",
    "MLA": (
        "Multi-label accuracy: an answer is right if it names anything that people found in the image. "
        "A mean over classes, in per cent."
    ),
    "accuracy": "Per cent of the images for which the most probable class is the label.",
    "accuracy per class": "Mean over classes of the per cent of their images that are answered with their label.",
    "per-class accuracy": (
        "Share of images whose answer is the label, or a class that means the same or contains it: a mean over "
        "classes, in per cent. Images with one label each have no multi-label accuracy."
    ),
    "own classes": "Averaged over the classes of this kind of image only; MLA as published includes others.",
    "minor errors forgiven": "MLA that also counts fine-grained errors as right.",
    "explainable forgiven": (
        "MLA that also counts fine-grained errors, spurious correlations and non-prototypical images as right."
    ),
    "the labels' fault": (
        "Answers that are no mistake: they name something else that the image shows, or a class that means the same as "
        "the label's or contains it."
    ),
    "real mistakes": ("Answers that name nothing that people found in the image. Also called multi-label errors."),
    "interval": "95 % confidence interval: how far the number could move with other images of the same classes.",
    "usual": (
        "What published models lead to expect at this accuracy; small: the range in which 95 % of new models fall."
    ),
    "percentile": "How many of 100 published models of like accuracy have a smaller share.",
    "open-world check": (
        "Whether an image shows something that is none of the classes. It takes training images and a CLIP model."
    ),
    "superclass": "A group of classes that people easily confuse, such as breeds of dogs.",
    "atlas": "A table that says, for every image and class, what kind of answer that class would be.",
    "points": "Percentage points.",
    "κ": "Cohen's kappa: agreement beyond what chance would give; 1 is full agreement, 0 is chance.",
}
"""A term -> what it means, in at most two sentences."""
