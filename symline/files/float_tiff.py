"""Maps as float32 TIFF files, compressed without loss, with the pixel spacing in the form that symline reads back exactly.

The spacing is in OME-XML, whose decimal numbers hold it to the last digit, and once more in the resolution tags, for programs that
know only those.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator, Mapping
from html import escape

import numpy as np
import numpy.typing as npt

from symline.model.image import FloatArray

#: Bytes of a strip before compression, about: small enough to read a part of the map without the rest.
STRIP_BYTES = 1 << 18
#: All bits of a NaN: of all NaNs the one that compresses best, since its bytes are equal.
NAN = np.uint32(0xFFFFFFFF)


def float_tiff(planes: Mapping[str, FloatArray], spacing: tuple[float, float] | None) -> bytes:
    """Write maps of one shape as the pages of a TIFF file.

    Parameters
    ----------
    planes
        What a page holds -> its values, shape (rows, cols), in this order; NaN where there is none.
    spacing
        Pixel size (row, col) in mm, or None where it is unknown: then the file says nothing about it.

    Returns
    -------
    bytes
        The file, without dates; the same for the same values.
    """
    # imported here: it takes a while, and finding a midline in a .npy file does not need it
    from tifffile import TiffWriter

    values = np.stack([*planes.values()]).astype("<f4")
    values.view("<u4")[np.isnan(values)] = NAN
    rows_per_strip = max(1, STRIP_BYTES // (4 * values.shape[2]))
    file = io.BytesIO()
    with TiffWriter(file, byteorder="<") as tiff:
        tiff.write(
            # compressed here, since tifffile would do it by whichever library is installed
            _strips(values, rows_per_strip),
            shape=values.shape,
            dtype=values.dtype,
            photometric="minisblack",
            rowsperstrip=rows_per_strip,
            compression="zlib",
            description=_describe(tuple(planes), values.shape, spacing),
            metadata=None,
            software=False,
            resolution=None if spacing is None else (10 / spacing[1], 10 / spacing[0]),
            resolutionunit=None if spacing is None else "CENTIMETER",
        )
    return file.getvalue()


def mirror_tiff(partners: FloatArray, spacing: tuple[float, float] | None) -> bytes:
    """`S.mirror.tif`: row and column, in px, of each pixel's mirror partner, shape (2, rows, cols); NaN where there is none."""
    return float_tiff({"partner row (px)": partners[0], "partner column (px)": partners[1]}, spacing)


def _strips(values: npt.NDArray[np.float32], rows: int) -> Iterator[bytes]:
    for plane in values:
        for top in range(0, len(plane), rows):
            # measured values repeat nowhere but outside the back: to look for more than runs of a byte takes three times as long
            compressor = zlib.compressobj(1, memLevel=9, strategy=zlib.Z_RLE)
            yield compressor.compress(plane[top : top + rows].tobytes()) + compressor.flush()


def _describe(names: tuple[str, ...], shape: tuple[int, ...], spacing: tuple[float, float] | None) -> str:
    """OME-XML of an image whose channels are the pages."""
    planes, rows, cols = shape
    size = "" if spacing is None else "".join(
        f' PhysicalSize{axis}="{float(length)!r}" PhysicalSize{axis}Unit="mm"' for axis, length in zip("YX", spacing, strict=True)
    )  # fmt: skip
    channels = "".join(f'<Channel ID="Channel:0:{number}" Name="{escape(name)}"/>' for number, name in enumerate(names))
    return (
        '<?xml version="1.0" encoding="UTF-8"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Image:0">'
        f'<Pixels ID="Pixels:0" DimensionOrder="XYCZT" Type="float" BigEndian="false" SizeX="{cols}" SizeY="{rows}" SizeC="{planes}" '
        f'SizeZ="1" SizeT="1"{size}>{channels}<TiffData IFD="0" PlaneCount="{planes}"/></Pixels></Image></OME>'
    )
