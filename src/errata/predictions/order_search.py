"""Search for a wrong numbering of classes or a wrong order of rows."""

from functools import cached_property

import numpy as np

from errata.atlas.outcomes import CODES
from errata.predictions.align import NO_ROW, Aligned, Aligner
from errata.predictions.class_folders import read_class_folders
from errata.predictions.class_ids import (
    NO_CLASS,
    ClassOrder,
    find_subset_numbering,
    held_out_classes,
    is_devkit_order,
    learn_order,
)
from errata.predictions.class_lists import known_list
from errata.predictions.evidence import Evidence, is_at_chance
from errata.predictions.findings import Finding, is_clear_gain, percent
from errata.predictions.formats import IMAGEFOLDER
from errata.predictions.mixed_numberings import find_mixed_numberings
from errata.predictions.orders import OTHER_COUNT
from errata.predictions.regular_orders import find_regular_order, regular_order_of_name
from errata.predictions.row_orders import (
    WNID_FOLDERS,
    FileRows,
    RowOrder,
    find_shifted_ranks,
    folder_lists,
    other_row_orders,
)

LEARNT_SHARE = 0.3
"""A numbering that is only learnt, not known, must reach this share of the way from chance to perfect on held-out
images: on sets of hard images the errors themselves follow a pattern that lifts a learnt numbering to a tenth or so."""
LEARNT_GAIN = 0.006
"""It must also be right on this share of images more than the rival, and by `LEARNT_SIGMA` standard errors. Of 348
honest files of 58 models, one of a model that never names 300 of the classes gains most: 0.0031."""
LEARNT_SIGMA = 5.0
LEARNT_OWN = 0.25
"""An id that so large a share of its own class's images get is no other class's, even if more images of that one get
it: a model that never names a class names its sibling."""
_PLAUSIBLE_SHARE = 0.35
_WITHIN_SIGMA = 4.0
_WITHIN_ORDERS = 20
_STRETCHES, _STRETCH_HITS = 50, 8
_STRETCH_RIGHT, _STRETCHES_RIGHT = 0.25, 0.8
"""After an order is put right, four of five stretches must have at least a quarter of the accuracy of the whole."""
_NEVER_TARGETS = 0.999
_MOSTLY_SAME = 0.9
_ROUNDING = {"bfloat16": 8, "float16": 11}
"""Binary digits that floating-point types have for whole numbers."""
_MIXED_GAIN = 0.02
"""Two numberings must explain so many more images than one cause of the whole file does."""
_PARTS_SAID = 2
_PLAUSIBLE_FACTOR = 3
_NEAR = [CODES[category, None] for category in ("class_overlap", "multi_label", "fine_grained")]
_NEARLY = 0.8
_NEARLY_OTHERS = 0.5


def _above_chance(share: float, class_count: int) -> float:
    uniform = 1.0 / class_count
    return uniform + share * (1 - uniform)


def find_wrong_order(
    aligned: Aligned, aligner: Aligner, evidence: Evidence, judged: np.ndarray, rows: FileRows
) -> Finding | None:
    """Return the finding that explains a low accuracy by a wrong order of classes, of rows, or of both.

    `judged` is a bool mask, shape (images,): the images that `evidence` is about. Single causes come before pairs,
    known ones before learnt ones.
    """
    search = _Search(aligned, aligner, evidence, judged, rows)
    found, mixed = _of_whole_file(search), search.mixed_numberings()
    if mixed and (not found or (found.accuracy_after or 0) + percent(_MIXED_GAIN) < mixed.accuracy_after):
        return mixed
    return found


def _of_whole_file(search: "_Search") -> Finding | None:
    evidence = search.evidence
    single = [search.known_class_order(evidence.ids), search.rows_shifted_from(), search.known_row_order()]
    found = max((finding for finding in single if finding), key=lambda finding: finding.accuracy_after, default=None)
    if found is None:
        return (
            search.cut_ids()
            or search.subset_numbering()
            or search.learnt_class_order(evidence.ids, evidence.ids)
            or search.both_known_orders()
            or search.class_folders()
            or search.regular_order()
            or search.known_row_and_learnt_class_order()
        )
    if found.kind == "class_order":
        known = search.best_class_order(evidence.ids)[1].apply(evidence.ids)
        return search.learnt_class_order(evidence.ids, known) or found
    return found


