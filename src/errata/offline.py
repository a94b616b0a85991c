"""Whether to do without any connection, told to whatever would fetch something: by the variable of huggingface_hub."""

import os

VARIABLE = "HF_HUB_OFFLINE"


def go_offline() -> None:
    """Keep this process and those that it starts from downloading weights."""
    os.environ[VARIABLE] = "1"


def is_offline() -> bool:
    """Tell whether nothing may be downloaded."""
    return os.environ.get(VARIABLE, "").upper() in ("1", "ON", "YES", "TRUE")
