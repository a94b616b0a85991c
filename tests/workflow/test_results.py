"""What a run leaves behind: the same bytes everywhere, nothing half-written, null where nothing is known."""

import json
import signal
import subprocess
import sys
import time

import polars as pl
import pytest
from workflow.conftest import INPUTS, LABELS_ONLY
from workflow.small_world import MODELS, PROBLEMATIC, write_class_folders
from workflow.snakemake_runs import snakemake_environment

from errata.tables import CATEGORY_COLUMNS
