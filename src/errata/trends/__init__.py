"""What the errors of many models say together: statements with numbers, intervals and verdicts."""
