"""Patches of asymmetry: connected regions in which the two sides differ by more than a threshold."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import scipy

from symline.measures.two_sides import TwoSides
from symline.model.image import BoolArray, FloatArray, Image, box_around
from symline.model.pair import Pair
from symline.model.score import Patch

#: Smaller regions than this are left out, in L^2: a square whose sides are 3 % of the back's size. A region that exceeds the threshold
#: this many times over, such as a mole, may have a quarter of that area.
SMALLEST, PLAIN = 0.001, 2.5
#: At most this many patches are described, the largest.
MOST = 20
#: Width of the surroundings that a region is compared with, in units of L.
SURROUNDINGS = 0.04

#: Regions touch at corners as well.
_TOUCHING = np.ones((3, 3), dtype=bool)


class Regions(NamedTuple):
    """All that is asymmetric.

    Parameters
    ----------
    masks
        Each region, on the side that is described; largest first; shape (rows, cols) of the working grid.
    share
        Share of the back that the regions cover on both sides together.
    """

    masks: list[BoolArray]
    share: float


def find_regions(sides: TwoSides, threshold: float) -> Regions:
    """Find the regions in which the smoothed asymmetry exceeds a threshold, in standardised units.

    Asymmetry changes its sign from a pixel to its partner. So each region has a mirror region of the other sign, and the two are
    one finding. The grid may break them up differently: the largest is told together with all that mostly mirror it, whatever its sign.
    """
    labels, sizes = _label(sides, sides.smoothed / threshold)
    mirrored = sides.at_partners(labels)
    regions = {number: labels == number for number in np.flatnonzero(sizes).tolist()}
    likeness = {number: _most_of(mirrored[region]) for number, region in regions.items()}
    masks = []
    told: set[int] = set()
    # of two of one size the upper one comes first: that of one sign would be no law
    for number in sorted(regions, key=lambda number: (-sizes[number], regions[number].argmax())):
        if number not in told:
            mates = {other for other in regions if likeness[other] == number} - told - {number}
            told |= {number, *mates}
            masks.append(_more_unlike(sides, regions[number], np.isin(labels, list(mates))))
    masks.sort(key=np.count_nonzero, reverse=True)
    return Regions(masks, int(sizes.sum()) / max(int(np.count_nonzero(sides.known)), 1))


def describe_patches(sides: TwoSides, masks: list[BoolArray], image: Image, levels: int) -> tuple[Patch, ...]:
    """Describe the largest regions, of so and so many levels of the back; asymmetry in the unit of the input."""
    return tuple(_describe(sides, mask, image, levels, number) for number, mask in enumerate(masks[:MOST], start=1))


def label_pixels(pair: Pair, masks: list[BoolArray], known: BoolArray) -> npt.NDArray[np.int32]:
    """Number of the patch that each pixel of the image belongs to, 0 where none; `known` has the shape of the image."""
    rows, cols = pair.fixed.shape
    labels = np.zeros((rows, cols), dtype=np.int32)
    for number, mask in enumerate(masks[:MOST], start=1):
        labels[mask & (labels == 0)] = number
    highest = (rows - 1, cols - 1)
    index = [
        np.clip(np.rint((np.arange(known.shape[axis]) - pair.origin[axis]) / pair.step[axis] + pair.middle[axis]), 0, highest[axis])
        for axis in (0, 1)
    ]
    return np.where(known, labels[np.ix_(*(each.astype(int) for each in index))], np.int32(0))


def _label(sides: TwoSides, excess: FloatArray) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.intp]]:
    """Number the connected regions beyond 1 or -1 that are large enough; size of each in working pixels, 0 for those left out."""
    above, count = scipy.ndimage.label(excess > 1, _TOUCHING)
    below, others = scipy.ndimage.label(excess < -1, _TOUCHING)
    labels = np.where(below > 0, below + count, above)
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    peaks = np.zeros(count + others + 1, dtype=excess.dtype)
    np.maximum.at(peaks, labels, np.abs(excess))
    sizes[sizes < SMALLEST * sides.pair.resolution**2 * np.where(peaks > PLAIN, 0.25, 1.0)] = 0
    return np.where(sizes[labels] > 0, labels, 0).astype(np.int32), sizes


def _most_of(numbers: npt.NDArray[np.int32]) -> int:
    """The number that more than half of them are, or 0."""
    counts = np.bincount(numbers)
    return int(counts.argmax()) if 2 * counts.max() > len(numbers) else 0


def _more_unlike(sides: TwoSides, region: BoolArray, mirrored: BoolArray) -> BoolArray:
    """Of a region and its mirror region the one whose values depart more from those around it."""
    if not mirrored.any():
        return region
    either = region | mirrored
    return region if _departure(sides, region, either) >= _departure(sides, mirrored, either) else mirrored


def _departure(sides: TwoSides, region: BoolArray, either: BoolArray) -> float:
    """How far the mean of a region is from that of what surrounds it."""
    reach = max(1, round(SURROUNDINGS * sides.pair.resolution))
    window = tuple(slice(max(0, part.start - reach), part.stop + reach) for part in box_around(region))
    near = scipy.ndimage.binary_dilation(region[window], _TOUCHING, iterations=reach)
    around = near & ~either[window] & (sides.pair.coverage[window] > 0.5)
    values = sides.values[window]
    return abs(float(values[region[window]].mean()) - float(values[around].mean())) if around.any() else 0.0


def _describe(sides: TwoSides, mask: BoolArray, image: Image, levels: int, number: int) -> Patch:
    pair = sides.pair
    row, col = pair.to_image(pair.from_grid(np.argwhere(mask).mean(axis=0)))
    area = float(np.count_nonzero(mask) * pair.step[0] * pair.step[1])
    differences = sides.smoothed[mask]
    level = int(sides.span.number(np.array(_middle(sides.s[mask])), levels))
    return Patch(
        number=number,
        row=float(row),
        col=float(col),
        area_px=area,
        area_mm2=area * image.spacing[0] * image.spacing[1] if image.spacing else None,
        side="left" if _middle(sides.t[mask]) < 0 else "right",
        peak=pair.scale * float(differences[np.abs(differences).argmax()]),
        level=level + 1 if level >= 0 else None,
    )


def _middle(values: FloatArray) -> float:
    """Median of the values that are known."""
    values = values[np.isfinite(values)]
    return float(np.median(values)) if values.size else np.nan
