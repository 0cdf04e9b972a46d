"""Text in pictures: the font, what it can show, and how text is made to fit."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache

from PIL import ImageFont

#: Longer text than this is cut before it is measured.
LONGEST_TEXT = 1000
ELLIPSIS = "..."
#: For characters that are common in file names and have no plain form of their own.
LOOKALIKES = {
    "ß": "ss",
    "æ": "ae",
    "Æ": "AE",
    "ø": "o",
    "Ø": "O",
    "ł": "l",
    "Ł": "L",
    "–": "-",
    "—": "-",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
}


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """The font that comes with Pillow, so that pictures look the same everywhere; `size` in picture pixels."""
    found = ImageFont.load_default(size)
    assert isinstance(found, ImageFont.FreeTypeFont)
    # pages have most of their words in common, and to measure and to draw letters takes long
    found.getlength = lru_cache(maxsize=1024)(found.getlength)  # type: ignore[method-assign, assignment]
    found.getmask2 = lru_cache(maxsize=256)(found.getmask2)  # type: ignore[method-assign, assignment]
    return found


@cache
def _has_glyph(character: str) -> bool:
    """Whether the font has a shape of its own for a character."""
    if character.isascii():
        return True
    missing = font(20).getmask("\U0010ffff")
    shape = font(20).getmask(character)
    return (shape.size, bytes(shape)) != (missing.size, bytes(missing))


def drawable(text: str) -> str:
    r"""Text as one line that the font can show.

    Letters it does not have lose their accents; anything else becomes its escape, such as ``\n`` or ``\u4e2d``.
    """
    shown = unicodedata.normalize("NFC", text[:LONGEST_TEXT])
    if shown.isascii() and shown.isprintable():
        return shown
    return "".join(_nearest(character) for character in shown)


def _nearest(character: str) -> str:
    """What the font can show for one character."""
    if not character.isprintable():
        return character.encode("unicode_escape", "surrogatepass").decode("ascii")
    plain = "".join(part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part))
    shown = next((form for form in (character, plain, LOOKALIKES.get(character, "")) if form and all(map(_has_glyph, form))), None)
    return shown or character.encode("unicode_escape").decode("ascii")


def shorten(text: str, width: float, letters: ImageFont.FreeTypeFont) -> str:
    """Text that fits a width in picture pixels; what is too much goes from its middle, since names often differ at their ends."""
    if letters.getlength(text) <= width:
        return text
    for kept in range(min(len(text), LONGEST_TEXT) - 1, 1, -1):
        shorter = text[: kept - kept // 2] + ELLIPSIS + text[len(text) - kept // 2 :]
        if letters.getlength(shorter) <= width:
            return shorter
    return ELLIPSIS


def wrap(text: str, width: float, letters: ImageFont.FreeTypeFont, most: int) -> list[str]:
    """Text broken at spaces into at most `most` lines of a width in picture pixels."""
    lines: list[str] = []
    space, end = letters.getlength(" "), 0.0
    for word in text.split():
        # word by word: to measure each beginning of a line would take as long as to draw the page
        length = letters.getlength(word)
        if lines and (end + space + length <= width or len(lines) == most):
            lines[-1] += f" {word}"
            end += space + length
        else:
            lines.append(word)
            end = length
    return [shorten(line, width, letters) for line in lines]
