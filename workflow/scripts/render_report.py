"""Write the report of a data set and an atlas."""

import logging
import shutil
from collections.abc import Mapping
from pathlib import Path

from errata.error_files import MOST_MODELS
from errata.job import run_job
from errata.report.site import write_report
from errata.results import Results
from errata.trends.cloud import described

LOG = logging.getLogger(__name__)


def main(
    *,
    files: Mapping[str, str | Path],
    settings: Mapping[str, object],
    descriptions: Mapping[str, Mapping[str, object]] | None = None,
    error_files: int = MOST_MODELS,
    image_folder: str | Path | None = None,
    destination: str | Path,
    figures: str | Path | None = None,
) -> None:
    known = described(descriptions) if descriptions else None
    if image_folder is not None and not Path(image_folder).is_dir():
        LOG.warning(
            "%s is no folder, so the report cannot show pictures from it. Unpack it, if it is a tar.", image_folder
        )
        image_folder = None
    results = Results(
        files=files, settings=settings, descriptions=known, error_files=error_files, image_folder=image_folder
    )
    write_report(results, destination)
    if figures:
        shutil.copytree(Path(destination, "figures"), figures, dirs_exist_ok=True)


if __name__ == "__main__":
    given = {name: paths for name, paths in snakemake.input.items() if name not in ("code", "templates", "mistakes")}
    run_job(
        snakemake.log[0],
        main,
        # every input has the name of a result; a result is one file
        files={name: paths if isinstance(paths, str) else next(iter(paths), None) for name, paths in given.items()}
        | {"mistakes": Path(snakemake.input.mistakes[0]).parent},
        settings=snakemake.params.settings,
        descriptions=snakemake.params.descriptions,
        error_files=snakemake.params.error_files,
        image_folder=snakemake.params.image_folder,
        destination=snakemake.output.report,
        figures=snakemake.output.figures,
    )
