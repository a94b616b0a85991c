"""Plan a run: its files, models and jobs."""
