"""How figures are drawn: sizes and letters, bars, clouds of models, two models side by side."""
