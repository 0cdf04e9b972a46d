"""Text in pictures: what can be shown, and how it is broken into lines."""

from itertools import pairwise

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageDraw

from symline.files.drawing.lettering import drawable, font, wrap

TEXT = "Each value minus that of its mirror partner; AV To 1.5 px: the whole back, or what there is of it, and so on and on."


@pytest.mark.parametrize("width", [150, 317, 600, 5000])
def test_lines_are_as_long_as_they_may_be_and_no_longer(width):
    letters = font(24)
    lines = wrap(TEXT, width, letters, 100)
    assert " ".join(lines) == TEXT
    assert all(letters.getlength(line) <= width for line in lines)
    for line, following in pairwise(lines):
        assert letters.getlength(f"{line} {following.split()[0]}") > width


def test_what_does_not_fit_is_cut_from_the_last_line():
    lines = wrap(TEXT, 300, font(24), 2)
    assert len(lines) == 2
    assert "..." in lines[1]
    assert lines[1].endswith("on.")


@pytest.mark.parametrize(("text", "shown"), [("a b~", "a b~"), ("a\tb", "a\\tb"), ("Żółć ß", "Zolc ss"), ("中", "\\u4e2d")])
def test_what_the_font_lacks_is_written_otherwise(text, shown):
    assert drawable(text) == shown


def test_the_same_words_look_the_same_wherever_they_stand():
    page = Pillow.new("L", (300, 100))
    draw = ImageDraw.Draw(page)
    for place in ((10, 10), (150, 50)):
        draw.text(place, "Level 7", 255, font(24))
    pixels = np.asarray(page)
    assert pixels.any()
    np.testing.assert_array_equal(pixels[10:50, 10:140], pixels[50:90, 150:280])
