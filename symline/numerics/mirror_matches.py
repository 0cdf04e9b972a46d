"""Keypoints of an image matched with those of its mirrored copy: each match is a pair of mirror partners."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from symline.model.image import BoolArray, FloatArray

DETECTORS = ("sift", "orb", "harris")
#: The faintest contrast of a keypoint of SIFT: backs are smooth.
_FAINTEST = 0.002
#: Of the corners: smoothing, and reach of the patch that describes them, px.
_CORNER, _PATCH = 1.2, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRules:
    """Which keypoints may be mirror partners.

    Parameters
    ----------
    closest, farthest
        Least and largest distance of partners, px.
    largest_angle
        Largest angle of the line that joins partners to the horizontal, radians.
    turn
        How far the keypoints' own directions may contradict that angle, radians.
    stretch
        Largest ratio of the keypoints' own sizes.
    """

    closest: float
    farthest: float
    largest_angle: float
    turn: float
    stretch: float


@dataclass(frozen=True, slots=True, eq=False)
class _Keypoints:
    """Places (row, col) in px, shape (n, 2), descriptors, and directions (radians) and sizes where the detector gives them."""

    places: FloatArray
    descriptors: FloatArray
    directions: FloatArray | None
    sizes: FloatArray | None

    def __getitem__(self, kept: Any) -> _Keypoints:
        rest = (None if each is None else each[kept] for each in (self.directions, self.sizes))
        return _Keypoints(self.places[kept], self.descriptors[kept], *rest)


_NOTHING = _Keypoints(np.zeros((0, 2)), np.zeros((0, 1)), None, None)


def mirror_matches(image: FloatArray, allowed: BoolArray, detector: str, rules: MatchRules) -> FloatArray:
    """Match the keypoints of an image with those of its mirrored copy (Loy & Eklundh 2006, doi 10.1007/11744047_39).

    A match is the best of all allowed ones in both directions. Where the detector tells directions, those of two mirror partners
    are each other's reflection; where it tells sizes, they are alike.

    Parameters
    ----------
    image
        Values in [0, 1], shape (rows, cols).
    allowed
        True where keypoints count, same shape.
    detector
        ``sift``, ``orb`` or ``harris`` (corners, described by the patch around them).
    rules
        Which may be partners.

    Returns
    -------
    array
        (row, col) in px of the left and the right partner, shape (n, 4). Each pair once.
    """
    # imported here: it takes a while, and finding a midline does not need it
    from scipy.spatial.distance import cdist

    seen = _on_back(_detect(image, detector), allowed)
    mirrored = _on_back(_detect(np.ascontiguousarray(image[:, ::-1]), detector), np.ascontiguousarray(allowed[:, ::-1]))
    if not len(seen.places) or not len(mirrored.places):
        return np.zeros((0, 4))
    partner = np.stack([mirrored.places[:, 0], image.shape[1] - 1 - mirrored.places[:, 1]], axis=1)
    unlike = cdist(seen.descriptors, mirrored.descriptors, "hamming" if detector == "orb" else "euclidean")
    unlike = np.where(_may_match(seen, mirrored, partner, rules), unlike, np.inf)
    best, back = unlike.argmin(axis=1), unlike.argmin(axis=0)
    one = np.flatnonzero((back[best] == np.arange(len(best))) & np.isfinite(unlike.min(axis=1)))
    other = best[one]
    pairs = np.hstack([seen.places[one], partner[other]])
    is_swapped = pairs[:, 1] > pairs[:, 3]
    pairs[is_swapped] = pairs[is_swapped][:, [2, 3, 0, 1]]
    # the image and its copy find most pairs twice, once from either side
    _, first = np.unique(np.rint(pairs), axis=0, return_index=True)
    return np.asarray(pairs[np.sort(first)])


def _scikit_image_feature() -> Any:
    # imported here: it takes a while, and finding a midline does not need it; Any, since only some of it is annotated
    from skimage import feature

    return feature


def _detect(image: FloatArray, detector: str) -> _Keypoints:
    """Keypoints and their descriptors."""
    feature = _scikit_image_feature()
    if not np.ptp(image) > 0:
        return _NOTHING
    if detector == "harris":
        return _corners(image)
    finder = feature.SIFT(upsampling=2, c_dog=_FAINTEST) if detector == "sift" else feature.ORB(n_keypoints=600, fast_threshold=0.01)
    try:
        finder.detect_and_extract(image)
    except (RuntimeError, IndexError, ValueError):  # what scikit-image raises where there is no keypoint at all
        return _NOTHING
    if detector == "sift":
        # its directions turn the other way than those of the others
        return _Keypoints(finder.positions, finder.descriptors, -finder.orientations, finder.sigmas)
    return _Keypoints(finder.keypoints, finder.descriptors, finder.orientations, finder.scales)


def _corners(image: FloatArray) -> _Keypoints:
    """Harris corners, each described by the patch about it: turned to its own direction, without its mean and of length 1."""
    feature = _scikit_image_feature()
    response = feature.corner_harris(image, sigma=_CORNER)
    corners = feature.corner_peaks(response, min_distance=3, threshold_rel=1e-6, num_peaks=600, exclude_border=False)
    row, col = np.mgrid[-_PATCH : _PATCH + 1, -_PATCH : _PATCH + 1]
    directions = feature.corner_orientations(image, corners, (row**2 + col**2 <= _PATCH**2).astype(np.uint8))
    cos, sin = (each[:, None, None] for each in (np.cos(directions), np.sin(directions)))
    row, col = row[None, ::2, ::2], col[None, ::2, ::2]
    at = [corners[:, :1, None] + cos * row + sin * col, corners[:, 1:, None] - sin * row + cos * col]
    patches = scipy.ndimage.map_coordinates(image, at, order=1, mode="nearest").reshape(len(corners), -1)
    patches -= patches.mean(axis=1, keepdims=True)
    patches /= np.maximum(np.linalg.norm(patches, axis=1, keepdims=True), 1e-9)
    return _Keypoints(corners.astype(float), patches, directions, None)


def _on_back(found: _Keypoints, allowed: BoolArray) -> _Keypoints:
    index = np.rint(found.places).astype(int)
    index = np.clip(index, 0, np.array(allowed.shape) - 1)
    return found[allowed[index[:, 0], index[:, 1]]]


def _may_match(seen: _Keypoints, mirrored: _Keypoints, partner: FloatArray, rules: MatchRules) -> BoolArray:
    """Which pairs are allowed by their geometry, shape (n, m)."""
    vectors = partner[None] - seen.places[:, None]
    distance = np.hypot(vectors[..., 0], vectors[..., 1])
    # the angle of the line that joins them, whichever of the two is on the left; positive when its right end is the higher one
    angle = np.arctan2(np.where(vectors[..., 1] < 0, vectors[..., 0], -vectors[..., 0]), np.abs(vectors[..., 1]))
    may = (distance >= rules.closest) & (distance <= rules.farthest) & (np.abs(angle) <= rules.largest_angle)
    if seen.directions is not None and mirrored.directions is not None:
        turn = mirrored.directions[None] - seen.directions[:, None] - 2 * angle
        may &= np.abs((turn + np.pi) % (2 * np.pi) - np.pi) <= rules.turn
    if seen.sizes is not None and mirrored.sizes is not None:
        may &= np.abs(np.log(mirrored.sizes[None] / seen.sizes[:, None])) <= np.log(rules.stretch)
    return np.asarray(may)
