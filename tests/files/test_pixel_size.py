"""The size of a pixel as people write it."""

import numpy as np
import pytest

from symline.errors import ConfigError
from symline.files.pixel_size import read_pixel_size


@pytest.mark.parametrize(
    ("given", "size"),
    [
        ("1.3", (1.3, 1.3)),
        ("1.3,0.9", (1.3, 0.9)),
        ("1.3 0.9", (1.3, 0.9)),
        (" 1.3 ,\t0.9 ", (1.3, 0.9)),
        ("1e-1", (0.1, 0.1)),
        (2, (2.0, 2.0)),
        ([1.3, 0.9], (1.3, 0.9)),
        (np.array([1.3, 0.9]), (1.3, 0.9)),
    ],
)
def test_one_number_or_two_are_a_size(given, size):
    assert read_pixel_size(given) == size


@pytest.mark.parametrize(
    "given",
    ["", "wide", "0", "-1", "nan", "inf", "1,", ",1", "1,2,3", "1,0", "1;2", "1x2", "1,,2", 0, True, [1, True], [], [[1, 2]], 10**400],
)
def test_all_else_is_refused(given):
    with pytest.raises(
        ConfigError, match=r" is no pixel size; one positive number or two \(row,col\) in mm are needed; try 1.3 or 1.3,0.9"
    ):
        read_pixel_size(given)
