"""Many inputs: what is asked for, what it would write, and the work on each."""
