"""The page of the truth test."""
