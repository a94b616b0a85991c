"""The decision rules once more: slowly, one answer at a time, word for word as the method has them."""


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
