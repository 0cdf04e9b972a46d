"""The panels of the pages of `register` and `score`, by what they explain."""
