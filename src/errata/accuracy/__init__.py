"""Check whether models that were run are as accurate as published."""
