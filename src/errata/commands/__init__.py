"""The commands of the command line: each is a module of its name, whose `run` returns the exit status."""
