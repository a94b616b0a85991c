"""Propose superclasses: a draft of a table of classes, to be read and corrected."""

import argparse
from pathlib import Path

from errata.classes.hypernyms import find_nouns
from errata.commands.given import given_files
from errata.errors import InputError, listed
from errata.own_data.class_table import EVIDENCE
from errata.own_data.draft import Draft, Drafting, begin_draft
from errata.own_data.propose import propose
from errata.tables import write_csv

_DISTANCES = {
    "predictions": "mean share of images taken for the other class",
    "vectors": "mean distance of the vectors (1 - cosine)",
    "encoder": "mean distance of the names' vectors (1 - cosine)",
}


def classes(options: argparse.Namespace) -> int:
    """Write a draft of superclasses, and a dendrogram of what was clustered."""
    for name, out in (("--out", options.out), ("CLASSES", options.classes)):
        if out.suffix.lower() != ".csv":
            raise InputError(f"{name} {out}: expected a CSV file. Give a name that ends in .csv.")
    if options.out.exists():
        raise InputError(f"{options.out}: is there already, perhaps with your corrections. Name another with --out.")
    by = next((name for name in _DISTANCES if getattr(options, name)), None)
    drafting = begin_draft(options.classes, nouns=find_nouns(options.wordnet, needed=by is None), most=options.most)
    draft = propose(
        drafting,
        predictions=given_files(options.predictions).files if options.predictions else (),
        labels=options.labels,
        order=options.order,
        vectors=options.vectors,
        encoder=options.encoder,
    )
    write_csv(draft.table, options.out)
    _say(draft, drafting, options.out)
    if draft.dendrogram is not None and draft.cut is not None:
        # loads matplotlib
        from errata.drawing.dendrogram import draw_dendrogram
        from errata.drawing.style import write_figure

        figure = draw_dendrogram(
            draft.dendrogram,
            draft.cut,
            drafting.names,
            draft.group_of_class,
            axis=_DISTANCES[by],
            as_shares=by == "predictions",
        )
        picture = options.out.with_suffix(".svg")
        write_figure(figure, picture)
        print(f"{picture}: the dendrogram and where it is cut.")
    if options.predictions:
        print(
            "Do not measure the fine-grained errors of these models with these superclasses: they are made of the same "
            "errors, so the result would be circular."
        )
    print(f"This is a draft. Correct its superclasses and delete the column {EVIDENCE}; until then no atlas is built.")
    return 0


def _say(draft: Draft, drafting: Drafting, out: Path) -> None:
    """Print what the draft proposes, and for which classes it has nothing."""
    superclasses, total = draft.table["superclass"], draft.table.height
    superclass = "superclass" if len(draft.groups) == 1 else "superclasses"
    print(
        f"{out}: proposes {len(draft.groups):,} {superclass} of at most {drafting.most} classes; "
        f"{total - superclasses.null_count():,} of {total:,} classes have one."
    )
    for name, group in sorted(draft.groups.items(), key=lambda item: -len(item[1]))[:3]:
        print(f"  {name}: {listed([drafting.names[position] for position in group], 6)}")
    if draft.unclear:
        several, none = (draft.unclear.count(kind) for kind in ("several", "none"))
        print(
            f"WordNet does not settle {len(draft.unclear):,} of the classes: {several:,} with several meanings, "
            f"{none:,} with none. They are in no group; {EVIDENCE} lists their meanings. Write their wnids, or names "
            "like 'bass (fish)', into the table of classes and propose again."
        )
