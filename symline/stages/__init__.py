"""The stages of the pipeline, one a file: each takes a pair and a mirror map to start from, and returns a better one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

from symline.stages.stage import Stage

#: Name in configurations and results -> module and class, in the order in which they are listed.
_HOMES = {
    "path": "path.PathSearch",
    "curve": "curve.CurveRefinement",
    "elastic": "elastic.ElasticRefinement",
    "moments": "moments.Moments",
    "masked-translation": "masked_translation.MaskedTranslation",
    "keypoints": "keypoints.Keypoints",
    "furrow": "furrow.FurrowSearch",
    "translation": "parametric.Translation",
    "rotation": "parametric.Rotation",
    "rigid": "parametric.Rigid",
    "similarity": "parametric.Similarity",
    "affine": "parametric.AffineStage",
    "bspline": "bspline.FreeForm",
    "blocks": "blocks.BlockMatching",
    "flow": "flow.OpticalFlow",
    "diffeomorphic": "diffeomorphic.Diffeomorphic",
}


class _Stages(Mapping[str, type[Stage]]):
    """The stages by name; each is imported when it is asked for, since few of them run and the command line must start fast."""

    def __getitem__(self, name: str) -> type[Stage]:
        module, kind = _HOMES[name].split(".")
        stage: type[Stage] = getattr(import_module(f"{__name__}.{module}"), kind)
        return stage

    def __iter__(self) -> Iterator[str]:
        return iter(_HOMES)

    def __len__(self) -> int:
        return len(_HOMES)

    def __contains__(self, name: object) -> bool:
        return name in _HOMES


#: Name -> class.
STAGES: Mapping[str, type[Stage]] = _Stages()
