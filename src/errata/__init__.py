"""Errata: what kind of mistakes does an image classifier make?"""

__version__ = "0.1.0"
