"""How long a report takes, how large it is, and how fast it opens: of the real models, and of many.

    make bench                      real predictions and published tables where the real-data folder is there
    python tests/bench/bench_report.py --models 1500

Seconds and memory are those of `errata classify` with everything that the command line puts into a report. What a page
loads is what the browser asks for when it is opened, and when it has been read to its end; first paint is
`performance.getEntriesByType("paint")`.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import unquote, urlparse

from many_models import PROJECT, many_predictions, real_predictions, synthetic_atlas

from errata.atlas.atlas import read_atlas

sys.path.insert(0, str(PROJECT / "tests"))
from report.browser import Reader, browser_programs, reader

OPENINGS = 5
"""Times that a page is opened: the median is printed, with the extremes."""

_PROGRAM = """
import json, sys, time
import errata.report.render as rendering
from errata.cli import main

render = rendering.render_report
seconds = []

def timed(*arguments):
    start, start_cpu = time.perf_counter(), time.process_time()
    render(*arguments)
    seconds.append((time.perf_counter() - start, time.process_time() - start_cpu))

rendering.render_report = timed
code = main(sys.argv[1:])
memory = next(row for row in open("/proc/self/status") if row.startswith("VmHWM")).split()[1]
print(json.dumps({"report_s": seconds[0][0], "report_cpu_s": seconds[0][1], "memory_mb": int(memory) / 1024}))
sys.exit(code)
"""


def main() -> None:
    """Print what was measured of each report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--atlas", type=Path, default=PROJECT / "results/imagenet/atlas/labels.parquet")
    parser.add_argument("--models", type=int, default=1500)
    parser.add_argument("--keep", type=Path, help="a folder for the reports, to look at them")
    options = parser.parse_args()
    predictions = real_predictions()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        atlas = options.atlas if options.atlas.is_file() else synthetic_atlas(Path(scratch) / "atlas.parquet")
        if predictions is not None:
            _report("real", sorted(predictions.glob("*.parquet")), atlas, folder)
        made = Path(scratch) / "predictions"
        made.mkdir()
        _report("many", many_predictions(made, read_atlas(atlas), predictions, options.models), atlas, folder)


def _report(name: str, files: list[Path], atlas: Path, folder: Path) -> None:
    out = folder / name
    predictions = real_predictions()
    published = predictions.parent / "reference_stats" if predictions else None
    against = ["--published", str(published)] if published and published.is_dir() else []
    arguments = ["classify", *map(str, files), "--atlas", str(atlas), "--out", str(out), *against]
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", _PROGRAM, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"errata classify failed:\n{done.stderr}")
    seconds = time.perf_counter() - start
    measured = json.loads(done.stdout.splitlines()[-1])
    report = out / "report"
    sizes = [path.stat().st_size for path in report.rglob("*") if path.is_file()]
    print(
        f"{len(files)} models: report {measured['report_s']:.1f} s ({measured['report_cpu_s']:.1f} s of CPU) of "
        f"{seconds:.1f} s for the whole command, {measured['memory_mb']:.0f} MB; "
        f"folder {sum(sizes) / 1e6:.1f} MB in {len(sizes)} files"
    )
    for part in sorted(path for path in report.iterdir() if path.is_dir()):
        files_of_part = [path.stat().st_size for path in part.rglob("*") if path.is_file()]
        print(f"  {part.name + '/':<16} {sum(files_of_part) / 1e6:6.1f} MB in {len(files_of_part)} files")
    if browser_programs() is None:
        print("  no browser: pages were not opened")
        return
    with reader() as at_the_browser:
        for page in [*sorted(report.glob("*.html")), next((report / "models").iterdir())]:
            _open(at_the_browser, page, report)


def _open(at_the_browser: Reader, page: Path, report: Path) -> None:
    paints = []
    for _ in range(OPENINGS):
        at_the_browser.open(page)
        time.sleep(1)
        paints += at_the_browser.run("return performance.getEntriesByName('first-paint').map((each) => each.startTime)")
    first = _loaded(at_the_browser.requests())
    at_the_browser.run("for (const image of document.images) image.loading = 'eager'")
    time.sleep(1)
    rest = _loaded(at_the_browser.requests())
    print(
        f"  {str(page.relative_to(report))[:40]:<40} first paint {statistics.median(paints):4.0f} ms "
        f"({min(paints):.0f} to {max(paints):.0f}); {first / 1e6:.2f} MB on opening, "
        f"{(first + rest) / 1e6:.2f} MB with all figures"
    )


def _loaded(requests: list[str]) -> int:
    paths = {Path(unquote(urlparse(each).path)) for each in requests if each.startswith("file:")}
    return sum(path.stat().st_size for path in paths)


if __name__ == "__main__":
    main()
