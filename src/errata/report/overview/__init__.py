"""The first page: all models at a glance."""
