"""The truth test: how often the categories that errors are assigned to are the causes that were planted."""
