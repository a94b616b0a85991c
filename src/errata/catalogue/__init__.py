"""The model sheet: which published weights there are, and what is known about them."""
