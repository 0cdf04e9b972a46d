"""Other people's registration programs on the same task: fixed image on the working grid, its mirror image and masks -> mirror map.

All start from the straight axis of `masked-translation`: from the vertical one through the middle, with their own affine step to begin
with, they were as good or worse on all images tried, and lost the tilted and the scoliotic ones. Each was tuned once, for the midline
first, on sym_05, local_04, noise_03, scoliosis_05, tilt_04, missing_05, upright_02_0 and upright_07_0; the comments say what was tried.
None is needed by symline: `pip install -e '.[bench]'` installs them.
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

from symline.errors import RegistrationError
from symline.model.mirror import MirrorMap
from symline.model.pair import Pair
from symline.stages.masked_translation import MaskedTranslation
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
    """

    module: str
    register: Callable[[Views], Any]

    @property
    def is_installed(self) -> bool:
        """Whether it can run here."""
        return importlib.util.find_spec(self.module) is not None

    def __call__(self, pair: Pair) -> MirrorMap:
        """The mirror map of a pair; raises `RegistrationError` where the program finds none."""
        start = MaskedTranslation()(pair, Affine.reflection()).transform
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
    # the fast preset was better on real backs and much worse on the tilted one; smoothing the displacement by 6 or 12 px, and a weaker
    # contrast, did not matter much
    solver = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    found = solver.calc(*grey, None)
    return np.stack([found[..., 1], found[..., 0]])


def ants_syn(views: Views) -> Any:
    """Symmetric normalisation (Avants et al. 2008, doi 10.1016/j.media.2007.06.004)."""
    import ants
    import pandas as pd

    images = [ants.from_numpy(np.ascontiguousarray(each)) for each in (views.fixed, views.moving)]
    masks = [ants.from_numpy(np.ascontiguousarray(each)) for each in (views.fixed_mask, views.moving_mask)]
    with tempfile.TemporaryDirectory() as folder:
        # its affine step lost the back with a missing side and a real one; local correlation, with the usual and with twice the
        # smoothing, was worse than mutual information but for scoliosis
        found = ants.registration(
            *images,
            type_of_transform="SyNOnly",
            initial_transform="identity",
            mask=masks[0],
            moving_mask=masks[1],
            mask_all_stages=True,
            syn_metric="mattes",
            syn_sampling=32,
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
            # with 60 iterations the partners on asymmetric backs were twice as far off
            method.SetOptimizerAsLBFGSB(numberOfIterations=20)
        method.SetInitialTransform(transform, inPlace=True)
        method.Execute(fixed, moving)
        return transform

    affine = sitk.AffineTransform(2)
    affine.SetCenter([(size - 1) / 2 for size in fixed.GetSize()])
    affine = register(affine, None)
    # 6 x 8 meshes, with and without the affine step, were worse on symmetric backs, and slower
    spline = register(sitk.BSplineTransformInitializer(fixed, [4, 5], 3), affine)
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
        chosen["ImageSampler"] = ["RandomCoordinate"]
        chosen["RandomSeed"] = ["1"]
        chosen["ErodeMask"] = ["false"]
        chosen["MaximumNumberOfIterations"] = ["250"]
        if name == "bspline":
            chosen["Metric"] = ["AdvancedNormalizedCorrelation", "TransformBendingEnergyPenalty"]
            # a tenth of this price, also with control points 32 px apart, was worse on scoliosis and noise; rigid for affine was the same
            chosen["Metric0Weight"], chosen["Metric1Weight"] = ["1"], ["500"]
            chosen["Registration"] = ["MultiMetricMultiResolutionRegistration"]
        settings.AddParameterMap(chosen)
    _, found = itk.elastix_registration_method(
        fixed, moving, parameter_object=settings, fixed_mask=masks[0], moving_mask=masks[1], log_to_console=False, number_of_threads=1
    )
    with tempfile.TemporaryDirectory() as folder:
        # it writes the field to a file as well, into the current folder unless told otherwise
        field = itk.transformix_deformation_field(moving, found, output_directory=folder)
    return np.moveaxis(itk.array_from_image(field)[..., ::-1], -1, 0)


def dipy_syn(views: Views) -> Any:
    """Symmetric diffeomorphic registration with local correlation (Avants et al. 2008, as in DIPY)."""
    from dipy.align.imwarp import SymmetricDiffeomorphicRegistration
    from dipy.align.metrics import CCMetric

    # its affine step (mutual information: with masks, without, by way of shifts and turns) ran away on up to four of the eight images;
    # windows of radius 6 and a smoothing of 6 px were a little worse
    metric = CCMetric(2, sigma_diff=12.0, radius=8)
    solver = SymmetricDiffeomorphicRegistration(metric, level_iters=[50, 25, 10])
    solver.verbosity = 0
    found = solver.optimize(views.fixed.astype(np.float64), views.moving.astype(np.float64))
    return np.moveaxis(found.get_forward_field(), -1, 0)


#: Name in the tables -> the program.
PEERS = {
    "OpenCV DIS": Peer("cv2", opencv_dis),
    "ANTsPy SyN": Peer("ants", ants_syn),
    "SimpleITK affine + B-spline": Peer("SimpleITK", simpleitk_bspline),
    "itk-elastix affine + B-spline": Peer("itk", elastix),
    "DIPY SyN": Peer("dipy", dipy_syn),
}
