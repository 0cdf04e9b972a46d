"""The tests of symline."""

import os

# One thread, as the command line has it: more only wait for each other on matrices this small. Read when numpy is imported.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(variable, "1")
# Nor does what runs here shall write more readily than it does for users: errors come late where output is buffered.
os.environ.pop("PYTHONUNBUFFERED", None)
