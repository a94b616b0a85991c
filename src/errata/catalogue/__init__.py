"""Make the model sheet: list published weights and what is known about them."""
