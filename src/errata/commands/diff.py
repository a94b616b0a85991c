"""`errata diff`: what differs between two builds."""

import argparse

from errata.manifest import read_manifest
from errata.manifest_diff import differences


def run(options: argparse.Namespace) -> int:
    """Print the differences; return 1 if there are any."""
    found = differences(read_manifest(options.first), read_manifest(options.second))
    print("\n".join(found) if found else "Nothing differs.")
    return 1 if found else 0
