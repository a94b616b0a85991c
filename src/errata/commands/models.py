"""Put a checkpoint of one's own into the sheet of models."""

import argparse
from pathlib import Path

from errata.errors import InputError
from errata.models import MODEL_SHEET
from errata.user_files import read_csv


def models(options: argparse.Namespace) -> int:
    """Write the row of a checkpoint into the sheet of models."""
    sheet, vocabulary = Path(MODEL_SHEET), Path(f"resources/vocabularies/{options.vocabulary}.csv")
    for path in (sheet, vocabulary):
        if not path.is_file():
            raise InputError(f"{path}: there is no such file here. Run errata models in the folder of the project.")
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
