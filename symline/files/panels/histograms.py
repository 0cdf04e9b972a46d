"""How often which value of the image meets which of its mirror image, for stages that maximise mutual information."""

from __future__ import annotations

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw

from symline.files.drawing.colours import WHITE, AmountScale
from symline.files.drawing.lettering import font
from symline.files.drawing.page import CELL, PAGE, Panel
from symline.files.drawing.sheet import INK
from symline.files.panels.scene import Scene
from symline.model.image import FloatArray
from symline.model.mirror import MirrorMap
from symline.numerics.metrics.information import joint_histogram
from symline.transforms.moving import see

#: Metrics that are computed from the joint histogram.
OF_HISTOGRAM = ("mi", "nmi")
BINS = 48
SIZE = 380
CAPTION = "How many pixels have which value in the image and which in the mirrored one. A narrow line: they match; scattered: they do not."
#: Height of the strips for labels, and of the colour bar, in letter heights.
LABELS, BAR = 1.8, 0.7


def histogram_panels(scene: Scene) -> list[Panel]:
    """The joint histogram before and after each stage whose metric is made of it."""
    steps = scene.registration.steps
    panels = []
    for number, step in enumerate(steps[1:], start=1):
        if step.trace.metric_name in OF_HISTOGRAM:
            for when, mirror in (("Before", steps[number - 1].transform), ("After", step.transform)):
                panels.append(_panel(scene, f"{when} {number}: {step.trace.stage}", mirror))
    return panels


def _panel(scene: Scene, title: str, mirror: MirrorMap) -> Panel:
    moving, coverage = see(scene.pair, mirror)
    counts = joint_histogram(scene.pair.fixed, moving, scene.pair.coverage * coverage, BINS)
    return Panel(title, _draw(counts), CAPTION)


def _draw(counts: FloatArray) -> Pillow.Image:
    """The histogram on a log scale with labels at both axes, the image's values to the right, and a colour bar below."""
    unit, letters = PAGE.unit, font(PAGE.unit)
    logarithm = np.log1p(counts.T[::-1])
    scale = AmountScale.up_to(float(logarithm.max()) or 1.0)
    left, labels = round(LABELS * unit), round(LABELS * unit)
    picture = Pillow.new("RGB", (CELL, SIZE + labels + round((BAR + LABELS) * unit)), WHITE)
    pixels = Pillow.fromarray(scale.paint(logarithm, logarithm > 0))
    picture.paste(pixels.resize((SIZE, SIZE), Pillow.Resampling.NEAREST), (left, 0))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((left, 0, left + SIZE - 1, SIZE - 1), outline=INK)
    draw.text((left + SIZE / 2, SIZE + 0.3 * unit), "image", INK, letters, anchor="ma")
    label = Pillow.new("RGB", (SIZE, labels), WHITE)
    ImageDraw.Draw(label).text((SIZE / 2, 0.2 * unit), "mirrored image", INK, letters, anchor="ma")
    picture.paste(label.transpose(Pillow.Transpose.ROTATE_90), (0, 0))
    _draw_bar(picture, (left, SIZE + labels), scale, float(counts.max()))
    return picture


def _draw_bar(picture: Pillow.Image, place: tuple[int, int], scale: AmountScale, most: float) -> None:
    """A lying colour bar from (x, y of its upper edge), with its powers of ten."""
    unit, letters, draw = PAGE.unit, PAGE.small, ImageDraw.Draw(picture)
    (left, top), bottom = place, place[1] + round(BAR * PAGE.unit)
    picture.paste(Pillow.fromarray(scale.colours(SIZE)[None].repeat(bottom - top, axis=0)), (left, top))
    draw.rectangle((left, top, left + SIZE - 1, bottom), outline=INK)
    for count in (0, 1, 10, 100, 1000, 10000):
        at = left + np.log1p(count) / scale.high * (SIZE - 1)
        if count <= most:
            draw.line((at, bottom, at, bottom + 0.25 * unit), INK)
            draw.text((at, bottom + 0.35 * unit), str(count), INK, letters, anchor="ma")
