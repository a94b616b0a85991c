"""What the user can mend: input that cannot be used, and results that cannot be written.

The command line and the jobs print both without a traceback; everything else that is raised is a fault of Errata.
"""


class InputError(ValueError):
    """Something the user gave cannot be used.

    The message names the file, the row or key, what was found, what was expected and what to do.
    """


class StorageError(Exception):
    """A result cannot be written, because the disk is full or may not be written."""
