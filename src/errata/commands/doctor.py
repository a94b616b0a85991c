"""`errata doctor`: what is wrong with a predictions file."""

import argparse
import json
import logging

from errata.atlas.compiled import read_atlas
from errata.files import atomic_write
from errata.predictions.align import Aligner
from errata.predictions.doctor import examine, repair
from errata.predictions.findings import as_dict, format_diagnosis

logger = logging.getLogger("errata")


def run(options: argparse.Namespace) -> int:
    """Print the diagnoses, and write what was repaired if asked to; return 1 if a file stays unusable."""
    aligner = Aligner(read_atlas(options.atlas))
    diagnoses = [diagnosis for diagnosis, _ in examine(options.file, aligner, order=options.order)]
    if options.json:
        print(json.dumps([as_dict(diagnosis) for diagnosis in diagnoses], indent=1, ensure_ascii=False))
    else:
        print("\n\n".join(format_diagnosis(diagnosis) for diagnosis in diagnoses))
    if options.fix:
        frame, repaired = repair(options.file, aligner, order=options.order)
        with atomic_write(options.fix) as temporary:
            frame.write_parquet(temporary)
        logger.info("Repaired (%s): %s", ", ".join(finding.fix_name or "" for finding in repaired), options.fix)
        return 0
    return 0 if all(diagnosis.is_usable for diagnosis in diagnoses) else 1
