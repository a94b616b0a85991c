"""The one exception for input that the user can mend."""


class InputError(ValueError):
    """Something the user gave cannot be used.

    The message names the file, the row or key, what was found, what was expected and what to do. The command
    line prints it without a traceback; everything else that is raised is a fault of Errata.
    """
