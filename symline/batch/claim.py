"""One batch at a time in an output folder: two with different configurations would mix their results."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from symline.errors import OutputError
from symline.files.names import printable


@contextmanager
def claim(out: Path, *, shared: bool = False) -> Iterator[None]:
    """Keep other batches out of an output folder while the block runs; however the process ends, the claim ends with it.

    It is the folder itself that is locked, so that nothing is left behind. Windows and some network disks cannot do that; there,
    nobody is kept out.

    Parameters
    ----------
    shared
        Whether others that share may come in, as the shards of one batch do.

    Raises
    ------
    OutputError
        Another batch is at work there, or the folder cannot be opened.
    """
    if sys.platform == "win32":
        yield
        return
    import fcntl

    name = printable(str(out))
    try:
        folder = os.open(out, os.O_RDONLY)
    except OSError as error:
        raise OutputError(
            f"output folder {name}: it cannot be opened ({error.strerror}); a folder that may be listed and written to is needed; "
            "change its permissions, or choose another one with --output"
        ) from error
    try:
        fcntl.flock(folder, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(folder)
        raise OutputError(
            f"output folder {name}: another symline batch is at work there, perhaps one that has not ended since "
            "yesterday; nothing was done; wait until it ends, or choose another folder"
        ) from None
    except OSError:
        pass
    try:
        yield
    finally:
        os.close(folder)
