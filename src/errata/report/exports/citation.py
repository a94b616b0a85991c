"""How to cite a result: the paper behind the method, and Errata with what the result was made from."""

from collections.abc import Mapping

from errata import __version__
from errata.manifest import SHORT, hash_of
from errata.report.exports.latex import latex

PAPER = """@inproceedings{peychev2023automated,
  title     = {Automated Classification of Model Errors on {ImageNet}},
  author    = {Peychev, Momchil and M{\\"u}ller, Mark Niklas and Fischer, Marc and Vechev, Martin},
  booktitle = {Advances in Neural Information Processing Systems 36 (NeurIPS 2023)},
  year      = {2023},
  url       = {https://arxiv.org/abs/2401.02430},
}
"""


def short_hash(manifest: Mapping[str, object] | None) -> str:
    """Return the digits by which a manifest is cited, or nothing if there is none."""
    return "" if manifest is None else hash_of(manifest)[:SHORT]


def bibtex(*, dataset: str, atlas: str, manifest: Mapping[str, object] | None) -> str:
    """Return BibTeX entries of the paper and of Errata; the latter's note says which result is meant."""
    which = f"data set {latex(dataset)}, atlas {latex(atlas)}"
    if manifest is not None:
        which += f", manifest {short_hash(manifest)}"
    software = (
        "@software{errata,\n"
        "  title   = {Errata: what kind of mistakes an image classifier makes},\n"
        "  author  = {{The Errata authors}},\n"
        f"  version = {{{__version__}}},\n"
        f"  note    = {{{which}}},\n"
        "}\n"
    )
    return f"{PAPER}\n{software}"
