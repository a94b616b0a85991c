"""Note that the models that shared the pixels of a view have run: the pixels are not needed any more."""

import json
from pathlib import Path

from errata.files import atomic_write
from errata.job import run_job


def main(*, predictions: list[str], output: str) -> None:
    with atomic_write(output) as temporary:
        models = sorted(Path(path).stem for path in predictions)
        temporary.write_text(json.dumps({"models": models}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        predictions=list(snakemake.input.predictions),
        output=snakemake.output[0],
    )
