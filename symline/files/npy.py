"""Reading NPY files without numpy.load, which would take memory and trust pickles first."""

from __future__ import annotations

import os
import tokenize
import warnings
from typing import Any, BinaryIO

import numpy as np
from numpy.lib import format as npy_format

from symline.errors import InputError
from symline.files.stored import Request, Stored, choose_page, judge_header

#: Version 3.0 writes the names of fields in another encoding, and arrays with fields are refused.
_READERS = {
    (1, 0): npy_format.read_array_header_1_0,
    (2, 0): npy_format.read_array_header_2_0,
    (3, 0): npy_format.read_array_header_2_0,
}
#: Longer numbers are no number of rows, whatever the computer.
_BITS = 128
_DAMAGE = (ValueError, TypeError, LookupError, ArithmeticError, SyntaxError, RecursionError, tokenize.TokenError)


def read_npy(stream: BinaryIO, request: Request) -> Stored:
    """Read an NPY file that is open at its start.

    Raises
    ------
    InputError
        The header is damaged or promises something other than a 2-D array of real numbers, or values are missing at the end.
    """
    shape, fortran, dtype = _read_header(stream, request.name)
    judge_header(shape, dtype, request)
    choose_page(1, request)
    rows, cols = shape
    needed = rows * cols * dtype.itemsize
    held = os.fstat(stream.fileno()).st_size - stream.tell()
    if held < needed:
        raise InputError(
            f"{request.name}: the file is truncated ({held} bytes of values); "
            f"its header promises {rows} × {cols} {dtype.name}, {needed} bytes; copy or export it again"
        )
    values = np.empty(rows * cols, dtype)
    stream.readinto(values.view(np.uint8))  # type: ignore[attr-defined]
    return Stored(values.reshape((rows, cols), order="F" if fortran else "C"))


def _read_header(stream: BinaryIO, name: str) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    try:
        version = npy_format.read_magic(stream)
        if version not in _READERS:
            raise InputError(
                f"{name}: it is of NPY version {version[0]}.{version[1]}; version 1.0, 2.0 or 3.0 is needed; save it with numpy.save"
            )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a header written by Python 2 is read all the same
            shape, fortran, dtype = _READERS[version](stream)
        # True passes for a number there, and Python refuses to print numbers of thousands of digits
        if not all(type(size) is int and size.bit_length() <= _BITS for size in shape):
            raise ValueError("no array has this shape")
        return shape, fortran, dtype
    except _DAMAGE as error:
        raise InputError(f"{name}: the NPY header is damaged or cut off; a whole file is needed; copy or export it again") from error
