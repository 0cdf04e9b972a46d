"""The panels of the registration page, by what they explain."""
