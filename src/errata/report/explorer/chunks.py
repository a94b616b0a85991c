"""The evidence behind the answers, in files of a few hundred images each.

In a file every different line stands once; images and answers list the numbers of theirs.
"""

from collections.abc import Iterator

import polars as pl

from errata.atlas.explain import Trails
from errata.report.explorer.answers import Explored
from errata.report.explorer.index_file import CHUNK


def chunks_of(trails: Trails, explored: Explored) -> Iterator[dict[str, list]]:
    """Yield the content of each file: `lines` (template and values), and by image and answer the numbers of lines.

    `named` holds the models that are named for each answer.
    """
    of_images = trails.image_lines.with_columns(image="owner", is_answer=pl.lit(False))
    places = trails.answers.select("image").with_row_index("owner")
    of_answers = trails.answer_lines.join(places, on="owner", maintain_order="left").with_columns(
        is_answer=pl.lit(True)
    )
    columns = ("owner", "template", "values", "image", "is_answer")
    all_lines = pl.concat([of_images.select(columns), of_answers.select(columns)]).select(
        "owner",
        "is_answer",
        chunk=pl.col("image") // CHUNK,
        line=pl.concat_list(pl.col("template").cast(pl.String), "values"),
    )
    named = explored.answers["named"]
    firsts = places.group_by(chunk=pl.col("image") // CHUNK, maintain_order=True).agg(pl.col("owner").min(), pl.len())
    start_of = {chunk: (start, length) for chunk, start, length in firsts.rows()}
    for start in range(0, trails.images.height, CHUNK):
        chunk = start // CHUNK
        told = all_lines.filter(chunk=chunk)
        key = told.select(pl.col("line").list.join("\x1f")).to_series()
        numbered = told.with_columns(key=key, number=_first_appearance(key))
        first_answer, answers = start_of[chunk]
        images = min(CHUNK, trails.images.height - start)
        yield {
            "lines": numbered.unique("number", keep="first", maintain_order=True)["line"].to_list(),
            "images": _numbers(numbered.filter(~pl.col("is_answer")), start, images),
            "answers": _numbers(numbered.filter("is_answer"), first_answer, answers),
            "named": named[first_answer : first_answer + answers].to_list(),
        }


def _first_appearance(key: pl.Series) -> pl.Series:
    """Number equal keys alike, in the order in which they first appear."""
    distinct = key.unique(maintain_order=True)
    return key.replace_strict(distinct, pl.int_range(len(distinct), eager=True), return_dtype=pl.Int32)


def _numbers(numbered: pl.DataFrame, first: int, count: int) -> list[list[int]]:
    """Return the numbers of the lines of each of `count` owners from `first` on."""
    owners = pl.DataFrame({"owner": pl.int_range(first, first + count, eager=True).cast(pl.UInt32)})
    listed = numbered.group_by("owner", maintain_order=True).agg("number")
    return owners.join(listed, on="owner", how="left", maintain_order="left")["number"].fill_null([]).to_list()