def find_order_of_rows(
    aligned: Aligned, aligner: Aligner, evidence: Evidence, judged: np.ndarray, rows: FileRows
) -> Finding | None:
    """Return the finding that explains a low accuracy by a wrong order of the rows, known classes or not."""
    search = _Search(aligned, aligner, evidence, judged, rows)
    return search.known_row_order() or search.both_known_orders() or search.class_folders() or search.regular_order()


class _Search:
    """The searches in one model's predictions."""

    def __init__(self, aligned: Aligned, aligner: Aligner, evidence: Evidence, judged: np.ndarray, rows: FileRows):
        self.aligned, self.aligner, self.evidence, self.judged, self.rows = aligned, aligner, evidence, judged, rows
        self.may_be_displaced = is_at_chance(evidence) or rows.are_displaced
        self.row_orders = list(other_row_orders(aligned, aligner)) if self.may_be_displaced else []

    def is_clear(self, after: float) -> bool:
        classes = self.evidence.class_count
        # with few classes a habit of confusing two of them looks like a numbering
        plausible = min(_PLAUSIBLE_FACTOR / classes, _above_chance(_PLAUSIBLE_SHARE, classes))
        return after >= plausible and is_clear_gain(self.evidence.accuracy, after, len(self.evidence.ids))

    def finding(self, kind: str, message: str, after: float, fix_name: str | None = None) -> Finding:
        return Finding(
            kind,
            "refuse",
            message,
            self.aligned.match.row_count,
            percent(self.evidence.accuracy),
            percent(after),
            fix_name,
        )

    def best_class_order(self, ids: np.ndarray) -> tuple[float, ClassOrder]:
        scored = [
            (float((order.apply(ids) == self.evidence.targets).mean()), order) for order in self.aligner.orders.all
        ]
        return max(scored, key=lambda pair: pair[0])

    @property
    def mend(self) -> str:
        """What to do about another numbering."""
        orders = self.aligner.orders
        is_by_wnid = orders.are_by_wnid and orders.key == "wnid"
        return f"Write class ids in {'wnid order' if is_by_wnid else 'the order of the classes'}, counted from 0."

    def known_class_order(self, ids: np.ndarray) -> Finding | None:
        after, order = self.best_class_order(ids)
        if not self.is_clear(after):
            return None
        return self.finding(
            "class_order",
            f"Wrong class order ({order.name}): {order.cause}. {self.mend}",
            after,
            order.name,
        )

    def learnt_class_order(self, ids: np.ndarray, rival: np.ndarray) -> Finding | None:
        """Learn a numbering, and accept it if it explains the targets better than the classes of `rival` do."""
        targets, classes = self.evidence.targets, self.evidence.class_count
        is_kept, right_before = _keeps_its_class(rival, targets, classes), rival == targets
        if int((~is_kept & ~right_before & np.isin(rival, targets)).sum()) < LEARNT_GAIN * len(ids):
            # whatever is learnt cannot gain enough
            return None
        learnt = np.where(is_kept, rival, held_out_classes(ids, targets, classes))
        right = learnt == targets
        after = float(right.mean())
        # an answer that names none of the images' classes is wrong anyway, so a data set with some of a model's classes
        # lends such ids to those that they are taken for, at no cost
        gained = int((right & ~right_before & np.isin(rival, targets)).sum())
        lost = int((right_before & ~right).sum())
        # McNemar's test on the same images; a numbering learnt from correct class ids loses a little
        is_clear = gained - lost >= max(LEARNT_GAIN * len(ids), LEARNT_SIGMA * np.sqrt(gained + lost))
        if not is_clear or after < _above_chance(LEARNT_SHARE, classes):
            return None
        what, name = self.describe(learn_order(ids, targets, classes))
        return self.finding(
            "class_order",
            f"Wrong class order ({name}): {what} The accuracy after is that of a one-to-one numbering learnt from half "
            "of the images and judged on the other half; scoring with it would use the targets, so it is no repair. "
            f"{self.mend[:-1]}, or {self.aligner.orders.key}s.",
            after,
        )

    def subset_numbering(self) -> Finding | None:
        """Find ids that number the classes of a model that knows only some of the data set's."""
        found = find_subset_numbering(self.evidence.ids, self.evidence.targets, self.evidence.class_count)
        if found is None:
            return None
        names, wnids = (self.aligner.atlas.classes[column].to_list() for column in ("name", "wnid"))
        known = known_list(found.table, wnids)
        advice = (
            f"Or say which classes they are; they look like a known list: --classes {known}."
            if known
            else "Or say which classes they are: --classes FILE, a wnid a line in the order of the model's outputs."
        )
        pairs = [f"{i} means '{names[c]}'" for i, c in enumerate(found.table[:3]) if c != NO_CLASS]
        return Finding(
            "subset_numbering",
            "refuse",
            f"The ids 0 to {len(found.table) - 1} number the {len(found.table)} classes of this model, not the data "
            f"set's ({', '.join(pairs)}). On the images of its classes they are {found.before:.1%} right as they are, "
            f"{found.after:.1%} once translated (learnt from half of the images, so it is no repair). "
            f"Save wnids, or class ids of the data set. {advice}",
            self.aligned.match.row_count,
            percent(self.evidence.accuracy),
        )

    def describe(self, learnt: ClassOrder) -> tuple[str, str]:
        """Describe a learnt numbering, by a sentence and a name."""
        wnids = self.aligner.atlas.classes["wnid"].to_list()
        if is_devkit_order(learnt, wnids):
            return (
                "the ids begin as the ids 1 to 1000 of the ILSVRC devkit do (kit fox, English setter, ...).",
                "ILSVRC ids",
            )
        ids = np.arange(len(learnt.table)) + learnt.first_id
        known = learnt.table != NO_CLASS
        ids, table = ids[known], learnt.table[known]
        names = self.aligner.atlas.classes["name"].to_list()
        exchanged = np.flatnonzero(ids != table)
        pairs = ", ".join(f"{ids[place]} means '{names[table[place]]}'" for place in exchanged[:3])
        if len(exchanged) < _NEARLY_OTHERS * len(ids):
            return f"about {len(exchanged)} of {len(ids)} ids are exchanged: {pairs}, ...", "some classes exchanged"
        agreement, nearest = max(
            ((float((order.apply(ids) == table).mean()), order) for order in self.aligner.orders.all),
            key=lambda pair: pair[0],
        )
        if agreement >= _NEARLY:
            return (
                f"{nearest.cause}, with {1 - agreement:.0%} of the classes elsewhere: {pairs}.",
                f"nearly {nearest.name}",
            )
        return f"the ids follow another list of the classes, in which {pairs}.", "an unknown permutation"

    @cached_property
    def readings(self) -> list[tuple[ClassOrder | None, np.ndarray]]:
        """The known numberings and what the rows' ids are under them (int, shape (rows,)); None is the data set's."""
        ids = self.aligned.row_classes
        return [(None, ids), *((order, order.apply(ids)) for order in self.aligner.orders.all)]

    def ids_under(self, order: RowOrder, ids: np.ndarray) -> np.ndarray:
        rows = order.rows[self.judged]
        return np.where(rows == NO_ROW, NO_ROW, ids[rows])

    def known_row_order(self) -> Finding | None:
        """Try the orders that files are known to have."""
        if not self.may_be_displaced:
            return None
        ids = self.aligned.row_classes
        scored = [(self.row_accuracy(order, ids), order) for order in self.row_orders]
        after, order = max(scored, key=lambda pair: pair[0], default=(0.0, None))
        if order and self.is_clear(after) and self.explains_all(order, after, ids):
            return self.reordered(order, after)
        return None

    def row_accuracy(self, order: RowOrder, ids: np.ndarray) -> float:
        return float((self.ids_under(order, ids) == self.evidence.targets).mean())

    def explains_all(self, order: RowOrder, after: float, ids: np.ndarray) -> bool:
        """Tell whether no part of the rows is left wrong, as after a shift where neighbours are exchanged."""
        if after >= _NEVER_TARGETS:
            return False
        reordered = FileRows.of(self.aligned, self.aligner, ids).reordered(order.rows)
        return is_right_throughout(reordered) and not reordered.dead.is_refused

    def regular_order(self) -> Finding | None:
        """Search for the order that several processes, batches or shards give, also under another numbering."""
        if not self.may_be_displaced:
            return None
        readings = self.readings if is_at_chance(self.evidence) else self.readings[:1]
        predictions = [FileRows.of(self.aligned, self.aligner, ids).predictions for _, ids in readings]
        found = find_regular_order(self.rows.targets, np.stack(predictions), self.evidence.class_count)
        if found is None:
            return None
        order = RowOrder.of(found[0], self.aligned.match.rows)
        class_order, ids = readings[found[1]]
        after = self.row_accuracy(order, ids)
        return self.reordered(order, after, class_order) if self.explains_all(order, after, ids) else None

    def reordered(self, order: RowOrder, after: float, class_order: ClassOrder | None = None) -> Finding:
        ids = self.aligned.row_classes if class_order is None else class_order.apply(self.aligned.row_classes)
        lost = int((order.rows[self.aligner.counts] == NO_ROW).sum())
        mend = (
            f"{lost} image(s) that count have no row in this order: predict again."
            if lost
            else "Repair it, or name the rows with --order FILE, in the order in which they were predicted."
        )
        if not lost and order.is_by_class and not self.is_proved_within_classes(order, ids):
            lost, mend = 1, "Which image of its class a row is of cannot be told: name the rows with --order FILE"
            mend += f", or say --order {IMAGEFOLDER} if they are sorted so." if order.name == WNID_FOLDERS else "."
        if class_order is None:
            message = f"Wrong row order ({order.name}): {order.cause}. {mend}"
            return self.finding("row_order", message, after, None if lost else order.name)
        return self.finding(
            "row_and_class_order",
            f"Wrong row order ({order.name}) and wrong class order ({class_order.name}): {order.cause}; and "
            f"{class_order.cause}. {mend}",
            after,
            None if lost else f"{order.name} + {class_order.name}",
        )

    def is_proved_within_classes(self, order: RowOrder, ids: np.ndarray) -> bool:
        """Tell whether wrong answers are accepted ones or near ones more often than in random orders within classes.

        The targets of a class's images are all the same, so they say nothing about the order among them.
        """
        outcomes, ids = self.aligner.atlas.outcomes[self.judged], self.ids_under(order, ids)
        wrong = np.flatnonzero((ids != self.evidence.targets) & (ids >= 0) & (ids < self.evidence.class_count))
        if not len(wrong) or not outcomes.size:
            return False
        near = np.isin(outcomes, _NEAR)
        found = float(near[wrong, ids[wrong]].sum())
        random, targets = np.random.default_rng(0), self.evidence.targets[wrong]
        by_class = np.argsort(targets, kind="stable")
        by_chance = []
        for _ in range(_WITHIN_ORDERS):
            mixed = np.empty(len(wrong), np.int64)
            mixed[by_class] = wrong[np.lexsort((random.random(len(wrong)), targets))]
            by_chance.append(float(near[wrong, ids[mixed]].sum()))
        return found > np.mean(by_chance) + _WITHIN_SIGMA * max(np.std(by_chance), 1.0)

    def class_folders(self) -> Finding | None:
        """Recognise class-folder order of a whole data set, of whose images only some have known targets."""
        images, classes = self.aligner.atlas.dataset_images, self.evidence.class_count
        extra = self.aligned.match.row_count - images
        if not self.may_be_displaced or abs(extra) > OTHER_COUNT * images or images % classes:
            return None
        folders = read_class_folders(self.rows.predictions, classes, images // classes)
        if folders is None or not self.is_clear(folders.purity):
            return None
        name, cause = describe_folders(folders.classes, self.aligner)
        return self.finding(
            "row_order",
            f"Wrong row order ({name}): {cause}. Name the rows with --order FILE, in the order in which they were "
            "predicted. (The accuracy after is that of each folder's most frequent class, over all rows.)",
            folders.purity,
        )

    def both_known_orders(self) -> Finding | None:
        """Try every known numbering under every known order of the rows."""
        if not is_at_chance(self.evidence):
            return None
        scored = [
            (self.row_accuracy(row_order, ids), row_order, class_order, ids)
            for row_order in self.row_orders
            for class_order, ids in self.readings[1:]
        ]
        after, row_order, class_order, ids = max(scored, key=lambda each: each[0], default=(0.0, None, None, None))
        if row_order and self.is_clear(after) and self.explains_all(row_order, after, ids):
            return self.reordered(row_order, after, class_order)
        return None

    def known_row_and_learnt_class_order(self) -> Finding | None:
        """Learn a numbering under every known order of the rows."""
        if not is_at_chance(self.evidence):
            return None
        for row_order in self.row_orders:
            ids = self.ids_under(row_order, self.aligned.row_classes)
            learnt = self.learnt_class_order(ids, self.evidence.ids)
            if learnt:
                return self.finding(
                    "row_and_class_order",
                    f"Wrong row order ({row_order.name}): {row_order.cause}. {learnt.message}",
                    learnt.accuracy_after / 100,
                )
        return None

    def mixed_numberings(self) -> Finding | None:
        """Find rows that number the classes otherwise than the others."""
        ids, classes = self.aligned.row_classes, self.evidence.class_count
        found = find_mixed_numberings(ids, self.rows.targets, self.aligner.orders.all, classes)
        if found is None:
            return None
        numbers = self.rows.numbers
        parts = " and ".join(part.in_words(numbers).rstrip(",") for part in found.parts[:_PARTS_SAID])
        more = f" and {len(found.parts) - _PARTS_SAID} more parts" if len(found.parts) > _PARTS_SAID else ""
        what = self.describe(found.order)[0].rstrip(".") if found.is_learnt else _said(found.order)
        return self.finding(
            "class_order_part",
            f"Two numberings of the classes in one file. {parts[0].upper()}{parts[1:]}{more}{numbers.note} "
            f"({found.rows.mean():.1%} of the rows) follow one ({what}), the others another ({_said(found.base)}). "
            "Outputs of two programs were put together: write both with the same class ids. "
            "Stretches may begin and end some rows off.",
            found.after,
        )

    def rows_shifted_from(self) -> Finding | None:
        """Find the row from which on everything is shifted by one, if that explains the errors."""
        rows = self.aligned.match.rows[self.judged]
        by_row = np.argsort(rows, kind="stable")
        right = (self.evidence.ids == self.evidence.targets)[by_row]
        best: tuple[float, int, int] = (0.0, 0, 0)
        for shift in (1, -1):
            moved = np.clip(rows + shift, 0, self.aligned.match.row_count - 1)
            right_moved = (self.aligned.row_classes[moved] == self.evidence.targets)[by_row]
            # images before the split count as they are, those from it on as if shifted
            total = np.concatenate([[0], np.cumsum(right)]) + right_moved.sum()
            total = total - np.concatenate([[0], np.cumsum(right_moved)])
            split = int(total.argmax())
            best = max(best, (float(total[split]) / len(rows), split, shift))
        after, split, shift = best
        if not 0 < split < len(rows) or not self.is_clear(after):
            return None
        row = self.rows.numbers.name(int(rows[by_row][split]))
        cause = "inserted" if shift > 0 else "lost"
        return self.finding(
            "rows_shifted_part",
            f"From about {row} on, the predictions are shifted by one row against the images: a row was {cause} "
            "there. Predict again, or find that row.",
            after,
        )

    def cut_ids(self) -> Finding | None:
        """Find ids that were rounded, stored in eight bits and lost the rest, or were taken modulo some number."""
        ids = self.evidence.ids
        for name, bits in _ROUNDING.items():
            after = float((ids == _rounded(self.evidence.targets, bits)).mean())
            is_rounded = np.array_equal(ids, _rounded(ids, bits))
            if is_rounded and is_clear_gain(self.evidence.accuracy, after, len(ids)):
                return self.finding(
                    "ids_cut",
                    f"Class ids were rounded to {bits} binary digits, as {name} does: none above {2**bits} is odd (the "
                    "accuracy after counts agreement with rounded targets). Save them as integers.",
                    after,
                )
        most = int(ids.max()) + 1 if len(ids) else 0
        if ids.min(initial=0) >= 0 and 1 < most < self.evidence.class_count:
            after = float((ids == self.evidence.targets % most).mean())
            if most != 256 and is_clear_gain(max(self.evidence.accuracy, 1 / most), after, len(ids)):
                return self.finding(
                    "ids_cut",
                    f"The ids end at {most - 1} and agree with the targets modulo {most} (the accuracy after counts "
                    "that agreement): the class ids were cut. Save them whole.",
                    after,
                )
        if self.evidence.class_count <= 256 or not len(ids) or ids.max() > 255 or ids.min() < -128:
            return None
        after = float((ids % 256 == self.evidence.targets % 256).mean())
        if not is_clear_gain(max(self.evidence.accuracy, 1 / 256), after, len(ids)):
            return None
        return self.finding(
            "ids_cut_to_8_bits",
            f"Class ids were stored in 8 bits: none is above {int(ids.max())}, and they agree with the targets' last 8 "
            "bits (the accuracy after counts that agreement). Save them as 16-bit integers.",
            after,
        )


def _rounded(ids: np.ndarray, bits: int) -> np.ndarray:
    """Return whole numbers as a floating-point type with so many binary digits holds them."""
    fraction, exponent = np.frexp(ids.astype(np.float64))
    return np.ldexp(np.round(np.ldexp(fraction, bits)), exponent - bits).astype(np.int64)


def _said(order: ClassOrder | None) -> str:
    return "the data set's" if order is None else f"{order.name}: {order.cause}"


def is_right_throughout(rows: FileRows) -> bool:
    """Tell whether nearly all stretches of the rows have their part of the right answers.

    Where batches are shuffled, a shift puts one of them right.
    """
    known = rows.targets >= 0
    right = (rows.targets == rows.predictions)[known]
    stretches = np.array_split(right, max(1, min(_STRETCHES, int(right.sum()) // _STRETCH_HITS)))
    shares = np.array([stretch.mean() for stretch in stretches])
    return bool((shares >= _STRETCH_RIGHT * right.mean()).mean() >= _STRETCHES_RIGHT)


def _keeps_its_class(ids: np.ndarray, targets: np.ndarray, classes: int) -> np.ndarray:
    """Return which answers (bool) name a class that many of its own images get."""
    images = np.maximum(np.bincount(targets, minlength=classes), 1)
    kept = np.bincount(targets[ids == targets], minlength=classes) >= LEARNT_OWN * images
    valid = (ids >= 0) & (ids < classes)
    return valid & kept[np.where(valid, ids, 0)]


def describe_folders(folders: np.ndarray, aligner: Aligner) -> tuple[str, str]:
    """Return name and cause of a class-folder order, given the class of every folder."""
    for name, cause, table in folder_lists(aligner):
        if (folders == table[: len(folders)]).mean() >= _MOSTLY_SAME:
            return name, cause
    cause = "the predictions are sorted by class folder, the rows are not; the folders follow"
    if is_devkit_order(ClassOrder("", "", folders), aligner.atlas.classes["wnid"].to_list()):
        return "class folders, ILSVRC ids", f"{cause} the ids of the ILSVRC devkit (kit fox, English setter, ...)"
    return "class folders, an unknown list", f"{cause} another list of the classes than the data set's"


def proves_class_folders(aligned: Aligned, aligner: Aligner) -> bool:
    """Tell whether rows that were matched in another order stand in that of class folders, within each class too."""
    judged = aligner.counts & (aligned.match.rows != NO_ROW)
    evidence = Evidence(aligned.row_classes[aligned.match.rows[judged]], aligner.targets[judged], aligner.class_count)
    if not len(evidence.ids):
        return False
    search = _Search(aligned, aligner, evidence, judged, FileRows.of(aligned, aligner))
    order = next((each for each in search.row_orders if each.name == WNID_FOLDERS), None)
    if order is None:
        return False
    ids = aligned.row_classes
    after = search.row_accuracy(order, ids)
    is_known = search.is_clear(after) and search.explains_all(order, after, ids)
    return is_known and search.is_proved_within_classes(order, ids)


def row_order_of_name(name: str, aligned: Aligned, aligner: Aligner) -> RowOrder:
    """Return the row order that a repair is called after."""
    known = next((order for order in other_row_orders(aligned, aligner) if order.name == name), None)
    if known:
        return known
    rows = FileRows.of(aligned, aligner)
    found = regular_order_of_name(name, rows.targets, rows.predictions) or find_shifted_ranks(rows)
    if found and found.name == name:
        return RowOrder.of(found, aligned.match.rows)
    raise ValueError(f"no order of the rows is called '{name}'")
