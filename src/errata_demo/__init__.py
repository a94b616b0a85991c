"""The demo world: drawings of real classes with planted causes of mistakes. Nothing else in Errata knows about it."""
