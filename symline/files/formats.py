"""Which format a file is in: its ending says it, its first bytes confirm it."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from symline.errors import InputError
from symline.files.names import display_name

FORMATS = {".npy": "NPY", ".tif": "TIFF", ".tiff": "TIFF", ".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}
ENDINGS_IN_WORDS = ".npy, .tif, .tiff, .png, .jpg or .jpeg"

_SIGNATURES = (
    (b"\x93NUMPY", "NPY"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "TIFF"),
    (b"MM\x00+", "TIFF"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"RIFF", "RIFF (WebP, WAV or AVI)"),
    (b"%PDF", "PDF"),
    (b"\x89HDF\r\n\x1a\n", "HDF5"),
    (b"MATLAB 5.0 MAT", "MATLAB"),
)
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06")
_PICKLES = tuple(b"\x80" + bytes([protocol]) for protocol in range(2, 6))


def identify(path: Path, stream: BinaryIO) -> str:
    """Find the format of an open file and leave the file at its start.

    Returns
    -------
    str
        ``NPY``, ``TIFF``, ``PNG`` or ``JPEG``.

    Raises
    ------
    InputError
        The file is empty, its ending is not one of `FORMATS`, or its content is not what its ending says.
    """
    name = display_name(path)
    start = stream.read(512)
    stream.seek(0)
    if not start:
        raise InputError(f"{name}: the file is empty (0 bytes); an image is needed; copy or export it again")
    if start.startswith(_ARCHIVES) and path.suffix.lower() in (".npy", ".npz"):
        raise InputError(f"{name}: this is an NPZ archive; one array is needed; save the array itself with numpy.save")
    stated, found = FORMATS.get(path.suffix.lower()), _recognise(start)
    if stated is None:
        raise InputError(f"{name}: {_unknown_ending(path, found)}")
    if stated != found:
        raise InputError(f"{name}: the ending says {stated}, but the content is {found}; {_remedy(stated, found)}")
    return stated


def _recognise(start: bytes) -> str:
    for signature, kind in _SIGNATURES:
        if start.startswith(signature):
            return kind
    if start.startswith(_ARCHIVES):
        return "a ZIP archive"
    if start.startswith(_PICKLES):
        return "pickled Python objects"
    return "text" if _is_text(start) else "none that symline knows"


def _is_text(start: bytes) -> bool:
    try:
        text = start.decode("utf-8", errors="ignore" if len(start) == 512 else "strict")
    except UnicodeDecodeError:
        return False
    return all(letter.isprintable() or letter in "\t\r\n\ufeff" for letter in text)


def _unknown_ending(path: Path, found: str) -> str:
    what = f"the ending {display_name(Path(path.suffix))} is not supported" if path.suffix else "the name has no ending"
    remedy = f"rename it, since its content is {found}" if found in FORMATS.values() else "save the array with numpy.save"
    return f"{what}; {ENDINGS_IN_WORDS} is needed; {remedy}"


def _remedy(stated: str, found: str) -> str:
    if found in FORMATS.values():
        endings = " or ".join(ending for ending, kind in FORMATS.items() if kind == found)
        return f"both must agree; rename the file to end in {endings}"
    if found == "text" and stated == "NPY":
        return "a binary array is needed; load the text with numpy.loadtxt and save it with numpy.save"
    return f"a {stated} file is needed; export the image again"
