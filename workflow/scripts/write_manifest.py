"""Write down what the results were made from and with."""

from errata.files import atomic_write
from errata.job import run_job
from errata.manifest import build_manifest, manifest_text


def main(*, results: list[str], settings: dict, output: str) -> None:
    manifest = build_manifest({path: path for path in results}, settings=settings)
    with atomic_write(output) as temporary:
        temporary.write_text(manifest_text(manifest), encoding="utf-8")


if __name__ == "__main__":
    run_job(
        snakemake.log[0],
        main,
        results=list(snakemake.input.results),
        settings=snakemake.params.settings,
        output=snakemake.output[0],
    )
