"""Where the paper's tables are in a folder. No heavy imports: every Snakemake job runs this."""

from pathlib import Path

from errata.errors import InputError
from errata.groups import GROUPS


def published_files(folder: Path | str, dataset: str | None = None) -> dict[str, Path]:
    """Find the published tables in a folder: group -> file.

    Parameters
    ----------
    folder
        Holds one CSV file per group, named `<group>.csv` or, as in the paper's repository,
        `non_problematic_stats_<group>.csv`; or a folder `dataset` that does.

    Raises
    ------
    InputError
        If the folder or a file is missing, or a group has two files.
    """
    folder = Path(folder)
    if dataset is not None and (folder / dataset).is_dir():
        folder = folder / dataset
    if not folder.is_dir():
        raise InputError(
            f"{folder}: there is no such folder. Expected the folder of the published tables, "
            f"with the files {', '.join(f'{group}.csv' for group in GROUPS)}."
        )
    return {group: _file_of(folder, group) for group in GROUPS}


def _file_of(folder: Path, group: str) -> Path:
    names = (f"{group}.csv", f"non_problematic_stats_{group}.csv")
    found = [folder / name for name in names if (folder / name).is_file()]
    if len(found) != 1:
        inside = sorted(entry.name for entry in folder.iterdir() if entry.is_dir())
        hint = f" Name one of the folders in it: {', '.join(inside[:6])}." if inside and not found else ""
        raise InputError(
            f"{folder}: expected one of the files {' or '.join(names)} for the group '{group}', "
            f"found {'both; remove one' if found else 'neither'}.{hint}"
        )
    return found[0]
