"""Whether models that were run are as accurate as somebody published."""
