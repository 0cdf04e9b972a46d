"""The page that shows how symmetric a back is, where it is not, and by how much."""

from __future__ import annotations

from symline.files.drawing.head import head
from symline.files.drawing.page import PAGE, paragraph, section
from symline.files.drawing.png import encode
from symline.files.panels.alone import only_image
from symline.files.panels.findings import finding_panels, summarise
from symline.files.panels.level_plot import level_panel
from symline.files.panels.score_maps import asymmetry_panel, back_panel, symmetry_panel
from symline.files.panels.score_scene import ScoreScene
from symline.model.analysis import Analysis
from symline.model.image import Image

MAPS = "How far the left and the right side of the back are mirror images of each other"
FINDINGS = "In numbers"


def draw_asymmetry(image: Image, analysis: Analysis) -> bytes:
    """Draw how symmetric a back is, and where it is not.

    Parameters
    ----------
    image
        The curvature image.
    analysis
        The answer about it; without a score the page shows the image and why there is none.

    Returns
    -------
    bytes
        A PNG file, 2560 pixels wide; the same for the same input.
    """
    scene = ScoreScene.of(image, analysis)
    title = head(PAGE, image.name, analysis)
    if scene is None:
        return encode([title, only_image(image)])
    maps = [back_panel(scene), asymmetry_panel(scene), symmetry_panel(scene), level_panel(scene)]
    findings = finding_panels(scene.score, analysis.measures, scene.unit)
    return encode([title, paragraph(summarise(scene.score, analysis.measures)), *section(MAPS, maps), *section(FINDINGS, findings)])
