"""Which file plays which part in a run."""
