"""The page that says how far the categories can be trusted."""
