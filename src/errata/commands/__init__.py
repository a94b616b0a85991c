"""The commands of the command line: `errata NAME` is the function of that name in the module of that name."""
