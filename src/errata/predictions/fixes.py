"""Repairs that are unambiguous. Nothing is repaired unless the user asks for it."""

import numpy as np

from errata.errors import InputError
from errata.predictions.align import Aligned, Aligner
from errata.predictions.findings import Finding
from errata.predictions.row_match import NO_ROW
from errata.predictions.row_orders import other_row_orders

_JOIN = " + "


def fixed(aligned: Aligned, finding: Finding, aligner: Aligner) -> np.ndarray:
    """Return the predicted classes (int16, shape (images,)) with the cause of `finding` undone.

    Raises
    ------
    InputError
        If the finding names no repair.
    """
    if finding.fix_name is None:
        raise InputError(
            f"{aligned.source.model}: there is no unambiguous repair of '{finding.kind}'. {finding.message}"
        )
    source, rows, ids = aligned.source, aligned.match.rows, aligned.row_classes
    if finding.fix_name in source.other_columns:
        return aligner.gather(source.other_columns[finding.fix_name], rows)
    if finding.fix_name == "last column":
        return aligner.gather(source.ranked[:, -1].astype(np.int32), rows)
    if finding.fix_name == "most probable column":
        best = source.ranked_probability.argmax(axis=1)
        return aligner.gather(source.ranked[np.arange(len(best)), best].astype(np.int32), rows)
    steps = finding.fix_name.split(_JOIN)
    row_orders = {order.name: order for order in other_row_orders(aligned, aligner) if order.rows is not None}
    class_orders = {order.name: order for order in aligner.orders.all}
    for step in steps:
        if step in row_orders:
            rows = row_orders[step].rows
        else:
            # applied to the rows of the file, so that it fits whatever order the rows are taken in
            ids = class_orders[step].apply(ids)
    return aligner.gather(ids, np.where(aligned.match.rows == NO_ROW, NO_ROW, rows))
