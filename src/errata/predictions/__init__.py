"""Predictions files: their formats, how rows and labels are matched with the atlas, and the doctor's checks."""
