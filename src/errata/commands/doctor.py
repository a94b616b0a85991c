"""Diagnose a predictions file, and repair it."""

import argparse
import logging

from errata.atlas.compiled import read_atlas
from errata.predictions.align import Aligner
from errata.predictions.doctor import examine
from errata.predictions.findings import as_dict, exit_status, format_diagnosis
from errata.predictions.repair import check_place, repair, write_repaired
from errata.terminal import print_json, width_of_terminal

logger = logging.getLogger("errata")


def doctor(options: argparse.Namespace) -> int:
    """Print the diagnoses, and write what was repaired if asked to; return 1 if a file is refused, 2 if unreadable."""
    if options.fix:
        check_place(options.fix, options.file)
    aligner = Aligner(read_atlas(options.atlas))
    examined = examine(options.file, aligner, order=options.order, accepted=options.accept)
    diagnoses = [diagnosis for diagnosis, _ in examined]
    width = width_of_terminal(110)
    if options.json:
        print_json([as_dict(diagnosis) for diagnosis in diagnoses])
    else:
        print("\n\n".join(format_diagnosis(diagnosis, width=width) for diagnosis in diagnoses))
    if options.fix:
        repaired = repair(options.file, aligner, order=options.order)
        write_repaired(repaired, options.fix, source=options.file)
        logger.info("Repaired (%s): %s", ", ".join(each.fix_name for each in repaired.findings), options.fix)
        for left in repaired.remaining:
            logger.warning("The repaired file is still refused: %s: %s", left.kind, left.message)
        if repaired.left_out:
            logger.info(
                "%s rows are left out: no file name, or no prediction, is known for them", f"{repaired.left_out:,}"
            )
        return 0
    return exit_status(diagnoses)
