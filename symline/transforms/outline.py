"""The outline of the back, softened and without gaps, and its say in where the midline runs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy

from symline.model.image import FloatArray
from symline.model.pair import Pair
from symline.numerics.sampling import read_stack
from symline.numerics.smoothing import smooth
from symline.transforms.bending import Bending
from symline.transforms.straightening import Straightening

#: Width of the Gaussian that softens the outline, in L: a fraction of a pixel by which it moves shall change little.
SOFTNESS = 0.01
#: Gaps in a row of the back up to this wide, in L, are no end of it: a plait, or a furrow that the camera did not see.
NOTCH = 0.2
#: Where the back may be compared, gaps in a row or a column are part of it up to this width, in L. Wider ones lie between arm and trunk.
BRIDGED = 0.125
#: Where the outermost column of a back is back in more than this share of its rows, the recording was cut there; a disk has 0.27.
CUT = 0.4
#: Gaps that are less deep than this, in L, are frays of the rim, in which pixels come and go.
FRAY = 0.05
#: Gaps in which less coverage is missing than this are left as they are, and filled in full where more than the rest of it is.
SHALLOW = 0.3
#: A place that is covered by less than this was not seen, in [0, 1].
SEEN = 0.25
#: Gaps up to twice the first wide, in L, are back where the outside is farther away than the second, in L: nearer to it they may be frays.
NEAR_SEEN, FROM_OUTSIDE = 0.02, 0.033
#: How far to the sides outlines are compared, and in which steps, in units of L.
WIDTH, STEP = 0.5, 0.025
#: Width of the Gaussian over which neighbouring levels are averaged, in units of L.
REGION = 0.1
#: A difference in width this far beyond what is excused is no shift of the midline: a side is cut away, or an arm is raised. In L.
FADE = 0.2


# every level of every stage asks for that of the same back
@lru_cache(maxsize=1)
def soften_outline(pair: Pair) -> FloatArray:
    """The coverage of the working grid with a soft outline, shape (rows, cols), float32."""
    return smooth(pair.coverage, SOFTNESS * pair.resolution)


def fill_holes(coverage: FloatArray) -> FloatArray:
    """Coverage, shape (rows, cols), with all filled that the back encloses: it was not seen, and is no outside."""
    parts, count = scipy.ndimage.label(np.pad(coverage <= 0.5, 1, constant_values=True))
    # the first is all around
    return np.where(parts[1:-1, 1:-1] > 1, np.float32(1), coverage) if count > 1 else coverage


def bridge_gaps(coverage: FloatArray, resolution: float) -> FloatArray:
    """Coverage as if all had been seen that the back encloses, or that lies between two parts of it that are close to each other.

    Parameters
    ----------
    coverage
        How much of each pixel is back, in [0, 1], shape (rows, cols).
    resolution
        Pixels per L.
    """
    whole = fill_holes(coverage)
    return np.maximum(fill_notches(whole, resolution, BRIDGED), fill_notches(whole.T, resolution, BRIDGED).T)


def carry_on(whole: FloatArray, width: int) -> tuple[FloatArray, tuple[int, int]]:
    """Let a back that was cut straight at its left or right go on beyond, in the rows where it was cut.

    Parameters
    ----------
    whole
        How much of each pixel is back, in [0, 1], shape (rows, cols).
    width
        By how many columns.

    Returns
    -------
    wider, added
        The same with more columns, and how many were added on the left and on the right.
    """
    back = whole > 0.5
    cols = np.flatnonzero(back.any(axis=0))
    if not len(cols):
        return whole, (0, 0)
    ends = back[:, cols[[0, -1]]]
    left, right = (width if is_cut else 0 for is_cut in ends.sum(axis=0) > CUT * back.any(axis=1).sum())
    wider = np.pad(whole, ((0, 0), (left, right)))
    if left:
        wider[:, : left + cols[0]] = ends[:, :1]
    if right:
        wider[:, left + cols[-1] + 1 :] = ends[:, 1:]
    return wider, (left, right)


def fill_notches(coverage: FloatArray, resolution: float, widest: float = NOTCH) -> FloatArray:
    """Coverage with narrow gaps between two parts of a row filled, unless they are mere frays of the rim.

    Parameters
    ----------
    coverage
        How much of each pixel is back, in [0, 1], shape (rows, cols).
    resolution
        Pixels per L.
    widest
        How wide a gap may be, in L.
    """
    width, depth = (2 * round(size * resolution / 2) + 1 for size in (widest, FRAY))
    gaps = np.maximum(scipy.ndimage.grey_closing(coverage, size=(1, width), mode="constant") - coverage, 0)
    deep = scipy.ndimage.grey_opening(gaps, size=(depth, 1), mode="nearest")
    return np.asarray(coverage + deep * np.clip((deep - SHALLOW) / (1 - 2 * SHALLOW), 0, 1))


# the search and every fit of a curve's ends ask for that of the same back
@lru_cache(maxsize=1)
def _soften_without_gaps(pair: Pair) -> FloatArray:
    return _frame(fill_notches(smooth(fill_holes(_fill_dropouts(pair)), SOFTNESS * pair.resolution), pair.resolution))


def _fill_dropouts(pair: Pair) -> FloatArray:
    """Coverage with what a camera misses inside a back filled: single pixels, whole rows and columns of them, thin strips."""
    near, far = (round(size * pair.resolution) for size in (NEAR_SEEN, FROM_OUTSIDE))
    seen = np.pad(pair.coverage > SEEN, near)
    inner = scipy.ndimage.binary_erosion(scipy.ndimage.binary_closing(seen, iterations=near), iterations=far)
    rows, cols = pair.coverage.shape
    return np.maximum(pair.coverage, inner[near : near + rows, near : near + cols].astype(np.float32))


def extent_at(pair: Pair, points: FloatArray) -> FloatArray:
    """The softened outline at points as `outline_at` gives it, without dropouts and narrow notches: what lies between flanks is back."""
    return _read(_soften_without_gaps(pair), pair, points)


def outline_at(pair: Pair, points: FloatArray) -> FloatArray:
    """The softened outline at points in units of L, shape (..., 2): 1 on the back, 0 outside, half on the outline."""
    return _read(_framed_outline(pair), pair, points)


@lru_cache(maxsize=1)
def _framed_outline(pair: Pair) -> FloatArray:
    return _frame(soften_outline(pair))


def _frame(coverage: FloatArray) -> FloatArray:
    """Coverage (rows, cols) with nothing around it, to which it goes on at its edge; shape (rows + 2, cols + 2, 1)."""
    return np.pad(coverage, 1)[..., None]


def _read(framed: FloatArray, pair: Pair, points: FloatArray) -> FloatArray:
    return read_stack(framed, pair.to_grid(points) + 1)[..., 0]


@dataclass(frozen=True, slots=True, eq=False)
class OutlineTerm:
    """What unequal widths cost at each level, and how a shift of the curve changes that; shape (n,).

    At levels whose relief is hardly symmetric, the two sides shall be about equally wide.

    Parameters
    ----------
    price
        The price of each level.
    matrix, gradient
        Diagonal of its Gauss-Newton matrix, and its gradient, in the shifts of the nodes.
    """

    price: FloatArray
    matrix: FloatArray
    gradient: FloatArray

    @classmethod
    def of(cls, pair: Pair, curve: Straightening, weights: FloatArray, excused: float, per_bend: float) -> OutlineTerm:
        """Compare the widths of the two sides.

        Parameters
        ----------
        pair
            The back on the working grid.
        curve
            The midline with its pair directions.
        weights
            How much each level counts, shape (n,).
        excused
            Difference in width that costs nothing, in units of L.
        per_bend
            The same for each radian by which the line bends, since a bent trunk is wider on one side; in units of L.
        """
        distances = (np.arange(round(WIDTH / STEP)) + 0.5) * STEP
        right, left = np.hsplit(outline_at(pair, curve.points(np.concatenate([distances, -distances]))), 2)
        sigma = REGION / curve.spacing
        direction, difference = (
            scipy.ndimage.gaussian_filter1d(values, sigma, mode="nearest")
            for values in (Bending(curve.nodes).direction, (right - left).sum(axis=1) * STEP)
        )
        tolerance = excused + per_bend * float(np.ptp(direction))
        excess = np.sign(difference) * np.maximum(np.abs(difference) - tolerance, 0)
        relative = (excess / FADE) ** 2
        # a shift to the right takes as much from the right width as it adds to the left one, where the outline is in reach
        change = -(2.0 - right[:, -1] - left[:, -1])
        weights = weights / (1 + relative)
        counted = np.where(excess != 0, weights / (1 + relative), 0)
        return cls(weights * excess**2, counted * change**2, counted * change * excess)
