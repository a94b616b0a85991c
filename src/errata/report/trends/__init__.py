"""The page of trends: figures for any set of models, and the statements that they amount to."""
