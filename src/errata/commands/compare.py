"""`errata compare`: what became better and what worse from one model to another."""

import argparse
import json
import logging

from errata.atlas.compiled import read_atlas
from errata.paired.compare import compare_pair, read_pair
from errata.paired.layout import comparison_text, comparison_values, write_comparison

logger = logging.getLogger("errata")


def run(options: argparse.Namespace) -> int:
    """Print the comparison and, if asked to, write its tables."""
    atlas = read_atlas(options.atlas)
    comparison = compare_pair(atlas, read_pair(options.a, options.b, atlas, order=options.order))
    if options.json:
        print(json.dumps(comparison_values(comparison), indent=1, ensure_ascii=False))
    else:
        print(comparison_text(comparison))
    if options.out:
        write_comparison(comparison, options.out)
        logger.info("Tables are in %s", options.out)
    return 0
