"""Numbers in tables."""

import math

import pytest

from symline.files.cells import fixed, significant


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (1.25, 3, "1.250"),
        (-0.00001, 3, "0.000"),
        (-0.0, 0, "0"),
        (-1e-3, 3, "-0.001"),
        (7, 0, "7"),
        (-10.0, 1, "-10.0"),
        (1e9, 1, "1000000000.0"),
    ],
)
def test_fixed_digits(value, digits, text):
    assert fixed([value, 0.0], digits) == [text, fixed([0.0], digits)[0]]


@pytest.mark.parametrize(
    ("value", "digits", "text"), [(1234.5, 3, "1.23e+03"), (-1e-30, 3, "-1.00e-30"), (-0.0, 3, "0.00e+00"), (0.02, 6, "2.00000e-02")]
)
def test_significant_digits(value, digits, text):
    assert significant([value], digits) == [text]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_empty(value):
    assert fixed([value, 1.0], 1) == ["", "1.0"]
    assert significant([value], 3) == [""]
