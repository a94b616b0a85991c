"""How long a report takes, how large it is, and how fast it opens: of the real models, and of many.

    python tests/bench/bench.py report                  one model and fifty, beside their floors
    python tests/bench/bench_report.py --models 1500    the real ones and many, with all pages in a browser

Real predictions are taken where the real-data folder is there, with the atlas and the published tables of the package.

Seconds and memory are those of `errata classify` with everything that the command line puts into a report. What a page
loads is what the browser asks for when it is opened, and when it has been read to its end; first paint is
`performance.getEntriesByType("paint")`.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import unquote, urlparse

from bench_classify import gather_and_count
from figures import Figure, cost_of, cost_of_module, start_of_python
from many_models import ATLAS, PROJECT, atlas_and_source, many_predictions

from errata.atlas.compiled import read_atlas
from errata.drawing.style import figure_style, new_figure, save_figure

sys.path.insert(0, str(PROJECT / "tests"))
from report.browser import Reader, browser_programs, reader

OPENINGS = 5
"""Times that a page is opened: the median is printed, with the extremes."""

_PROGRAM = """
import json, sys, time
import errata.report.site as rendering
from errata.cli import main

render = rendering.write_report
seconds = []

def timed(*arguments):
    start, start_cpu = time.perf_counter(), time.process_time()
    render(*arguments)
    seconds.append((time.perf_counter() - start, time.process_time() - start_cpu))

rendering.write_report = timed
code = main(sys.argv[1:])
memory = next(row for row in open("/proc/self/status") if row.startswith("VmHWM")).split()[1]
print(json.dumps({"report_s": seconds[0][0], "report_cpu_s": seconds[0][1], "memory_mb": int(memory) / 1024}))
sys.exit(code)
"""


def main() -> None:
    """Print what was measured of each report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--atlas", type=Path, default=ATLAS)
    parser.add_argument("--models", type=int, default=1500)
    parser.add_argument("--keep", type=Path, help="a folder for the reports, to look at them")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        atlas, source = atlas_and_source(Path(scratch), options.atlas)
        if source is not None:
            _report("real", sorted(source.glob("*.parquet")), atlas, folder)
        made = Path(scratch) / "predictions"
        made.mkdir()
        _report("many", many_predictions(made, read_atlas(atlas), source, options.models), atlas, folder)


def figures(scratch: Path, *, models: int = 50) -> list[Figure]:
    """Return what a model with its report costs, beside a bare look-up, and the report of many beside plain figures."""
    atlas_file, source = atlas_and_source(scratch)
    atlas = read_atlas(atlas_file)
    files = many_predictions(scratch, atlas, source, models)
    one, _ = cost_of_module("errata", str(files[0]), "--atlas", str(atlas_file), "--out", str(scratch / "one"))
    start = start_of_python("numpy", "polars")
    look_up, _ = cost_of(lambda: gather_and_count(atlas, files[:1]))
    floor = start.cpu_seconds + look_up.cpu_seconds
    bare = "start of Python with its libraries, reading the file, one gather (same run)"
    measured, report = _classified(files, atlas_file, scratch / "out")
    drawn = sorted(path.name for path in (report / "figures").iterdir())
    copy, _ = cost_of(lambda: shutil.copytree(report, scratch / "copy"))
    drawing, _ = cost_of(lambda: _plain_figures(drawn, scratch))
    size = sum(path.stat().st_size for path in report.rglob("*") if path.is_file()) / 1e6
    return [
        Figure("report", "1 model with report", one.cpu_seconds, floor, "CPU s", bare),
        Figure(
            "report",
            f"report of {models} models, {len(drawn)} figures, {size:.0f} MB",
            measured["report_cpu_s"],
            copy.cpu_seconds + drawing.cpu_seconds,
            "CPU s",
            "as many plain figures as SVG, and a copy of the folder (same run)",
        ),
    ]


def _plain_figures(names: list[str], folder: Path) -> None:
    with figure_style():
        for name in names:
            figure = new_figure(6, 4)
            figure.add_subplot().plot(range(100))
            save_figure(figure, folder / name)


def _report(name: str, files: list[Path], atlas: Path, folder: Path) -> None:
    start = time.perf_counter()
    measured, report = _classified(files, atlas, folder / name)
    seconds = time.perf_counter() - start
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


def _classified(files: list[Path], atlas: Path, out: Path) -> tuple[dict, Path]:
    """Run `errata classify` and return what its report cost, and where that is."""
    arguments = ["classify", *map(str, files), "--atlas", str(atlas), "--out", str(out)]
    done = subprocess.run([sys.executable, "-c", _PROGRAM, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"errata classify failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1]), out / "report"


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
