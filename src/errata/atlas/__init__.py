"""The error atlas: the decision rules, compiled for every image and every possible prediction."""
