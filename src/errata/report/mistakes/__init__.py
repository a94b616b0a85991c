"""The page of mistakes over models."""
