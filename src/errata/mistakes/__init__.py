"""Mistakes over models: the most common ones, where they lie, and which images are difficult."""
