"""Addresses within the explorer."""

from urllib.parse import urlencode


def explorer_link(**wanted: object) -> str:
    """Return the address of the explorer with an image, a prediction or filters chosen, for example `image="a.jpg"`."""
    return f"explorer.html#{urlencode({name: value for name, value in wanted.items() if value is not None})}"
