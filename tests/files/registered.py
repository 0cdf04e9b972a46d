"""Backs registered with their mirror images, whose answer is known, for the files of `register`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from symline.measures.partners import find_partners, inverse_consistency
from symline.measures.tracing import straight_axis
from symline.model.analysis import Analysis, Status
from symline.model.image import Image
from symline.model.midline import Midline
from symline.model.mirror import MirrorMap
from symline.model.refinement import Refinement, Trace
from symline.model.registration import Registration
from symline.stages.prepare import prepare
from symline.transforms.affine import Affine
from symline.transforms.dense import DenseMirror, Displacement
from tests.conftest import synthetic_back


def back(shape: tuple[int, int] = (160, 128), **fields) -> Image:
    return Image(synthetic_back(shape).values, **fields)


def upright(image: Image) -> Midline:
    """The line down the middle of the image."""
    rows = np.arange(round(0.1 * image.shape[0]), round(0.9 * image.shape[0]))
    ones = np.ones(len(rows))
    points = np.stack([rows, (image.shape[1] - 1) / 2 * ones], axis=1)
    return Midline(points, 0 * ones, 0.8 * ones, 0.1 * ones, image.spacing)


def registered(image: Image, *steps: Refinement) -> Analysis:
    """The analysis of an upright back after these stages; without any, after one that found the vertical axis through the middle."""
    pair = prepare(image)
    steps = steps or (Refinement(Affine.reflection(), Trace("path", ((-0.8,),))),)
    partners, returns = find_partners(image, pair, steps[-1].transform)
    everything = (Refinement(Affine.reflection((0.0, 0.03), 0.05)), *steps)
    registration = Registration(pair, everything, partners, inverse_consistency(image, returns))
    midline = upright(image)
    return Analysis(Status.OK, (), midline, straight_axis(midline)).with_registration(registration)


def bulging(image: Image, size: float = 0.03) -> MirrorMap:
    """The vertical reflection after a displacement downwards that is largest, `size` L, in the middle; no involution."""
    pair = prepare(image)
    rows, cols = (np.linspace(-1, 1, length) for length in pair.fixed.shape)
    bulge = size * np.exp(-2 * (rows[:, None] ** 2 + cols**2))
    return DenseMirror(Affine.reflection(), Displacement(np.stack([bulge, 0 * bulge], axis=-1), pair.resolution))


def step(stage: str, mirror: MirrorMap | None = None, *levels: tuple[float, ...], **trace) -> Refinement:
    return Refinement(mirror or Affine.reflection(), Trace(stage, levels, **trace))


def with_status(analysis: Analysis, status: Status, *reasons: str) -> Analysis:
    return replace(analysis, status=status, reasons=reasons)
