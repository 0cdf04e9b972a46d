"""Both sides of the back on the working grid: each pixel beside its mirror partner, and where on the back it lies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

from symline.measures.span import Span
from symline.model.image import BoolArray, FloatArray
from symline.model.mirror import MirrorMap
from symline.model.pair import Pair
from symline.numerics.sampling import enlarge, resample_onto
from symline.numerics.smoothing import smooth_masked
from symline.transforms.moving import look_at, on_grid
from symline.transforms.straightening import Straightening

#: Maps are smooth: they are evaluated at every this many pixels of the working grid, and interpolated between.
STRIDE = 2
#: Smoothing of the asymmetry before regions of it are told from noise, in units of L.
SMOOTHING = 0.01


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TwoSides:
    """The working grid with both sides of the back; arrays have its shape (rows, cols).

    Parameters
    ----------
    pair
        The working grid.
    span
        The part of the midline that is measured.
    values, asymmetry, smoothed, squared
        Standardised value; value minus mirrored value, averaged over each pixel; the same without most of its noise; its square, averaged
        likewise. The last three are 0 where they are not `known`.
    known
        Where both partners lie on the back.
    moving, weights
        The value of each pixel's partner, drawn in like the pair's own, and how much the two count for a correlation.
    partners
        Partner of each pixel, in units of L; shape (rows, cols, 2).
    by_curve
        The same by the curve alone.
    s, t
        Straightened coordinates of each pixel, in units of L; NaN where there are none.
    """

    pair: Pair
    span: Span
    values: FloatArray
    asymmetry: FloatArray
    smoothed: FloatArray
    squared: FloatArray
    known: BoolArray
    moving: FloatArray
    weights: FloatArray
    partners: FloatArray
    by_curve: FloatArray
    s: FloatArray
    t: FloatArray

    @classmethod
    def of(
        cls, pair: Pair, mirror: MirrorMap, curve: Straightening, span: Span, images: tuple[FloatArray, FloatArray, BoolArray]
    ) -> TwoSides:
        """Bring an image to the working grid.

        Parameters
        ----------
        pair, span
            The working grid, and the part of the midline that is measured.
        mirror, curve
            From pixels to partners, and to straightened coordinates.
        images
            Standardised values, their asymmetry (NaN where it is not defined), and the mask; shape of the image.
        """
        values, asymmetry, mask = images

        def average(image: FloatArray, where: BoolArray) -> tuple[FloatArray, FloatArray]:
            rows, cols = pair.fixed.shape
            return resample_onto(np.where(where, image, 0), where, pair.step, (rows, cols), pair.origin)

        (difference, squared), covered = average(np.stack([asymmetry, asymmetry**2]), np.isfinite(asymmetry))
        known = covered > 0.5
        lattice = _lattice(pair)
        located = curve.locate(lattice)
        by_curve = curve.place(located * (1.0, -1.0))
        by_mirror = by_curve if mirror is curve else mirror.partners(lattice)
        place, by_curve, partners = (_from_lattice(each, pair) for each in (located, by_curve, by_mirror))
        moving, coverage = look_at(pair, partners)
        return cls(
            pair=pair,
            span=span,
            values=average(values, mask)[0],
            asymmetry=difference * known,
            smoothed=smooth_masked(difference, covered * known, SMOOTHING * pair.resolution) * known,
            squared=squared * known,
            known=known,
            moving=moving,
            weights=np.minimum(pair.coverage, coverage) * known,
            partners=partners,
            by_curve=by_curve,
            s=place[..., 0],
            t=place[..., 1],
        )

    def at_partners(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The value of an array nearest to the partner of each pixel; 0 where there is none."""
        places = np.moveaxis(on_grid(self.pair, self.partners), -1, 0)
        return np.asarray(scipy.ndimage.map_coordinates(values, places, order=0))


def on_lattice(evaluate: Callable[[FloatArray], FloatArray], pair: Pair) -> FloatArray:
    """A smooth map of points at every pixel of the working grid, shape (rows, cols, 2), from its values on a lattice."""
    return _from_lattice(evaluate(_lattice(pair)), pair)


def _lattice(pair: Pair) -> FloatArray:
    """Points at every few pixels of the working grid and beyond its last ones, in units of L; shape (..., 2)."""
    rows, cols = pair.fixed.shape
    return pair.from_grid(np.moveaxis(np.mgrid[0 : rows + STRIDE : STRIDE, 0 : cols + STRIDE : STRIDE], 0, -1))


def _from_lattice(values: FloatArray, pair: Pair) -> FloatArray:
    channels, step = np.moveaxis(values, -1, 0), np.full(2, 1 / STRIDE)
    rows, cols = pair.fixed.shape
    return np.stack([enlarge(each, step, (rows, cols), each.dtype) for each in channels], axis=-1)
