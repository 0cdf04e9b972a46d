"""The image: what it accepts, and that nothing outside the back is kept."""

import numpy as np
import pytest

from symline.errors import InputError
from symline.model.image import Image
from symline.pipeline import score
from tests.conftest import synthetic_back

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
        ([[1.0, 2.0], [3.0]], "the values are rows of unequal length"),
        (np.ma.masked_array(np.zeros(3), True), "1 dimensions"),
    ],
)
def test_refuses_what_is_no_image(values, message):
    with pytest.raises(InputError, match=message):
        Image(values)


def test_refuses_a_mask_of_another_shape():
    with pytest.raises(InputError, match=r"back: the mask is \(4, 3\); it needs the image's shape \(3, 4\)"):
        Image(SQUARE, np.ones((4, 3), dtype=bool), name="back")


@pytest.mark.parametrize(
    ("mask", "message"),
    [([[True] * 4, [True]], "the values of the mask are rows of unequal length"), ("no", "the mask is of type <U2"), (True, r"is \(\)")],
)
def test_refuses_what_is_no_mask(mask, message):
    with pytest.raises(InputError, match=message):
        Image(SQUARE, mask)


@pytest.mark.parametrize(
    "mask",
    [
        (SQUARE > 3).tolist(),
        np.where(SQUARE > 3, 7, 0),
        np.where(SQUARE > 3, 0.5, np.nan),
        np.ma.masked_array(np.ones((3, 4)), SQUARE <= 3),
    ],
    ids=["lists", "integers", "floats", "masked"],
)
def test_a_mask_may_be_all_that_says_where(mask):
    np.testing.assert_array_equal(Image(SQUARE.tolist(), mask).inside, SQUARE > 3)


def test_what_a_masked_array_hides_is_outside():
    image = Image(np.ma.masked_array(SQUARE, SQUARE > 7), SQUARE > 3)
    np.testing.assert_array_equal(image.inside, (SQUARE > 3) & (SQUARE <= 7))
    np.testing.assert_array_equal(image.values, np.where(image.inside, SQUARE, 0))


@pytest.mark.parametrize("given", [1.3, np.float32(1.3), [1.3, 1.3], np.array([1.3, 1.3])], ids=repr)
def test_one_spacing_is_enough_for_square_pixels(given):
    assert Image(SQUARE, spacing=given).spacing == pytest.approx((1.3, 1.3))


@pytest.mark.parametrize(
    "spacing", [(1, 2, 3), (), "wide", 1j, np.array([1 + 1j, 1]), 10**400, np.ones((20, 20))], ids=lambda each: repr(each)[:9]
)
def test_refuses_a_spacing_that_is_not_one_or_two_numbers(spacing):
    with pytest.raises(InputError, match=r"^image: the pixel spacing is .{2,40}; one number or two \(row, col\) in mm are needed$"):
        Image(SQUARE, spacing=spacing)


@pytest.mark.parametrize("spacing", [(0, 1), (1, -2), (np.nan, 1), (1, np.inf), -1])
def test_refuses_a_spacing_that_is_not_positive_and_finite(spacing):
    with pytest.raises(InputError, match="both numbers must be positive and finite"):
        Image(SQUARE, spacing=spacing)


def test_arrays_of_what_is_found_cannot_be_changed():
    found = score(Image(synthetic_back(noise=0.02).values))
    pair = found.registration.pair
    for array in (pair.fixed, pair.coverage, found.registration.partners, found.score.asymmetry, found.score.labels):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 1
