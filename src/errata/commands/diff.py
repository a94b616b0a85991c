"""Tell what differs between two builds."""

import argparse

from errata.manifest import differences, read_manifest


def diff(options: argparse.Namespace) -> int:
    """Print what differs between two builds; return 1 if anything does."""
    found = differences(read_manifest(options.first), read_manifest(options.second))
    print("\n".join(found) if found else "Nothing differs.")
    return 1 if found else 0
