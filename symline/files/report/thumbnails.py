"""Small pictures for the table of a report, each a file below `OUT/report/`."""

from __future__ import annotations

from pathlib import Path

from symline.files.picture import DAMAGE
from symline.files.write import prepare_folder, write_files

#: Relative to the folder of the report.
FOLDER = "report/"
ENDING = ".jpg"
#: Longer side in px: twice what the table shows, for screens with two pixels to each.
_SIDE = 240
_QUALITY = 72


def make_thumbnail(png: bytes) -> bytes:
    """Make the small picture of a whole one: a JPEG of some 7 kB.

    Raises
    ------
    ValueError
        The picture is damaged.
    """
    # imported here: a batch that has nothing left to do needs no pictures
    import io

    from PIL.Image import Resampling
    from PIL.PngImagePlugin import PngImageFile

    stream = io.BytesIO()
    try:
        small = PngImageFile(io.BytesIO(png)).convert("RGB")
    except DAMAGE as error:
        raise ValueError("the picture is damaged") from error
    # first to the next whole part of its size: more would take twice as long and looks the same
    small.thumbnail((_SIDE, _SIDE), Resampling.LANCZOS, reducing_gap=1)
    small.save(stream, "JPEG", quality=_QUALITY, optimize=True)
    return stream.getvalue()


def refresh_thumbnail(picture: Path, thumbnail: Path) -> bool:
    """Make the small picture where there is none, or one that is older than the whole picture; tell whether there is one now.

    Raises
    ------
    OutputError
        It cannot be written.
    """
    try:
        if _is_fresh(picture, thumbnail):
            return True
        small = make_thumbnail(picture.read_bytes())
    except (OSError, ValueError):  # the page does without
        return False
    prepare_folder(thumbnail.parent)
    write_files({thumbnail: small})
    return True


def _is_fresh(picture: Path, thumbnail: Path) -> bool:
    made = picture.stat().st_mtime_ns
    try:
        there = thumbnail.stat()
    except OSError:
        return False
    # a disk that was full may have left an empty one
    return there.st_size > 0 and there.st_mtime_ns >= made
