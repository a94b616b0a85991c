"""Put checkpoints into the sheet of models, and pin its models to commits."""

import argparse
from pathlib import Path

from errata.catalogue.pins import pin, used_commits
from errata.errors import InputError
from errata.models import MODEL_SHEET
from errata.user_files import read_csv


def models(options: argparse.Namespace) -> int:
    """Write into the sheet of models: the row of a checkpoint, or the commits that were used."""
    return (_pin if options.part == "pin" else _add)(options)


def _add(options: argparse.Namespace) -> int:
    sheet, vocabulary = _here(MODEL_SHEET), _here(f"resources/vocabularies/{options.vocabulary}.csv")
    try:
        # torch and timm, which the package itself does without
        from errata.catalogue.own import add_row, own_row
    except ModuleNotFoundError as error:
        raise InputError(f"errata models needs {error.name}: install errata[pipeline].") from error
    row = own_row(options.file, options.arch, name=options.name, vocabulary=options.vocabulary)
    add_row(sheet, row, classes=read_csv(vocabulary))
    print(f"{sheet} has the model {row.model} ({row.architecture}, preprocessing {row.view}). Run it with")
    print(f"  snakemake --cores all --configfile config/imagenet.yaml --config 'models=[\"{row.model}\"]'")
    return 0


def _pin(options: argparse.Namespace) -> int:
    commits = used_commits(options.file)
    pinned = pin(_here(MODEL_SHEET), commits)
    rest = " The others are pinned already, or not in the sheet." if len(pinned) < len(commits) else ""
    print(f"{MODEL_SHEET}: {len(pinned)} of {len(commits)} models pinned.{rest}")
    if pinned:
        print("Predictions that are there already will be made again by the next run: their row has changed.")
    return 0


def _here(path: str) -> Path:
    """Return a file of the project, which this must be the folder of."""
    if not Path(path).is_file():
        raise InputError(f"{path}: there is no such file here. Run errata models in the folder of the project.")
    return Path(path)
