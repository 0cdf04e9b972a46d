"""Frozen value types: what the rest of the program talks about."""
