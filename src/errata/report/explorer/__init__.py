"""The page on which images and answers are looked up, with the evidence behind them."""
