"""The image: what it accepts, and that nothing outside the back is kept."""

import numpy as np
import pytest

from symline.errors import InputError
from symline.model.image import Image

SQUARE = np.arange(12.0).reshape(3, 4)


@pytest.mark.parametrize(
    ("dtype", "kept"),
    [("u1", "f4"), ("i2", "f4"), ("i4", "f8"), ("u8", "f8"), ("f2", "f4"), ("f4", "f4"), ("f8", "f8"), (">f8", "f8")],
)
def test_keeps_values_as_floats_that_hold_them(dtype, kept):
    image = Image(SQUARE.astype(dtype))
    assert image.values.dtype == np.dtype(kept)
    np.testing.assert_array_equal(image.values, SQUARE)


def test_arrays_are_copies_and_read_only():
    values, mask = SQUARE.copy(), SQUARE > 3
    image = Image(values, mask)
    values[:] = mask[:] = 0
    assert image.values.max() == 11
    assert image.inside.sum() == 8
    for array in (image.values, image.inside):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 1


def test_what_is_not_finite_or_masked_is_outside_and_0():
    values = SQUARE.copy()
    values[0, :3] = np.nan, np.inf, -np.inf
    image = Image(values, SQUARE != 11)
    assert image.coverage == pytest.approx(8 / 12)
    np.testing.assert_array_equal(image.values[~image.inside], 0)
    assert not image.inside[0, :3].any()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.zeros(3), r"image: the array has 1 dimensions \(3,\); a 2-D array"),
        (np.zeros((2, 3, 3)), r"3 dimensions \(2, 3, 3\)"),
        (np.zeros((2, 3), dtype=bool), "of type bool; real numbers"),
        (np.zeros((2, 3), dtype=complex), "of type complex128"),
        (np.full((2, 3), "a"), "of type <U1"),
    ],
)
def test_refuses_what_is_no_image(values, message):
    with pytest.raises(InputError, match=message):
        Image(values)


def test_refuses_a_mask_of_another_shape():
    with pytest.raises(InputError, match=r"back: the mask is \(4, 3\); it needs the image's shape \(3, 4\)"):
        Image(SQUARE, np.ones((4, 3), dtype=bool), name="back")


@pytest.mark.parametrize("spacing", [(0, 1), (1, -2), (np.nan, 1), (1, np.inf)])
def test_refuses_a_spacing_that_is_not_positive_and_finite(spacing):
    with pytest.raises(InputError, match="both numbers must be positive and finite"):
        Image(SQUARE, spacing=spacing)
