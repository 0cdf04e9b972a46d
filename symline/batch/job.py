"""What is to be made of one input and what came of it: small frozen values that travel between processes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from symline.config import Config
from symline.files.opening import MAX_PIXELS
from symline.model.analysis import Analysis, Status

if TYPE_CHECKING:  # the command line must start fast
    from symline.model.image import Image
    from symline.pipeline import Study

RECORD = ".json"
PICTURE = ".png"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How to read the inputs; the fields are those of `symline.read`."""

    spacing: tuple[float, float] | None = None
    mask: Path | None = None
    background: str | float = "auto"
    page: int | None = None
    max_pixels: int = MAX_PIXELS


@dataclass(frozen=True, slots=True)
class Product:
    """What a command makes of an image.

    Parameters
    ----------
    section
        Its section of the record.
    answer
        From the study of an image.
    writers
        Ending -> contents of a file written beside the record, from the image and the answer; None where there is nothing to write.
    """

    section: str
    answer: Callable[[Study], Analysis]
    writers: Mapping[str, Callable[[Image, Analysis], bytes | None]]

    @property
    def endings(self) -> tuple[str, ...]:
        """The endings of all files that it may write beside the record."""
        return tuple(self.writers)

    def make(self, study: Study) -> tuple[Analysis, dict[str, bytes]]:
        """The answer, and ending -> contents of the files that can be made."""
        analysis = self.answer(study)
        contents = {ending: write(study.image, analysis) for ending, write in self.writers.items()}
        return analysis, {ending: data for ending, data in contents.items() if data is not None}

    def without_pictures(self) -> Product:
        """The same without its pictures."""
        return replace(self, writers={ending: write for ending, write in self.writers.items() if not ending.endswith(PICTURE)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """What an input is called in its batch.

    Parameters
    ----------
    id
        One that no other input has.
    shown
        Its path as people know it: relative to the folder searched, or as the manifest has it.
    output
        Folder and stem of its outputs, relative to the output folder, with `/`.
    overrides
        The `symline.toml` files that its configuration comes from, outermost first, relative to the folder searched.
    thumbnail
        Where the small picture for the report belongs.
    """

    id: str
    shown: str
    output: str
    overrides: tuple[str, ...] = ()
    thumbnail: Path

    @property
    def about(self) -> dict[str, str]:
        """Its cells in the summary that are known before any work."""
        return {"id": self.id, "path": self.shown, "output": self.output}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One input, what to make of it, how to read it, and where to write.

    Parameters
    ----------
    path
        The input.
    target
        Folder and stem of its outputs.
    midline
        A table with the line to start from.
    resumes
        Whether a result that is there already and whole is left alone, and so is one with a midline that somebody edited.
    member
        In a batch: what it is called there.
    """

    path: Path
    target: Path
    products: tuple[Product, ...]
    config: Config
    reading: Reading
    midline: Path | None = None
    resumes: bool = False
    member: Member | None = None

    @property
    def shown(self) -> str:
        """The input's path as people know it."""
        return self.member.shown if self.member else str(self.path)

    @property
    def endings(self) -> tuple[str, ...]:
        """The endings of all files that may be written; that of the record is the last."""
        return (*(ending for product in self.products for ending in product.endings), RECORD)

    @property
    def targets(self) -> dict[str, Path]:
        """Ending -> file that may be written."""
        return {ending: self.beside(ending) for ending in self.endings}

    @property
    def record(self) -> Path:
        """Where the record belongs."""
        return self.beside(RECORD)

    def beside(self, ending: str) -> Path:
        """The output with that ending."""
        return self.target.with_name(self.target.name + ending)

    def absolute(self) -> Job:
        """The same with absolute paths, for a process that is in another folder."""
        return replace(
            self,
            path=self.path.absolute(),
            target=self.target.absolute(),
            reading=replace(self.reading, mask=self.reading.mask and self.reading.mask.absolute()),
            midline=self.midline and self.midline.absolute(),
            member=self.member and replace(self.member, thumbnail=self.member.thumbnail.absolute()),
        )


class Deed(StrEnum):
    """What was done about an input."""

    WRITTEN = "written"
    SKIPPED = "skipped"  # the result was there already
    KEPT = "kept"  # somebody edited the midline
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one input.

    Parameters
    ----------
    path
        The input.
    status, reasons
        Of its result, whether made now or earlier; without a result `failed`, with the code of what stopped the work.
    message
        For people, where the status is `failed`.
    deed
        What was done.
    trace
        Where in the program the work was stopped, for those who want tracebacks.
    line
        Its line of the summary of a batch.
    """

    path: Path
    status: Status
    reasons: tuple[str, ...] = ()
    message: str = ""
    deed: Deed = Deed.NOTHING
    trace: str = ""
    line: str = ""
