"""Prediction files: reading them in any layout, and the doctor that looks for what is wrong with them."""
