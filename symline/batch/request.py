"""What is asked for and what comes of it: small frozen values that travel between processes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from symline.config import Config
from symline.errors import SymlineError
from symline.model.analysis import Analysis, Status
from symline.model.image import Image
from symline.model.line import Line

RECORD = ".json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How to read the inputs; the fields are those of `symline.read`."""

    spacing: tuple[float, float] | None = None
    mask: Path | None = None
    background: str | float = "auto"
    page: int | None = None
    max_pixels: int = 400_000_000


@dataclass(frozen=True, slots=True)
class Product:
    """What a command makes of an image.

    Parameters
    ----------
    section
        Its section of the record.
    endings
        Of all the files it may write beside the record.
    make
        (image, config, line to start from or None) -> the analysis, and ending -> contents of the files that could be made.
    """

    section: str
    endings: tuple[str, ...]
    make: Callable[[Image, Config, Line | None], tuple[Analysis, Mapping[str, bytes]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to make of every input, how to read them, and where to write.

    `midline` is a table with the line to start from, which belongs to a single input.
    """

    product: Product
    config: Config
    reading: Reading
    folder: Path
    overwrite: bool = False
    midline: Path | None = None

    def targets(self, path: Path) -> dict[str, Path]:
        """Ending -> file that this input may write; the record is the last."""
        return {ending: self.folder / (path.stem + ending) for ending in (*self.product.endings, RECORD)}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one input.

    Parameters
    ----------
    path
        The input.
    status, reasons
        As in its record.
    message
        For people, where the status is `failed`.
    error
        What stopped the work, where nothing was written.
    """

    path: Path
    status: Status
    reasons: tuple[str, ...] = ()
    message: str = ""
    error: SymlineError | None = None
