"""From a dozen measured models to hours for whole lists of models."""

from pathlib import Path

import numpy as np
import polars as pl

REFERENCE = "rtx4090_amp_nchw_pt291"
IMAGES = 50_000


def projected(measured: dict, tables: list[Path]) -> str:
    """Return, in words, the hours for all models of tables of estimates.

    Each measured model takes so many times the seconds that the table says for the reference GPU; the logarithm of
    that is interpolated over the logarithm of the table's seconds, and held constant outside. What does not grow with
    the images (process, weights, start, plans of the re-check) is added per model, at the mean of those measured; the
    download of weights is not. Models without an estimate are counted at the mean of the others.

    Parameters
    ----------
    measured : dict
        What `bench_inference.py` writes.
    tables : list of path
        `estimated_seconds.csv` of the paper's models, or the model sheet, with seconds per 50,000 images.
    """
    return "\n".join(_hours(measured, path.name, _estimates(path)) for path in tables)


def _estimates(path: Path) -> pl.DataFrame:
    """Return architecture, size and seconds of every model; seconds null where there is no estimate."""
    if path.suffix == ".csv":
        table = pl.read_csv(path).select("bench_arch", "img_size", REFERENCE)
    else:
        table = pl.read_csv(path, separator="\t", comment_prefix="#", null_values="-", infer_schema_length=None)
        table = table.filter(~pl.col("source").is_in(["checkpoint", "dummy"])).select(
            pl.col("architecture").str.split(".").list.first(), "size", "seconds"
        )
    table.columns = ["architecture", "size", "seconds"]
    return table.with_columns(pl.when(pl.col("seconds") > 0).then("seconds"))


def _hours(measured: dict, name: str, table: pl.DataFrame) -> str:
    published = {(architecture, size): seconds for architecture, size, seconds in table.iter_rows() if seconds}
    points = sorted(
        (published[row["model"], row["size"]], IMAGES / row["achieved_per_s"], row["model"], _start_of(row))
        for row in measured["models"]
        if "error" not in row and (row["model"], row["size"]) in published
    )
    if len(points) < 2:
        return f"{name}: fewer than two of the measured models are in it"
    reference, achieved = (np.array([point[place] for point in points]) for place in (0, 1))
    seconds = table["seconds"].drop_nulls().to_numpy()
    factors = np.exp(np.interp(np.log(seconds), np.log(reference), np.log(achieved / reference)))
    hours = float((seconds * factors).mean()) * table.height / 3600
    start = float(np.mean([point[3] for point in points]))
    starts, processes = (seconds * table.height / 3600 for seconds in (start, measured["process_seconds"]))
    lines = [f"{name}: {measured['device']} against {REFERENCE}, seconds per {IMAGES:,} images"]
    lines += [f"  {model:<32} {there:>8.1f} {here:>8.1f}" for there, here, model, _ in points]
    lines.append(
        f"  {table.height} models ({table['seconds'].null_count()} without an estimate): {hours:.1f} h of inference, "
        f"{starts:.1f} h of starts, {processes:.1f} h of processes"
    )
    return "\n".join(lines)


def _start_of(row: dict) -> float:
    return row["load_seconds"] + row["start_seconds"] + row["recheck_seconds"]
