"""Compile the error atlas of a data set of one's own."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from errata.atlas.compiled import Atlas, write_atlas
from errata.atlas.decision import ClassKnowledge, compile_atlas, decide, facts_in_chunks
from errata.atlas.evidence import build_evidence, evidence_path, verdicts_path
from errata.atlas.tables import EVIDENCE
from errata.classes.pairs import count_cooccurrence, overlap_matrix, spurious_matrix
from errata.classes.superclasses import sharing_matrix
from errata.errors import InputError, listed, shown
from errata.openworld.tables import VERDICTS
from errata.own_data.borrowed_pairs import borrow_pairs
from errata.own_data.class_table import OwnClasses, read_own_classes
from errata.own_data.labels import read_own_labels
from errata.own_data.open_world import AskedWorld, CheckedWorld, check_open_world
from errata.provenance import file_and_hash, inputs_behind, inputs_note
from errata.sheets import check_names
from errata.tables import write_table

PROGRESS = logging.getLogger("errata.progress")

MOST_OUTCOMES = 4_000_000_000
"""Images times classes that are held in memory, a byte each."""


def check_output(path: Path | str, *inputs: object) -> None:
    """Check that an atlas is not written over what it is made from; inputs that are no paths do not count."""
    for given in inputs:
        if isinstance(given, str | Path) and Path(given).absolute() == Path(path).absolute():
            raise InputError(f"{path}: the atlas would be written over this file, from which it is made. Name another.")


@dataclass(frozen=True)
class Built:
    """An atlas and the evidence behind it (None where an atlas has none), and what is odd about its tables.

    `world`: what the open-world check found; None where it was not asked for.
    """

    atlas: Atlas
    evidence: pl.DataFrame | None
    remarks: tuple[str, ...] = ()
    world: CheckedWorld | None = None

    def write(self, path: Path | str) -> None:
        """Write the atlas to `path`, and its evidence and verdicts beside it."""
        if Path(path).is_dir():
            raise InputError(f"{path}: expected the name of a file for the atlas, found a folder. Name a file in it.")
        PROGRESS.debug("Writing the atlas")
        beside = {}
        if self.evidence is not None:
            beside["evidence"] = evidence_path(path)
            note = inputs_note(self.atlas.provenance["inputs"])
            write_table(self.evidence, EVIDENCE, beside["evidence"], metadata=note)
        if self.world is None:
            # of an atlas that was here before
            verdicts_path(path).unlink(missing_ok=True)
        else:
            beside["verdicts"] = verdicts_path(path)
            write_table(self.world.verdicts, VERDICTS, beside["verdicts"], metadata=self.world.notes)
        write_atlas(self.atlas, path, beside=beside)


def build(
    classes: Path | str | pl.DataFrame,
    labels: Path | str | pl.DataFrame,
    *,
    name: str,
    pairs_from: Path | str | None = None,
    world: AskedWorld | None = None,
) -> Built:
    """Build the atlas of a data set from its classes and labels.

    What the tables do not say is undefined: without superclasses, whether an error is fine-grained; without accepted
    confusions, class overlap; without several labels per image, multi-label errors and spurious correlations, whose
    pairs are those that at least two images show together; without flags, what is non-prototypical.

    Parameters
    ----------
    classes : path or polars.DataFrame
        See `errata.own_data.class_table.read_own_classes`.
    labels : path or polars.DataFrame
        See `errata.own_data.labels.read_own_labels`.
    name : str
        What the data set is called.
    pairs_from : path or str, optional
        An atlas, or the name of one that comes with Errata: pairs of classes that its data set shows together count as
        well (`errata.own_data.borrowed_pairs.borrow_pairs`).
    world : AskedWorld, optional
        What the open world is checked with (`errata.own_data.open_world.check_open_world`); without it, errors that
        reach the check are not checked.

    Raises
    ------
    InputError
        If a table is not as it should be, or images times classes are too many to be held in memory.
    """
    check_names([name], kind="a data set", where="name")
    for role, given in (("classes", classes), ("labels", labels)):
        if not isinstance(given, str | Path | pl.DataFrame):
            raise InputError(f"{role}: found {type(given).__name__}; expected a path or a polars frame.")
    PROGRESS.debug("Reading the tables")
    known = read_own_classes(classes)
    table, has_multilabels = read_own_labels(labels, known)
    count = known.classes.height
    if table.height * count > MOST_OUTCOMES:
        raise InputError(
            f"{table.height:,} images x {count:,} classes are {table.height * count:,} possible answers; at most "
            f"{MOST_OUTCOMES:,} fit into an atlas. Take a part of the images."
        )
    PROGRESS.debug("Relating %d classes", count)
    sharing = sharing_matrix(known.superclasses, count)
    together = table.filter(pl.lit(has_multilabels)).select("target", real_labels="multi_labels")
    pairs = count_cooccurrence(together, sharing)
    borrowed = None if pairs_from is None else borrow_pairs(known.classes, pairs_from)
    if borrowed:
        pairs = borrowed.added_to(pairs, sharing)
    files = {role: given for role, given in (("classes", classes), ("labels", labels)) if is_file(given)}
    inputs = inputs_behind(files) | ({"pairs": file_and_hash(borrowed.evidence)} if borrowed else {})
    checked = None if world is None else check_open_world(world, known, table, sharing, labels=labels)
    if checked:
        inputs |= checked.inputs
    knowledge = ClassKnowledge(overlap_matrix(known.overlap, count), sharing, spurious_matrix(pairs, count))
    atlas = compile_atlas(
        table,
        known.classes,
        knowledge,
        name="labels",
        dataset=name,
        dataset_images=table.height,
        has_multilabels=has_multilabels,
        is_oov=checked and checked.is_oov,
        provenance={
            "title": f"Labels of {name}" + (", open world checked" if checked else ""),
            **({"open_world": checked.settings} if checked else {}),
            "inputs": inputs,
        },
        targets=table,
    )
    if checked:
        for facts in facts_in_chunks(table[checked.unchecked], knowledge):
            atlas.outcomes[checked.unchecked[facts.rows]] = decide(facts)
    undecided = {
        "class_overlap": not known.overlap.height,
        "fine_grained": not known.superclasses.height,
        f"{'' if checked else 'provisional_'}spurious_correlation": not has_multilabels
        and (borrowed is None or len(borrowed.matched) < 2),
    }
    atlas = replace(atlas, undefined=(*atlas.undefined, *(what for what, is_so in undecided.items() if is_so)))
    evidence = build_evidence(
        table,
        superclasses=known.superclasses,
        overlap=known.overlap,
        cooccurrence=pairs,
        neighbours=checked and checked.gate,
    )
    remarks = (
        *_remarks(known, table),
        *(borrowed.remarks(known.classes) if borrowed else ()),
        *(checked.remarks if checked else ()),
    )
    return Built(atlas, evidence, remarks, checked)


def _remarks(known: OwnClasses, labels: pl.DataFrame) -> Iterator[str]:
    """Yield what the tables may say unintentionally."""
    names = known.classes["name"]
    without = names.filter(~known.classes["class_id"].is_in(labels["target"].implode()))
    if len(without):
        what, they = ("class has", "it has") if len(without) == 1 else ("classes have", "they have")
        yield f"{len(without):,} {what} no image ({listed(without, 3)}): answers may be so, and {they} no accuracy."
    alone = known.superclasses.filter(~pl.col("superclass").is_duplicated())["superclass"]
    if len(alone):
        what = "superclass has" if len(alone) == 1 else "superclasses have"
        yield f"{len(alone):,} {what} one member ({listed(alone, 3)}), which makes no answer fine-grained."
    back = known.overlap.select(target="predicted_class", predicted_class="target")
    one_way = known.overlap.join(back, on=["target", "predicted_class"], how="anti")
    if one_way.height:
        target, accepted = (names[one_way[column][0]] for column in ("target", "predicted_class"))
        yield (
            f"{one_way.height:,} of the overlaps {'holds' if one_way.height == 1 else 'hold'} in one direction only "
            f"('{shown(accepted, 40)}' is accepted for '{shown(target, 40)}', not the other way round). If they "
            "hold both ways, write them in both rows."
        )


def is_file(given: object) -> bool:
    """Return whether an input is a file, whose hash can be noted."""
    return isinstance(given, (str, Path)) and Path(given).is_file()
