"""The image: curvature values, which of them count, and how large a pixel is."""

from __future__ import annotations

import reprlib
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from symline.errors import InputError

FloatArray: TypeAlias = npt.NDArray[np.floating[Any]]
BoolArray: TypeAlias = npt.NDArray[np.bool_]

#: In mm; its inverse is the smallest one. Far beyond both, areas cannot be told from 0 or from infinity.
LARGEST_PIXEL = 1e6


def freeze(value: object, **arrays: npt.NDArray[Any]) -> None:
    """Set fields of a frozen value to read-only views of arrays, while it is made."""
    for name, array in arrays.items():
        view = array.view()
        view.flags.writeable = False
        object.__setattr__(value, name, view)


def read_spacing(given: object, name: str) -> tuple[float, float] | None:
    """Pixel size (row, col) in mm from one number or two, None from None; raises InputError with the name of what it is for."""
    if given is None:
        return None
    try:
        edges = np.asarray(given).tolist()
        row, col = (float(edge) for edge in (edges if isinstance(edges, list) else (edges, edges)))
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(f"{name}: the pixel spacing is {reprlib.repr(given)}; one number or two (row, col) in mm are needed") from error
    if not all(1 / LARGEST_PIXEL <= edge <= LARGEST_PIXEL for edge in (row, col)):
        raise InputError(
            f"{name}: the pixel spacing is {given} mm; both numbers must be positive and finite, {1 / LARGEST_PIXEL:g} to {LARGEST_PIXEL:g}"
        )
    return row, col


def box_around(mask: BoolArray) -> tuple[slice, slice]:
    """Rows and columns of the smallest box around what is True, which must be something."""
    rows, cols = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(cols[0]), int(cols[-1]) + 1)


@dataclass(frozen=True, slots=True)
class Source:
    """Where an image came from, for the record in the results.

    Parameters
    ----------
    sha256
        Hex digest of the input file's bytes.
    dtype
        Type of the values as stored, for example ``uint16``.
    background
        What was taken as outside the back: ``nan`` (only NaN and infinities), or the constant value found or given.
    """

    sha256: str
    dtype: str
    background: str = "nan"


@dataclass(frozen=True, slots=True, eq=False)
class Image:
    """A curvature image of a back.

    Parameters
    ----------
    values
        Curvature, shape (rows, cols), row 0 at the top; any real number type. Copied, kept as float32 or float64, read-only;
        0 wherever `mask` is False, so that nothing outside the back can leak into a result.
    mask
        True, or another number but 0 and NaN, where a pixel belongs to the back; shape (rows, cols). Default: wherever `values` is
        finite. Pixels with NaN or infinite values are always outside, and so are those that a masked array hides.
    spacing
        Pixel size in mm, (row, col) or one number for both, or None where it is unknown.
    name
        What to call the image in messages and file names.
    source
        Where it came from, if it was read from a file.

    Raises
    ------
    InputError
        The values are not a real 2-D array, the mask is no mask or has another shape, or the spacing is not positive and finite.
    """

    values: FloatArray
    mask: BoolArray | None = None
    spacing: tuple[float, float] | None = None
    name: str = "image"
    source: Source | None = None

    def __post_init__(self) -> None:
        values = self._array(self.values, "values")
        if values.ndim != 2:
            raise InputError(f"{self.name}: the array has {values.ndim} dimensions {values.shape}; a 2-D array (rows, cols) is needed")
        if values.dtype.kind not in "iuf":
            raise InputError(f"{self.name}: the values are of type {values.dtype}; real numbers are needed")
        is_small = values.dtype.itemsize <= (4 if values.dtype.kind == "f" else 2)
        kind = np.float32 if is_small else np.float64
        with np.errstate(over="ignore"):  # what float64 cannot hold is infinite, and so outside
            values = values.astype(kind, copy=False)
        mask = np.isfinite(values) & ~np.ma.getmask(self.values)
        if self.mask is not None:
            mask &= self._read_mask(self.mask, values.shape)
        values = np.where(mask, values, 0)
        freeze(self, values=values, mask=mask)
        object.__setattr__(self, "spacing", read_spacing(self.spacing, self.name))

    def _array(self, given: object, what: str) -> npt.NDArray[Any]:
        try:
            return np.asarray(given)
        except (TypeError, ValueError) as error:
            raise InputError(f"{self.name}: the {what} are rows of unequal length, or no rows; an array (rows, cols) is needed") from error

    def _read_mask(self, given: Any, shape: tuple[int, ...]) -> BoolArray:
        mask = self._array(given, "values of the mask")
        if mask.dtype.kind not in "biuf":
            raise InputError(f"{self.name}: the mask is of type {mask.dtype}; True and False, or numbers, are needed")
        if mask.shape != shape:
            raise InputError(f"{self.name}: the mask is {mask.shape}; it needs the image's shape {shape}")
        return np.asarray((mask != 0) & np.isfinite(mask) & ~np.ma.getmask(given))

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, cols = self.values.shape
        return rows, cols

    @property
    def inside(self) -> BoolArray:
        """The mask, which after construction is always there."""
        assert self.mask is not None
        return self.mask

    @property
    def coverage(self) -> float:
        """Fraction of the pixels that belong to the back."""
        return float(self.inside.mean())
