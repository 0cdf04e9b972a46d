"""The pixel spacing an image gets: what the caller says, else what its file says, if it fits a back."""

from __future__ import annotations

from symline.errors import InputError
from symline.files.stored import PLAIN_TAGS, FileSpacing
from symline.model.image import BoolArray, box_around

SHORTEST_MM, LONGEST_MM = 10.0, 2000.0
#: Where a spacing that is not the file's own may come from.
_GIVEN = "--spacing, a manifest or symline.toml"


def choose_spacing(
    given: tuple[float, float] | None, stated: FileSpacing | None, inside: BoolArray, name: str
) -> tuple[float, float] | None:
    """Spacing (row, col) in mm for an image with the mask `inside`, shape (rows, cols); None where it is unknown.

    Resolution tags that make the back impossibly short are taken as a print resolution, that is, unknown.

    Raises
    ------
    InputError
        The spacing makes this a back shorter than 1 cm or longer than 2 m.
    """
    size, field = (given, _GIVEN) if given is not None else (stated.size, stated.field) if stated else (None, "")
    if size is None:
        return None
    length = _length(inside, size)
    if field == PLAIN_TAGS and length < SHORTEST_MM:
        return None
    if not SHORTEST_MM <= length <= LONGEST_MM:
        raise InputError(
            f"{name}: a spacing of {_show(size)} mm ({field}) makes this a back of {_show_length(length)}; "
            f"{SHORTEST_MM / 10:g} cm to {LONGEST_MM / 1000:g} m is needed; {_suspect(length)}? give row,col in mm with --spacing"
        )
    return size


def _length(inside: BoolArray, size: tuple[float, float]) -> float:
    """Longer side of the box around the back, in mm."""
    rows, cols = box_around(inside)
    return float(max((rows.stop - rows.start) * size[0], (cols.stop - cols.start) * size[1]))


def _suspect(length: float) -> str:
    return "metres given as millimetres" if length < SHORTEST_MM else "micrometres or metres given as millimetres"


def _show(size: tuple[float, float]) -> str:
    return f"{size[0]:g} × {size[1]:g}"


def _show_length(length: float) -> str:
    return f"{length / 1000:.3g} m" if length >= 1000 else f"{length:.3g} mm"
