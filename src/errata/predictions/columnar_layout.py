"""Read predictions from tables that are stored by columns: Parquet and Arrow."""

from errata.predictions.column_names import COLUMNS, columns_by_name, may_be_scores, plain
from errata.predictions.prediction_file import PredictionFile
from errata.predictions.score_columns import WNID, may_be_named_scores
from errata.predictions.table_layout import COUNTING, table_predictions
from errata.user_files import UserFile, read_arrow, scan_parquet, told


def read_parquet_table(file: UserFile, *, model: str, classes: int) -> PredictionFile:
    """Read a Parquet table: of its columns those that may be used."""
    table = scan_parquet(file)
    with told(file, as_="a Parquet file"):
        found = table.collect_schema().names()
        names = columns_by_name(found)
        grouped = [name for members in names.groups.values() for name in members]
        wanted = {*names.file_names, *names.predictions, *names.probabilities, *names.ranks, names.model, *grouped}
        wanted |= {name for name in found if may_be_scores(name)}
        exact = "file_name" in found and "predicted_class" in found
        wanted |= set() if exact else {name for name in found if WNID.match(name) or plain(name) in COUNTING}
        if may_be_named_scores(names, found, classes):
            wanted = set(found)
        kept = [name for name in found if (name in COLUMNS if exact else name in wanted)]
        frame = table.select(kept or found[:2]).collect()
    return table_predictions(file.path, frame, found=found, model=model, kind="Parquet", classes=classes)


def read_arrow_table(file: UserFile, *, model: str, classes: int) -> PredictionFile:
    """Read an Arrow or Feather table."""
    frame = read_arrow(file)
    return table_predictions(file.path, frame, found=frame.columns, model=model, kind="Arrow", classes=classes)
