"""The classes of a data set: names, groups, superclasses, overlap, co-occurrence, open-world proposals."""
