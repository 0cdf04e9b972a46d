"""The work on inputs, one or many: finding and planning it, doing it, going on where it stopped, and telling what came of it."""
