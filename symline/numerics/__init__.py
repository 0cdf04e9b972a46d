"""Arrays in, arrays out: sampling, smoothing, solvers."""
