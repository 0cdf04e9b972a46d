"""Other people's registration programs on the same task: fixed image on the working grid, its mirror image and masks -> mirror map.

Each is tuned once, on a few images; the comments say what was tried. None is needed by symline: `pip install -e '.[bench]'` installs them.
"""

from __future__ import annotations

import importlib.util
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from symline.config import Config
from symline.errors import RegistrationError
from symline.model.mirror import MirrorMap
from symline.model.pair import Pair
from symline.transforms.affine import Affine
from symline.transforms.dense import DenseMirror, Displacement
from symline.transforms.moving import see

FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Views:
    """What a peer gets: standardised images and masks (1 = on the back), float32, shape (rows, cols)."""

    fixed: FloatArray
    moving: FloatArray
    fixed_mask: FloatArray
    moving_mask: FloatArray


@dataclass(frozen=True, slots=True)
class Peer:
    """A program.

    Parameters
    ----------
    module
        What it is imported as.
    register
        From views to the displacement u, shape (2, rows, cols), (row, col) in px, for which moving(x + u) fits fixed(x).
    from_axis
        Whether it starts from the straight axis of `masked-translation`; else from the vertical one through the middle.
    """

    module: str
    register: Callable[[Views], Any]
    from_axis: bool

    @property
    def is_installed(self) -> bool:
        """Whether it can run here."""
        return importlib.util.find_spec(self.module) is not None

    def __call__(self, pair: Pair) -> MirrorMap:
        """The mirror map of a pair; raises `RegistrationError` where the program finds none."""
        start: MirrorMap = Affine.reflection()
        if self.from_axis:
            start = Config()["masked-translation"](pair, start).transform
        moving, covered = see(pair, start)
        masks = [(coverage > 0.5).astype(np.float32) for coverage in (pair.coverage, covered)]
        views = Views(pair.fixed * masks[0], moving * masks[1], *masks)
        try:
            found = np.asarray(self.register(views), dtype=np.float64)
        except RuntimeError as error:
            raise RegistrationError(f"{self.module}: {error}", "no_symmetry") from error
        if not np.isfinite(found).all():
            raise RegistrationError(f"{self.module}: the displacement is not finite", "no_symmetry")
        return DenseMirror(start, Displacement(np.moveaxis(found, 0, -1) / pair.resolution, pair.resolution))


def opencv_dis(views: Views) -> Any:
    """Dense inverse search (Kroeger et al. 2016, doi 10.1007/978-3-319-46493-0_29)."""
    import cv2

    cv2.setNumThreads(1)
    # it knows no masks: where only one half is there, both show the typical value
    both = views.fixed_mask * views.moving_mask
    grey = [np.clip(128 + 32 * image * both, 0, 255).astype(np.uint8) for image in (views.fixed, views.moving)]
    solver = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    found = solver.calc(*grey, None)
    return np.stack([found[..., 1], found[..., 0]])


def ants_syn(views: Views) -> Any:
    """Affine, then symmetric normalisation (Avants et al. 2008, doi 10.1016/j.media.2007.06.004)."""
    import ants
    import pandas as pd

    images = [ants.from_numpy(np.ascontiguousarray(each)) for each in (views.fixed, views.moving)]
    masks = [ants.from_numpy(np.ascontiguousarray(each)) for each in (views.fixed_mask, views.moving_mask)]
    with tempfile.TemporaryDirectory() as folder:
        found = ants.registration(
            *images,
            type_of_transform="SyN",
            mask=masks[0],
            moving_mask=masks[1],
            mask_all_stages=True,
            syn_metric="CC",
            syn_sampling=4,
            reg_iterations=(60, 40, 20),
            random_seed=1,
            outprefix=str(Path(folder) / "syn"),
        )
        # its first axis is the row; it counts from the first pixel
        points = np.indices(views.fixed.shape).reshape(2, -1)
        table = pd.DataFrame({"x": points[0].astype(float), "y": points[1].astype(float)})
        moved = ants.apply_transforms_to_points(2, table, found["fwdtransforms"])
    return (moved[["x", "y"]].to_numpy().T - points).reshape(2, *views.fixed.shape)


