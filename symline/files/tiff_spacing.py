"""What a TIFF file says about the size of its pixels: OME, ImageJ, or plain resolution tags."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from symline.files.stored import PLAIN_TAGS, FileSpacing

if TYPE_CHECKING:
    from tifffile import TiffFile, TiffPage

MM_PER_UNIT = {
    "pm": 1e-9, "å": 1e-7, "nm": 1e-6, "µm": 1e-3, "mm": 1.0, "cm": 10.0, "dm": 100.0, "m": 1000.0, "km": 1e6,
    "in": 25.4, "ft": 304.8, "yd": 914.4, "thou": 0.0254, "pt": 25.4 / 72,
}  # fmt: skip
_SYNONYMS = {
    "um": "µm", "micron": "µm", "microns": "µm", "micrometer": "µm", "micrometre": "µm", "micrometers": "µm", "micrometres": "µm",
    "millimeter": "mm", "millimetre": "mm", "millimeters": "mm", "millimetres": "mm", "nanometer": "nm", "nanometre": "nm",
    "centimeter": "cm", "centimetre": "cm", "centimeters": "cm", "centimetres": "cm",
    "meter": "m", "metre": "m", "meters": "m", "metres": "m", "inch": "in", "inches": "in", '"': "in",
}  # fmt: skip

# Resolutions that programs write when nobody told them one: they say how to print or show the image, not how large a pixel of the back is.
_PRINT_DPI = (1, 72, 96, 150, 300, 600, 1200)
_TAG_UNITS = {2: 25.4, 3: 10.0, 4: 1.0, 5: 1e-3}  # inch, centimetre, and beyond the standard millimetre, micrometre; 1 means no unit
_PRINT_UNITS = (25.4, 10.0)


def find_spacing(tiff: TiffFile, page: TiffPage) -> FileSpacing | None:
    """Pixel spacing (row, col) in mm that the file states, from the most explicit field that states one.

    Print resolutions (1, 72, 96, 150, 300, 600 and 1200 dpi) are taken as unknown.
    """
    description = tiff.pages.first.description or ""
    ome = read_ome(description) if "<OME" in description or ":OME" in description else None
    if ome is not None:
        return FileSpacing(ome, "OME PhysicalSizeX/Y")
    unit, field = mm_per_unit(str((tiff.imagej_metadata or {}).get("unit", ""))), "ImageJ unit and resolution"
    if unit is None:
        unit, field = _TAG_UNITS.get(int(page.resolutionunit)), PLAIN_TAGS
    size = None if unit is None else _tagged_size(page, unit) or _tagged_size(tiff.pages.first, unit)
    if size is None or (unit in _PRINT_UNITS and _is_print_resolution(size)):
        return None
    return FileSpacing(size, field)


def read_ome(description: str) -> tuple[float, float] | None:
    """Read `PhysicalSizeY` and `PhysicalSizeX` in mm; None where they are missing, unusable, or differ between images."""
    try:
        pixels = [node for node in ET.fromstring(description).iter() if node.tag.rpartition("}")[2] == "Pixels"]
    except (ET.ParseError, ValueError):
        return None
    found = {(_ome_size(node.attrib, "Y"), _ome_size(node.attrib, "X")) for node in pixels}
    if len(found) != 1:
        return None
    row, col = found.pop()
    return None if row is None or col is None else (row, col)


def mm_per_unit(unit: str) -> float | None:
    r"""Length of a unit in mm, or None for what is no length, such as pixels.

    Examples
    --------
    >>> mm_per_unit("\\u00B5m")  # as ImageJ escapes it
    0.001
    """
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), unit)
    text = text.strip().strip("\0").replace("\u03bc", "µ").replace("\u212b", "Å").lower()
    return MM_PER_UNIT.get(_SYNONYMS.get(text, text))


def _ome_size(attributes: dict[str, str], axis: str) -> float | None:
    unit = mm_per_unit(attributes.get(f"PhysicalSize{axis}Unit", "µm"))
    try:
        size = float(attributes[f"PhysicalSize{axis}"])
    except (KeyError, ValueError):
        return None
    return size * unit if unit is not None and _is_positive(size) else None


def _tagged_size(page: TiffPage, unit: float) -> tuple[float, float] | None:
    """Pixel size (row, col) in mm, of pixels in a unit of so many mm, or None where a tag is missing or zero."""
    row, col = (_size(page.tags.valueof(tag), unit) for tag in ("YResolution", "XResolution"))
    return None if row is None or col is None else (row, col)


def _size(value: Any, unit: float) -> float | None:
    if not isinstance(value, tuple) or len(value) != 2 or not value[0]:
        return None
    # the resolution is a fraction, and its inverse would be rounded before it is multiplied
    size = float(value[1]) * unit / float(value[0])
    return size if _is_positive(size) else None


def _is_positive(number: float) -> bool:
    return 0 < number < math.inf


def _is_print_resolution(size: tuple[float, float]) -> bool:
    dpi = [25.4 / side for side in size]
    return math.isclose(*dpi, rel_tol=1e-3) and any(math.isclose(dpi[0], usual, rel_tol=1e-3) for usual in _PRINT_DPI)
