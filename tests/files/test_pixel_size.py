"""The size of a pixel as people write it."""

import pytest

from symline.errors import ConfigError
from symline.files.pixel_size import read_pixel_size


@pytest.mark.parametrize(
    ("text", "size"),
    [("1.3", (1.3, 1.3)), ("1.3,0.9", (1.3, 0.9)), ("1.3 0.9", (1.3, 0.9)), (" 1.3 ,\t0.9 ", (1.3, 0.9)), ("1e-1", (0.1, 0.1))],
)
def test_one_number_or_two_are_a_size(text, size):
    assert read_pixel_size(text) == size


@pytest.mark.parametrize("text", ["", "wide", "0", "-1", "nan", "inf", "1,", ",1", "1,2,3", "1,0", "1;2", "1x2", "1,,2"])
def test_all_else_is_refused(text):
    with pytest.raises(
        ConfigError, match=r" is no pixel size; one positive number or two \(row,col\) in mm are needed; try 1.3 or 1.3,0.9"
    ):
        read_pixel_size(text)
