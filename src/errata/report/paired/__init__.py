"""The page that compares any two models, with what its script needs."""
