"""All benchmarks in one table: what Errata costs on this machine, as ratios to floors and peers.

    make bench
    python tests/bench/bench.py dag atlas

The table goes to the terminal, and as JSON to benchmarks/bench.json. Beside each ratio stands that of the last release,
from tests/bench/release.json. docs/performance.md says how to read it.
"""

import argparse
import importlib
import os
import sys
import tempfile
import time
import traceback
from pathlib import Path

from figures import Figure, read_ratios, table_of, write_json

PROJECT = Path(__file__).resolve().parents[2]
RELEASE = Path(__file__).with_name("release.json")
"""The figures of the last release; `--json tests/bench/release.json` makes them anew."""
SUBJECTS = ("classify", "atlas", "openworld", "dag", "views", "inference", "report", "demo")


def main() -> None:
    """Measure the subjects one after another; one that fails is told and does not stop the others."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=f"some of {', '.join(SUBJECTS)}; none: all")
    parser.add_argument("--json", type=Path, default=PROJECT / "benchmarks" / "bench.json", metavar="FILE")
    options = parser.parse_args()
    unknown = set(options.subjects) - set(SUBJECTS)
    if unknown:
        parser.error(f"there is no benchmark of {', '.join(sorted(unknown))}; there are {', '.join(SUBJECTS)}")
    found: list[Figure] = []
    failed = []
    for subject in options.subjects or SUBJECTS:
        start = time.perf_counter()
        try:
            with tempfile.TemporaryDirectory() as scratch:
                found += importlib.import_module(f"bench_{subject}").figures(Path(scratch))
        except (Exception, SystemExit):
            traceback.print_exc()
            failed.append(subject)
        print(f"{subject}: {time.perf_counter() - start:.0f} s, load {os.getloadavg()[0]:.1f}", file=sys.stderr)
    if found:
        print(table_of(found, read_ratios(RELEASE)))
        write_json(found, options.json)
        print(f"The same as JSON: {options.json}")
    if failed:
        sys.exit(f"Failed: {', '.join(failed)}; see above.")


if __name__ == "__main__":
    main()
