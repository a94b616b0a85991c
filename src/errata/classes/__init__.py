"""What is known about the classes: names, groups, superclasses, overlap, co-occurrence, proposals."""
