"""Output folders as a batch leaves them, with small pictures."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageDraw

from symline.measures.catalogue import known_measures

ABOUT = ("id", "path", "output", "status", "reasons", "message", "sha256")
COLUMNS = (*ABOUT, "band_median_px", "band_max_px", "band_median_mm", "band_max_mm", *known_measures())
#: What midline and score write.
ENDINGS = (".overlay.png", ".asymmetry.png", ".midline.csv", ".levels.csv", ".asymmetry.tif", ".symmetry.tif", ".json")


@dataclass(frozen=True)
class Input:
    """An input, what came of it, and which files were written for it."""

    output: str
    status: str = "ok"
    reasons: str = ""
    message: str = ""
    measures: Mapping[str, float] = field(default_factory=dict)
    endings: tuple[str, ...] = ENDINGS
    sha256: str = "ab" * 32

    @property
    def cells(self) -> dict[str, str]:
        about = {"id": self.output, "path": f"{self.output}.npy", "output": self.output, "status": self.status}
        measures = {name: repr(value) for name, value in self.measures.items()}
        return about | {"reasons": self.reasons, "message": self.message, "sha256": self.sha256} | measures


def write_batch(out: Path, inputs: Iterable[Input], columns: Iterable[str] = COLUMNS) -> Path:
    """Write the outputs of each input and the summary, but no report."""
    inputs = list(inputs)
    for number, each in enumerate(inputs):
        target = out / each.output
        target.parent.mkdir(parents=True, exist_ok=True)
        for ending in each.endings:
            data = picture(number) if ending.endswith(".png") else b"data"
            (target.parent / (target.name + ending)).write_bytes(data)
    write_summary(out, (each.cells for each in inputs), columns)
    return out


def write_summary(out: Path, lines: Iterable[Mapping[str, str]], columns: Iterable[str] = COLUMNS) -> None:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(columns), restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    (out / "summary.csv").write_bytes(stream.getvalue().encode("utf-8", errors="backslashreplace"))


def picture(number: int, size: tuple[int, int] = (300, 420)) -> bytes:
    """A PNG that looks another way for each number."""
    stream = io.BytesIO()
    drawn = Image.new("RGB", size, "white")
    ImageDraw.Draw(drawn).ellipse((40, 40, 200 + 7 * (number % 10), 380), fill=(30, 88, (40 * number) % 256))
    drawn.save(stream, "PNG")
    return stream.getvalue()


#: Names that a careless page would run, cut off, or link wrongly; each is one folder or file name.
HOSTILE = (
    "<script>window.hacked=1</script>",
    "</script><script>window.hacked=2</script>",
    '"><img src=x onerror=window.hacked=3>',
    "'onmouseover='window.hacked=4",
    "<!--",
    "</noscript><b>bold",
    "javascript:window.hacked=5",
    "two\nlines\ttab",
    "50 % #1?x=y&amp;z",
    "{{ 7 * 7 }}{% raw %}",
    "Rücken 背 \u202eevil",
    " leading and trailing ",
    "-rf",
    "__proto__",
    os.fsdecode(b"not \xff utf-8"),
)