def simpleitk_bspline(views: Views) -> Any:
    """Affine, then cubic B-splines, by correlation within the masks and L-BFGS."""
    import SimpleITK as sitk  # noqa: N813 - its usual name

    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    fixed, moving = (sitk.GetImageFromArray(each) for each in (views.fixed, views.moving))
    masks = [sitk.GetImageFromArray(each.astype(np.uint8)) for each in (views.fixed_mask, views.moving_mask)]

    def register(transform: Any, first: Any | None) -> Any:
        method = sitk.ImageRegistrationMethod()
        method.SetMetricAsCorrelation()
        method.SetMetricFixedMask(masks[0])
        method.SetMetricMovingMask(masks[1])
        method.SetInterpolator(sitk.sitkLinear)
        method.SetShrinkFactorsPerLevel([4, 2, 1])
        method.SetSmoothingSigmasPerLevel([4, 2, 1])
        if first is None:
            method.SetOptimizerAsRegularStepGradientDescent(1.0, 1e-3, 200)
            method.SetOptimizerScalesFromPhysicalShift()
        else:
            method.SetMovingInitialTransform(first)
            method.SetOptimizerAsLBFGSB(numberOfIterations=60)
        method.SetInitialTransform(transform, inPlace=True)
        method.Execute(fixed, moving)
        return transform

    affine = sitk.AffineTransform(2)
    affine.SetCenter([(size - 1) / 2 for size in fixed.GetSize()])
    affine = register(affine, None)
    spline = register(sitk.BSplineTransformInitializer(fixed, [6, 8], 3), affine)
    # the last one added applies first
    whole = sitk.CompositeTransform([affine, spline])
    field = sitk.TransformToDisplacementField(whole, sitk.sitkVectorFloat64, fixed.GetSize())
    return np.moveaxis(sitk.GetArrayFromImage(field)[..., ::-1], -1, 0)


def elastix(views: Views) -> Any:
    """Affine, then cubic B-splines (Klein et al. 2010, doi 10.1109/TMI.2009.2035616)."""
    import itk

    itk.MultiThreaderBase.SetGlobalDefaultNumberOfThreads(1)
    fixed, moving = (itk.image_view_from_array(np.ascontiguousarray(each)) for each in (views.fixed, views.moving))
    masks = [itk.image_view_from_array(each.astype(np.uint8)) for each in (views.fixed_mask, views.moving_mask)]
    settings = itk.ParameterObject.New()
    for name in ("affine", "bspline"):
        chosen = settings.GetDefaultParameterMap(name, 3, 24.0)
        chosen["Metric"] = ["AdvancedNormalizedCorrelation"]
        chosen["ImageSampler"] = ["Full"] if name == "affine" else ["RandomCoordinate"]
        chosen["RandomSeed"] = ["1"]
        chosen["ErodeMask"] = ["false"]
        chosen["MaximumNumberOfIterations"] = ["250"]
        if name == "bspline":
            chosen["Metric"] = ["AdvancedNormalizedCorrelation", "TransformBendingEnergyPenalty"]
            chosen["Metric0Weight"], chosen["Metric1Weight"] = ["1"], ["50"]
            chosen["Registration"] = ["MultiMetricMultiResolutionRegistration"]
        settings.AddParameterMap(chosen)
    _, found = itk.elastix_registration_method(
        fixed, moving, parameter_object=settings, fixed_mask=masks[0], moving_mask=masks[1], log_to_console=False, number_of_threads=1
    )
    field = itk.transformix_deformation_field(moving, found)
    return np.moveaxis(itk.array_from_image(field)[..., ::-1], -1, 0)


def dipy_syn(views: Views) -> Any:
    """Affine, then symmetric diffeomorphic registration with local correlation."""
    from dipy.align.imaffine import AffineRegistration, MutualInformationMetric
    from dipy.align.imwarp import SymmetricDiffeomorphicRegistration
    from dipy.align.metrics import CCMetric
    from dipy.align.transforms import AffineTransform2D

    fixed, moving = (each.astype(np.float64) for each in (views.fixed, views.moving))
    affine = AffineRegistration(
        metric=MutualInformationMetric(nbins=32), level_iters=[1000, 100, 50], sigmas=[3, 1, 0], factors=[4, 2, 1], verbosity=0
    )
    start = affine.optimize(
        fixed,
        moving,
        AffineTransform2D(),
        None,
        static_mask=views.fixed_mask.astype(np.int32),
        moving_mask=views.moving_mask.astype(np.int32),
    )
    solver = SymmetricDiffeomorphicRegistration(CCMetric(2, sigma_diff=6.0, radius=6), level_iters=[50, 25, 10])
    solver.verbosity = 0
    found = solver.optimize(fixed, moving, prealign=start.affine)
    points = np.indices(fixed.shape).reshape(2, -1).T.astype(np.float64)
    moved = points + found.get_forward_field().reshape(-1, 2)
    moved = moved @ start.affine[:2, :2].T + start.affine[:2, 2]
    return (moved - points).T.reshape(2, *fixed.shape)


#: Name in the tables -> the program.
PEERS = {
    "OpenCV DIS": Peer("cv2", opencv_dis, from_axis=True),
    "ANTsPy SyN": Peer("ants", ants_syn, from_axis=False),
    "SimpleITK affine + B-spline": Peer("SimpleITK", simpleitk_bspline, from_axis=False),
    "itk-elastix affine + B-spline": Peer("itk", elastix, from_axis=False),
    "DIPY affine + SyN": Peer("dipy", dipy_syn, from_axis=False),
}
